/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_EVENT_H
#define IPSECCTL_EVENT_H

#include "ctl.h"

/* What the driver tells its listeners. */
struct ctl_event {
	const struct ctl_event_kind *kind;
	const char *action;
	union {
		struct ipsec_acquire acquire;
		struct ipsec_sa sa;
		struct ipsec_soft soft;
		struct ipsec_table table;
		struct ipsec_dropped dropped;
	};
};

struct ctl_event_kind {
	const char *name;
	const char *group;
	uint8_t cmd;
	const struct ipsec_field *fields;
};

/* Ends with a NULL name. */
extern const struct ctl_event_kind ctl_event_kinds[];

/* 1; 0: it is no event; or a negative errno. */
int ctl_event_read(struct ctl_event *e, const struct nlmsghdr *nlh,
		   struct ipsec_err *err);
/* With "version", "time", "event" and "action". */
json_t *ctl_event_json(const struct ctl_event *e);
/* The other end; NULL: it has none. */
const struct ipsec_addr *ctl_event_peer(const struct ctl_event *e);
/* One object per line, each complete, so that a reader needs no parser state. */
void ctl_event_print(json_t *event);

#endif
