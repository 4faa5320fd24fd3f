#define TIMES 1000
