/*
 * store_passes.c - passed observations, packed: nearly all of the history is
 * "it was fine", and a row for each would be thirty times as large.
 *
 * A pass is three numbers: the name's, the start in milliseconds before the
 * blob's second (zigzag: it may lie after it), and the total in microseconds.
 * A number is seven bits a byte, least first, the high bit meaning "goes on".
 */
#include "io/store_passes.h"

#include "base/buf.h"

#define SHIFT_MAX 63

void pass_number_write(struct buf *to, uint64_t value)
{
	while (value >= 0x80) {
		buf_putc(to, (char)(0x80 | (value & 0x7f)));
		value >>= 7;
	}
	buf_putc(to, (char)value);
}

bool pass_number_read(const uint8_t **at, size_t *n, uint64_t *ret)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *n > 0 && shift <= SHIFT_MAX; shift += 7) {
		uint8_t byte = *(*at)++;

		(*n)--;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80) {
			*ret = value;
			return true;
		}
	}
	return false;
}

static uint64_t zigzag(int64_t value)
{
	return value < 0 ? ~((uint64_t)value << 1) : (uint64_t)value << 1;
}

static int64_t unzigzag(uint64_t value)
{
	return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

void pass_write(struct buf *to, int64_t second, const struct pass *pass)
{
	pass_number_write(to, (uint64_t)pass->name);
	pass_number_write(to, zigzag(second * 1000 - pass->started_us / 1000));
	pass_number_write(to, (uint64_t)pass->total_us);
}

bool pass_read(const uint8_t **at, size_t *n, int64_t second, struct pass *ret)
{
	uint64_t name, before, total;

	if (!pass_number_read(at, n, &name) || !pass_number_read(at, n, &before) ||
	    !pass_number_read(at, n, &total))
		return false;
	*ret = (struct pass){
		.name = (int64_t)name,
		.started_us = (second * 1000 - unzigzag(before)) * 1000,
		.total_us = (int64_t)total,
	};
	return true;
}
