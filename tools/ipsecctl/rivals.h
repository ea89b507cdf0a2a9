/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_RIVALS_H
#define IPSECCTL_RIVALS_H

#include "explain.h"

/* The driver's filters that match a packet, the one that acts first. */
struct ctl_rivals {
	struct ipsec_filter *filter;
	size_t count;
};

/* A failure is told; an exit code. */
int ctl_rivals_find(const struct ctl_question *q, const struct ipsec_explain *e,
		    struct ctl_rivals *r);
void ctl_rivals_free(struct ctl_rivals *r);
/* Why the first is before the second. */
const char *ctl_rivals_why(const struct ipsec_filter *winner,
			   const struct ipsec_filter *loser);

#endif
