#include "archive_file.h"

#include <ar.h>
#include <stdio.h>
#include <string.h>

static const char thin_magic[] = "!<thin>\n";

#define LONGEST_NAME 1024

typedef struct Reader {
    const uint8_t *bytes;
    size_t size, at;
    bool thin;
    const char *long_names; /* GNU table; NULL: none seen */
    size_t long_names_size;
} Reader;

bool archive_is_thin(const uint8_t *bytes, size_t size)
{
    return size >= SARMAG && memcmp(bytes, thin_magic, SARMAG) == 0;
}

bool archive_is(const uint8_t *bytes, size_t size)
{
    return archive_is_thin(bytes, size) ||
           (size >= SARMAG && memcmp(bytes, ARMAG, SARMAG) == 0);
}

/* Decimal digits at the start of a field. */
static size_t parse_number(const char *text, size_t length)
{
    size_t number = 0;

    for (size_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++) {
        number = number * 10 + (size_t)(text[i] - '0');
    }
    return number;
}

static void copy_until(char *to, const char *from, size_t length, const char *ends)
{
    size_t i = 0;

    while (i < length && i < LONGEST_NAME - 1 && from[i] && !strchr(ends, from[i])) {
        to[i] = from[i];
        i++;
    }
    to[i] = '\0';
}

/* A name is in the header ("name/"), in the GNU table ("/123"), or in front of
 * the contents (BSD, "#1/20"), from which it is then cut off. */
static void read_name(const Reader *reader, const struct ar_hdr *header,
                      ArchiveMember *member, char *name)
{
    const char *field = header->ar_name;
    size_t number;

    if (field[0] == '/' && field[1] >= '0' && field[1] <= '9') {
        number = parse_number(field + 1, sizeof header->ar_name - 1);
        copy_until(name, reader->long_names ? reader->long_names + number : "",
                   number < reader->long_names_size ? reader->long_names_size - number
                                                    : 0,
                   "\n");
    } else if (!memcmp(field, "#1/", 3)) {
        number = parse_number(field + 3, sizeof header->ar_name - 3);
        number = number < member->size ? number : member->size;
        copy_until(name, (const char *)member->bytes, number, "");
        member->bytes += number;
        member->size -= number;
    } else {
        copy_until(name, field, sizeof header->ar_name, "/ ");
    }
    number = strlen(name);
    if (number && name[number - 1] == '/') {
        name[number - 1] = '\0';
    }
}

/* Symbol tables ("/", "/SYM64/", "__.SYMDEF") and the table of long names. */
static bool is_table(Reader *reader, const struct ar_hdr *header,
                     const ArchiveMember *member)
{
    const char *field = header->ar_name;

    if (!memcmp(field, "// ", 3)) {
        reader->long_names = (const char *)member->bytes;
        reader->long_names_size = member->size;
        return true;
    }
    return !memcmp(field, "/ ", 2) || !memcmp(field, "/SYM64/", 7) ||
           !memcmp(field, "__.SYMDEF", 9);
}

/* A thin archive holds its tables ("/", "//"), but only the names of members. */
static bool is_stored(const Reader *reader, const struct ar_hdr *header)
{
    const char *field = header->ar_name;

    return !reader->thin || (field[0] == '/' && (field[1] < '0' || field[1] > '9'));
}

/* One member; false when it does not fit. */
static bool read_member(Reader *reader, ArchiveVisitor *visit, void *context)
{
    struct ar_hdr header;
    ArchiveMember member;
    char name[LONGEST_NAME];

    if (reader->size - reader->at < sizeof header) {
        return false;
    }
    memcpy(&header, reader->bytes + reader->at, sizeof header);
    reader->at += sizeof header;
    if (memcmp(header.ar_fmag, ARFMAG, sizeof header.ar_fmag) != 0) {
        return false;
    }
    member.bytes = reader->bytes + reader->at;
    member.size = is_stored(reader, &header)
                      ? parse_number(header.ar_size, sizeof header.ar_size)
                      : 0;
    if (member.size > reader->size - reader->at) {
        return false;
    }
    reader->at += member.size;
    reader->at += reader->at % 2 && reader->at < reader->size;
    if (!is_table(reader, &header, &member)) {
        read_name(reader, &header, &member, name);
        member.name = name;
        visit(context, &member);
    }
    return true;
}

bool archive_members(const uint8_t *bytes, size_t size, ArchiveVisitor *visit,
                     void *context)
{
    Reader reader = {
        .bytes = bytes, .size = size, .at = SARMAG, .thin = archive_is_thin(bytes, size)};

    if (!archive_is(bytes, size)) {
        return false;
    }
    while (reader.at < reader.size) {
        if (!read_member(&reader, visit, context)) {
            return false;
        }
    }
    return true;
}
