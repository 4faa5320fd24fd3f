static int computed2(int x) { return x * 100 + __LINE__; }
