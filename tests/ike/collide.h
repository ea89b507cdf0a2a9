/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_COLLIDE_H
#define TEST_COLLIDE_H

#include "order.h"
#include "pair.h"

/*
 * Both sides begin something, at any moment of the other's exchange, and the
 * messages of the two cross in every order, with or without a loss.
 */
enum collide_action {
	COLLIDE_REKEY_CHILD,
	COLLIDE_DELETE_CHILD,
	COLLIDE_REKEY_IKE,
	COLLIDE_DELETE_IKE,
	COLLIDE_NEW_CHILD,
	COLLIDE_CHECK, /* whether the peer lives */
	COLLIDE_ACTIONS,
};

struct collide {
	enum collide_action action[2]; /* of red, of blue */
	unsigned int losses; /* messages */
	bool in_order; /* those of one side do not overtake each other */
	bool established; /* before, by play(); else they begin with nothing */
	bool bare; /* established, but without a pair */
	/*
	 * One run: sets up, calls collide_cross(), and returns what is wrong
	 * afterwards; NULL: nothing.
	 */
	const char *(*play)(struct order *order, const struct collide *c);
};

/* Does one of the two do that? */
bool collide_has(const struct collide *c, enum collide_action action);
/* Is nothing to end or to be lost, so that traffic must never stop? */
bool collide_flows(const struct collide *c);
/* One host does that now, if it can be done. */
void collide_act(struct net_host *host, enum collide_action action);
/* Both have an IKE SA; and a pair, unless it is to be without. */
void collide_establish(const struct collide *c);
/* Both begin, and all that comes of it is delivered, in the order's order. */
void collide_cross(struct order *order, const struct collide *c);
/* All orders of one collision: a result of the test. */
void collide_run(const struct collide *c);
/*
 * Every action against every action, either side's, without and with a loss;
 * and what makes a pair once more where there is none.
 */
void collide_all(struct collide *c);
/* ACTION ACTION LOSSES [ESTABLISHED [BARE]] as arguments: only that. False: none. */
bool collide_args(struct collide *c, int argc, char **argv);

#endif
