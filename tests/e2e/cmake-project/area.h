#ifndef AREA_H
#define AREA_H
#include <tka/tka.h>
#ifdef __cplusplus
extern "C" {
#endif
TKA_PROFILE int area(int width, int height);
int not_annotated(int n);
#ifdef __cplusplus
}
#endif
#endif
