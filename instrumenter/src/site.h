/* site - what the stages of the instrumenter hand to each other: the places in
 * the source that could be probed, and what became of each.
 *
 * Filled in order: parse writes a candidate, select decides, insertion finds
 * the byte, edit applies and numbers. Strings live in the unit's arena.
 */
#ifndef TKA_CC_SITE_H
#define TKA_CC_SITE_H

#include "arena.h"
#include "role.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum CandidateKind { CANDIDATE_FUNCTION, CANDIDATE_BLOCK } CandidateKind;

typedef enum Annotation {
    ANNOTATION_NONE,
    ANNOTATION_PROFILE,
    ANNOTATION_CRITICAL,
    ANNOTATION_NOPROFILE
} Annotation;

typedef enum Decision {
    DECISION_LEAVE, /* not selected: nothing is emitted */
    DECISION_PROBE, /* selected */
    DECISION_SKIP   /* selected, but cannot be: `reason` says why */
} Decision;

/* A function definition or a block in the source. */
typedef struct Candidate {
    CandidateKind kind;
    Annotation annotation;
    const char *given_name; /* of the annotation, or NULL */
    const char *function;   /* as users read it; of a block: the enclosing one */
    const char *bare_name;  /* without scope and parameters */
    const char *path;       /* as debug information names the file */
    unsigned line, column;  /* of the declarator (of a block: of its macro) */
    const char *mangled;    /* "" when unknown or not asked for */
    unsigned statements;
    bool has_loop;
    int home;     /* the file of the name, as below */
    int file;     /* in the source set; -1: none */
    size_t brace; /* byte offset of the body's brace in that file */
    bool in_system_header;
    bool shared_inline; /* C inline with external linkage */
    bool is_constexpr;  /* or a lambda that may be */
    bool inline_only;   /* C inline whose body no object need emit */
    bool in_macro_argument;
    const char *macro;  /* its name, when in_macro_argument */
    Role *role;         /* NULL: none was asked for */
    const char *reason; /* why it cannot be probed, or NULL */
    Decision decision;
    unsigned insert_line;    /* where the statement goes, 1-based, and */
    size_t insert_column;    /* how many bytes of that line stay before it */
    bool insert_after_brace; /* the byte before the insertion is the brace's */
    unsigned applied;        /* copies that were edited */
} Candidate;

typedef struct CandidateList {
    Arena *arena;
    Candidate **items;
    size_t count, capacity;
} CandidateList;

/* A place where the parser saw an annotation, or the text shows its token. */
typedef struct Mention {
    int file;
    unsigned line;
    size_t column; /* bytes before it */
    const char *token;
    bool is_system;
} Mention;

typedef struct MentionList {
    Arena *arena;
    Mention *items;
    size_t count, capacity;
} MentionList;

/* A numbered probe (or skipped candidate) for the emitter. */
typedef struct Site {
    const Candidate *candidate;
    unsigned number;
} Site;

typedef struct SiteList {
    Arena *arena;
    Site *items;
    size_t count, capacity;
} SiteList;

Candidate *candidates_add(CandidateList *list);
void mentions_add(MentionList *list, const Mention *mention);
void sites_add(SiteList *list, const Site *site);

#endif
