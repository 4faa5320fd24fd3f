TKA_PROFILE static int computed(int x) { return x * 100; }
