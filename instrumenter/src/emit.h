/* emit - the C text that defines the sites of a translation unit; its form is
 * specified in tka/probe.h.
 */
#ifndef TKA_CC_EMIT_H
#define TKA_CC_EMIT_H

#include "bytes.h"
#include "command.h"
#include "site.h"

typedef struct EmitContext {
    Arena *arena;
    const Command *command; /* for its -f*-prefix-map options */
    const char *base_file;  /* what __BASE_FILE__ was, or NULL */
} EmitContext;

/* Append definitions for the probed sites and for what was skipped. */
void emit_definitions(const EmitContext *context, const SiteList *sites,
                      const CandidateList *candidates, Bytes *out);

/* The path as debug information would name it. */
const char *emit_mapped_path(const EmitContext *context, const char *path);

/* `text` as the inside of a C string literal: no byte needs a character set. */
void emit_escaped(Bytes *out, const char *text);

#endif
