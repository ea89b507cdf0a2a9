// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver events */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "event.h"

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

static void print_sa(const struct ctl_event *e)
{
	printf("sa %s ", e->action);
	if (e->sa.reason.set)
		printf("%s ", ipsec_name_text(ipsec_names_expire_reason,
					      e->sa.reason.v));
	ctl_sa_text(&e->sa);
}

static void print_offload(const struct ipsec_sa *sa)
{
	char remote[IPSEC_NET_STRLEN];

	printf("offload sa %" PRIu64 " remote %s %s %s %s\n", sa->id.v,
	       ipsec_addr_print(&sa->remote, remote, sizeof(remote)),
	       ipsec_name_text(ipsec_names_offload_state, sa->offload_state.v),
	       sa->offload_dev, sa->offload_reason);
}

static void print_event(const struct ctl_event *e)
{
	switch (e->kind->cmd) {
	case IPSECDRV_CMD_ACQUIRE_NTF:
		ctl_acquire_text(&e->acquire);
		break;
	case IPSECDRV_CMD_EXPIRE_NTF:
		print_expire(&e->sa);
		break;
	case IPSECDRV_CMD_MAPPING_NTF:
		print_mapping(&e->sa);
		break;
	case IPSECDRV_CMD_TABLE_NTF:
		printf("table generation %" PRIu64 " filters %" PRIu64 "\n",
		       e->table.generation.v, e->table.filters.v);
		break;
	case IPSECDRV_CMD_SOFT_NTF:
		ctl_soft_text(&e->soft);
		break;
	case IPSECDRV_CMD_SA_NTF:
		print_sa(e);
		break;
	case IPSECDRV_CMD_OFFLOAD_NTF:
		print_offload(&e->sa);
		break;
	default:
		fputs("drop ", stdout);
		ctl_dropped_text(&e->dropped);
	}
}

static int on_event(void *ctx, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	struct watch *w = ctx;
	struct ctl_event e;
	int rc;

	if (w->args->given & CTL_OPT_COUNT && w->seen >= w->args->count)
		return 0;
	rc = ctl_event_read(&e, nlh, err);
	if (rc <= 0)
		return rc;
	w->seen++;
	if (w->args->json)
		ctl_event_print(ctl_event_json(&e));
	else
		print_event(&e);
	return 0;
}

static int join(const struct ctl_args *args, struct ipsec_client *c)
{
	const struct ctl_event_kind *kind;
	struct ipsec_err err = { 0 };
	int i, rc = 0;

	for (i = 0; !rc && i < args->argc; i++)
		rc = ipsec_join(c, args->argv[i], &err);
	for (kind = ctl_event_kinds; !rc && !args->argc && kind->name; kind++)
		rc = ipsec_join(c, kind->group, &err);
	return rc ? ctl_fail(&err) : CTL_OK;
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
