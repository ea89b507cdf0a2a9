// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver events */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"

struct watch {
	const struct ctl_args *args;
	uint64_t seen;
};

static void print_expire(const struct ipsec_sa *sa)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN];
	const char *why = ipsec_name(ipsec_names_expire_reason, sa->reason.v);
	unsigned int i;

	printf("expire %s sa %" PRIu64 " filter %" PRIu64 " %s -> %s",
	       sa->hard.v ? "hard" : "soft", sa->id.v, sa->filter.v,
	       ipsec_addr_print(&sa->local, local, sizeof(local)),
	       ipsec_addr_print(&sa->remote, remote, sizeof(remote)));
	for (i = 0; i < sa->protections; i++)
		printf(" spi 0x%08" PRIx64 "/0x%08" PRIx64,
		       sa->protection[i].spi_in.v, sa->protection[i].spi_out.v);
	printf(" reason %s\n", sa->reason.set && why ? why : "?");
}

static void print_mapping(const struct ipsec_sa *sa)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN];

	printf("mapping sa %" PRIu64 " local %s port %" PRIu64
	       " remote %s port %" PRIu64 "\n",
	       sa->id.v, ipsec_addr_print(&sa->local, local, sizeof(local)),
	       sa->encap_local.v,
	       ipsec_addr_print(&sa->remote, remote, sizeof(remote)),
	       sa->encap_remote.v);
}

/* One object per line, each complete, so that a reader needs no parser state. */
static void print_json(const char *event, const struct ipsec_field *fields,
		       const void *obj)
{
	json_t *all = json_pack("{s:i, s:s}", "version", 1, "event", event);
	json_t *map = ipsec_json(fields, obj, IPSEC_PRINT_ALL);

	json_object_update(all, map);
	json_dumpf(all, stdout, JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(map);
	json_decref(all);
}

static int on_acquire(const struct ctl_args *args, const struct nlmsghdr *nlh,
		      struct ipsec_err *err)
{
	struct ipsec_acquire a = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_acquire_fields, &a, err);

	if (rc)
		return rc;
	if (args->json)
		print_json("acquire", ipsec_acquire_fields, &a);
	else
		ctl_acquire_text(&a);
	return 0;
}

static int on_sa(const struct ctl_args *args, const struct nlmsghdr *nlh,
		 bool expire, struct ipsec_err *err)
{
	struct ipsec_sa sa = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_sa_fields, &sa, err);

	if (rc)
		return rc;
	/* An absent flag is no, and a reader wants to be told so. */
	sa.hard.set = expire;
	if (args->json)
		print_json(expire ? "expire" : "mapping", ipsec_sa_fields, &sa);
	else if (expire)
		print_expire(&sa);
	else
		print_mapping(&sa);
	return 0;
}

static int on_table(const struct ctl_args *args, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	struct ipsec_table t = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_table_fields, &t, err);

	if (rc)
		return rc;
	if (args->json)
		print_json("table", ipsec_table_fields, &t);
	else
		printf("table generation %" PRIu64 " filters %" PRIu64 "\n",
		       t.generation.v, t.filters.v);
	return 0;
}

static int on_soft(const struct ctl_args *args, const struct nlmsghdr *nlh,
		   struct ipsec_err *err)
{
	struct ipsec_soft s = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_soft_fields, &s, err);

	if (rc)
		return rc;
	if (args->json)
		print_json("soft", ipsec_soft_fields, &s);
	else
		ctl_soft_text(&s);
	return 0;
}

static int on_event(void *ctx, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct watch *w = ctx;

	if (w->args->given & CTL_OPT_COUNT && w->seen >= w->args->count)
		return 0;
	w->seen++;
	switch (genl->cmd) {
	case IPSECDRV_CMD_ACQUIRE_NTF:
		return on_acquire(w->args, nlh, err);
	case IPSECDRV_CMD_EXPIRE_NTF:
		return on_sa(w->args, nlh, true, err);
	case IPSECDRV_CMD_MAPPING_NTF:
		return on_sa(w->args, nlh, false, err);
	case IPSECDRV_CMD_TABLE_NTF:
		return on_table(w->args, nlh, err);
	case IPSECDRV_CMD_SOFT_NTF:
		return on_soft(w->args, nlh, err);
	default:
		w->seen--;
		return 0;
	}
}

static int join(const struct ctl_args *args, struct ipsec_client *c)
{
	static char *all[] = { IPSECDRV_MCGRP_ACQUIRE, IPSECDRV_MCGRP_EXPIRE,
			       IPSECDRV_MCGRP_TABLE, IPSECDRV_MCGRP_SOFT };
	char **group = args->argc ? args->argv : all;
	int i, count = args->argc ? args->argc :
				    (int)(sizeof(all) / sizeof(all[0]));
	struct ipsec_err err = { 0 };

	for (i = 0; i < count; i++)
		if (ipsec_join(c, group[i], &err))
			return ctl_fail(&err);
	return CTL_OK;
}

static int read_events(struct ipsec_client *c, struct watch *w)
{
	struct ipsec_err err = { 0 };
	int rc = ipsec_events(c, on_event, w, &err);

	fflush(stdout);
	if (rc == -ENOBUFS) {
		ctl_warn("events were lost; they came faster than they were "
			 "read");
		return CTL_OK;
	}
	return rc && rc != -EINTR ? ctl_fail(&err) : CTL_OK;
}

static int loop(struct ipsec_client *c, struct watch *w)
{
	const struct ctl_args *args = w->args;
	struct pollfd fds[2] = {
		{ .fd = mnl_socket_get_fd(c->nl), .events = POLLIN },
		{ .fd = ctl_signal_fd(), .events = POLLIN },
	};
	int64_t end = ctl_now_ms() + (int64_t)args->timeout * 1000;
	int rc = CTL_OK;

	while (!rc) {
		int64_t left = -1;

		if (args->given & CTL_OPT_COUNT && w->seen >= args->count)
			break;
		if (args->given & CTL_OPT_TIMEOUT) {
			left = end - ctl_now_ms();
			if (left <= 0)
				break;
			left = left < 3600000 ? left : 3600000;
		}
		if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
			return CTL_FAILED;
		if (fds[1].revents)
			break;
		if (fds[0].revents)
			rc = read_events(c, w);
	}
	close(fds[1].fd);
	return rc;
}

int ctl_events(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct watch w = { args, 0 };
	int rc;

	if (!c)
		return CTL_FAILED;
	rc = join(args, c);
	if (rc)
		return rc;
	rc = loop(c, &w);
	/* A count that was not reached in time is a failure to a script. */
	if (!rc && args->given & CTL_OPT_COUNT &&
	    args->given & CTL_OPT_TIMEOUT && w.seen < args->count)
		rc = CTL_FAILED;
	return rc;
}
