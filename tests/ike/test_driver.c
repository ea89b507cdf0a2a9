// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The engine's calls of the driver, on their way through the privileged
 * process to a driver that is played here.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "driver.h"
#include "proxy.h"
#include "tap.h"
#include "ts.h"

#define FAMILY 33

static struct ipsecd_driver worker;
static struct ipsec_client kernel; /* the parent's, with io of the played one */
static int pair[2]; /* worker, parent */
static int proxied; /* what the parent thought of the last request */

/* The played driver: what it was asked, and what it has to say. */
static struct ipsec_msg asked;
static uint8_t cmd;
static int refuse_with;
static struct {
	_Alignas(8) char buf[4096];
	size_t len;
} said[4];
static unsigned int saying, saids;

static struct nlmsghdr *say(uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(said[saids].buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = asked.nlh->nlmsg_seq;
	return nlh;
}

static void say_end(const struct nlmsghdr *nlh)
{
	said[saids++].len = nlh->nlmsg_len;
}

static void say_object(const struct ipsec_field *fields, const void *obj)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, cmd, 0);
	m.nlh->nlmsg_type = FAMILY;
	m.nlh->nlmsg_seq = asked.nlh->nlmsg_seq;
	ipsec_put(&m, fields, obj);
	memcpy(said[saids].buf, m.buf, m.nlh->nlmsg_len);
	say_end(m.nlh);
}

static void say_ack(void)
{
	struct nlmsghdr *nlh = say(NLMSG_ERROR);
	struct nlmsgerr *e =
		mnl_nlmsg_put_extra_header(nlh, sizeof(struct nlmsgerr));

	e->error = -refuse_with;
	nlh->nlmsg_flags = NLM_F_CAPPED | NLM_F_ACK_TLVS;
	if (refuse_with)
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "the moon is full");
	say_end(nlh);
}

static void say_dump(void)
{
	struct nlmsghdr *nlh;
	int i;

	for (i = 1; i <= 2; i++) {
		const struct ipsec_sa sa = { .id = { (uint64_t)i, true } };
		const struct ipsec_acquire a = { .slot = { (uint64_t)i + 6,
							   true } };

		if (cmd == IPSECDRV_CMD_SA_DUMP)
			say_object(ipsec_sa_fields, &sa);
		else if (cmd == IPSECDRV_CMD_ACQUIRE_DUMP)
			say_object(ipsec_acquire_fields, &a);
	}
	nlh = say(NLMSG_DONE);
	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(int)) = 0;
	say_end(nlh);
}

static void answer(void)
{
	const struct ipsec_spi spi = { .spi = { 0x1234, true } };
	const struct ipsec_sa sa = { .id = { 7, true }, .slot = { 9, true } };

	saying = saids = 0;
	if (asked.nlh->nlmsg_flags & NLM_F_DUMP) {
		say_dump();
		return;
	}
	if (!refuse_with && cmd == IPSECDRV_CMD_SA_GET_SPI)
		say_object(ipsec_spi_fields, &spi);
	if (!refuse_with &&
	    (cmd == IPSECDRV_CMD_SA_ADD || cmd == IPSECDRV_CMD_SA_GET))
		say_object(ipsec_sa_fields, &sa);
	say_ack();
}

static ssize_t kernel_send(void *ctx, const void *buf, size_t len)
{
	(void)ctx;
	memcpy(asked.buf, buf, len);
	asked.nlh = (void *)asked.buf;
	cmd = ((struct genlmsghdr *)mnl_nlmsg_get_payload(asked.nlh))->cmd;
	answer();
	return (ssize_t)len;
}

static ssize_t kernel_recv(void *ctx, void *buf, size_t size)
{
	(void)ctx;
	(void)size;
	if (saying == saids) {
		errno = EIO;
		return -1;
	}
	memcpy(buf, said[saying].buf, said[saying].len);
	return (ssize_t)said[saying++].len;
}

static struct ipsecd_force force; /* what the parent goes by */

static ssize_t worker_send(void *ctx, const void *buf, size_t len)
{
	ssize_t sent = send(pair[0], buf, len, 0);

	(void)ctx;
	proxied = ipsecd_proxy(&kernel, &force, pair[1]);
	return sent;
}

static ssize_t worker_recv(void *ctx, void *buf, size_t size)
{
	(void)ctx;
	return recv(pair[0], buf, size, MSG_DONTWAIT);
}

/* What the driver was given, read back. */
static struct ipsec_sa asked_sa(void)
{
	struct ipsec_sa sa = { 0 };
	struct ipsec_err err;

	ipsec_get_msg(asked.nlh, ipsec_sa_fields, &sa, &err);
	return sa;
}

static unsigned int listed;

static void on_sa(void *arg, const struct ipsec_sa *sa)
{
	(void)arg;
	listed = listed * 10 + (unsigned int)sa->id.v;
}

static void on_acquire(void *arg, const struct ipsec_acquire *a)
{
	(void)arg;
	listed = listed * 10 + (unsigned int)a->slot.v;
}

static void calls(void)
{
	const struct ike_driver *d = &ipsecd_driver_calls;
	const struct ipsec_addr local = { 4, { 10, 0, 0, 1 } };
	struct ipsec_sa sa = { .filter = { 3, true },
			       .local = local,
			       .lifetime = { .soft_seconds = { 60, true } } };
	struct ipsec_err err = { 0 };
	uint32_t spi = 0;

	ok(!d->get_spi(&worker, IPSECDRV_PROTO_ESP, &local, 5, &spi, &err) &&
		   spi == 0x1234 && cmd == IPSECDRV_CMD_SA_GET_SPI,
	   "an SPI");
	ok(!d->sa_add(&worker, &sa, &err) && sa.id.v == 7 && sa.slot.v == 9 &&
		   asked_sa().filter.v == 3,
	   "a pair is added; its id and slot come back");
	ok(!d->sa_update(&worker, &sa, &err) && asked_sa().id.v == 7 &&
		   asked_sa().lifetime.soft_seconds.v == 60,
	   "changed, limits and all");
	ok(!d->sa_get(&worker, 7, &sa, &err) && sa.id.v == 7 && !sa.filter.set,
	   "asked for");
	ok(!d->sa_del(&worker, 7, &err) && cmd == IPSECDRV_CMD_SA_DEL &&
		   asked_sa().id.v == 7,
	   "deleted");
	ok(!d->sa_dump(&worker, on_sa, NULL, &err) && listed == 12,
	   "all pairs are listed");
	listed = 0;
	ok(!d->acquire_dump(&worker, on_acquire, NULL, &err) && listed == 78,
	   "and all acquires");
	ok(!d->refuse(&worker, 9, IPSECDRV_REFUSE_REASON_AUTH_FAILED, true,
		      &err) &&
		   cmd == IPSECDRV_CMD_ACQUIRE_REFUSE,
	   "an acquire is refused");
}

static void refusals(void)
{
	const struct ike_driver *d = &ipsecd_driver_calls;
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;
	struct ipsec_sa sa;

	refuse_with = ENOENT;
	ok(d->sa_get(&worker, 8, &sa, &err) == -ENOENT &&
		   !strcmp(err.text, "the moon is full"),
	   "a refusal comes with the driver's own words");
	refuse_with = -ENOENT;
	ok(d->sa_get(&worker, 8, &sa, &err) == -EPROTO,
	   "one by what is no errno is a refusal as well");
	refuse_with = 0;
	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_BEGIN, NLM_F_ACK);
	m.nlh->nlmsg_type = FAMILY;
	worker_send(NULL, m.buf, m.nlh->nlmsg_len);
	ok(proxied == -EBADMSG && cmd != IPSECDRV_CMD_TABLE_BEGIN,
	   "a request for the table never gets there");
	ok(ipsecd_proxy(&kernel, &force, pair[1]) == -EAGAIN,
	   "nothing is asked");
	close(pair[0]);
	ok(ipsecd_proxy(&kernel, &force, pair[1]) == -EPIPE,
	   "the worker is gone");
	close(pair[1]);
}

static struct ipsec_filter of_hosts(const char *remote)
{
	struct ipsec_filter f = { 0 };
	struct ike_ts local = { .port = { 0, UINT16_MAX } }, peer = local;

	ipsec_addr_parse(&local.addr[0], "10.0.0.2");
	ipsec_addr_parse(&peer.addr[0], remote);
	local.addr[1] = local.addr[0];
	peer.addr[1] = peer.addr[0];
	policy_response_filter(force.now.policy, &local, &peer, &f, NULL);
	return f;
}

static bool asks(const struct ipsec_filter *f, int want)
{
	struct ipsec_err err = { 0 };

	cmd = 0;
	return ipsecd_driver_calls.filter_add(&worker, f, &err) == want &&
	       (cmd == IPSECDRV_CMD_FILTER_ADD) == !want;
}

/* Of a filter that the worker asks for only the traffic counts. */
static void filters(void)
{
	static const char text[] =
		"default-response: {psk: secret of all}\n"
		"rules: [{name: no, action: block, filters: [{from: 10.0.0.2, "
		"to: 10.0.0.9}]}]\n";
	struct ipsec_filter f = { 0 }, g;
	struct ipsec_err err = { 0 };

	ok(asks(&f, -EPERM), "without a default response no filter is made");
	if (policy_parse(text, sizeof(text) - 1, NULL, NULL, &force.now.policy,
			 &err) ||
	    ipsecd_responses_read(&force.responses, &kernel, force.now.policy,
				  &err)) {
		ok(false, "a policy: %s", err.text);
		return;
	}
	f = of_hosts("10.0.0.1");
	ok(asks(&f, 0), "the filter of the default response is made");
	ipsec_get_msg(asked.nlh, ipsec_filter_message, &g, &err);
	ok(g.action.v == IPSECDRV_ACTION_NEGOTIATE && g.id.v == f.id.v &&
		   g.cookie.v == f.cookie.v,
	   "as the policy has it");
	g = of_hosts("10.0.0.3");
	g.action.v = IPSECDRV_ACTION_PERMIT;
	g.flags.v |= IPSECDRV_FILTER_FLAGS_INPASS;
	ok(asks(&g, 0), "another word for what is done does not count");
	ipsec_get_msg(asked.nlh, ipsec_filter_message, &g, &err);
	ok(g.action.v == IPSECDRV_ACTION_NEGOTIATE &&
		   !(g.flags.v & IPSECDRV_FILTER_FLAGS_INPASS),
	   "the driver gets the policy's");
	g.id.v++;
	ok(asks(&g, -EPERM), "nor is another id taken");
	g = of_hosts("10.0.0.4");
	g.sel.dst.first.b[3] = 9;
	ok(asks(&g, -EPERM), "nor what a rule blocks");
	g = of_hosts("10.0.0.4");
	g.sel.dst.plen = 8;
	ok(asks(&g, -EPERM), "nor more than two hosts");
	ok(ipsecd_driver_calls.filter_del(&worker, 77, &err) == -EPERM,
	   "a filter of the policy is not deleted");
	cmd = 0;
	ok(!ipsecd_driver_calls.filter_del(&worker, (uint32_t)f.id.v, &err) &&
		   cmd == IPSECDRV_CMD_FILTER_DEL && force.responses.count == 1,
	   "one of the response is");
	ipsecd_responses_free(&force.responses);
	policy_put(force.now.policy);
}

static void on_expire(void *arg, const struct ipsec_sa *sa)
{
	(void)arg;
	listed = 100 + (unsigned int)sa->id.v;
}

/* It says that it is so many bytes longer, and is so many shorter. */
static void event(uint8_t number, uint16_t family, uint32_t more, size_t cut)
{
	const struct ipsecd_events to = { on_acquire, on_expire, NULL };
	const struct ipsec_sa sa = { .id = { 4, true } };
	const struct ipsec_acquire a = { .slot = { 5, true } };
	struct ipsec_msg m;
	size_t len;

	listed = 0;
	ipsec_msg_init(&m, number, 0);
	m.nlh->nlmsg_type = family;
	if (number == IPSECDRV_CMD_ACQUIRE_NTF)
		ipsec_put(&m, ipsec_acquire_fields, &a);
	else
		ipsec_put(&m, ipsec_sa_fields, &sa);
	len = m.nlh->nlmsg_len - cut;
	m.nlh->nlmsg_len += more;
	ipsecd_driver_events(&worker, m.buf, len, &to);
}

static void events(void)
{
	event(IPSECDRV_CMD_ACQUIRE_NTF, FAMILY, 0, 0);
	ok(listed == 5, "an acquire");
	event(IPSECDRV_CMD_EXPIRE_NTF, FAMILY, 0, 0);
	ok(listed == 104, "an expiry");
	event(IPSECDRV_CMD_TABLE_NTF, FAMILY, 0, 0);
	ok(!listed, "others are not for the engine");
	event(IPSECDRV_CMD_ACQUIRE_NTF, FAMILY + 1, 0, 0);
	ok(!listed, "nor are those of another family");
	event(IPSECDRV_CMD_ACQUIRE_NTF, FAMILY, 0, 1);
	ok(!listed, "nor is half an event");
	event(IPSECDRV_CMD_EXPIRE_NTF, FAMILY, 1U << 31, 0);
	ok(!listed, "nor one that says it is longer than INT_MAX");
}

int main(void)
{
	const struct ipsec_transport to_parent = { worker_send, worker_recv,
						   NULL, 0 };
	const struct ipsec_transport played = { kernel_send, kernel_recv, NULL,
						77 };

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		return 1;
	ipsec_open_transport(&worker.client, &to_parent, FAMILY);
	ipsec_open_transport(&kernel, &played, FAMILY);
	calls();
	filters();
	refusals();
	events();
	return tap_done();
}
