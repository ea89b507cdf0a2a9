// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

/* The NAT's ports for a host begin here, those for the next one so much later. */
#define NAT_PORT 20000
#define NAT_PORTS 10000

struct file {
	char name[64];
	uint8_t *data;
	size_t len;
};

/* A text, and what it was parsed to. */
#define KEPT_MAX 16

static struct {
	char *text;
	struct policy *policy;
} kept[KEPT_MAX];

unsigned int net_outside;
bool net_keep_policies;

static struct file files[64];
static unsigned int file_count;

struct ipsec_addr net_addr(const char *text)
{
	struct ipsec_addr addr;
	const char *why = ipsec_addr_parse(&addr, text);

	if (why) {
		printf("Bail out! %s: %s\n", text, why);
		exit(1);
	}
	return addr;
}

void net_file(const char *name, const void *data, size_t len)
{
	struct file *f = &files[file_count++];

	snprintf(f->name, sizeof(f->name), "%s", name);
	f->data = malloc(len ?: 1);
	memcpy(f->data, data, len);
	f->len = len;
}

void net_file_of(const char *name, struct ike_blob blob)
{
	net_file(name, blob.data, blob.len);
}

void net_identity(const char *name, const char *key, X509 *ca,
		  const char *ca_key)
{
	char san[64], file[32];

	snprintf(san, sizeof(san), "DNS:%s.example", name);
	snprintf(file, sizeof(file), "%s.pem", name);
	net_file_of(file, mint_pem_cert(mint_leaf(san, key, ca, ca_key)));
	snprintf(file, sizeof(file), "%s.key", name);
	net_file_of(file, mint_pem_key(key));
}

void net_files_free(void)
{
	while (file_count)
		free(files[--file_count].data);
}

static int read_file(void *ctx, const char *name, bool secret,
		     struct ike_blob *blob, struct ipsec_err *err)
{
	unsigned int i;

	(void)ctx;
	(void)secret;
	for (i = 0; i < file_count; i++)
		if (!strcmp(files[i].name, name)) {
			*blob = (struct ike_blob){ files[i].data,
						   files[i].len };
			return 0;
		}
	return ipsec_err_code(err, ENOENT, "%s: no such file", name);
}

static struct policy *parse(const char *name, const char *text)
{
	struct ipsec_err err = { 0 };
	struct policy *policy;

	if (policy_parse(text, strlen(text), read_file, NULL, &policy, &err)) {
		printf("Bail out! policy of %s, line %u: %s\n", name, err.line,
		       err.text);
		exit(1);
	}
	return policy;
}

static struct policy *parse_once(const char *name, const char *text)
{
	unsigned int i;

	for (i = 0; i < KEPT_MAX && kept[i].text; i++)
		if (!strcmp(kept[i].text, text))
			return policy_get(kept[i].policy);
	if (i == KEPT_MAX)
		return parse(name, text);
	kept[i].text = strdup(text);
	kept[i].policy = parse(name, text);
	return policy_get(kept[i].policy);
}

/* The environment of an engine. */

static uint64_t env_now(void *ctx)
{
	return ((struct net_host *)ctx)->net->now;
}

static int64_t env_wall(void *ctx)
{
	struct net *net = ((struct net_host *)ctx)->net;

	return net->wall + (int64_t)(net->now / 1000);
}

static int env_random(void *ctx, void *buf, size_t len)
{
	struct net *net = ((struct net_host *)ctx)->net;
	uint8_t *p = buf;

	while (len--) {
		net->seed = net->seed * 6364136223846793005ULL +
			    1442695040888963407ULL;
		*p++ = net->seed >> 56;
	}
	return 0;
}

static void env_log(void *ctx, const struct ike_record *r)
{
	struct net_host *host = ctx;
	size_t left = sizeof(host->log) - host->log_len;
	int n = snprintf(host->log + host->log_len, left, "#%u %s [%s] %s\n",
			 (unsigned int)r->story, r->peer, r->rule, r->text);

	if (getenv("NET_LOG"))
		printf("# %8.3f %s %s", host->net->now / 1000.0, host->name,
		       host->log + host->log_len);
	/* A long test overwrites itself. */
	host->log_len = (size_t)n < left ? host->log_len + (size_t)n : 0;
}

static void env_keylog(void *ctx, enum ike_keylog kind, const char *line)
{
	struct net_host *host = ctx;
	size_t len = strlen(host->keylog);

	snprintf(host->keylog + len, sizeof(host->keylog) - len, "%u %s\n",
		 kind, line);
}

static void forget_ocsp(struct net_host *host)
{
	free(host->ocsp.request);
	free(host->ocsp.issuer);
	memset(&host->ocsp, 0, sizeof(host->ocsp));
}

static int env_ocsp(void *ctx, uint32_t id, const struct ike_ocsp *ocsp)
{
	struct net_host *host = ctx;

	forget_ocsp(host);
	host->ocsp = *ocsp;
	host->ocsp.request =
		memcpy(malloc(ocsp->len ?: 1), ocsp->request, ocsp->len);
	host->ocsp.issuer = memcpy(malloc(ocsp->issuer_len ?: 1), ocsp->issuer,
				   ocsp->issuer_len);
	host->ocsp_id = id;
	host->ocsp_asked = true;
	return 0;
}

static bool addr_is(const struct ipsec_addr *a, const struct ipsec_addr *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

/* Who is sent to; what no host behind the NAT has asked for goes to the first. */
static struct net_host *owner(struct net *net, const struct ipsec_addr *addr,
			      uint16_t port)
{
	struct net_host *found = NULL;
	unsigned int i;

	for (i = 0; i < net->hosts; i++) {
		struct net_host *host = net->host[i];

		if (!addr_is(host->nat.len ? &host->nat : &host->addr, addr))
			continue;
		if (!found || port / NAT_PORTS == host->nat_port / NAT_PORTS)
			found = host;
	}
	return found;
}

static void queue(struct net *net, struct net_packet *p)
{
	struct net_packet *at;

	TAILQ_FOREACH(at, &net->queue, link)
		if (at->due > p->due) {
			TAILQ_INSERT_BEFORE(at, p, link);
			return;
		}
	TAILQ_INSERT_TAIL(&net->queue, p, link);
}

static struct net_packet *packet(struct net *net, const void *data, size_t len)
{
	struct net_packet *p = calloc(1, sizeof(*p) + len);

	memcpy(p->data, data, len);
	p->len = len;
	p->due = net->now + NET_LATENCY_MS;
	p->number = ++net->packets;
	return p;
}

/* What the receiver sees; the NAT maps a port to another one and back. */
static bool route(struct net_host *from, const struct ike_path *path,
		  struct net_packet *p)
{
	struct net_host *to =
		owner(from->net, &path->remote, path->remote_port);

	if (!to)
		return false;
	p->from = from;
	p->to = to;
	p->path.local = to->addr;
	p->path.local_port = path->remote_port;
	p->path.remote = from->nat.len ? from->nat : from->addr;
	p->path.remote_port = path->local_port;
	p->path.remote_port += from->nat_port;
	if (p->path.local_port >= to->nat_port)
		p->path.local_port -= to->nat_port;
	return true;
}

static void send_out(void *ctx, const struct ike_path *path, const void *msg,
		     size_t len)
{
	struct net_host *host = ctx;
	struct net *net = host->net;
	struct net_packet *p = packet(net, msg, len);
	enum net_verdict verdict = NET_PASS;

	host->sent++;
	if (host->down || !route(host, path, p)) {
		free(p);
		return;
	}
	if (net->hook)
		verdict = net->hook(net, p);
	if (verdict == NET_TWICE) {
		struct net_packet *copy = malloc(sizeof(*p) + p->len);

		memcpy(copy, p, sizeof(*p) + p->len);
		queue(net, copy);
	}
	if (verdict == NET_DROP)
		free(p);
	else
		queue(net, p);
}

static void env_send(void *ctx, const struct ike_path *path, const void *msg,
		     size_t len)
{
	net_outside++;
	send_out(ctx, path, msg, len);
	net_outside--;
}

static struct fake_driver *driver_of(void *ctx)
{
	return &((struct net_host *)ctx)->driver;
}

void net_init(struct net *net)
{
	memset(net, 0, sizeof(*net));
	net->now = 1000;
	net->wall = 1795000000;
	net->seed = 1;
	TAILQ_INIT(&net->queue);
	ike_crypto_init();
}

struct net_host *net_host(struct net *net, const char *name, const char *addr,
			  const char *policy)
{
	struct net_host *host = calloc(1, sizeof(*host));

	host->net = net;
	host->name = name;
	host->addr = net_addr(addr);
	host->env = (struct ike_env){
		.listens = true,
		.ctx = host,
		.now = env_now,
		.wall = env_wall,
		.random = env_random,
		.send = env_send,
		.log = env_log,
		.keylog = env_keylog,
		.ocsp = env_ocsp,
	};
	fake_driver_init(&host->driver, 0x1000000U * (net->hosts + 1));
	fake_driver_ops(&host->env.driver, driver_of);
	host->policy = net_keep_policies ? parse_once(name, policy) :
					   parse(name, policy);
	host->driver.policy = host->policy;
	host->engine = ike_engine_new(&host->env, host->policy);
	net->host[net->hosts++] = host;
	return host;
}

static void check_rule(const struct net_host *host,
		       const struct policy_rule *rule,
		       const struct policy *held)
{
	if (!rule || rule->policy == held)
		return;
	printf("Bail out! %s follows a rule whose policy it does not hold\n%s",
	       host->name, host->log);
	exit(1);
}

/* A policy lives as long as anything that follows a rule of it. */
static void check_rules(const struct net_host *host)
{
	const struct ike_child *child, *next;
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		check_rule(host, sa->rule, sa->policy);
	HASH_ITER(hh, host->engine->children, child, next)
		check_rule(host, child->rule, child->policy);
}

void net_free(struct net *net)
{
	struct net_packet *p;
	unsigned int i;

	while ((p = TAILQ_FIRST(&net->queue))) {
		TAILQ_REMOVE(&net->queue, p, link);
		free(p);
	}
	for (i = 0; i < net->hosts; i++) {
		check_rules(net->host[i]);
		ike_engine_free(net->host[i]->engine);
		policy_put(net->host[i]->policy);
		fake_driver_free(&net->host[i]->driver);
		forget_ocsp(net->host[i]);
		free(net->host[i]);
	}
	net->hosts = 0;
}

void net_behind_nat(struct net_host *host, const char *outside)
{
	const struct net *net = host->net;
	unsigned int i;

	host->nat = net_addr(outside);
	for (i = 0; net->host[i] != host; i++)
		;
	host->nat_port = NAT_PORT + NAT_PORTS * i;
}

void net_reload(struct net_host *host, const char *text)
{
	struct policy *old = host->policy;

	host->policy = parse(host->name, text);
	host->driver.policy = host->policy;
	ike_engine_reload(host->engine, host->policy);
	check_rules(host);
	policy_put(old);
}

void net_restart(struct net_host *host)
{
	ike_engine_free(host->engine);
	host->engine = ike_engine_new(&host->env, host->policy);
	ike_engine_adopt(host->engine);
}

static const struct ipsec_filter *filter_of(const struct net_host *host,
					    const struct policy_rule **rule)
{
	unsigned int i, j;

	for (i = 0; i < host->policy->rules; i++) {
		*rule = &host->policy->rule[i];
		for (j = 0; j < (*rule)->filters; j++)
			if ((*rule)->filter[j].action.v ==
			    IPSECDRV_ACTION_NEGOTIATE)
				return &(*rule)->filter[j];
	}
	printf("Bail out! %s has no rule that negotiates\n", host->name);
	exit(1);
}

static void host_net(struct ipsec_net *net, const char *addr)
{
	memset(net, 0, sizeof(*net));
	net->first = net_addr(addr);
	net->plen = net->first.len * 8;
}

uint32_t net_acquire(struct net_host *host, const char *local,
		     const char *remote)
{
	const struct policy_rule *rule;
	const struct ipsec_filter *filter = filter_of(host, &rule);
	struct ipsec_acquire acquire = {
		.slot = { ++host->slots, true },
		.filter = filter->id,
		.cookie = { rule->id, true },
		.mode = { rule->mode, true },
		.local = filter->tunnel_local,
		.remote = filter->tunnel_remote,
	};

	acquire.sel = filter->sel;
	host_net(&acquire.sel.src, local);
	host_net(&acquire.sel.dst, remote);
	if (rule->mode == IPSECDRV_MODE_TUNNEL)
		acquire.sel = filter->sel;
	if (!acquire.local.len)
		acquire.local = net_addr(local);
	if (!acquire.remote.len)
		acquire.remote = net_addr(remote);
	fake_acquire(&host->driver, &acquire);
	ike_engine_acquire(host->engine, &acquire);
	return host->slots;
}

void net_up(struct net_host *host)
{
	if (!ike_engine_up(host->engine, host->policy->rule[0].name))
		return;
	printf("Bail out! %s cannot begin\n", host->name);
	exit(1);
}

void net_expire(struct net_host *host, const struct fake_pair *pair, bool hard,
		enum ipsecdrv_expire_reason reason)
{
	struct ipsec_sa sa = pair->sa;
	struct ipsec_err err = { 0 };

	sa.reason = (struct ipsec_num){ reason, true };
	sa.hard = (struct ipsec_num){ hard, hard };
	if (hard)
		host->env.driver.sa_del(host, (uint32_t)sa.id.v, &err);
	ike_engine_expire(host->engine, &sa);
}

static void watch(struct net *net)
{
	const char *why;

	if (!net->watch)
		return;
	why = net_traffic(net->host[0], net->host[1]);
	net->lost += why != NULL;
	if (!net->why)
		net->why = why;
}

static void deliver(struct net *net, struct net_packet *p)
{
	watch(net);
	TAILQ_REMOVE(&net->queue, p, link);
	if (p->due > net->now)
		net->now = p->due;
	/* A keepalive ends in the sockets. */
	if (!p->to->down && p->len > 1)
		ike_engine_datagram(p->to->engine, &p->path, p->data, p->len);
	free(p);
	watch(net);
}

static struct net_packet *find(struct net *net, unsigned int nth)
{
	struct net_packet *p = TAILQ_FIRST(&net->queue);

	while (p && nth--)
		p = TAILQ_NEXT(p, link);
	return p;
}

void net_lose(struct net *net, unsigned int nth)
{
	struct net_packet *p = find(net, nth);

	if (!p)
		return;
	TAILQ_REMOVE(&net->queue, p, link);
	free(p);
}

bool net_deliver(struct net *net, unsigned int nth)
{
	struct net_packet *p = find(net, nth);

	if (!p)
		return false;
	p->due = net->now;
	deliver(net, p);
	return true;
}

unsigned int net_queued(const struct net *net)
{
	const struct net_packet *p;
	unsigned int n = 0;

	TAILQ_FOREACH(p, &net->queue, link)
		n++;
	return n;
}

static uint64_t next_timer(const struct net *net)
{
	uint64_t next = UINT64_MAX, one;
	unsigned int i;

	for (i = 0; i < net->hosts; i++) {
		one = ike_engine_next(net->host[i]->engine);
		next = one < next ? one : next;
	}
	return next;
}

static void tick(struct net *net)
{
	unsigned int i;

	for (i = 0; i < net->hosts; i++)
		ike_engine_tick(net->host[i]->engine);
	watch(net);
}

void net_run(struct net *net, uint64_t ms)
{
	uint64_t end = net->now + ms;

	for (;;) {
		struct net_packet *p = net->manual ? NULL :
						     TAILQ_FIRST(&net->queue);
		uint64_t timer = next_timer(net);

		if (p && p->due <= timer && p->due <= end) {
			deliver(net, p);
			continue;
		}
		if (timer > end)
			break;
		if (timer > net->now)
			net->now = timer;
		tick(net);
	}
	net->now = end;
}

void net_settle(struct net *net)
{
	struct net_packet *p;

	tick(net);
	while ((p = TAILQ_FIRST(&net->queue))) {
		deliver(net, p);
		tick(net);
	}
}

void net_instead(struct net *net, const struct net_packet *of, const void *data,
		 size_t len)
{
	struct net_packet *p = packet(net, data, len);

	p->from = of->from;
	p->to = of->to;
	p->path = of->path;
	queue(net, p);
}

void net_inject(struct net_host *to, const struct ike_path *path,
		const void *data, size_t len)
{
	ike_engine_datagram(to->engine, path, data, len);
}

static const char *one_way(struct net_host *from, struct net_host *to)
{
	const struct fake_pair *pair = fake_sending(&from->driver);
	const struct ipsec_protection *prot;
	const char *why;

	if (!pair)
		return "no SA pair to send by";
	why = fake_mismatch(pair, &to->driver);
	if (why)
		return why;
	prot = &pair->sa.protection[0];
	fake_heard(&to->driver, fake_by_spi(&to->driver, prot->proto.v,
					    (uint32_t)prot->spi_out.v));
	return NULL;
}

const char *net_traffic(struct net_host *a, struct net_host *b)
{
	const char *why = one_way(a, b);

	return why ? why : one_way(b, a);
}

bool net_logged(const struct net_host *host, const char *text)
{
	return strstr(host->log, text) != NULL;
}

struct ike_sa *net_sa(struct net_host *host)
{
	struct ike_sa *sa, *found = NULL;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		if (sa->state == IKE_SA_ESTABLISHED)
			found = sa;
	return found;
}

unsigned int net_sas(const struct net_host *host)
{
	const struct ike_sa *sa;
	unsigned int n = 0;

	TAILQ_FOREACH(sa, &host->engine->list, link)
		n++;
	return n;
}
