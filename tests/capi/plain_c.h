/* What the C99 part of these tests offers to the C++ part. */
#ifndef PLAIN_C_H
#define PLAIN_C_H

#ifdef __cplusplus
extern "C" {
#endif

/* Uses the interface as a C host does. Gives the line of the first thing that went wrong, or 0. */
int plain_c_walk(void);

#ifdef __cplusplus
}
#endif

#endif
