/* golden: options=--all */
#if defined __GNUC__
	#include <stdio.h>
	#include "inc/computed2.h"
#endif
static int after_include(int x) { return x; }
int main(void)
{
	#if defined NOT_DEFINED
		many
		lines
		that
		are
		left
		out
		here
		and
		there
	#endif
	{
		#undef SOMETHING
		return after_include(0);
	}
}
static int last(int x) { return x; }
int (*use)(int) = last;
