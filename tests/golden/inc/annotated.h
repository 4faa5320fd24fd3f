#ifndef ANNOTATED_H
#define ANNOTATED_H

TKA_PROFILE int on_header_prototype(int x);

TKA_PROFILE static inline int inline_in_header(int x)
{
    return x * 2;
}

#endif
