// SPDX-License-Identifier: GPL-2.0-or-later
/* SA pairs: the keys, limits and counters of one negotiation. */
#include <stdio.h>
#include <string.h>

#include "alg.h"
#include "fields.h"

#define S(name) IPSECDRV_A_SA_##name

/* clang-format off */
#define OBJ ipsec_protection
#define A(name) IPSECDRV_A_PROTECTION_##name
const struct ipsec_field ipsec_protection_fields[] = {
	ENUM("proto", A(PROTO), proto, ipsec_names_proto,
	     .flags = IPSEC_IN | IPSEC_KEEP),
	NUM32("spi-in", A(SPI_IN), spi_in, .flags = IPSEC_IN | IPSEC_HEX,
	      .min = 256),
	NUM32("spi-out", A(SPI_OUT), spi_out, .flags = IPSEC_IN | IPSEC_HEX,
	      .min = 256),
	ENUM("encr", A(ENCR), encr, ipsec_names_encr, .flags = IPSEC_IN),
	ENUM("integ", A(INTEG), integ, ipsec_names_integ, .flags = IPSEC_IN),
	KEY("encr-key-in", A(ENCR_KEY_IN), encr_key_in),
	KEY("encr-key-out", A(ENCR_KEY_OUT), encr_key_out),
	KEY("integ-key-in", A(INTEG_KEY_IN), integ_key_in),
	KEY("integ-key-out", A(INTEG_KEY_OUT), integ_key_out),
	NUM32("encr-key-len", A(ENCR_KEY_LEN), encr_key_len),
	NUM32("integ-key-len", A(INTEG_KEY_LEN), integ_key_len),
	NUM64("seq-out", A(SEQ_OUT), seq_out),
	NUM64("seq-in", A(SEQ_IN), seq_in),
	STR("algorithm", A(ALGORITHM), algorithm),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_lifetime
#define A(name) IPSECDRV_A_LIFETIME_##name
const struct ipsec_field ipsec_lifetime_fields[] = {
	NUM64("soft-seconds", A(SOFT_SECONDS), soft_seconds, .flags = IPSEC_IN),
	NUM64("hard-seconds", A(HARD_SECONDS), hard_seconds, .flags = IPSEC_IN),
	NUM64("soft-bytes", A(SOFT_BYTES), soft_bytes, .flags = IPSEC_IN),
	NUM64("hard-bytes", A(HARD_BYTES), hard_bytes, .flags = IPSEC_IN),
	NUM64("soft-packets", A(SOFT_PACKETS), soft_packets, .flags = IPSEC_IN),
	NUM64("hard-packets", A(HARD_PACKETS), hard_packets, .flags = IPSEC_IN),
	NUM32("idle-seconds", A(IDLE_SECONDS), idle_seconds,
	      .flags = IPSEC_IN | IPSEC_KEEP),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_counters
#define A(name) IPSECDRV_A_COUNTERS_##name
const struct ipsec_field ipsec_counters_fields[] = {
	NUM64("packets", A(PACKETS), packets),
	NUM64("bytes", A(BYTES), bytes),
	NUM64("replay", A(REPLAY), replay),
	NUM64("integrity", A(INTEGRITY), integrity),
	NUM64("errors", A(ERRORS), errors),
	END
};
#undef OBJ
#undef A

#define OBJ ipsec_sa
static const struct ipsec_field encap_group[] = {
	NUM16("local", 0, encap_local, .flags = IPSEC_IN, .min = 1),
	NUM16("remote", 0, encap_remote, .flags = IPSEC_IN, .min = 1),
	END
};

const struct ipsec_field ipsec_sa_fields[] = {
	NUM32("id", S(ID), id),
	NUM32("slot", S(SLOT), slot, .flags = IPSEC_IN),
	NUM32("filter", S(FILTER), filter, .flags = IPSEC_IN, .min = 1),
	NEST("selector", S(SELECTOR), sel, ipsec_selector_fields,
	     .flags = IPSEC_IN),
	ENUM("mode", S(MODE), mode, ipsec_names_mode,
	     .flags = IPSEC_IN | IPSEC_KEEP),
	ADDR("local", S(LOCAL), local, .flags = IPSEC_IN),
	ADDR("remote", S(REMOTE), remote, .flags = IPSEC_IN),
	GROUP("encap", encap_group),
	NUM16(NULL, S(ENCAP_LOCAL), encap_local),
	NUM16(NULL, S(ENCAP_REMOTE), encap_remote),
	NUM16("keepalive", S(KEEPALIVE), keepalive, .flags = IPSEC_IN),
	{ "protections", IPSEC_NESTS, S(PROTECTION), 0, OFF(protection),
	  .aux = offsetof(struct OBJ, protections),
	  .size = sizeof(struct ipsec_protection),
	  .max = IPSECDRV_PROTOS_MAX, .flags = IPSEC_IN,
	  .sub = ipsec_protection_fields },
	FLAGS("flags", S(FLAGS), flags, ipsec_names_sa_flags,
	      .flags = IPSEC_IN),
	NUM32("replay-window", S(REPLAY_WINDOW), replay_window,
	      .flags = IPSEC_IN | IPSEC_KEEP),
	NEST("lifetime", S(LIFETIME), lifetime, ipsec_lifetime_fields,
	     .flags = IPSEC_IN),
	NUM64("owner", S(OWNER), owner, .flags = IPSEC_IN | IPSEC_HEX),
	ENUM("state", S(STATE), state, ipsec_names_sa_state),
	NUM64("age", S(AGE), age),
	NUM32("idle", S(IDLE), idle),
	NUM32("mtu", S(MTU), mtu),
	NEST("out", S(OUT), out, ipsec_counters_fields),
	NEST("in", S(IN), in, ipsec_counters_fields),
	ENUM("offload-state", S(OFFLOAD_STATE), offload_state,
	     ipsec_names_offload_state),
	STR("offload-dev", S(OFFLOAD_DEV), offload_dev),
	STR("offload-reason", S(OFFLOAD_REASON), offload_reason),
	ENUM("reason", S(REASON), reason, ipsec_names_expire_reason),
	FLAG("hard", S(HARD), hard),
	NUM32("replaces", S(REPLACES), replaces, .flags = IPSEC_IN, .min = 1),
	END
};

const struct ipsec_field ipsec_sa_update_fields[] = {
	NUM32("id", S(ID), id, .flags = IPSEC_IN, .min = 1),
	ADDR("remote", S(REMOTE), remote, .flags = IPSEC_IN),
	NUM16("encap-remote", S(ENCAP_REMOTE), encap_remote,
	      .flags = IPSEC_IN, .min = 1),
	NUM16("keepalive", S(KEEPALIVE), keepalive, .flags = IPSEC_IN),
	NUM64("soft-seconds", 0, lifetime.soft_seconds, .flags = IPSEC_IN),
	NUM64("hard-seconds", 0, lifetime.hard_seconds, .flags = IPSEC_IN),
	NUM64("soft-bytes", 0, lifetime.soft_bytes, .flags = IPSEC_IN),
	NUM64("hard-bytes", 0, lifetime.hard_bytes, .flags = IPSEC_IN),
	NUM64("soft-packets", 0, lifetime.soft_packets, .flags = IPSEC_IN),
	NUM64("hard-packets", 0, lifetime.hard_packets, .flags = IPSEC_IN),
	NUM32("idle-seconds", 0, lifetime.idle_seconds, .flags = IPSEC_IN),
	NUM64("owner", S(OWNER), owner, .flags = IPSEC_IN | IPSEC_HEX),
	FLAGS("flags", S(FLAGS), flags, ipsec_names_sa_flags,
	      .flags = IPSEC_IN),
	END
};

const struct ipsec_field ipsec_sa_flush_fields[] = {
	NUM32("filter", S(FILTER), filter, .flags = IPSEC_IN, .min = 1),
	NUM64("owner", S(OWNER), owner, .flags = IPSEC_IN | IPSEC_HEX),
	ADDR("remote", S(REMOTE), remote, .flags = IPSEC_IN),
	END
};
/* clang-format on */

/* The lengths may be told, the keys never. */
static int check_key(const char *what, const char *name,
		     const struct ipsec_alg *alg, unsigned int in,
		     unsigned int out, unsigned int line, struct ipsec_err *err)
{
	char salt[32] = "";

	if (ipsec_alg_takes(alg, in) && ipsec_alg_takes(alg, out))
		return 0;
	if (!alg->max)
		return ipsec_err_at(err, line,
				    "%s: without an algorithm (or with null) "
				    "there is no key; remove it",
				    what);
	if (alg->salt)
		snprintf(salt, sizeof(salt), ", %u of them salt", alg->salt);
	return ipsec_err_at(err, line,
			    "%s: %s takes keys of %u%s bytes%s; got %u (in) "
			    "and %u (out)",
			    what, name, alg->min,
			    alg->max == alg->min ? "" :
			    alg->salt == 3	 ? ", 27 or 35" :
			    alg->salt		 ? ", 28 or 36" :
						   ", 24 or 32",
			    salt, in, out);
}

static int check_keys(const struct ipsec_protection *p, unsigned int line,
		      struct ipsec_err *err)
{
	int rc = check_key("encr-key", ipsec_name(ipsec_names_encr, p->encr.v),
			   ipsec_alg_encr(p->encr.v), p->encr_key_in.len,
			   p->encr_key_out.len, line, err);

	return rc ? rc :
		    check_key("integ-key",
			      ipsec_name(ipsec_names_integ, p->integ.v),
			      ipsec_alg_integ(p->integ.v), p->integ_key_in.len,
			      p->integ_key_out.len, line, err);
}

static int check_protection(const struct ipsec_protection *p, unsigned int line,
			    struct ipsec_err *err)
{
	if (!p->proto.set)
		return ipsec_err_at(err, line,
				    "a protection needs proto, esp or ah");
	if (!p->spi_in.set || !p->spi_out.set)
		return ipsec_err_at(err, line,
				    "a protection needs spi-in and spi-out");
	if (!p->encr_key_in.len != !p->encr_key_out.len ||
	    !p->integ_key_in.len != !p->integ_key_out.len)
		return ipsec_err_at(err, line,
				    "a key is needed for both directions, "
				    "-in and -out");
	return check_keys(p, line, err);
}

static int sa_check(struct ipsec_sa *sa, const struct ipsec_node *map,
		    struct ipsec_err *err)
{
	const struct ipsec_node *sel = ipsec_node_get(map, "selector");
	const struct ipsec_node *prot = ipsec_node_get(map, "protections");
	const struct ipsec_node *entry;
	unsigned int i;
	int rc = 0;

	if (sel)
		rc = ipsec_selector_check(&sa->sel, sel->line, err);
	if (rc)
		return rc;
	if (!sa->local.len || !sa->remote.len)
		return ipsec_err_at(err, map->line,
				    "an SA needs local and remote addresses");
	if (sa->local.len != sa->remote.len)
		return ipsec_err_at(err, map->line,
				    "local and remote must be of one family");
	if (!prot || !sa->protections)
		return ipsec_err_at(err, map->line,
				    "an SA needs protections: a list with "
				    "proto, SPIs, algorithms and keys");
	if (sa->encap_local.set != sa->encap_remote.set)
		return ipsec_err_at(err, map->line,
				    "encap needs both ports, local and remote");
	entry = prot->child;
	for (i = 0; i < sa->protections && !rc; i++, entry = entry->next)
		rc = check_protection(&sa->protection[i], entry->line, err);
	return rc;
}

int ipsec_sa_parse(const struct ipsec_node *map, struct ipsec_sa *sa,
		   struct ipsec_err *err)
{
	int rc;

	memset(sa, 0, sizeof(*sa));
	rc = ipsec_parse(map, ipsec_sa_fields, sa, err);
	return rc ? rc : sa_check(sa, map, err);
}
