#include <tka/tka.h>
#include <stdio.h>

/* What has the type's name in the function is not the type. */
typedef struct list { int x; } list;
typedef struct { int x; } pair;
struct tree { int x; };
static list a_list;
static pair a_pair;
static struct tree a_tree;

TKA_CACHE("lists") static list *find(list *list) { return list; }
TKA_RESOLVES static list *get(int k) { list *list = &a_list; return k ? list : 0; }
TKA_CACHE("trees") static struct tree *tree(struct tree *tree) { return tree; }
TKA_RESOLVES static pair *get_pair(pair *pair) { return pair; }

int main(void)
{
    printf("%d %d\n", find(&a_list) == &a_list, find(0) == 0);
    printf("%d %d\n", get(1) == &a_list, tree(&a_tree) == &a_tree);
    printf("%d\n", get_pair(&a_pair) == &a_pair);
    return 0;
}
