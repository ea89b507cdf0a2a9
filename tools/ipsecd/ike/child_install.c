// SPDX-License-Identifier: GPL-2.0-or-later
/* A Child SA and its pair in the driver. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "engine.h"
#include "keylog.h"

static void set(struct ipsec_num *num, uint64_t v)
{
	num->v = v;
	num->set = true;
}

static void set_key(struct ipsec_key *key, const uint8_t *from, size_t len)
{
	key->len = len;
	memcpy(key->b, from, len);
}

static int fill_protection(const struct ike_child_proto *proto,
			   const struct ike_child_keys *keys,
			   struct ipsec_protection *prot)
{
	size_t encr = ike_child_encr_len(proto);
	size_t integ = ike_child_integ_len(proto);
	int err = ike_child_driver_alg(proto, prot);

	if (err)
		return err;
	set(&prot->spi_in, proto->spi_in);
	set(&prot->spi_out, proto->spi_out);
	set_key(&prot->encr_key_in, keys->in, encr);
	set_key(&prot->integ_key_in, keys->in + encr, integ);
	set_key(&prot->encr_key_out, keys->out, encr);
	set_key(&prot->integ_key_out, keys->out + encr, integ);
	return 0;
}

/* Soft limits come before the hard ones, at a moment of our own: up to a tenth earlier. */
static uint64_t soft(const struct ike_child *child, uint64_t hard,
		     uint64_t margin)
{
	const struct ike_env *env = child->engine->env;
	uint16_t jitter = 0;

	env->random(env->ctx, &jitter, sizeof(jitter));
	return hard - margin - hard / 10 * jitter / UINT16_MAX;
}

/* A tenth of a few seconds is none. */
static uint64_t soft_time(const struct ike_child *child, uint64_t seconds)
{
	uint64_t margin = seconds / 10;

	return soft(child, seconds, !margin && seconds > 1 ? 1 : margin);
}

/* A fast flow uses the 100 MB of Windows up in half a second, with the negotiation in it. */
static uint64_t soft_volume(const struct ike_child *child, uint64_t volume)
{
	return soft(child, volume, volume / 10 * 4);
}

static void fill_lifetime(const struct ike_child *child,
			  struct ipsec_lifetime *life)
{
	const struct policy_lifetime *from = &child->lifetime;

	if (from->seconds) {
		set(&life->hard_seconds, from->seconds);
		set(&life->soft_seconds, soft_time(child, from->seconds));
	}
	if (from->bytes) {
		set(&life->hard_bytes, from->bytes);
		set(&life->soft_bytes, soft_volume(child, from->bytes));
	}
	if (from->packets) {
		set(&life->hard_packets, from->packets);
		set(&life->soft_packets, soft_volume(child, from->packets));
	}
	set(&life->idle_seconds,
	    child->idle_seconds ?: child->rule->idle_seconds);
}

/*
 * Who does not know yet whether the peer is ready to receive: the responder;
 * in version 1 also the initiator, whose third message nobody answers; and that
 * of version 2, whose peer may answer before its kernel has the keys (OpenIKED
 * does). An initiator waits only where another pair sends meanwhile.
 */
static bool listens(const struct ike_child *child)
{
	return !child->initiator || child->rekeys;
}

static uint32_t flags(const struct ike_child *child)
{
	uint32_t v = 0;

	if (child->esn)
		v |= IPSECDRV_SA_FLAGS_ESN;
	if (listens(child))
		v |= IPSECDRV_SA_FLAGS_RESPONDER;
	if (child->sa->encap && child->sa->nat_remote)
		v |= IPSECDRV_SA_FLAGS_FLOAT;
	return v;
}

/*
 * In tunnel mode the end that the rule names, where the peer is elsewhere: its
 * NAT has moved it, or it has sent us away (RFC 5685). The driver takes no other
 * for a new pair, which then moves, before it sends. NULL: the peer is there.
 */
static const struct ipsec_addr *named_end(const struct ike_child *child)
{
	const struct ipsec_addr *named = &child->rule->remote.first;

	return child->mode == IPSECDRV_MODE_TUNNEL && named->len &&
			       !ipsec_addr_equal(named,
						 &child->sa->path.remote) ?
		       named :
		       NULL;
}

static void fill_path(const struct ike_child *child, struct ipsec_sa *pair)
{
	const struct ipsec_addr *named = named_end(child);
	const struct ike_sa *sa = child->sa;

	pair->local = sa->path.local;
	pair->remote = named ? *named : sa->path.remote;
	if (named)
		pair->flags.v |= IPSECDRV_SA_FLAGS_RESPONDER;
	if (!sa->encap)
		return;
	set(&pair->encap_local, sa->path.local_port);
	set(&pair->encap_remote, sa->path.remote_port);
	if (sa->nat_local)
		set(&pair->keepalive, sa->policy->keepalive);
}

static int fill(const struct ike_child *child,
		const struct ike_child_keys keys[IPSECDRV_PROTOS_MAX],
		struct ipsec_sa *pair)
{
	unsigned int i;
	int err = ike_ts_to_selector(&child->local, &child->remote, &pair->sel);

	if (child->slot)
		set(&pair->slot, child->slot);
	if (child->filter)
		set(&pair->filter, child->filter);
	set(&pair->mode, child->mode);
	set(&pair->flags, flags(child));
	fill_path(child, pair);
	pair->protections = child->protos;
	for (i = 0; !err && i < child->protos; i++)
		err = fill_protection(&child->proto[i], &keys[i],
				      &pair->protection[i]);
	set(&pair->replay_window, child->rule->replay_window);
	fill_lifetime(child, &pair->lifetime);
	set(&pair->owner, child->owner);
	if (child->rekeys && child->rekeys->id)
		set(&pair->replaces, child->rekeys->id);
	return err;
}

static void log_installed(struct ike_child *child)
{
	const struct ike_child_proto *p = &child->proto[0];
	char local[IKE_TS_STRLEN], remote[IKE_TS_STRLEN];

	ike_log_child_made(
		child,
		"%s SA %s: %s <-> %s, %s mode, %s%s%s, SPI in 0x%08x out 0x%08x",
		child->sa->version == 1 ? "quick-mode" : "Child",
		child->rekeys ? "rekeyed" : "established",
		ike_ts_text(&child->local, local, sizeof(local)),
		ike_ts_text(&child->remote, remote, sizeof(remote)),
		child->mode == IPSECDRV_MODE_TUNNEL ? "tunnel" : "transport",
		child->protos > 1			   ? "AH+ESP" :
		child->proto[0].proto == IPSECDRV_PROTO_AH ? "AH" :
							     "ESP",
		child->sa->encap ? " in UDP" : "",
		child->esn ? ", extended sequence numbers" : "", p->spi_in,
		p->spi_out);
}

static void installed(struct ike_child *child, const struct ipsec_sa *pair)
{
	struct ike_engine *engine = child->engine;

	child->id = pair->id.v;
	child->state = IKE_CHILD_INSTALLED;
	child->installed = ike_now(engine);
	child->made = ++engine->order;
	child->sa->quick_modes++;
	engine->counters.quick_modes++;
	engine->counters.key_additions++;
	engine->counters.key_updates++;
	log_installed(child);
	if (child->soft)
		ike_log(child->sa, IKE_LOG_NOTICE,
			"clear text ends, for the SA pair is there");
	if (!child->rekeys)
		return;
	engine->counters.child_rekeys++;
	ike_log_child_end(child->rekeys, "a newer one has taken its place");
	child->rekeys->state = IKE_CHILD_REPLACED;
	child->rekeys->replaced = child->installed;
	/* Nobody can tell the peer of an adopted one. */
	if (!child->rekeys->sa)
		ike_child_free(child->rekeys);
	else
		ike_limit_replaced(child->rekeys);
}

/* The pair follows the peer to where that is, or is not there at all. */
static int add(const struct ike_child *child, struct ipsec_sa *pair,
	       struct ipsec_err *err)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_err ignored = { 0 };
	struct ipsec_sa change = { 0 };
	int ret = env->driver.sa_add(env->ctx, pair, err);

	if (ret || !named_end(child))
		return ret;
	pair->remote = child->sa->path.remote;
	change.id = pair->id;
	change.remote = pair->remote;
	set(&change.flags, flags(child));
	ret = env->driver.sa_update(env->ctx, &change, err);
	if (ret)
		env->driver.sa_del(env->ctx, (uint32_t)pair->id.v, &ignored);
	return ret;
}

int ike_child_install(struct ike_child *child,
		      const struct ike_child_keys keys[IPSECDRV_PROTOS_MAX])
{
	struct ike_engine *engine = child->engine;
	struct ipsec_err err = { 0 };
	struct ipsec_sa pair = { 0 };
	int ret = fill(child, keys, &pair);

	if (!ret)
		ret = ike_response_hold(child, &err);
	if (!ret)
		ret = add(child, &pair, &err);
	if (!ret) {
		ike_keylog_child(child, &pair);
		installed(child, &pair);
	} else {
		engine->counters.key_addition_failures++;
		engine->counters.key_update_failures++;
		if (!err.text[0])
			ipsec_err_code(&err, -ret, "%s", strerror(-ret));
		ike_failure_note(child->sa, IKE_CAUSE_DRIVER, err.text);
		ike_log(child->sa, IKE_LOG_ERROR,
			"the driver does not take the SA pair: %s", err.text);
	}
	ike_wipe(&pair, sizeof(pair));
	return ret;
}

static void update(struct ike_child *child, const struct ipsec_sa *pair)
{
	struct ike_engine *engine = child->engine;
	const struct ike_env *env = engine->env;
	struct ipsec_err err = { 0 };

	if (!env->driver.sa_update(env->ctx, pair, &err)) {
		engine->counters.pair_changes++;
		return;
	}
	engine->counters.pair_change_failures++;
	ike_log_engine(engine, IKE_LOG_INFO,
		       "the driver does not change SA pair %" PRIu32 ": %s",
		       child->id, err.text);
}

void ike_child_activate(struct ike_child *child)
{
	struct ipsec_sa pair = { 0 };

	if (!child->id || !child->rekeys || !child->sa || !listens(child) ||
	    child->drains)
		return;
	set(&pair.id, child->id);
	set(&pair.flags, flags(child) & ~IPSECDRV_SA_FLAGS_RESPONDER);
	update(child, &pair);
}

void ike_child_drain(struct ike_child *child)
{
	const struct ike_env *env = child->engine->env;
	struct ipsec_sa pair = { 0 }, change = { 0 };
	struct ipsec_err err = { 0 };

	if (child->drains || !child->id ||
	    env->driver.sa_get(env->ctx, child->id, &pair, &err))
		return;
	child->drains = true;
	set(&change.id, child->id);
	set(&change.flags, pair.flags.v | IPSECDRV_SA_FLAGS_DRAIN);
	update(child, &change);
}

void ike_child_update_path(struct ike_child *child)
{
	struct ipsec_sa pair = { 0 };

	if (!child->id || !child->sa->encap)
		return;
	set(&pair.id, child->id);
	if (child->mode == IPSECDRV_MODE_TUNNEL)
		pair.remote = child->sa->path.remote;
	set(&pair.encap_remote, child->sa->path.remote_port);
	update(child, &pair);
}
