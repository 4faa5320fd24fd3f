#include "emit.h"
#include "roletext.h"

#include <stdint.h>
#include <string.h>

#define TEXT_VERSION "1"

void emit_escaped(Bytes *out, const char *text)
{
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\' || c == '?') {
            bytes_printf(out, "\\%c", c);
        } else if (c < ' ' || c > '~') {
            bytes_printf(out, "\\%03o", c == '\t' || c == '\n' ? ' ' : c);
        } else {
            bytes_append(out, text, 1);
        }
    }
}

/* The last matching option wins, as in gcc and clang. */
const char *emit_mapped_path(const EmitContext *context, const char *path)
{
    static const char *const options[] = {
        "-ffile-prefix-map=", "-fdebug-prefix-map=", "-fmacro-prefix-map="};

    for (size_t i = context->command->count; i-- > 0;) {
        const char *text = context->command->args[i].text;

        for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
            size_t length = strlen(options[k]);
            const char *old = text + length;
            const char *equals;

            if (strncmp(text, options[k], length) != 0 || !(equals = strchr(old, '='))) {
                continue;
            }
            if (strncmp(path, old, (size_t)(equals - old)) == 0) {
                return arena_printf(context->arena, "%s%s", equals + 1,
                                    path + (equals - old));
            }
        }
    }
    return path;
}

static char kind_of(const Candidate *candidate)
{
    if (candidate->decision == DECISION_SKIP) {
        return 's';
    }
    if (candidate->kind == CANDIDATE_BLOCK) {
        return 'b';
    }
    return candidate->annotation == ANNOTATION_CRITICAL ? 'c' : 'f';
}

static void emit_role(Arena *arena, const Candidate *candidate, Bytes *out)
{
    size_t count;
    const char **lines = roletext_lines(arena, candidate->role, &count);

    for (size_t i = 0; candidate->decision == DECISION_PROBE && i < count; i++) {
        bytes_puts(out, i ? "\\n" : "\\t");
        emit_escaped(out, lines[i]);
    }
}

/* TKA_SITE_CRITICAL, TKA_SITE_ROLE. */
static unsigned flags_of(const Candidate *candidate)
{
    return (candidate->annotation == ANNOTATION_CRITICAL ? 1u : 0u) |
           (roletext_has_any(candidate->role) ? 2u : 0u);
}

static void emit_text(const EmitContext *context, const Candidate *candidate,
                      unsigned number, Bytes *out)
{
    const char *name =
        candidate->given_name ? candidate->given_name : candidate->function;

    bytes_printf(out,
                 "static const char tka_t%u_[] __attribute__((__section__(\"tka_text\"),"
                 "__used__,__aligned__(1))) = \"" TEXT_VERSION "\\t%c\\t",
                 number, kind_of(candidate));
    emit_escaped(out, name);
    bytes_puts(out, "\\t");
    emit_escaped(out, candidate->function);
    bytes_puts(out, "\\t");
    emit_escaped(out, emit_mapped_path(context, candidate->path));
    bytes_printf(out, "\\t%u\\t%u\\t", candidate->line, candidate->statements);
    emit_escaped(out, candidate->decision == DECISION_SKIP ? candidate->reason : "");
    emit_role(context->arena, candidate, out);
    bytes_puts(out, "\";\n");
}

/* FNV-1a: the name only has to be the same in every translation unit. */
static uint64_t hash_of(const Candidate *candidate)
{
    const char *parts[] = {candidate->path, candidate->function};
    uint64_t hash = 14695981039346656037u ^ candidate->line;

    for (size_t i = 0; i < 2; i++) {
        for (const char *at = parts[i]; *at; at++) {
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
        }
    }
    return hash;
}

/* A function that several objects define may only name what all of them share:
 * the numbered names become macros' work at no cost, by assembler labels. */
static void emit_shared_site(const Candidate *candidate, unsigned number, unsigned flags,
                             Bytes *out)
{
    unsigned long long hash = hash_of(candidate);

    bytes_printf(out,
                 "extern unsigned char tka_o%u_ __asm__(\"tka_o_%016llx\")"
                 " __attribute__((__weak__,__visibility__(\"hidden\")));\n"
                 "__attribute__((__weak__,__visibility__(\"hidden\"),"
                 "__section__(\"tka_on\"))) unsigned char tka_o%u_ = 1;\n"
                 "extern struct tka_site tka_f%u_ __asm__(\"tka_f_%016llx\")"
                 " __attribute__((__weak__,__visibility__(\"hidden\")));\n"
                 "__attribute__((__weak__,__visibility__(\"hidden\"),"
                 "__section__(\"tka_sites\"))) struct tka_site tka_f%u_ ="
                 " {0, %uu, tka_t%u_, &tka_o%u_, {0}};\n",
                 number, hash, number, number, hash, number, flags, number, number);
}

static void emit_site(const Candidate *candidate, unsigned number, Bytes *out)
{
    unsigned flags = flags_of(candidate);

    if (candidate->shared_inline) {
        emit_shared_site(candidate, number, flags, out);
        return;
    }
    bytes_printf(out,
                 "static unsigned char tka_o%u_ __attribute__((__section__(\"tka_on\")))"
                 " = 1;\n"
                 "static struct tka_site tka_f%u_"
                 " __attribute__((__section__(\"tka_sites\"))) ="
                 " {0, %uu, tka_t%u_, &tka_o%u_, {0}};\n",
                 number, number, flags, number, number);
}

void emit_definitions(const EmitContext *context, const SiteList *sites,
                      const CandidateList *candidates, Bytes *out)
{
    unsigned number = (unsigned)sites->count;

    if (context->base_file) {
        bytes_puts(out, "#undef __BASE_FILE__\n#define __BASE_FILE__ \"");
        emit_escaped(out, context->base_file);
        bytes_puts(out, "\"\n");
    }
    for (size_t i = 0; i < sites->count; i++) {
        emit_text(context, sites->items[i].candidate, sites->items[i].number, out);
        emit_site(sites->items[i].candidate, sites->items[i].number, out);
    }
    for (size_t i = 0; i < candidates->count; i++) {
        if (candidates->items[i]->decision == DECISION_SKIP) {
            emit_text(context, candidates->items[i], number++, out);
        }
    }
}
