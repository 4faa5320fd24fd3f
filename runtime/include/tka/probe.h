/* tka/probe.h - what inserted code calls. A contract between tka-cc, which
 * includes this file before the first line of an instrumented translation
 * unit, and the runtime. Users never include it; they include tka/tka.h.
 *
 * It includes no system header: a program may define _GNU_SOURCE and friends
 * before its own first include.
 *
 * For each instrumented function number N of a translation unit tka-cc emits,
 * right after this file,
 *
 *   static const char tka_tN_[]
 *       __attribute__((__section__("tka_text"),__used__,__aligned__(1))) = "1\tf\tname\t...";
 *   static unsigned char tka_oN_ __attribute__((__section__("tka_on"))) = 1;
 *   static struct tka_site tka_fN_ __attribute__((__section__("tka_sites"))) =
 *       {0, 0, tka_tN_, &tka_oN_, {0}};
 *
 * (for a C inline function with external linkage tka_oN_ and tka_fN_ are not
 * static but weak and hidden, under a name made from file, line and function)
 * and as the first declarations of the function's body
 *
 *   __attribute__((__cleanup__(tka_leave))) struct tka_scope tka_sN_;
 *   __attribute__((__unused__)) int tka_eN_ = tka_enter(&tka_sN_,&tka_fN_,&tka_oN_);
 *
 * The text of a site has eight fields separated by tabs, ends in a NUL and
 * stands alone in the section tka_text, which can therefore be read from the
 * running program and from an object file on disk without relocation:
 *
 *   1        version of the text format
 *   kind     f function, c critical path, b block, s annotated but skipped
 *   name     what reports show: the annotation's name, or the function's
 *            (C: bare; C++: qualified, with parameter types)
 *   function the enclosing function's own name, in the same form
 *   file     absolute path after the compiler's -f*-prefix-map options
 *   line     of the body's opening brace's declarator (1-based)
 *   size     statements in the body (0: not known)
 *   reason   why it was skipped; empty for kinds f, c and b
 *
 * Cost of an untimed call on x86-64, enter and leave and what they make the
 * function save: 19 instructions with gcc 12 and clang 14; off: 12
 * (tests/e2e/runtime-fastpath counts, tests/bench/probe_cost times them).
 */
#ifndef TKA_PROBE_H
#define TKA_PROBE_H
#pragma GCC system_header

#ifdef __cplusplus
extern "C" {
#endif

/* A probed function or block as the compiler knows it: 64 bytes in the section
 * tka_sites. A thread's record of the same size lies at the site's address
 * plus the thread's tka_delta. The delta is zero until the thread has records;
 * the first enter then decrements the countdown of the site itself, which is
 * never above zero, and so reaches the slow path. */
struct tka_site {
    int countdown;
    unsigned flags;             /* TKA_SITE_CRITICAL */
    const char *text;
    unsigned char *on;
    char reserved[40];
} __attribute__((__aligned__(64)));

#define TKA_SITE_CRITICAL 1u    /* time every call, whatever the mode's period */

/* One activation of a probed function; lives in its native stack frame. Only
 * the first two members are written on the fast path. */
struct tka_scope {
    struct tka_scope *parent;
    __UINTPTR_TYPE__ site;      /* address of the site, and bits below */
    unsigned long long start;   /* ticks; valid with TKA_SCOPE_TIMED */
    unsigned long long cost;    /* thread's own probe cost at start, ticks */
    void *node;                 /* call-path node; valid with TKA_SCOPE_NODE */
    void *caller;               /* the caller's; valid with TKA_SCOPE_TIMED */
};

#define TKA_SCOPE_TIMED 1u      /* leave must call the slow path */
#define TKA_SCOPE_NODE 2u       /* node is set */

/* One per linked module (executable or shared library). */
struct tka_module {
    struct tka_site *sites, *sites_end;
    const char *text, *text_end;
    struct tka_scope **(*top)(void);    /* the calling thread's tka_top */
    void *state;                /* the runtime's */
};

/* Weak: a program whose link left out the runtime runs as if probes were off. used: the
 * delta with which the countdown was found; *delta may have been cleared meanwhile, by a
 * thread that wants this one to come to the slow path. */
extern void tka_enter_due(struct tka_scope *, struct tka_site *,
                          struct tka_module *, __INTPTR_TYPE__ *delta,
                          __INTPTR_TYPE__ used)
    __attribute__((__weak__));
extern void tka_leave_slow(struct tka_scope *, struct tka_module *)
    __attribute__((__weak__));

extern struct tka_site __start_tka_sites[]
    __attribute__((__weak__, __visibility__("hidden")));
extern struct tka_site __stop_tka_sites[]
    __attribute__((__weak__, __visibility__("hidden")));
extern const char __start_tka_text[]
    __attribute__((__weak__, __visibility__("hidden")));
extern const char __stop_tka_text[]
    __attribute__((__weak__, __visibility__("hidden")));

/* Innermost open scope of the thread, over all modules; may point to a dead
 * frame after a longjmp: only the slow path follows it, with checks. */
__attribute__((__weak__, __visibility__("default"), __used__,
               __tls_model__("initial-exec")))
__thread struct tka_scope *tka_top;

/* From the module's sites to the thread's records; see struct tka_site. */
__attribute__((__weak__, __visibility__("hidden"), __used__,
               __tls_model__("initial-exec")))
__thread __INTPTR_TYPE__ tka_delta_;

__attribute__((__weak__, __visibility__("hidden"), __noinline__, __cold__,
               __no_instrument_function__))
struct tka_scope **tka_top_of_thread_(void)
{
    return &tka_top;
}

__attribute__((__weak__, __visibility__("hidden"), __used__))
struct tka_module tka_module_ = {
    __start_tka_sites, __stop_tka_sites, __start_tka_text, __stop_tka_text,
    tka_top_of_thread_, 0
};

#if defined __x86_64__ && !defined __ILP32__ && !defined __code_model_medium__ && \
    !defined __code_model_large__ && !defined TKA_PROBE_PORTABLE_
/* Each probe is one assembler statement: to the compiler no more than an
 * instruction, without branches to lay out or calls to save registers for. A call
 * that is due jumps to a stub, with the scope's address in r11 and the place to go
 * on at in r10. The stub keeps all other registers and the red zone, and describes
 * itself to unwinders as called from there. What it calls in the runtime uses
 * general registers only, or saves the others (runtime/src/deep.h). */
#define TKA_STUB_(name, saves, body, restores) \
    "\t.ifndef\t" name "\n\t.weak\ttka_enter_due\n\t.weak\ttka_leave_slow\n" \
    "\t.pushsection\t.text.tka_stubs, \"ax\", @progbits\n" \
    "\t.weak\t" name "\n\t.hidden\t" name "\n\t.type\t" name ", @function\n" \
    name ":\n\t.cfi_startproc\n\t.cfi_def_cfa %rsp, 0\n\t.cfi_register %rip, %r10\n" \
    "\tleaq\t-128(%rsp), %rsp\n\t.cfi_def_cfa_offset 128\n" \
    TKA_PUSH_("r10") "\t.cfi_offset %rip, -136\n" saves body restores \
    TKA_POP_("r10") "\t.cfi_register %rip, %r10\n" \
    "\tleaq\t128(%rsp), %rsp\n\t.cfi_def_cfa_offset 0\n" \
    "\tnotrack jmp\t*%r10\n\t.cfi_endproc\n\t.size\t" name ", .-" name "\n" \
    "\t.popsection\n\t.endif\n"
#define TKA_PUSH_(name) \
    "\tpushq\t%" name "\n\t.cfi_adjust_cfa_offset 8\n\t.cfi_rel_offset %" name ", 0\n"
#define TKA_POP_(name) \
    "\tpopq\t%" name "\n\t.cfi_adjust_cfa_offset -8\n\t.cfi_restore %" name "\n"

__asm__(TKA_STUB_("tka_enter_stub_",
            TKA_PUSH_("rdi") TKA_PUSH_("rsi") TKA_PUSH_("rdx") TKA_PUSH_("rcx"),
            "\tmovq\t%r11, %rdi\n\tmovq\t8(%r11), %rsi\n\tmovq\t%rax, %r8\n"
            "\tleaq\ttka_module_(%rip), %rdx\n"
            "\tmovq\t%fs:0, %rcx\n\taddq\ttka_delta_@gottpoff(%rip), %rcx\n"
            "\tmovq\ttka_enter_due@GOTPCREL(%rip), %rax\n\ttestq\t%rax, %rax\n"
            "\tje\t1f\n\tcall\t*%rax\n2:\n"
            "\t.subsection 1\n1:\tmovq\t16(%rsi), %rax\n\tmovb\t$0, (%rax)\n"
            "\tjmp\t2b\n\t.previous\n",
            TKA_POP_("rcx") TKA_POP_("rdx") TKA_POP_("rsi") TKA_POP_("rdi"))
        TKA_STUB_("tka_leave_stub_",
            TKA_PUSH_("rax") TKA_PUSH_("rdx") TKA_PUSH_("rdi") TKA_PUSH_("rsi"),
            "\tmovq\t%r11, %rdi\n\tleaq\ttka_module_(%rip), %rsi\n"
            "\tmovq\ttka_leave_slow@GOTPCREL(%rip), %rax\n\ttestq\t%rax, %rax\n"
            "\tje\t1f\n\tcall\t*%rax\n1:\n",
            TKA_POP_("rsi") TKA_POP_("rdi") TKA_POP_("rdx") TKA_POP_("rax")));
extern char tka_enter_stub_[] __attribute__((__visibility__("hidden")));
extern char tka_leave_stub_[] __attribute__((__visibility__("hidden")));

/* The countdown is one instruction on memory, so that a signal handler that
 * runs the same function loses no count; negative means the slow path is due. */
extern __inline__ __attribute__((__gnu_inline__, __always_inline__,
                                 __no_instrument_function__))
int tka_enter(struct tka_scope *scope, struct tka_site *site,
              const unsigned char *on)
{
    __asm__ __inline__ __volatile__(
        "movq\ttka_top@gottpoff(%%rip), %%rax\n\tmovq\t%%fs:(%%rax), %%r11\n"
        "\tleaq\t%2, %%r10\n\tmovq\t%%r11, %0\n\tmovq\t%%r10, %1\n"
        "\tcmpb\t$0, %3\n\tje\t1f\n" /* not linked in; leave puts back what was on top */
        "\tleaq\t%0, %%r11\n\tmovq\t%%r11, %%fs:(%%rax)\n"
        "\tmovq\ttka_delta_@gottpoff(%%rip), %%rax\n\tmovq\t%%fs:(%%rax), %%rax\n"
        "\tsubl\t$1, (%%r10,%%rax)\n\tjs\t2f\n1:\n"
        "\t.subsection 1\n2:\tleaq\t1b(%%rip), %%r10\n\tjmp\t%P4\n\t.previous"
        : "=m"(scope->parent), "=m"(scope->site)
        : "m"(*site), "m"(*on), "i"(tka_enter_stub_)
        : "rax", "r8", "r9", "r10", "r11", "cc", "memory");
    return 0;
}

extern __inline__ __attribute__((__gnu_inline__, __always_inline__,
                                 __no_instrument_function__))
void tka_leave(struct tka_scope *scope)
{
    __asm__ __inline__ __volatile__(
        "testb\t$1, %1\n\tjne\t2f\n"
        "1:\tmovq\ttka_top@gottpoff(%%rip), %%r10\n\tmovq\t%0, %%r11\n"
        "\tmovq\t%%r11, %%fs:(%%r10)\n"
        "\t.subsection 1\n2:\tleaq\t%0, %%r11\n\tleaq\t1b(%%rip), %%r10\n"
        "\tjmp\t%P2\n\t.previous"
        :
        : "m"(scope->parent), "m"(scope->site), "i"(tka_leave_stub_)
        : "rcx", "r8", "r9", "r10", "r11", "cc", "memory");
}
#else
__attribute__((__weak__, __visibility__("hidden"), __noinline__, __cold__,
               __no_instrument_function__))
void tka_enter_cold_(struct tka_scope *scope, struct tka_site *site,
                     __INTPTR_TYPE__ used)
{
    if (tka_enter_due) {
        tka_enter_due(scope, site, &tka_module_, &tka_delta_, used);
    } else {
        *site->on = 0;
    }
}

__attribute__((__weak__, __visibility__("hidden"), __noinline__, __cold__,
               __no_instrument_function__))
void tka_leave_cold_(struct tka_scope *scope)
{
    if (tka_leave_slow) {
        tka_leave_slow(scope, &tka_module_);
    }
}

extern __inline__ __attribute__((__gnu_inline__, __always_inline__,
                                 __no_instrument_function__))
int tka_enter(struct tka_scope *scope, struct tka_site *site,
              const unsigned char *on)
{
    __INTPTR_TYPE__ used = __atomic_load_n(&tka_delta_, __ATOMIC_RELAXED);
    struct tka_site *record;
    int due;

    scope->parent = tka_top;
    scope->site = (__UINTPTR_TYPE__)site;
    if (__builtin_expect(*on == 0, 0)) {
        return 0;
    }
    tka_top = scope;
    record = (struct tka_site *)((char *)site + used);
#if defined __x86_64__ || defined __i386__
    __asm__("{subl $1, %0|sub %0, 1}" : "+m"(record->countdown), "=@ccs"(due));
#else
    due = __atomic_sub_fetch(&record->countdown, 1, __ATOMIC_RELAXED) < 0;
#endif
    if (__builtin_expect(due, 0)) {
        tka_enter_cold_(scope, site, used);
    }
    return 0;
}

extern __inline__ __attribute__((__gnu_inline__, __always_inline__,
                                 __no_instrument_function__))
void tka_leave(struct tka_scope *scope)
{
    if (__builtin_expect((scope->site & TKA_SCOPE_TIMED) != 0, 0)) {
        tka_leave_cold_(scope);
    }
    tka_top = scope->parent;
}
#endif

#ifdef __cplusplus
}
#endif

/* For constexpr functions, with `struct tka_scope tka_sN_ = {};`: nothing while
 * the compiler evaluates the call. */
#if defined __cplusplus && __cplusplus >= 201402L && \
    (defined __clang__ || __GNUC__ >= 9)
constexpr __inline__ __attribute__((__always_inline__, __no_instrument_function__))
int tka_enter_constexpr(struct tka_scope *scope, struct tka_site *site,
                        const unsigned char *on)
{
    return __builtin_is_constant_evaluated() ? 0 : tka_enter(scope, site, on);
}

constexpr __inline__ __attribute__((__always_inline__, __no_instrument_function__))
void tka_leave_constexpr(struct tka_scope *scope)
{
    if (!__builtin_is_constant_evaluated()) {
        tka_leave(scope);
    }
}
#endif
#endif
