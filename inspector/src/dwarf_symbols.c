#include "dwarf_symbols.h"

#include <stdlib.h>
#include <string.h>

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include "allocation.h"

/* Code of a compilation unit. */
typedef struct UnitRange {
    Dwarf_Addr low, high; /* high is behind it; with the module's bias */
    Dwarf_Die *unit;      /* libdw's */
    Dwarf_Addr bias;
} UnitRange;

typedef struct Debugged {
    Dwfl *dwfl;
    Dwfl_Module *module;
    UnitRange *ranges; /* by low, made when first needed */
    size_t range_count, range_capacity;
    bool has_ranges;
} Debugged;

static char *debug_path; /* NULL: the usual places */

static const Dwfl_Callbacks callbacks = {.find_elf = dwfl_build_id_find_elf,
                                         .find_debuginfo = dwfl_standard_find_debuginfo,
                                         .debuginfo_path = &debug_path};

static void close_file(void *file)
{
    Debugged *debugged = file;

    dwfl_end(debugged->dwfl);
    free(debugged->ranges);
    free(debugged);
}

/* At address 0: then addresses are those of the file's own sections. */
static void *open_file(const char *path)
{
    Debugged *debugged = allocate_zeroed(1, sizeof *debugged);

    debugged->dwfl = dwfl_begin(&callbacks);
    if (debugged->dwfl) {
        dwfl_report_begin(debugged->dwfl);
        debugged->module = dwfl_report_elf(debugged->dwfl, path, path, -1, 0, true);
        dwfl_report_end(debugged->dwfl, NULL, NULL);
    }
    if (!debugged->module) {
        close_file(debugged);
        return NULL;
    }
    return debugged;
}

static char *build_id(void *file)
{
    static const char digits[] = "0123456789abcdef";
    const Debugged *debugged = file;
    const unsigned char *bits;
    GElf_Addr where, bias;
    char *text;
    int size;

    dwfl_module_getelf(debugged->module, &bias); /* reads the file's notes */
    size = dwfl_module_build_id(debugged->module, &bits, &where);
    text = allocate_zeroed(size > 0 ? 2 * (size_t)size + 1 : 1, 1);
    for (int i = 0; i < size; i++) {
        text[2 * i] = digits[bits[i] >> 4];
        text[2 * i + 1] = digits[bits[i] & 15];
    }
    return text;
}

/* --- units -------------------------------------------------------------------- */

static int compare_ranges(const void *a, const void *b)
{
    const UnitRange *x = a, *y = b;

    return (x->low > y->low) - (x->low < y->low);
}

static void add_ranges(Debugged *debugged, Dwarf_Die *unit, Dwarf_Addr bias)
{
    Dwarf_Addr base = 0, low, high;
    ptrdiff_t at = 0;

    while ((at = dwarf_ranges(unit, at, &base, &low, &high)) > 0) {
        debugged->ranges =
            grow_array(debugged->ranges, debugged->range_count, &debugged->range_capacity,
                       sizeof *debugged->ranges);
        debugged->ranges[debugged->range_count++] =
            (UnitRange){low + bias, high + bias, unit, bias};
    }
}

/* libdw finds units by .debug_aranges, which clang does not make. */
static const UnitRange *unit_by_ranges(Debugged *debugged, Dwarf_Addr address)
{
    size_t low = 0, high;

    if (!debugged->has_ranges) {
        Dwarf_Die *unit = NULL;
        Dwarf_Addr bias = 0;

        while ((unit = dwfl_module_nextcu(debugged->module, unit, &bias))) {
            add_ranges(debugged, unit, bias);
        }
        if (debugged->range_count) {
            qsort(debugged->ranges, debugged->range_count, sizeof *debugged->ranges,
                  compare_ranges);
        }
        debugged->has_ranges = true;
    }
    high = debugged->range_count;
    while (low < high) { /* the last that begins at or before it */
        size_t middle = low + (high - low) / 2;

        if (debugged->ranges[middle].low <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 && address < debugged->ranges[low - 1].high
               ? &debugged->ranges[low - 1]
               : NULL;
}

static Dwarf_Die *unit_of(Debugged *debugged, Dwarf_Addr address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(debugged->module, address, bias);
    const UnitRange *range;

    if (unit) {
        return unit;
    }
    range = unit_by_ranges(debugged, address);
    *bias = range ? range->bias : 0;
    return range ? range->unit : NULL;
}

/* --- inlined calls ----------------------------------------------------------- */

typedef struct Spot {
    const char *file; /* borrowed; NULL: not known */
    int64_t line;
} Spot;

static char *whole_path(Dwarf_Die *unit, const char *file)
{
    Dwarf_Attribute attribute;
    const char *folder =
        file && file[0] != '/'
            ? dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute))
            : NULL;

    return folder ? format_new("%s/%s", folder, file) : duplicate_text(file);
}

static void add_frame(SymbolFrames *frames, const char *function, char *file,
                      int64_t line)
{
    frames->items = grow_array(frames->items, frames->count, &frames->capacity,
                               sizeof *frames->items);
    frames->items[frames->count++] =
        (SymbolFrame){duplicate_text(function), file ? file : duplicate_text(""), line};
}

/* The name that the linker uses is whole where it is mangled, parameters and all. */
static const char *function_of(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    const char *name =
        dwarf_formstring(dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute));

    return name ? name
                : dwarf_formstring(dwarf_attr_integrate(die, DW_AT_name, &attribute));
}

/* Where an inlined function was called. */
static Spot call_of(Dwarf_Die *unit, Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Files *files;
    Dwarf_Word number;
    Spot spot = {NULL, 0};
    size_t count;

    if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attribute), &number) == 0) {
        spot.line = (int64_t)number;
    }
    if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attribute), &number) == 0 &&
        dwarf_getsrcfiles(unit, &files, &count) == 0 && number < count) {
        spot.file = dwarf_filesrc(files, number, NULL, NULL);
    }
    return spot;
}

/* dwarf_getscopes() goes on with the scopes around an inlined function's definition;
 * those around its call are what dwarf_getscopes_die() tells of the innermost. */
static int scopes_at(const Debugged *debugged, Dwarf_Die *unit, Dwarf_Addr address,
                     Dwarf_Die **scopes)
{
    Dwarf_Die *around = NULL, innermost;
    int count = dwarf_getscopes(unit, address, &around), found = 0;
    Dwarf_Addr bias;

    if (count > 0 && dwarf_offdie(dwfl_module_getdwarf(debugged->module, &bias),
                                  dwarf_dieoffset(&around[0]), &innermost)) {
        found = dwarf_getscopes_die(&innermost, scopes);
    }
    if (count > 0) {
        free(around);
    }
    return found;
}

static void add_frames(const Debugged *debugged, Dwarf_Die *unit, Dwarf_Addr address,
                       Spot spot, SymbolFrames *frames)
{
    Dwarf_Die *scopes = NULL;
    int count = scopes_at(debugged, unit, address, &scopes);

    for (int i = 0; i < count; i++) {
        int tag = dwarf_tag(&scopes[i]);

        if (tag == DW_TAG_inlined_subroutine || tag == DW_TAG_subprogram) {
            add_frame(frames, function_of(&scopes[i]), whole_path(unit, spot.file),
                      spot.line);
        }
        if (tag == DW_TAG_inlined_subroutine) {
            spot = call_of(unit, &scopes[i]);
        }
    }
    free(scopes);
}

static Spot line_of(Dwarf_Die *unit, Dwarf_Addr address)
{
    Dwarf_Line *at = dwarf_getsrc_die(unit, address);
    Spot spot = {NULL, 0};
    int line = 0;

    if (at && dwarf_lineno(at, &line) == 0) {
        spot.file = dwarf_linesrc(at, NULL, NULL);
        spot.line = line;
    }
    return spot;
}

static void find(void *file, uint64_t address, SymbolFrames *frames)
{
    Debugged *debugged = file;
    size_t before = frames->count;
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = unit_of(debugged, address, &bias);
    Spot spot = unit ? line_of(unit, address - bias) : (Spot){NULL, 0};
    const char *name;

    if (unit) {
        add_frames(debugged, unit, address - bias, spot, frames);
    }
    name = dwfl_module_addrname(debugged->module, address);
    if (frames->count == before && (name || spot.file)) {
        add_frame(frames, name, spot.file ? whole_path(unit, spot.file) : NULL,
                  spot.line);
    }
}

const SymbolReader dwarf_symbols = {open_file, close_file, build_id, find};
