/*
 * http_date.h - the time as HTTP writes it (RFC 9110 5.6.7). Pure.
 */
#ifndef PROBES_HTTP_DATE_H
#define PROBES_HTTP_DATE_H

#include "shorewatch/time.h"

/*
 * All three forms. Unset: not a date, or not after 1970. `near` decides the
 * century of the two-digit years of RFC 850: at most 50 years after it.
 */
wall_t http_date_read(const char *text, wall_t near);

#endif
