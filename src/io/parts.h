/*
 * parts.h - what the files of this room share beside the loop itself: one
 * resolver, one pool of transfers, one memory of certificates.
 */
#ifndef IO_PARTS_H
#define IO_PARTS_H

struct descriptors;
struct io;
struct resolver;
struct timers;
struct transfers;
struct trust;

struct io_parts {
	struct descriptors *descriptors;
	struct timers *timers;
	struct trust *trust;
	struct resolver *resolver;
	struct transfers *http; /* many short exchanges */
	struct transfers *mail; /* sessions that stay open while we talk: apart, so that none is
				   closed as idle */
};

struct io_parts *io_parts(struct io *io);

#endif
