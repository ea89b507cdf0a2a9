/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_WATCH_H
#define IPSECCTL_WATCH_H

#include "ctl.h"

/*
 * What crosses the network devices between this host and a peer: what is seen
 * here has left every filter of this host, or has not met one yet.
 */
enum ctl_traffic {
	CTL_IKE_500,
	CTL_IKE_4500,
	CTL_ESP, /* AH, and ESP in UDP, too */
	CTL_TRAFFICS,
};

struct ctl_watch {
	int fd;
	struct ipsec_addr peer;
	unsigned int out[CTL_TRAFFICS];
	unsigned int in[CTL_TRAFFICS];
	/* ICMP errors about packets to the peer */
	unsigned int no_port;
	unsigned int no_host;
	unsigned int prohibited;
};

/* -1 and errno. */
int ctl_watch_open(struct ctl_watch *w, const struct ipsec_addr *peer);
/* Counts what has been seen since the last time. */
void ctl_watch_read(struct ctl_watch *w);
void ctl_watch_close(struct ctl_watch *w);

#endif
