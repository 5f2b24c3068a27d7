/*
 * silence.h - the operator's word that mails about something are not wanted
 * for a while. What fails meanwhile is recorded and shown as ever; what still
 * fails when it ends is mailed then.
 */
#ifndef CORE_SILENCE_H
#define CORE_SILENCE_H

#include "base/scope.h"
#include "core/incident.h"
#include "shorewatch/time.h"

#define SILENCES_MAX 32

struct silence {
	char scope[SCOPE_TEXT_MAX];
	wall_t since, until;
	char text[INCIDENT_TEXT_MAX]; /* why; one line, UTF-8; "" nothing was said */
};

#endif
