/* golden: options=--all,--verbose opts=-O2 flags=-w */
/* Links only because the call is inlined: a rule must not change that. */
inline int only_inlined(int x)
{
    return x;
}
int main(void)
{
    return only_inlined(0);
}
