/* archive_file - members of a static library (ar: GNU and BSD names, GNU thin).
 *
 * The file is untrusted: every size is checked. Members that are tables of the
 * archive itself are left out.
 */
#ifndef TKA_ARCHIVE_FILE_H
#define TKA_ARCHIVE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct ArchiveMember {
    const char *name; /* borrowed until the visitor returns */
    const uint8_t *bytes;
    size_t size; /* of a thin archive's members: 0, they are files of their own */
} ArchiveMember;

typedef void ArchiveVisitor(void *context, const ArchiveMember *member);

bool archive_is(const uint8_t *bytes, size_t size);
bool archive_is_thin(const uint8_t *bytes, size_t size);

/* False when the archive is damaged; members before that were visited. */
bool archive_members(const uint8_t *bytes, size_t size, ArchiveVisitor *visit,
                     void *context);

#endif
