#!/usr/bin/env bash
# Checks the layers that docs/layers.txt declares against the #include lines of
# {runtime,instrumenter,inspector}/src, and the length of every C file.
#
#   tests/layers.sh [TREE]        default: the repository
#
# docs/layers.txt holds lines
#   wing/module: module module tka/name ...    what the module may include
#   clang-c: wing/module ...                   modules that may include clang-c/*
# A module is the stem of its files. Prints every breach; exit 1 if there is one.
set -u
tree=${1:-$(cd "$(dirname "$0")/.." && pwd)}
cd "$tree" || exit 2
max_lines=800

sources()
{
    find runtime/src instrumenter/src inspector/src -name '*.[ch]' 2>/dev/null | sort
}

# "wing/module file line include" for every include of a project header, of
# sqlite3.h and of clang-c; system headers in <> are left out.
includes()
{
    sources | while read -r file; do
        awk -v file="$file" '
            BEGIN {
                split(file, part, "/"); wing = part[1]
                stem = file; sub(/.*\//, "", stem); sub(/\.[ch]$/, "", stem)
            }
            /^[ \t]*#[ \t]*include[ \t]*[<"]/ {
                name = $0
                sub(/^[ \t]*#[ \t]*include[ \t]*/, "", name)
                quote = substr(name, 1, 1)
                sub(/^[<"]/, "", name); sub(/[>"].*/, "", name)
                if (quote == "<" && name !~ /^(tka|clang-c)\// && name != "sqlite3.h")
                    next
                print wing "/" stem, file, FNR, name
            }' "$file"
    done
}

check_includes()
{
    awk '
        function breach(text) { print text; bad = 1 }
        FNR == NR {
            sub(/#.*/, "")
            if ($0 !~ /:/) next
            module = $0; sub(/[ \t]*:.*/, "", module); sub(/^[ \t]*/, "", module)
            list = $0; sub(/^[^:]*:/, "", list)
            n = split(list, word, /[ \t]+/)
            if (module == "clang-c") {
                for (i = 1; i <= n; i++) { sub(/.*\//, "", word[i]); clang[word[i]] = 1 }
                next
            }
            if (module in named)
                breach("docs/layers.txt: " module " is named twice")
            named[module] = 1
            for (i = 1; i <= n; i++) {
                if (word[i] == "") continue
                sub(/\.h$/, "", word[i])
                allowed[module, word[i]] = 1
            }
            next
        }
        {
            module = $1; file = $2; line = $3; name = $4
            where = file ":" line ": "
            wing = module; sub(/\/.*/, "", wing)
            own = module; sub(/.*\//, "", own)
            if (name == "sqlite3.h") {
                if (!(wing in sqlite)) sqlite[wing] = own
                else if (sqlite[wing] != own)
                    breach(where "sqlite3.h is included by " wing "/" sqlite[wing] \
                           " already; one module of a wing may")
                next
            }
            if (name ~ /^clang-c\//) {
                if (wing != "instrumenter" || !(own in clang))
                    breach(where "clang-c outside of the modules listed after clang-c:")
                next
            }
            if (name ~ /(^|\/)(runtime|instrumenter|inspector)\//) {
                breach(where "includes a file of a wing by path: " name)
                next
            }
            stem = name; sub(/\.h$/, "", stem)
            if (name !~ /^tka\//) sub(/.*\//, "", stem)
            if (stem == own || (module, stem) in allowed) next
            if (module in named)
                breach(where module " may not include " name)
        }
        END { exit bad }' docs/layers.txt <(includes)
}

# Modules without a line; stems used twice in the tree; headers of another wing.
check_modules()
{
    sources | awk '
        FNR == NR {
            sub(/#.*/, "")
            if ($0 ~ /:/) { sub(/[ \t]*:.*/, ""); sub(/^[ \t]*/, ""); named[$0] = 1 }
            next
        }
        {
            wing = $0; sub(/\/.*/, "", wing)
            stem = $0; sub(/.*\//, "", stem); sub(/\.[ch]$/, "", stem)
            if (!((wing "/" stem) in named) && !(wing "/" stem in told)) {
                print $0 ": " wing "/" stem " has no line in docs/layers.txt"; bad = 1
                told[wing "/" stem] = 1
            }
            if (stem != "main" && stem in owner && owner[stem] != wing) {
                print $0 ": the name " stem " is used by " owner[stem] " too"; bad = 1
            }
            owner[stem] = wing
        }
        END { exit bad }' docs/layers.txt -
}

check_cycles()
{
    local loops
    loops=$(awk '
        { sub(/#.*/, "") }
        /:/ && !/^[ \t]*clang-c/ {
            module = $1; sub(/:.*/, "", module); wing = module; sub(/\/.*/, "", wing)
            list = $0; sub(/^[^:]*:/, "", list)
            n = split(list, word, /[ \t]+/)
            for (i = 1; i <= n; i++)
                if (word[i] != "" && word[i] !~ /^tka\//) {
                    to = word[i]; sub(/\.h$/, "", to); sub(/.*\//, "", to)
                    if (wing "/" to != module) print module, wing "/" to
                }
        }' docs/layers.txt | tsort 2>&1 >/dev/null | sed 's/^tsort: //')
    [ -z "$loops" ] && return 0
    printf 'docs/layers.txt: modules that include each other in a circle:\n%s\n' "$loops"
    return 1
}

check_lengths()
{
    local file lines bad=0
    while read -r file; do
        lines=$(wc -l <"$file")
        if [ "$lines" -gt $max_lines ]; then
            echo "$file: $lines lines; at most $max_lines"
            bad=1
        fi
    done < <(find runtime instrumenter inspector tests examples -name '*.[ch]' \
                  -not -path "*/golden/*" -not -path "*/build/*" 2>/dev/null | sort)
    return $bad
}

status=0
for check in check_includes check_modules check_cycles check_lengths; do
    $check || status=1
done
exit $status
