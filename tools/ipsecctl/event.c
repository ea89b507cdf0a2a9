// SPDX-License-Identifier: GPL-2.0-or-later
/* Events of the driver, read and as JSON. */
#include "event.h"

#include <linux/genetlink.h>
#include <string.h>

#include "../lib/event.h"

const struct ctl_event_kind ctl_event_kinds[] = {
	{ "acquire", IPSECDRV_MCGRP_ACQUIRE, IPSECDRV_CMD_ACQUIRE_NTF,
	  ipsec_acquire_fields },
	{ "expire", IPSECDRV_MCGRP_EXPIRE, IPSECDRV_CMD_EXPIRE_NTF,
	  ipsec_sa_fields },
	{ "mapping", IPSECDRV_MCGRP_EXPIRE, IPSECDRV_CMD_MAPPING_NTF,
	  ipsec_sa_fields },
	{ "table", IPSECDRV_MCGRP_TABLE, IPSECDRV_CMD_TABLE_NTF,
	  ipsec_table_fields },
	{ "soft", IPSECDRV_MCGRP_SOFT, IPSECDRV_CMD_SOFT_NTF,
	  ipsec_soft_fields },
	{ "sa", IPSECDRV_MCGRP_SA, IPSECDRV_CMD_SA_NTF, ipsec_sa_fields },
	{ "offload", IPSECDRV_MCGRP_OFFLOAD, IPSECDRV_CMD_OFFLOAD_NTF,
	  ipsec_sa_fields },
	{ "drop", IPSECDRV_MCGRP_DROP, IPSECDRV_CMD_DROP_NTF,
	  ipsec_dropped_fields },
	{ NULL, NULL, 0, NULL },
};

static const char *action_of(const struct ctl_event *e)
{
	switch (e->kind->cmd) {
	case IPSECDRV_CMD_ACQUIRE_NTF:
		return "asked";
	case IPSECDRV_CMD_EXPIRE_NTF:
		return e->sa.hard.v ? "hard" : "soft";
	case IPSECDRV_CMD_MAPPING_NTF:
		return "moved";
	case IPSECDRV_CMD_TABLE_NTF:
		return "commit";
	case IPSECDRV_CMD_SOFT_NTF:
		return e->soft.end.set ? "ended" : "begin";
	case IPSECDRV_CMD_SA_NTF:
		return e->sa.hard.v	? "ended" :
		       e->sa.replaces.v ? "rekeyed" :
					  "made";
	case IPSECDRV_CMD_OFFLOAD_NTF:
		return ipsec_name_text(ipsec_names_offload_state,
				       e->sa.offload_state.v);
	default:
		return ipsec_name_text(ipsec_names_dir, e->dropped.dir.v);
	}
}

int ctl_event_read(struct ctl_event *e, const struct nlmsghdr *nlh,
		   struct ipsec_err *err)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct ctl_event_kind *kind = ctl_event_kinds;
	int rc;

	while (kind->name && kind->cmd != genl->cmd)
		kind++;
	if (!kind->name)
		return 0;
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	rc = ipsec_get_msg(nlh, kind->fields, &e->acquire, err);
	if (rc)
		return rc;
	/* An absent flag is no, and a reader wants to be told so. */
	if (kind->cmd == IPSECDRV_CMD_EXPIRE_NTF ||
	    kind->cmd == IPSECDRV_CMD_SA_NTF)
		e->sa.hard.set = true;
	e->action = action_of(e);
	return 1;
}

/* The time of a drop is when it happened. */
json_t *ctl_event_json(const struct ctl_event *e)
{
	json_t *all = ipsec_event_json(e->kind->name, e->action);
	json_t *map = ipsec_json(e->kind->fields, &e->acquire, IPSEC_PRINT_ALL);
	json_t *when = json_object_get(map, "time");

	if (when) {
		json_object_set(map, "nanoseconds", when);
		json_object_del(map, "time");
	}
	json_object_update(all, map);
	json_decref(map);
	return all;
}

/* The end of a packet that is not ours. */
static const struct ipsec_addr *far_end(const struct ipsec_dropped *d)
{
	const struct ipsec_net *net =
		d->dir.v == IPSECDRV_DIR_OUT ? &d->packet.dst : &d->packet.src;

	return net->first.len ? &net->first : NULL;
}

const struct ipsec_addr *ctl_event_peer(const struct ctl_event *e)
{
	const struct ipsec_addr *peer;

	if (e->kind->fields == ipsec_acquire_fields)
		peer = &e->acquire.remote;
	else if (e->kind->fields == ipsec_sa_fields)
		peer = &e->sa.remote;
	else if (e->kind->fields == ipsec_soft_fields)
		peer = &e->soft.remote;
	else
		return e->kind->fields == ipsec_dropped_fields ?
			       far_end(&e->dropped) :
			       NULL;
	return peer->len ? peer : NULL;
}

void ctl_event_print(json_t *event)
{
	json_dumpf(event, stdout, JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(event);
}
