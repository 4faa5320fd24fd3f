#!/usr/bin/env bash
# Random programs of fixed seeds: the rewritten text without the insertions is the
# compiler's own text, what --show prints without them is the source, and the
# program does the same. SEEDS="first last" for other seeds.
set -u
fail() { echo "seed $seed: $*"; exit 1; }
cd "$WORK" || exit 1
set -- ${SEEDS:-1 12}

# A C program on standard output; its header goes to the file HEADER.
generate()
{
    LC_ALL=C awk -v seed="$1" -v header="$2" -v mixed="$mixed" '
    function below(n) { seed = (seed * 16807) % 2147483647; return int(seed / 7) % n }
    function noise() {
        k = below(9)
        if (k == 0) return " /* { \" TKA_PROFILE */"
        if (k == 1) return " \\\n"
        if (k == 2) return "\t"
        if (k == 3) return " /* \303\244\377\200 }\n * { */ "
        if (k == 4) return "\n"
        if (k == 5) return " // { comment\n"
        if (k == 6) return sprintf(" /*%2000s*/ ", "{")
        return " "
    }
    function open() { k = below(8); return k == 0 ? "<%" : "{" }
    function body(n, v) {
        k = below(8)
        if (k == 0) return "return " v " + " n "; }"
        if (k == 1) return noise() "if (" v " > 3) { return 1; }" noise() "return " v "; }"
        if (k == 2) return "\n#if 0\n} { unbalanced\n#endif\n    return " n "; %>"
        if (k == 3) return "const char *s = \"{ TKA_PROFILE \\\" }\"; return s[" v " & 3]; }"
        if (k == 4) return "while (" v "-- > 0)" noise() "{ total += " n "; }" noise() "return total; }"
        if (k == 5) return "TKA_BLOCK(\"b" n "\")" noise() "{ total++; }\n return " v "; }"
        if (k == 6) return noise() "__label__ out; if (" v ") goto out; total++; out: return 2; }"
        return "switch (" v ") { case 1: return 5; default: return '\''{'\'' - " v "; } }"
    }
    function mark() {
        k = below(7)
        if (k == 0) return "TKA_NOPROFILE" noise()
        if (k == 1) return "TKA_PROFILE_AS(\"n\")" noise()
        if (k == 2) return "TKA_CRITICAL_PATH(\"c\")" noise()
        if (k == 3) return ""
        return "TKA_PROFILE" noise()
    }
    function def(n) {
        k = below(6)
        if (k == 0) return mark() "static int f" n "(x)" noise() "int x;" noise() open() body(n, "x")
        if (k == 1) return mark() "static HEAD(f" n ")" noise() open() body(n, "x")
        if (k == 2) return "WHOLE(f" n ")"
        if (k == 3) return mark() "ARGUMENT(static int f" n "(int x), { return x + " n "; })"
        return mark() "static int f" n "(int x)" noise() open() body(n, "x")
    }
    BEGIN {
        for (i = 0; i < 20; i++) below(2)
        count = 4 + below(12)
        if (below(3) == 0) printf "\357\273\277"
        print "#include <stdio.h>\n#include <tka/tka.h>\nstatic int total;"
        print "#define HEAD(name) int name(int x)"
        print "#define WHOLE(name) static int name(int x) { return x; }"
        print "#define ARGUMENT(head, body) head body"
        printf "#include \"%s\"\n", header
        print "static int h0(int x);" > header
        print mark() "static int h0(int x)" noise() open() body(99, "x") > header
        for (i = 0; i < count; i++) {
            text = def(i)
            # Lines that end in CR LF, but not where a backslash splices them.
            if (mixed && below(4) == 0) gsub(/\n/, "\r\n", text)
            gsub(/\\\r\n/, "\\\n", text)
            printf "%s%s", text, below(3) ? "\n" : noise() "\n"
        }
        print "int main(void)\n{\n    int sum = h0(2);"
        for (i = 0; i < count; i++) print "    sum += f" i "(" below(6) ");"
        printf "    printf(\"%%d %%d %%d\\n\", sum, total, __LINE__);\n    return 0;\n}%s", below(2) ? "\n" : ""
    }'
}

number='[0-9][0-9]*'
without_statements()
{
    LC_ALL=C sed "s/__attribute__((__cleanup__(tka_leave))) struct tka_scope tka_s${number}_; __attribute__((__unused__)) int tka_e${number}_ = tka_enter(&tka_s${number}_,&tka_f${number}_,&tka_o${number}_);//g"
}
without_definitions()
{
    LC_ALL=C sed '/^static const char tka_t[0-9]*_\[\]/d
        /^static unsigned char tka_o[0-9]*_ /d
        /^static struct tka_site tka_f[0-9]*_ /d
        /^#undef __BASE_FILE__$/d
        /^#define __BASE_FILE__ "/d'
}
expand()
{
    case $CC in
    *gcc*) $CC $OPT -w -include "$TKA_PREFIX/include/tka/probe.h" -include "$TKA_PREFIX/include/tka/roles.h" -idirafter "$TKA_PREFIX/include" \
        -E -fdirectives-only "$1" ;;
    *) $CC $OPT -w -include "$TKA_PREFIX/include/tka/probe.h" -include "$TKA_PREFIX/include/tka/roles.h" -idirafter "$TKA_PREFIX/include" \
        -E -frewrite-includes "$1" ;;
    esac
}

# clang's own line numbers are wrong when LF and CR LF are mixed.
mixed=
case $CC in *gcc*) mixed=1 ;; esac
total=0
for ((seed = $1; seed <= $2; seed++)); do
    generate "$seed" "h$seed.h" >p.c
    $CC -w $OPT -idirafter "$TKA_PREFIX/include" p.c -o plain 2>log ||
        { cat log; fail "the generator is wrong"; }
    "$TKA_CC" --keep --no-link $CC -w $OPT -c p.c -o p.o 2>log || { cat log; fail "compile"; }
    grep '^tka: ' log && fail "not instrumented"
    expand p.c >expanded || fail "expand"
    inserted=$(LC_ALL=C grep -ao 'tka_enter(&tka_s[0-9]' p.o.tka.i | wc -l)
    total=$((total + inserted))
    if [ -e p.o.tka.i ]; then
        without_statements <p.o.tka.i | without_definitions | cmp - expanded ||
            fail "the text differs by more than insertions"
        [ "$(wc -l <expanded)" = "$(without_definitions <p.o.tka.i | wc -l)" ] || fail "lines"
        rm p.o.tka.i
    fi
    $CC p.o -o instrumented || fail "link"
    [ "$(./plain)" = "$(./instrumented)" ] || fail "other output"
    "$TKA_CC" --show p.c -- $CC >diff 2>/dev/null
    LC_ALL=C grep -a '^[+ ]' diff | LC_ALL=C grep -av '^+++ ' | cut -b2- | without_statements >new
    LC_ALL=C grep -a '^[- ]' diff | LC_ALL=C grep -av '^--- [ab]/' | cut -b2- >old
    cmp old new || fail "--show differs by more than insertions"
    [ "$(LC_ALL=C grep -ac '^+.*tka_enter(' diff)" -gt 0 ] || [ "$inserted" = 0 ] || fail "--show is empty"
done
[ "$total" -gt "$((($2 - $1) * 2))" ] || fail "only $total insertions"
exit 0
