/*
 * vantage.h - are WE online? Judged from the references, per address family.
 */
#ifndef CORE_VANTAGE_H
#define CORE_VANTAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "shorewatch/address.h"
#include "shorewatch/time.h"

enum vantage_state {
	VANTAGE_UNCHECKED, /* no references configured: everything is judged, and the page says so */
	VANTAGE_OK,
	VANTAGE_ISOLATED,
};

const char *vantage_name(enum vantage_state state);

#endif
