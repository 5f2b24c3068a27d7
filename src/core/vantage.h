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
	/* no references configured: everything is judged, and the page says so */
	VANTAGE_UNCHECKED,
	VANTAGE_OK,
	VANTAGE_ISOLATED,
};

#define REFERENCES_MAX 32

/* What the last conclusive run of one reference said. */
struct reference {
	enum family family;
	bool is_known, has_answered;
	mono_t started;	      /* of that run */
	mono_t failing_since; /* start of the first of the failures in a row; MONO_NEVER */
};

struct vantage {
	struct reference references[REFERENCES_MAX];
	size_t n;
	/* [0] by IPv4, [1] by IPv6: a beat arrived, our link works; MONO_NEVER: none yet */
	mono_t heard[2];
	bool is_deaf; /* no beat has come since for too long: it proves nothing any more */
	/* a mail relay answered a connection begun then; MONO_NEVER: none was asked */
	mono_t relay;
	enum family relay_family;
	bool is_overruled; /* the relay has answered for so long that it is believed instead */
	mono_t trusted;	   /* the last answer, or beat, that was believed; MONO_NEVER: none */
	/* [0] IPv4, [1] IPv6: start of the answer that brought the quorum back; 0: never lost */
	mono_t regained[2];
};

void vantage_init(struct vantage *v);
/* More than REFERENCES_MAX are not taken. */
void vantage_add(struct vantage *v, enum family family);
void vantage_answer(struct vantage *v, size_t reference, bool has_answered, mono_t started);
/* By which family something comes of which that is not known: through a proxy, or a tunnel. */
enum family vantage_way(const struct vantage *v, enum family by);
/* A beat came; `by` FAMILY_ANY: nobody knows which way. */
void vantage_heard(struct vantage *v, enum family by, mono_t at);
/* The last beat that is believed; MONO_NEVER: none. */
mono_t vantage_last_heard(const struct vantage *v);
/* What was heard so far may be old, and proves nothing. */
void vantage_unheard(struct vantage *v);
/* Beats have stopped: what was heard is no longer a witness. */
void vantage_deaf(struct vantage *v);

/* A mail relay answered a connection that was begun at `started`. */
void vantage_relay(struct vantage *v, enum family family, mono_t started);
/* The references are what is broken, says the relay; or they have the word again. */
void vantage_overrule(struct vantage *v, bool is_overruled);
/* Of one family enough references answer, or may still do. */
bool vantage_has_quorum(const struct vantage *v);

/* FAMILY_ANY: isolated when every family that has references is. */
enum vantage_state vantage_judge(const struct vantage *v, enum family family);
/*
 * Enough references answered a run that began at `since` or later, and had been answering
 * when it began: of one that began before they were back nobody knows whose fault it was. Or,
 * when it is they that are broken, a beat came by that family right before `since`, or a relay
 * answered after it. Always true when unchecked.
 */
bool vantage_vouches(const struct vantage *v, enum family family, mono_t since);
/*
 * Since then a beat has come while the references are broken, or they are back: what failed then
 * is worth another run now.
 */
bool vantage_was_proven_since(const struct vantage *v, mono_t since);
/*
 * Since when: the start of the failed run that was one too many, or the last beat after it. Only
 * while isolated.
 */
mono_t vantage_lost(const struct vantage *v);
/* Since when the references of one family are too few; MONO_NEVER: they are not, or there are none. */
mono_t vantage_family_lost(const struct vantage *v, enum family family);
/* How many answer, of how many; families that are out while another works are not counted. */
void vantage_count(const struct vantage *v, unsigned *ret_up, unsigned *ret_of);

const char *vantage_name(enum vantage_state state);

#endif
