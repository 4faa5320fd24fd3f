#pragma once
TKA_PROFILE static int once(int x) { return x * 10; }
