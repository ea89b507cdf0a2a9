// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of hosts, by /etc/hosts and DNS. */
#include "resolver.h"

#include <errno.h>
#include <event2/dns.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <uthash.h>

#include "log.h"

#define FAMILIES 2 /* IPv4, IPv6 */
#define RETRY_FIRST 2 /* seconds after a failure, then twice as many */
#define OPTIONS (DNS_OPTIONS_ALL & ~DNS_OPTION_HOSTSFILE)

struct ipsecd_name {
	UT_hash_handle hh;
	struct ipsecd_resolver *resolver;
	struct event *timer;
	struct ipsecd_addrs of[FAMILIES]; /* the last that were known */
	struct ipsecd_addrs all; /* both */
	time_t until; /* they are good */
	bool stale; /* they are older */
	bool warned;
	bool gone; /* no longer followed; freed with its last answer */
	bool again; /* asked for while it is being asked */
	unsigned int asked; /* answers that are awaited */
	unsigned int good; /* answers that came */
	unsigned int ttl; /* the lowest of them */
	unsigned int retry;
	struct query {
		struct ipsecd_name *name;
		unsigned int family;
	} query[FAMILIES];
	char text[];
};

static time_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

static void plan(struct ipsecd_name *n, unsigned int seconds)
{
	const struct timeval tv = { .tv_sec = seconds };

	evtimer_add(n->timer, &tv);
}

static bool same(const struct ipsecd_addrs *a, const struct ipsecd_addrs *b)
{
	unsigned int i;

	for (i = 0; i < a->count; i++)
		if (!ipsecd_addrs_has(b, &a->addr[i]))
			return false;
	return a->count == b->count;
}

/* True if what filters are made of is another now. */
static bool unite(struct ipsecd_name *n, bool stale)
{
	struct ipsecd_addrs all = { .count = 0 };
	bool was = n->stale, changed;
	unsigned int i, j;

	for (i = 0; i < FAMILIES; i++)
		for (j = 0; j < n->of[i].count; j++)
			ipsecd_addrs_add(&all, &n->of[i].addr[j]);
	changed = !same(&all, &n->all) || (all.count && was != stale);
	n->all = all;
	n->stale = stale;
	return changed;
}

static void succeed(struct ipsecd_name *n)
{
	unsigned int seconds = n->ttl;

	if (seconds < IPSECD_NAME_SECONDS_MIN)
		seconds = IPSECD_NAME_SECONDS_MIN;
	if (seconds > IPSECD_NAME_SECONDS_MAX)
		seconds = IPSECD_NAME_SECONDS_MAX;
	n->retry = RETRY_FIRST;
	n->until = now() + seconds;
	plan(n, seconds);
	if (n->warned)
		ipsecd_log_line(IKE_LOG_NOTICE, "%s resolves again", n->text);
	n->warned = false;
	if (unite(n, false))
		n->resolver->changed(n->resolver->arg);
}

/* What it stood for last goes on to be protected or blocked. */
static void fail(struct ipsecd_name *n)
{
	plan(n, n->retry);
	n->retry *= 2;
	if (n->retry > IPSECD_NAME_SECONDS_MAX)
		n->retry = IPSECD_NAME_SECONDS_MAX;
	if (!n->warned)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"warning: %s does not resolve; %s", n->text,
				n->all.count ?
					"filters of its last addresses stay, "
					"but those that permit" :
					"its filters are left out");
	n->warned = true;
	if (now() >= n->until && unite(n, true))
		n->resolver->changed(n->resolver->arg);
}

static void name_free(struct ipsecd_name *n)
{
	if (n->timer)
		event_free(n->timer);
	free(n);
}

static void ask(struct ipsecd_name *n);

static void finish(struct ipsecd_name *n)
{
	if (n->gone) {
		name_free(n);
		return;
	}
	if (n->good)
		succeed(n);
	else
		fail(n);
	if (n->again)
		ask(n);
}

static void keep(struct ipsecd_addrs *of, unsigned int len, int count,
		 const uint8_t *data)
{
	struct ipsec_addr a = { .len = (uint8_t)len };

	for (; count > 0; count--, data += len) {
		memcpy(a.b, data, len);
		ipsecd_addrs_add(of, &a);
	}
}

/* A name may well have addresses of one family alone. */
static void on_answer(int result, char type, int count, int ttl,
		      void *addresses, void *arg)
{
	const struct query *q = arg;
	struct ipsecd_name *n = q->name;
	struct ipsecd_addrs *of = &n->of[q->family];

	(void)type;
	if (result == DNS_ERR_NONE && count > 0) {
		of->count = 0;
		keep(of, q->family ? 16 : 4, count, addresses);
		n->good++;
		if (ttl >= 0 && (unsigned int)ttl < n->ttl)
			n->ttl = (unsigned int)ttl;
	} else if (result == DNS_ERR_NODATA && n->of[!q->family].count) {
		of->count = 0;
	}
	if (!--n->asked)
		finish(n);
}

/* The file says it until the file is another, which is told. */
static bool ask_file(struct ipsecd_name *n)
{
	struct ipsecd_addrs found = { .count = 0 };

	ipsecd_host_named(n->text, &found);
	if (!found.count)
		return false;
	n->of[0] = found;
	n->of[1].count = 0;
	n->good = 1;
	return true;
}

static struct evdns_base *servers(struct ipsecd_resolver *r)
{
	if (!r->dns) {
		r->dns = evdns_base_new(r->base, 0);
		if (!r->dns)
			return NULL;
		evdns_base_set_option(r->dns, "timeout:", "2");
		evdns_base_set_option(r->dns, "attempts:", "2");
		evdns_base_resolv_conf_parse(r->dns, OPTIONS,
					     "/etc/resolv.conf");
	}
	return evdns_base_count_nameservers(r->dns) ? r->dns : NULL;
}

static void ask(struct ipsecd_name *n)
{
	int flags = strchr(n->text, '.') ? DNS_QUERY_NO_SEARCH : 0;
	struct evdns_base *dns = servers(n->resolver);

	n->again = n->asked;
	if (n->asked)
		return;
	n->good = 0;
	n->ttl = IPSECD_NAME_SECONDS_MAX;
	if (ask_file(n) || !dns) {
		finish(n);
		return;
	}
	/* An answer may come before the call ends. */
	n->asked = 1 + FAMILIES;
	if (!evdns_base_resolve_ipv4(dns, n->text, flags, on_answer,
				     &n->query[0]))
		n->asked--;
	if (!evdns_base_resolve_ipv6(dns, n->text, flags, on_answer,
				     &n->query[1]))
		n->asked--;
	if (!--n->asked)
		finish(n);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	ask(arg);
}

static struct ipsecd_name *name_new(struct ipsecd_resolver *r, const char *text)
{
	struct ipsecd_name *n = calloc(1, sizeof(*n) + strlen(text) + 1);
	unsigned int i;

	if (!n)
		return NULL;
	n->timer = evtimer_new(r->base, on_timer, n);
	if (!n->timer) {
		free(n);
		return NULL;
	}
	n->resolver = r;
	n->retry = RETRY_FIRST;
	for (i = 0; i < FAMILIES; i++)
		n->query[i] = (struct query){ n, i };
	strcpy(n->text, text);
	HASH_ADD_STR(r->names, text, n);
	return n;
}

static void name_forget(struct ipsecd_name **list, struct ipsecd_name *n)
{
	HASH_DEL(*list, n);
	evtimer_del(n->timer);
	n->gone = true;
	if (!n->asked)
		name_free(n);
}

static struct ipsecd_name *find(struct ipsecd_resolver *r, const char *text)
{
	struct ipsecd_name *n;

	HASH_FIND_STR(r->names, text, n);
	return n;
}

/* -ENOMEM: some are not followed. Each is asked soon, not now. */
int ipsecd_resolver_follow(struct ipsecd_resolver *r, char *const *name,
			   unsigned int count)
{
	struct ipsecd_name *n, *next, *old = r->names;
	unsigned int i;
	int rc = 0;

	r->names = NULL;
	for (i = 0; i < count; i++) {
		HASH_FIND_STR(old, name[i], n);
		if (n) {
			HASH_DEL(old, n);
			HASH_ADD_STR(r->names, text, n);
		} else {
			n = name_new(r, name[i]);
		}
		if (!n)
			rc = -ENOMEM;
		else if (!n->asked && !evtimer_pending(n->timer, NULL))
			plan(n, 0);
	}
	HASH_ITER(hh, old, n, next)
		name_forget(&old, n);
	return rc;
}

int ipsecd_resolver_remember(struct ipsecd_resolver *r, const char *name,
			     const struct ipsecd_addrs *addrs)
{
	struct ipsecd_name *n = find(r, name);
	unsigned int i;

	if (!n)
		n = name_new(r, name);
	if (!n)
		return -ENOMEM;
	for (i = 0; i < addrs->count; i++)
		ipsecd_addrs_add(&n->of[addrs->addr[i].len == 16],
				 &addrs->addr[i]);
	unite(n, true);
	return 0;
}

const struct ipsecd_addrs *ipsecd_resolver_get(struct ipsecd_resolver *r,
					       const char *name, bool *stale)
{
	const struct ipsecd_name *n = find(r, name);

	if (!n)
		return NULL;
	*stale = n->stale;
	return &n->all;
}

const char *ipsecd_resolver_next(struct ipsecd_resolver *r, const char *name)
{
	const struct ipsecd_name *n = name ? find(r, name) : r->names;

	if (name && n)
		n = n->hh.next;
	return n ? n->text : NULL;
}

void ipsecd_resolver_again(struct ipsecd_resolver *r)
{
	struct ipsecd_name *n, *next;

	if (r->dns) {
		evdns_base_clear_nameservers_and_suspend(r->dns);
		evdns_base_search_clear(r->dns);
		evdns_base_resolv_conf_parse(r->dns, OPTIONS,
					     "/etc/resolv.conf");
		evdns_base_resume(r->dns);
	}
	HASH_ITER(hh, r->names, n, next)
		plan(n, 0);
}

void ipsecd_resolver_free(struct ipsecd_resolver *r)
{
	struct ipsecd_name *n, *next;

	/* What was asked is answered by this, as far as it still can. */
	HASH_ITER(hh, r->names, n, next)
		name_forget(&r->names, n);
	if (r->dns)
		evdns_base_free(r->dns, 1);
	r->dns = NULL;
}
