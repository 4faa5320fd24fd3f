/* golden: options=--all */
/* Rules do not select constexpr functions. */
constexpr int square(int x) { return x * x; }
static_assert(square(3) == 9, "");
int main() { return square(0); }
