/*
 * faults.h - what is wrong with a configuration, told to the log and to people.
 */
#ifndef APP_FAULTS_H
#define APP_FAULTS_H

#include <stddef.h>

struct buf;
struct diag;

/* A line each: faults as errors, warnings as warnings. */
void faults_log(const struct diag *diag);
/* "FILE:LINE: text", as a compiler would say it, a line each. */
void faults_print(const struct diag *diag, struct buf *to);
/* The first fault as one line, or "" when there is none. */
void faults_first(const struct diag *diag, char *text, size_t max);

#endif
