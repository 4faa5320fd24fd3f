#include "rolescan.h"
#include "rolekey.h"
#include "rolereturn.h"
#include "roletext.h"

#include <string.h>

#define SITE   "&tka_f" ROLE_DIGITS "_,&tka_o" ROLE_DIGITS "_"
#define UNUSED " __attribute__((__unused__))"

/* The forms are those of tka/roles.h. */
#define RESOLUTION(letter)                                                               \
    " __attribute__((__cleanup__(tka_resolution_leave_))) struct tka_resolution"         \
    " tka_" letter ROLE_DIGITS "_;"

bool rolescan_annotation(const char *text, RoleWish *wish)
{
    static const char prefix[] = "tka.role.";
    static const char *const words[ROLEKINDS] = {
        "lookup", "put", "evict", "load", "resolver", "constructs", "memory"};

    if (strncmp(text, prefix, strlen(prefix)) != 0) {
        return false;
    }
    text += strlen(prefix);
    for (size_t i = 0; i < ROLEKINDS; i++) {
        size_t length = strlen(words[i]);

        if (strncmp(text, words[i], length) == 0 &&
            (text[length] == '\0' || text[length] == ':')) {
            wish->wanted[i] = true;
            wish->name[i] = text[length] ? text + length + 1 : "";
            return true;
        }
    }
    return false;
}

/* gcc and clang would say that it hides the one of tka/roles.h. A pragma within a
 * macro's argument would come out in front of what the macro makes. */
static const char *here_text(const ParseRequest *request, const Candidate *candidate)
{
    bool bare = candidate->in_macro_argument;

    return arena_printf(
        request->arena,
        "%s" UNUSED " %sstruct tka_site *const tka_here_ = &tka_f" ROLE_DIGITS "_;" UNUSED
        " %sconst unsigned char *const tka_here_on_ = &tka_o" ROLE_DIGITS "_;%s",
        bare ? ""
             : " _Pragma(\"GCC diagnostic push\")"
               " _Pragma(\"GCC diagnostic ignored \\\"-Wshadow\\\"\")",
        request->is_cxx ? "static " : "", request->is_cxx ? "static " : "",
        bare ? "" : " _Pragma(\"GCC diagnostic pop\")");
}

static void declare_lookup(const ClangApi *clang, const ParseRequest *request,
                           CXCursor function, const RoleWish *wish, Candidate *candidate,
                           bool marks_hits)
{
    Role *role = candidate->role;
    RoleKey key = rolekey_find(clang, request, function, ROLEKIND_LOOKUP, wish);
    const char *text = marks_hits ? here_text(request, candidate) : "";

    if (key.reason) {
        roletext_refuse(request->arena, role, "cache key", key.reason);
    } else if (key.text) {
        text =
            arena_printf(request->arena, "%s" UNUSED " int tka_k" ROLE_DIGITS "_ = %s;",
                         text, key.text);
    }
    role->declarations[ROLEKIND_LOOKUP] = text;
}

static void declare_resolver(const ClangApi *clang, const ParseRequest *request,
                             CXCursor function, const RoleWish *wish, Role *role,
                             bool unsaid)
{
    RoleKey key = rolekey_find(clang, request, function, ROLEKIND_RESOLVER, wish);

    if (key.reason) {
        roletext_refuse(request->arena, role, "service key", key.reason);
    }
    if (!key.text) {
        key.text = request->is_cxx ? "TKA_KEY_NONE,nullptr,0" : "TKA_KEY_NONE,0,0";
    }
    role->enumerators = key.enumerators;
    role->declarations[ROLEKIND_RESOLVER] = arena_printf(
        request->arena,
        RESOLUTION("r") UNUSED " int tka_q" ROLE_DIGITS "_ = %s(&tka_r" ROLE_DIGITS
                               "_," SITE ",%s);%s",
        key.is_any ? "::tka_resolution_any_" : "tka_resolution_enter_", key.text,
        unsaid ? " __attribute__((__cleanup__(tka_unsaid_leave_),__unused__)) struct "
                 "tka_unsaid_"
                 " tka_w" ROLE_DIGITS "_ = tka_unsaid_enter_(&tka_r" ROLE_DIGITS "_);"
               : "");
}

static void declare_others(Role *role)
{
    if (role->has[ROLEKIND_CONSTRUCTS]) {
        role->declarations[ROLEKIND_CONSTRUCTS] = RESOLUTION("c") UNUSED
            " int tka_n" ROLE_DIGITS "_ = tka_construction_enter_(&tka_c" ROLE_DIGITS
            "_," SITE ");";
    }
    if (role->has[ROLEKIND_MEMORY]) {
        role->declarations[ROLEKIND_MEMORY] =
            " __attribute__((__cleanup__(tka_memory_leave_),__unused__)) int "
            "tka_m" ROLE_DIGITS "_ = tka_memory_enter_();";
    }
}

/* What runs in the compiler cannot call the runtime. */
static void refuse_all(const ParseRequest *request, Role *role)
{
    static const char *const words[ROLEKINDS] = {
        "lookup", "put", "evict", "load", "resolver", "constructs", "memory"};
    static const RoleKind calling[] = {ROLEKIND_LOOKUP, ROLEKIND_RESOLVER,
                                       ROLEKIND_CONSTRUCTS, ROLEKIND_MEMORY};

    for (size_t i = 0; i < sizeof calling / sizeof *calling; i++) {
        if (role->has[calling[i]]) {
            role->has[calling[i]] = false;
            roletext_refuse(request->arena, role, words[calling[i]],
                            "a constexpr function");
        }
    }
}

void rolescan_function(const ClangApi *clang, const ParseRequest *request,
                       CXCursor function, CXCursor body, const RoleWish *wish,
                       Candidate *candidate)
{
    Role *role = arena_alloc(request->arena, sizeof *role);
    RoleReturns returns;

    memcpy(role->has, wish->wanted, sizeof role->has);
    memcpy(role->name, wish->name, sizeof role->name);
    role->enumerators = "";
    role->asked = candidate->annotation != ANNOTATION_NONE;
    candidate->role = role;
    if (candidate->is_constexpr) {
        refuse_all(request, role);
        return;
    }
    returns = rolereturn_find(clang, request, function, body, candidate);
    if (role->has[ROLEKIND_LOOKUP] && returns.why && !returns.marks_hits) {
        role->has[ROLEKIND_LOOKUP] = false;
        role->edit_count = 0;
        roletext_refuse(request->arena, role, "lookup", returns.why);
        returns = rolereturn_find(clang, request, function, body, candidate);
    }
    if (role->has[ROLEKIND_LOOKUP]) {
        declare_lookup(clang, request, function, wish, candidate, returns.marks_hits);
    }
    if (role->has[ROLEKIND_RESOLVER]) {
        declare_resolver(clang, request, function, wish, role, returns.unsaid);
    }
    declare_others(role);
}
