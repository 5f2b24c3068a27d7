/*
 * exchange.h - what HTTP exchanges and mails have in common: they can be
 * cancelled through one handle.
 */
#ifndef IO_EXCHANGE_H
#define IO_EXCHANGE_H

/* The first member of either. */
struct io_exchange {
	void (*cancel)(struct io_exchange *exchange);
};

#endif
