/* golden: options=--all compilers=gcc flags=-Wall,-Wextra,-Wpedantic,-Wshadow,-Wconversion,-Wc++-compat,-Waggregate-return,-Wunused-macros,-Wcast-qual,-Wmissing-declarations,-Wredundant-decls,-Wundef,-Wstack-usage=4000,-Werror */
extern int f(int x);
extern int f(int x)
{
    int y = x;

    return y;
}
int main(void)
{
    return f(0);
}
