// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake_driver.h"

static struct fake_driver *(*driver_of)(void *ctx);

void fake_driver_init(struct fake_driver *d, uint32_t first_spi)
{
	memset(d, 0, sizeof(*d));
	d->next_spi = first_spi;
	d->next_id = 1;
}

void fake_driver_free(struct fake_driver *d)
{
	free(d->pair);
	d->pair = NULL;
	d->count = d->room = 0;
}

/* What is large is slow to make, and most hosts have a pair or two. */
static struct fake_pair *new_pair(struct fake_driver *d)
{
	if (d->count == d->room) {
		d->room = d->room ? 2 * d->room : 4;
		d->pair = realloc(d->pair, d->room * sizeof(*d->pair));
		if (!d->pair)
			abort();
	}
	return &d->pair[d->count++];
}

static struct fake_pair *by_id(struct fake_driver *d, uint64_t id)
{
	unsigned int i;

	for (i = 0; i < d->count; i++)
		if (d->pair[i].sa.id.v == id)
			return &d->pair[i];
	return NULL;
}

static void drop(struct fake_driver *d, struct fake_pair *pair)
{
	*pair = d->pair[--d->count];
}

void fake_acquire(struct fake_driver *d, const struct ipsec_acquire *acquire)
{
	if (d->late == FAKE_ANSWERED || d->acquires >= FAKE_ACQUIRES_MAX)
		return;
	d->acquire[d->acquires] = *acquire;
	d->acquire[d->acquires++].age.v = d->late ? FAKE_LATE_MS : 0;
}

static void answered(struct fake_driver *d, uint64_t slot)
{
	unsigned int i;

	for (i = 0; i < d->acquires; i++)
		if (d->acquire[i].slot.v == slot)
			d->acquire[i--] = d->acquire[--d->acquires];
}

/* A pair for the traffic answers what waits, whoever made it. */
static void answered_by(struct fake_driver *d, const struct ipsec_sa *sa)
{
	if (sa->slot.set)
		answered(d, sa->slot.v);
	else
		d->acquires = 0;
}

static int get_spi(void *ctx, enum ipsecdrv_proto proto,
		   const struct ipsec_addr *local, uint32_t slot, uint32_t *spi,
		   struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);

	(void)proto;
	(void)local;
	(void)slot;
	if (d->fail_spi)
		return ipsec_err_code(err, d->fail_spi, "no SPI, as told");
	d->spis++;
	*spi = d->next_spi++;
	return 0;
}

/* The other end is that of the filter, as the acquire has it. */
static bool is_other_end(const struct fake_driver *d, const struct ipsec_sa *sa)
{
	unsigned int i;

	for (i = 0; i < d->acquires; i++)
		if (sa->slot.set && d->acquire[i].slot.v == sa->slot.v)
			return !ipsec_addr_equal(&d->acquire[i].remote,
						 &sa->remote);
	return false;
}

static const struct ipsec_filter *filter_of(const struct fake_driver *d,
					    const struct ipsec_sa *sa)
{
	const struct ipsec_filter *filter = NULL;
	unsigned int i;

	for (i = 0; d->policy && !filter && i < d->policy->rules; i++)
		filter = policy_rule_filter(&d->policy->rule[i],
					    (uint32_t)sa->filter.v);
	return filter;
}

/* A pair may move, but not begin elsewhere. */
static bool is_other_tunnel(const struct fake_driver *d,
			    const struct ipsec_sa *sa)
{
	const struct ipsec_filter *filter = filter_of(d, sa);

	return filter && filter->tunnel_remote.len &&
	       !ipsec_addr_equal(&filter->tunnel_remote, &sa->remote);
}

static int check_new(const struct fake_driver *d, const struct ipsec_sa *sa,
		     struct ipsec_err *err)
{
	unsigned int i;

	if (is_other_end(d, sa) || is_other_tunnel(d, sa))
		return ipsec_err_code(
			err, EINVAL,
			"remote is not the filter's tunnel endpoint");
	if (!sa->protections || sa->protections > IPSECDRV_PROTOS_MAX)
		return ipsec_err_code(err, EINVAL, "protections");
	if (!sa->filter.set && !sa->slot.set)
		return ipsec_err_code(err, EINVAL, "neither filter nor slot");
	for (i = 0; i < sa->protections; i++)
		if (fake_by_spi(d, sa->protection[i].proto.v,
				(uint32_t)sa->protection[i].spi_in.v))
			return ipsec_err_code(err, EEXIST, "SPI in use");
	return 0;
}

/* Those that it took over from, one after the other, send no more. */
static void supersede(struct fake_driver *d, const struct fake_pair *pair)
{
	struct fake_pair *old = by_id(d, pair->sa.replaces.v);

	for (; old; old = by_id(d, old->sa.replaces.v))
		old->replaced = true;
}

static int sa_add(void *ctx, struct ipsec_sa *sa, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	struct fake_pair *old, *pair;
	int ret = d->fail_add, again;

	d->fail_add = 0;
	if (ret)
		return ipsec_err_code(err, ret, "no pair, as told");
	again = check_new(d, sa, err);
	if (again)
		return again;
	sa->id = (struct ipsec_num){ d->next_id++, true };
	pair = new_pair(d);
	old = sa->replaces.set ? by_id(d, sa->replaces.v) : NULL;
	*pair = (struct fake_pair){ .sa = *sa, .installed = ++d->serial };
	pair->listening = old && sa->flags.v & IPSECDRV_SA_FLAGS_RESPONDER;
	if (!pair->listening)
		supersede(d, pair);
	d->adds++;
	if (sa->slot.v == d->soft_slot)
		d->soft_slot = 0;
	answered_by(d, sa);
	return 0;
}

static void take_over(struct fake_driver *d, struct fake_pair *pair)
{
	pair->listening = false;
	supersede(d, pair);
}

static int sa_update(void *ctx, const struct ipsec_sa *sa,
		     struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	struct fake_pair *pair = by_id(d, sa->id.v);

	if (!pair)
		return ipsec_err_code(err, ENOENT, "no such SA pair");
	if (sa->flags.set && pair->listening &&
	    !(sa->flags.v & IPSECDRV_SA_FLAGS_RESPONDER))
		take_over(d, pair);
	if (sa->flags.set)
		pair->sa.flags = sa->flags;
	if (sa->flags.v & IPSECDRV_SA_FLAGS_DRAIN)
		pair->replaced = true;
	if (sa->remote.len)
		pair->sa.remote = sa->remote;
	if (sa->encap_remote.set)
		pair->sa.encap_remote = sa->encap_remote;
	return 0;
}

static int sa_del(void *ctx, uint32_t id, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	struct fake_pair *pair = by_id(d, id);

	if (!pair)
		return ipsec_err_code(err, ENOENT, "no such SA pair");
	drop(d, pair);
	return 0;
}

static int sa_get(void *ctx, uint32_t id, struct ipsec_sa *sa,
		  struct ipsec_err *err)
{
	struct fake_pair *pair = by_id(driver_of(ctx), id);

	if (!pair)
		return ipsec_err_code(err, ENOENT, "no such SA pair");
	*sa = pair->sa;
	return 0;
}

static int sa_dump(void *ctx, void (*fn)(void *arg, const struct ipsec_sa *sa),
		   void *arg, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	unsigned int i;

	(void)err;
	for (i = 0; i < d->count; i++) {
		struct ipsec_sa sa = d->pair[i].sa;

		sa.state = (struct ipsec_num){ d->pair[i].replaced ?
						       IPSECDRV_SA_STATE_DYING :
						       IPSECDRV_SA_STATE_MATURE,
					       true };
		fn(arg, &sa);
	}
	return 0;
}

static int acquire_dump(void *ctx,
			void (*fn)(void *arg,
				   const struct ipsec_acquire *acquire),
			void *arg, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	struct ipsec_acquire all[FAKE_ACQUIRES_MAX];
	unsigned int i, n = d->acquires;

	(void)err;
	memcpy(all, d->acquire, sizeof(all));
	for (i = 0; i < n; i++)
		fn(arg, &all[i]);
	return 0;
}

static int refuse(void *ctx, uint32_t slot, enum ipsecdrv_refuse_reason reason,
		  bool soft, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);

	if (soft && d->no_soft)
		return ipsec_err_code(err, EINVAL, "no soft SA, as told");
	answered(d, slot);
	if (d->late)
		return ipsec_err_code(err, EBUSY, "slot has an SA pair");
	d->reason = reason;
	d->soft_slot = soft ? slot : 0;
	if (soft) {
		d->softs++;
		return 0;
	}
	d->refused++;
	d->refused_slot = slot;
	return 0;
}

static int filter_add(void *ctx, const struct ipsec_filter *filter,
		      struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);

	if (d->fail_filter || d->responses == FAKE_RESPONSES_MAX)
		return ipsec_err_code(err, d->fail_filter ?: ENOSPC,
				      "no filter, as told");
	d->response[d->responses++] = *filter;
	return 0;
}

static int filter_del(void *ctx, uint32_t id, struct ipsec_err *err)
{
	struct fake_driver *d = driver_of(ctx);
	unsigned int i;

	for (i = 0; i < d->responses; i++)
		if (d->response[i].id.v == id) {
			d->response[i] = d->response[--d->responses];
			return 0;
		}
	return ipsec_err_code(err, ENOENT, "no such filter");
}

static int soft_dump(void *ctx,
		     void (*fn)(void *arg, const struct ipsec_soft *soft),
		     void *arg, struct ipsec_err *err)
{
	const struct fake_driver *d = driver_of(ctx);
	const struct ipsec_soft soft = {
		.slot = { d->soft_slot, true },
		.reason = { d->reason, true },
	};

	(void)err;
	if (d->soft_slot)
		fn(arg, &soft);
	return 0;
}

void fake_driver_ops(struct ike_driver *ops,
		     struct fake_driver *(*of)(void *ctx))
{
	driver_of = of;
	*ops = (struct ike_driver){
		.get_spi = get_spi,
		.sa_add = sa_add,
		.sa_update = sa_update,
		.sa_del = sa_del,
		.sa_get = sa_get,
		.sa_dump = sa_dump,
		.acquire_dump = acquire_dump,
		.refuse = refuse,
		.filter_add = filter_add,
		.filter_del = filter_del,
		.soft_dump = soft_dump,
	};
}

const struct fake_pair *fake_sending(const struct fake_driver *d)
{
	const struct fake_pair *best = NULL;
	unsigned int i;

	for (i = 0; i < d->count; i++) {
		const struct fake_pair *pair = &d->pair[i];

		if (pair->replaced)
			continue;
		if (!best || best->listening > pair->listening ||
		    (best->listening == pair->listening &&
		     best->installed < pair->installed))
			best = pair;
	}
	return best;
}

const struct fake_pair *fake_by_spi(const struct fake_driver *d, uint64_t proto,
				    uint32_t spi)
{
	unsigned int i, j;

	for (i = 0; i < d->count; i++)
		for (j = 0; j < d->pair[i].sa.protections; j++)
			if (d->pair[i].sa.protection[j].proto.v == proto &&
			    d->pair[i].sa.protection[j].spi_in.v == spi)
				return &d->pair[i];
	return NULL;
}

static bool key_equal(const struct ipsec_key *a, const struct ipsec_key *b)
{
	return a->len == b->len && !memcmp(a->b, b->b, a->len);
}

static const char *protection_mismatch(const struct ipsec_protection *out,
				       const struct ipsec_protection *in)
{
	if (out->encr.v != in->encr.v || out->integ.v != in->integ.v)
		return "algorithms differ";
	if (!key_equal(&out->encr_key_out, &in->encr_key_in))
		return "encryption keys differ";
	if (!key_equal(&out->integ_key_out, &in->integ_key_in))
		return "integrity keys differ";
	if (!out->encr_key_out.len && !out->integ_key_out.len)
		return "no key at all";
	return NULL;
}

static bool net_equal(const struct ipsec_net *a, const struct ipsec_net *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* Through a NAT the two sides know different addresses. */
static bool mirrored(const struct ipsec_sa *a, const struct ipsec_sa *b)
{
	if (a->encap_local.set && a->mode.v == IPSECDRV_MODE_TRANSPORT)
		return a->sel.proto.v == b->sel.proto.v;
	return net_equal(&a->sel.src, &b->sel.dst) &&
	       net_equal(&a->sel.dst, &b->sel.src) &&
	       a->sel.proto.v == b->sel.proto.v &&
	       a->sel.sport[0].v == b->sel.dport[0].v &&
	       a->sel.dport[0].v == b->sel.sport[0].v;
}

const char *fake_mismatch(const struct fake_pair *a,
			  const struct fake_driver *b)
{
	const struct ipsec_sa *out = &a->sa, *in = NULL;
	unsigned int i;

	for (i = 0; i < out->protections; i++) {
		const struct ipsec_protection *prot = &out->protection[i];
		const struct fake_pair *pair = fake_by_spi(
			b, prot->proto.v, (uint32_t)prot->spi_out.v);
		const char *why;

		if (!pair)
			return "the peer has no SA of the SPI";
		if (in && in != &pair->sa)
			return "the protocols are of different pairs";
		in = &pair->sa;
		why = protection_mismatch(prot, &in->protection[i]);
		if (why)
			return why;
	}
	if (out->mode.v != in->mode.v)
		return "modes differ";
	if ((out->flags.v ^ in->flags.v) & IPSECDRV_SA_FLAGS_ESN)
		return "ESN differs";
	if (out->encap_local.set != in->encap_local.set)
		return "encapsulation differs";
	return mirrored(out, in) ? NULL : "selectors differ";
}

void fake_heard(struct fake_driver *d, const struct fake_pair *pair)
{
	struct fake_pair *own = by_id(d, pair->sa.id.v);

	if (!own->listening)
		return;
	own->sa.in.packets = (struct ipsec_num){ 1, true };
	take_over(d, own);
}

void fake_drain(struct fake_driver *d)
{
	unsigned int i = 0;

	while (i < d->count)
		if (d->pair[i].replaced)
			drop(d, &d->pair[i]);
		else
			i++;
}
