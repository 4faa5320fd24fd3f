/* golden: options=--rules,mangled.rules */
/* Overloads told apart by their linker's names. */
struct Part {
    int value;
    explicit Part(int x) : value(x) { }
    ~Part() { }
    int get(int) const { return value; }
    int get(char) const { return value; }
    template <class T> T of(T x) { return x; }
};
namespace {
int hidden(int x) { return x; }
}
int main()
{
    Part part(1);
    return part.get(1) + part.get('c') + part.of(2) + hidden(-4);
}
