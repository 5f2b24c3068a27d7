/*
 * thrift.h - memory that was used once and is free goes back to the system.
 */
#ifndef APP_THRIFT_H
#define APP_THRIFT_H

/* Once, before threads: large pieces are taken from the system and given back by themselves. */
void thrift_begin(void);
/*
 * After something large: a configuration was read, a report drawn. Takes some milliseconds at most.
 */
void thrift_trim(void);

#endif
