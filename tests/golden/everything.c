/* golden: options=--all compilers=clang flags=-Weverything,-Werror,-Wno-unknown-warning-option,-Wno-unsafe-buffer-usage */
/* Not even the warnings that nobody uses. */
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
