#define _GNU_SOURCE
#include "symbols.h"

#include <dlfcn.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocation.h"
#ifdef TKA_HAVE_LIBDW
#include "dwarf_symbols.h"
#define BEST_READER dwarf_symbols
#else
#include "elf_symbols.h"
#define BEST_READER elf_symbols
#endif

typedef struct OpenFile {
    char *path, *build_id; /* as asked for */
    void *file;            /* NULL: not to be asked */
    const char *problem;
} OpenFile;

struct Symbols {
    const SymbolReader *reader;
    OpenFile *files;
    size_t count, capacity;
};

/* --- names ------------------------------------------------------------------- */

typedef char *Demangler(const char *name, char *buffer, size_t *size, int *status);

/* From the C++ library, which is there when a C++ program is; tka itself is C. */
static Demangler *demangler(void)
{
    static Demangler *found;
    static bool looked;

    if (!looked) {
        void *library = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
        void *symbol = library ? dlsym(library, "__cxa_demangle") : NULL;

        looked = true;
        memcpy(&found, &symbol, sizeof found);
    }
    return found;
}

char *symbols_demangle(const char *name)
{
    Demangler *demangle = strncmp(name, "_Z", 2) == 0 ? demangler() : NULL;
    int status = -1;
    char *text = demangle ? demangle(name, NULL, NULL, &status) : NULL;

    return text && status == 0 ? text : duplicate_text(name);
}

/* Where templates and wrappers of allocation are: what the user wrote called them. */
static bool is_system_header(const char *file)
{
    static const char *const folders[] = {"/usr/include/*", "/usr/lib/gcc/*",
                                          "/usr/lib/llvm*", "*/include/c++/*"};

    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        if (fnmatch(folders[i], file, 0) == 0) {
            return true;
        }
    }
    return false;
}

/* --- files ------------------------------------------------------------------- */

static void open_file(const Symbols *symbols, OpenFile *one)
{
    char *found;

    one->file = symbols->reader->open(one->path);
    if (!one->file) {
        one->problem =
            access(one->path, F_OK) != 0 ? "is not there any more" : "cannot be read";
        return;
    }
    found = symbols->reader->build_id(one->file);
    if (*one->build_id && strcmp(found, one->build_id) != 0) {
        symbols->reader->close(one->file);
        one->file = NULL;
        one->problem = "is another build than the one that ran";
    }
    free(found);
}

static const OpenFile *file_of(Symbols *symbols, const char *path, const char *build_id)
{
    OpenFile *one;

    for (size_t i = 0; i < symbols->count; i++) {
        one = &symbols->files[i];
        if (!strcmp(one->path, path) && !strcmp(one->build_id, build_id)) {
            return one;
        }
    }
    symbols->files = grow_array(symbols->files, symbols->count, &symbols->capacity,
                                sizeof *symbols->files);
    one = &symbols->files[symbols->count++];
    *one = (OpenFile){.path = duplicate_text(path), .build_id = duplicate_text(build_id)};
    open_file(symbols, one);
    return one;
}

Symbols *symbols_new_by(const SymbolReader *reader)
{
    Symbols *symbols = allocate_zeroed(1, sizeof *symbols);

    symbols->reader = reader;
    return symbols;
}

Symbols *symbols_new(void)
{
    return symbols_new_by(&BEST_READER);
}

void symbols_free(Symbols *symbols)
{
    for (size_t i = 0; symbols && i < symbols->count; i++) {
        free(symbols->files[i].path);
        free(symbols->files[i].build_id);
        if (symbols->files[i].file) {
            symbols->reader->close(symbols->files[i].file);
        }
    }
    if (symbols) {
        free(symbols->files);
        free(symbols);
    }
}

/* --- places ------------------------------------------------------------------ */

/* __GI_ marks the C library's names for its own use. */
SymbolPlace symbols_find(Symbols *symbols, const char *path, const char *build_id,
                         uint64_t address)
{
    const OpenFile *one = file_of(symbols, path, build_id);
    SymbolPlace place = {.problem = one->problem};

    if (one->file) {
        symbols->reader->find(one->file, address, &place.frames);
    }
    for (size_t i = 0; i < place.frames.count; i++) {
        SymbolFrame *frame = &place.frames.items[i];
        char *plain = symbols_demangle(frame->function +
                                       (strncmp(frame->function, "__GI_", 5) ? 0 : 5));

        free(frame->function);
        frame->function = plain;
    }
    while (place.shown < place.frames.count &&
           is_system_header(place.frames.items[place.shown].file)) {
        place.shown++;
    }
    if (place.shown == place.frames.count) {
        place.shown = 0;
    }
    return place;
}

void symbol_place_release(SymbolPlace *place)
{
    for (size_t i = 0; i < place->frames.count; i++) {
        free(place->frames.items[i].function);
        free(place->frames.items[i].file);
    }
    free(place->frames.items);
    *place = (SymbolPlace){0};
}
