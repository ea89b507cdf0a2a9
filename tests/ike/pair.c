// SPDX-License-Identifier: GPL-2.0-or-later
/* Two peers of version 2. */
#include "pair.h"

#include <stdlib.h>

struct net net;
struct net_host *red, *blue;

static void write_policy(char *yaml, size_t size, const char *local,
			 const char *remote, const char *more)
{
	char filters[128] = "", psk[64] = "";

	if (!more)
		more = "";
	if (!strstr(more, "    filters:"))
		snprintf(filters, sizeof(filters),
			 "    filters: [{from: '%s', to: '%s'}]\n", local,
			 remote);
	if (!strstr(more, "    psk") && !strstr(more, "    auth:"))
		snprintf(psk, sizeof(psk), "    psk: one secret of both\n");
	snprintf(yaml, size, "rules:\n  - name: all\n%s%s%s%s", filters, psk,
		 more,
		 !strncmp(more, "ike:", 4) || strstr(more, "\nike:") ?
			 "" :
			 "ike: {log: debug}\n");
}

static struct net_host *make(const char *name, const char *local,
			     const char *remote, const char *more)
{
	char yaml[8192];

	write_policy(yaml, sizeof(yaml), local, remote, more);
	return net_host(&net, name, local, yaml);
}

void pair_reload(struct net_host *host, const char *more)
{
	char yaml[8192];

	write_policy(yaml, sizeof(yaml), host == red ? "10.0.0.1" : "10.0.0.2",
		     host == red ? "10.0.0.2" : "10.0.0.1", more);
	net_reload(host, yaml);
}

void pair_begin(const char *more_red, const char *more_blue)
{
	net_init(&net);
	red = make("red", "10.0.0.1", "10.0.0.2", more_red);
	blue = make("blue", "10.0.0.2", "10.0.0.1", more_blue);
}

void pair_same(const char *more)
{
	pair_begin(more, more);
}

void pair_acquire(struct net_host *host)
{
	net_acquire(host, host == red ? "10.0.0.1" : "10.0.0.2",
		    host == red ? "10.0.0.2" : "10.0.0.1");
}

void pair_ask(unsigned int nth)
{
	const struct policy_rule *rule = &red->policy->rule[0];
	const struct ipsec_filter *filter = rule->filter;
	struct ike_child *child = ike_child_new(net_sa(red), rule, true);

	while (filter->dir.v != IPSECDRV_DIR_OUT || nth--)
		filter++;
	child->filter = filter->id.v;
	ike_ts_from_selector(&filter->sel, AF_INET, &child->local,
			     &child->remote);
	ike_engine_ask(net_sa(red), child);
}

void pair_establish(void)
{
	const char *why;

	pair_acquire(red);
	net_run(&net, 2000);
	why = pair_state();
	if (!*why)
		return;
	printf("Bail out! not established: %s\n%s%s", why, red->log, blue->log);
	exit(1);
}

void pair_end(void)
{
	net_free(&net);
}

unsigned int pair_live(const struct net_host *host)
{
	unsigned int i, n = 0;

	for (i = 0; i < host->driver.count; i++)
		n += !host->driver.pair[i].replaced;
	return n;
}

unsigned int pair_established(const struct net_host *host)
{
	const struct ike_sa *sa;
	unsigned int n = 0;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		n += sa->state == IKE_SA_ESTABLISHED;
	return n;
}

const char *pair_state(void)
{
	const char *why;

	if (net_sas(red) != 1 || net_sas(blue) != 1)
		return "not one IKE SA";
	if (pair_established(red) != 1 || pair_established(blue) != 1)
		return "not established";
	why = net_traffic(red, blue);
	if (why)
		return why;
	if (pair_live(red) != 1 || pair_live(blue) != 1)
		return "not one SA pair";
	return "";
}

static void expire(struct net_host *host, bool hard)
{
	const struct fake_pair *pair = fake_sending(&host->driver);

	if (pair)
		net_expire(host, pair, hard, IPSECDRV_EXPIRE_REASON_TIME);
}

void pair_soft(struct net_host *host)
{
	expire(host, false);
}

void pair_hard(struct net_host *host)
{
	expire(host, true);
}
