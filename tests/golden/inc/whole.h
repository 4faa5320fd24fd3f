struct Whole {
    int get(int x) { return twice(x); }
    TKA_NOPROFILE int never(int x) { return x; }
    Whole() = default;
private:
    template <class T> T twice(T x);
};
template <class T> T Whole::twice(T x)
{
    return x + x;
}
TKA_PROFILE_FILE
