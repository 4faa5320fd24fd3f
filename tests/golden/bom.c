int f(int x) { return x; } /* golden: options=--all grüße, caf� */
int main(void) { return f(0); }
