#include "identity.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "os.h"

struct search {
    uintptr_t address;
    char *path;
    size_t path_size;
    char *build_id;
    size_t id_size;
};

static char executable_build_id[64];

static void copy(char *to, size_t size, const char *from)
{
    snprintf(to, size, "%.*s", (int)size - 1, from);
}

static void trim_line(char *text)
{
    text[strcspn(text, "\r\n")] = '\0';
}

static void read_build_id(const char *note, size_t size, char *hex, size_t hex_size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *head = (const void *)note;
        size_t name = (head->n_namesz + 3u) & ~3u, data = (head->n_descsz + 3u) & ~3u;
        size_t whole = sizeof *head + name + data;

        if (whole > size) {
            return;
        }
        if (head->n_type == NT_GNU_BUILD_ID && head->n_namesz == 4 &&
            memcmp(note + sizeof *head, "GNU", 4) == 0) {
            const unsigned char *id = (const unsigned char *)note + sizeof *head + name;

            for (size_t i = 0; i < head->n_descsz && 2 * i + 2 < hex_size; i++) {
                snprintf(hex + 2 * i, 3, "%02x", id[i]);
            }
            return;
        }
        note += whole;
        size -= whole;
    }
}

static int holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];

        if (p->p_type == PT_LOAD && address - (info->dlpi_addr + p->p_vaddr) < p->p_memsz) {
            return 1;
        }
    }
    return 0;
}

static int visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct search *search = argument;

    (void)size;
    if (search->address != 0 && !holds(info, search->address)) {
        return 0;
    }
    if (info->dlpi_name != NULL && info->dlpi_name[0] != '\0') {
        copy(search->path, search->path_size, info->dlpi_name);
    }
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];

        if (p->p_type == PT_NOTE && search->build_id[0] == '\0') {
            read_build_id((const char *)(info->dlpi_addr + p->p_vaddr), p->p_memsz,
                          search->build_id, search->id_size);
        }
    }
    return 1;
}

static void read_executable(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);

    path[length > 0 ? length : 0] = '\0';
}

void tkai_identity_module(const void *address, char *path, size_t path_size,
                          char *build_id, size_t id_size)
{
    struct search search = {(uintptr_t)address, path, path_size, build_id, id_size};

    read_executable(path, path_size);
    build_id[0] = '\0';
    dl_iterate_phdr(visit, &search);
}

struct range {
    uintptr_t address, low, high, base;
};

static int visit_range(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct range *range = argument;

    (void)size;
    if (!holds(info, range->address)) {
        return 0;
    }
    range->low = UINTPTR_MAX;
    range->high = 0;
    range->base = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t low = info->dlpi_addr + p->p_vaddr;

        if (p->p_type == PT_LOAD) {
            range->low = low < range->low ? low : range->low;
            range->high = low + p->p_memsz > range->high ? low + p->p_memsz : range->high;
        }
    }
    return 1;
}

int tkai_identity_range(const void *address, uintptr_t *low, uintptr_t *high,
                        uintptr_t *base)
{
    struct range range = {(uintptr_t)address, 0, 0, 0};

    if (dl_iterate_phdr(visit_range, &range) != 1) {
        return -1;
    }
    *low = range.low;
    *high = range.high;
    *base = range.base;
    return 0;
}

int tkai_identity_is_loaded(const void *address)
{
    char path[2], build_id[2];
    struct search search = {(uintptr_t)address, path, sizeof path, build_id, sizeof build_id};

    build_id[0] = '\0';
    return dl_iterate_phdr(visit, &search);
}

static int needs_quotes(const char *word)
{
    return word[0] == '\0' || word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
                                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                "0123456789_-+=./:,@%")] != '\0';
}

/* One word as a shell would take it; what does not fit is left out. */
static size_t quote(char *to, size_t size, const char *word)
{
    size_t n = 0;
    int quotes = needs_quotes(word);

    for (const char *p = quotes ? "'" : ""; *p != '\0' && n + 1 < size; p++) {
        to[n++] = *p;
    }
    for (; *word != '\0' && n + 6 < size; word++) {
        if (*word == '\'') {
            memcpy(to + n, "'\\''", 4);
            n += 4;
        } else {
            to[n++] = *word;
        }
    }
    if (quotes && n + 1 < size) {
        to[n++] = '\'';
    }
    to[n] = '\0';
    return n;
}

static void read_command(char *command, size_t size)
{
    char text[4096];
    ssize_t length = tkai_os_read_file("/proc/self/cmdline", text, sizeof text);
    size_t n = 0;

    for (ssize_t at = 0; at < length && n + 2 < size;) {
        if (at > 0) {
            command[n++] = ' ';
        }
        n += quote(command + n, size - n, text + at);
        at += (ssize_t)strlen(text + at) + 1;
    }
    command[n < size ? n : size - 1] = '\0';
}

static int is_commit(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");

    return length >= 40 && text[length] == '\0';
}

/* The commit that a reference names, from its own file or packed-refs. */
static void read_reference(const char *git, const char *reference, char *commit, size_t size)
{
    size_t text_size = 1 << 20;
    char path[2048], *text = tkai_os_memory(text_size), *line;

    if (text == NULL) {
        return;
    }
    snprintf(path, sizeof path, "%s/%s", git, reference);
    if (tkai_os_read_file(path, text, text_size) > 0) {
        trim_line(text);
        if (is_commit(text)) {
            copy(commit, size, text);
        }
        goto out;
    }
    snprintf(path, sizeof path, "%s/packed-refs", git);
    if (tkai_os_read_file(path, text, text_size) <= 0) {
        goto out;
    }
    line = strstr(text, reference);
    if (line != NULL && line - text >= 41 && line[-1] == ' ' &&
        strchr("\r\n", line[strlen(reference)]) != NULL) {
        line[-1] = '\0';
        if (is_commit(line - 41)) {
            copy(commit, size, line - 41);
        }
    }
out:
    tkai_os_memory_free(text, text_size);
}

/* .git is a folder, or in a work tree a file "gitdir: FOLDER". */
static int find_git(const char *directory, char *git, size_t size)
{
    char folder[1100], text[1200];
    char *slash;

    copy(folder, sizeof folder, directory);
    for (;;) {
        snprintf(git, size, "%s/.git", folder);
        if (tkai_os_read_file(git, text, sizeof text) > 8 &&
            strncmp(text, "gitdir: ", 8) == 0) {
            trim_line(text);
            copy(git, size, text + 8);
            return 1;
        }
        snprintf(text, sizeof text, "%.1100s/HEAD", git);
        if (access(text, R_OK) == 0) {
            return 1;
        }
        slash = strrchr(folder, '/');
        if (slash == NULL) {
            return 0;
        }
        *slash = '\0';
    }
}

static void read_commit(const char *directory, char *commit, size_t size)
{
    char git[1200], path[1300], text[512];

    if (!find_git(directory, git, sizeof git)) {
        return;
    }
    snprintf(path, sizeof path, "%s/HEAD", git);
    if (tkai_os_read_file(path, text, sizeof text) <= 0) {
        return;
    }
    trim_line(text);
    if (strncmp(text, "ref: ", 5) == 0) {
        read_reference(git, text + 5, commit, size);
    } else if (is_commit(text)) {
        copy(commit, size, text);
    }
}

void tkai_identity_prepare(void)
{
    char path[2];

    if (executable_build_id[0] == '\0') {
        tkai_identity_module(NULL, path, sizeof path, executable_build_id,
                             sizeof executable_build_id);
    }
}

void tkai_identity_process(struct tka_live_header *header)
{
    if (gethostname(header->host, sizeof header->host) != 0) {
        header->host[0] = '\0';
    }
    header->host[sizeof header->host - 1] = '\0';
    tkai_os_read_file("/proc/sys/kernel/random/boot_id", header->boot_id,
                      sizeof header->boot_id);
    trim_line(header->boot_id);
    header->pid = getpid();
    header->parent_pid = getppid();
    header->pid_namespace = tkai_os_pid_namespace();
    header->start_jiffies = tkai_os_start_jiffies(header->pid);
    read_executable(header->executable, sizeof header->executable);
    copy(header->directory, sizeof header->directory, tkai_os_start_folder());
    read_command(header->command, sizeof header->command);
    copy(header->build_id, sizeof header->build_id, executable_build_id);
    read_commit(header->directory, header->git_commit, sizeof header->git_commit);
}

struct held {
    void (*work)(void *);
    void *argument;
};

static int work_held(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct held *held = argument;

    (void)info;
    (void)size;
    held->work(held->argument);
    return 1;
}

void tkai_identity_while_loaded(void (*work)(void *), void *argument)
{
    struct held held = {work, argument};

    dl_iterate_phdr(work_held, &held);
}
