/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_V1_STATES_H
#define TEST_V1_STATES_H

#include <stdint.h>

#include "net.h"

/* Two peers of version 1 (pair.h), brought to where a message can come. */
enum v1_state {
	V1_NOTHING, /* has been sent */
	V1_MAIN, /* and the five that follow: so many messages have arrived */
	V1_AGGRESSIVE = V1_MAIN + 6, /* blue has answered */
	V1_IDLE,
	V1_QUICK, /* begun */
	V1_QUICK_ANSWERED,
	V1_RENEWING_CHILD,
	V1_RENEWING,
	V1_PROBING,
	V1_DELETING,
	V1_STATES,
};

/* Between what two peers. */
enum v1_between {
	V1_WINDOWS = 1, /* each takes the other for Windows Server 2003 */
	V1_NAT = 2, /* red is behind one */
	V1_BETWEEN = 4,
	V1_COOKIES = 4, /* blue wants them; beside any of those */
};

/* Two hosts; pair_end() ends it. */
void v1_begin(unsigned int between);
/* host is the one that does what is going on, of main mode always red. */
void v1_bring_to(enum v1_state state, unsigned int between,
		 struct net_host *host);

#endif
