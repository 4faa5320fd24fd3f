#define _GNU_SOURCE
#include "binary_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocation.h"
#include "archive_file.h"
#include "elf_file.h"
#include "site_text.h"

#define MAGIC_SIZE 8

/* More than any program; what is larger is no ELF file that we can hold. */
#define LARGEST_FILE ((off_t)4 << 30)

/* How a program shows that it has the runtime: the library's name among its
 * strings, or the function that probes call when they are due. */
#define RUNTIME_LIBRARY  "libtka.so"
#define RUNTIME_FUNCTION "tka_enter_due"

/* The same of libtka-mem; in programs that carry it in them, malloc() is wrapped. */
#define MEMORY_LIBRARY  "libtka-mem.so"
#define MEMORY_FUNCTION "__wrap_malloc"
#define MEMORY_MARK     "tkah_called_from"

typedef struct Scan {
    const char *name; /* of the file, or archive(member) */
    Coverage *coverage;
    ScanCount *count;
    bool has_sites, has_lto;
    bool is_program;  /* can be started: it has an interpreter */
    bool has_library; /* asks for libtka.so */
    bool has_memory;  /* asks for libtka-mem.so */
} Scan;

static void add_site(void *context, const SiteText *site)
{
    Scan *scan = context;
    static char function_kind[] = "function", block[] = "block", critical[] = "critical";
    Function function = {.name = (char *)site->name,
                         .function = (char *)site->function,
                         .file = (char *)site->file,
                         .kind = site->kind == 'b'   ? block
                                 : site->kind == 'c' ? critical
                                                     : function_kind,
                         .line = site->line,
                         .size = site->size};

    coverage_add(scan->coverage, &function,
                 site->kind == 's' && !*site->reason ? "not told" : site->reason,
                 scan->name, 0);
}

static void look_at_section(void *context, const ElfSection *section)
{
    Scan *scan = context;

    if (!strcmp(section->name, "tka_text")) {
        SiteCount sites = site_texts(section->bytes, section->size, add_site, scan);

        scan->has_sites = scan->has_sites || sites.read > 0;
        scan->count->unknown += sites.unknown;
    } else if (!strncmp(section->name, ".gnu.lto_", 9)) {
        scan->has_lto = true;
    } else if (!strcmp(section->name, ".interp")) {
        scan->is_program = true;
    } else if (!strcmp(section->name, ".dynstr") && section->size) {
        scan->has_library = memmem(section->bytes, section->size, RUNTIME_LIBRARY,
                                   sizeof RUNTIME_LIBRARY - 1) != NULL;
        scan->has_memory = memmem(section->bytes, section->size, MEMORY_LIBRARY,
                                  sizeof MEMORY_LIBRARY - 1) != NULL;
    }
}

static bool carries_memory(const unsigned char *bytes, size_t size)
{
    return elf_symbol(bytes, size, MEMORY_FUNCTION) == ELF_SYMBOL_DEFINED &&
           elf_symbol(bytes, size, MEMORY_MARK) == ELF_SYMBOL_DEFINED;
}

static void scan_elf(const char *name, const unsigned char *bytes, size_t size,
                     Coverage *coverage, ScanCount *count)
{
    Scan scan = {.name = name, .coverage = coverage, .count = count};
    ElfKind kind = elf_file_kind(bytes, size);

    if (kind == ELF_NONE) {
        return;
    }
    count->files++;
    count->foreign += kind == ELF_FOREIGN;
    count->damaged += kind == ELF_DAMAGED;
    elf_sections(bytes, size, look_at_section, &scan);
    count->with += scan.has_sites;
    count->runtimeless +=
        scan.has_sites && scan.is_program && !scan.has_library &&
        elf_symbol(bytes, size, RUNTIME_FUNCTION) == ELF_SYMBOL_UNDEFINED;
    count->memory +=
        kind == ELF_LINKED && (scan.has_memory || carries_memory(bytes, size));
    count->lto += scan.has_lto && !scan.has_sites && kind == ELF_OBJECT;
}

static void scan_member(void *context, const ArchiveMember *member)
{
    const Scan *archive = context;
    char *name = format_new("%s(%s)", archive->name, member->name);

    scan_elf(name, member->bytes, member->size, archive->coverage, archive->count);
    free(name);
}

void binary_scan_bytes(const char *name, const unsigned char *bytes, size_t size,
                       Coverage *coverage, ScanCount *count)
{
    Scan archive = {.name = name, .coverage = coverage, .count = count};

    if (!archive_is(bytes, size)) {
        scan_elf(name, bytes, size, coverage, count);
    } else if (!archive_members(bytes, size, scan_member, &archive)) {
        count->damaged++;
    }
}

/* --- files ---------------------------------------------------------------- */

static bool is_ours(const unsigned char *magic, size_t size)
{
    return archive_is(magic, size) || elf_file_kind(magic, size) != ELF_NONE;
}

/* Read up to size bytes; fewer at the end of the file. */
static size_t read_bytes(int descriptor, unsigned char *bytes, size_t size)
{
    size_t used = 0;

    while (used < size) {
        ssize_t got = read(descriptor, bytes + used, size - used);

        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            break;
        }
        used += got > 0 ? (size_t)got : 0;
    }
    return used;
}

/* Read rather than mapped: a linker may be writing the file. False when it is
 * neither ELF nor an archive. */
static bool scan_open_file(const char *path, int descriptor, off_t size,
                           Coverage *coverage, ScanCount *count)
{
    unsigned char magic[MAGIC_SIZE] = {0}, *bytes;
    size_t used = read_bytes(descriptor, magic, sizeof magic);

    if (!is_ours(magic, used) || size > LARGEST_FILE) {
        return false;
    }
    bytes = allocate_zeroed((size_t)size + MAGIC_SIZE, 1);
    memcpy(bytes, magic, used);
    if (used == sizeof magic && size > (off_t)sizeof magic) {
        used += read_bytes(descriptor, bytes + used, (size_t)size - used);
    }
    binary_scan_bytes(path, bytes, used, coverage, count);
    free(bytes);
    return true;
}

/* 0, or why the file was not read; EINVAL when it is of another kind. */
static int scan_file(const char *path, Coverage *coverage, ScanCount *count)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), reason = 0;
    struct stat status;

    if (descriptor < 0) {
        return errno;
    }
    if (fstat(descriptor, &status) != 0) {
        reason = errno;
    } else if (!S_ISREG(status.st_mode) ||
               !scan_open_file(path, descriptor, status.st_size, coverage, count)) {
        reason = EINVAL;
    }
    close(descriptor);
    return reason;
}

static bool scan_folder(const char *path, Coverage *coverage, ScanCount *count,
                        Error *error)
{
    char *copy = duplicate_text(path);
    char *const roots[] = {copy, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    bool ok =
        walk != NULL || error_set(error, STATUS_FAILURE, "%s: %s", path, strerror(errno));

    while (walk && (entry = fts_read(walk))) {
        if (entry->fts_info == FTS_F) {
            scan_file(entry->fts_accpath, coverage, count);
        }
    }
    if (walk) {
        fts_close(walk);
    }
    free(copy);
    return ok;
}

bool binary_scan(const char *path, Coverage *coverage, ScanCount *count, Error *error)
{
    struct stat status;
    int reason;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        return scan_folder(path, coverage, count, error);
    }
    reason = scan_file(path, coverage, count);
    if (reason == EINVAL) {
        return error_set(error, STATUS_FAILURE,
                         "%s: not a program, library, object or archive", path);
    }
    return reason == 0 ||
           error_set(error, STATUS_FAILURE, "%s: %s", path, strerror(reason));
}
