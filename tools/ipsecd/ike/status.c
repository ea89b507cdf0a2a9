// SPDX-License-Identifier: GPL-2.0-or-later
/* The engine's state and counters as JSON. */
#include <stdio.h>

#include "engine.h"

#define STATUS_VERSION 1

static json_t *hex(const uint8_t *data, size_t len)
{
	char text[2 * IKE_SPI_LEN + 1];
	size_t i;

	for (i = 0; i < len && i < IKE_SPI_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", data[i]);
	return json_string(text);
}

static json_t *addr(const struct ipsec_addr *a)
{
	char text[48];

	return json_string(ipsec_addr_print(a, text, sizeof(text)));
}

static json_t *id(const struct ike_id *id)
{
	char text[IKE_ID_STRLEN];

	return id->type ? json_string(ike_id_text(id, text, sizeof(text))) :
			  json_null();
}

static json_t *spi(uint32_t v)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08x", v);
	return json_string(text);
}

static json_t *protos_json(const struct ike_child *child)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < child->protos; i++) {
		const struct ike_child_proto *p = &child->proto[i];
		bool ah = p->proto == IPSECDRV_PROTO_AH;
		const char *encr =
			ah ? NULL :
			     ike_transform_name(IKE_TRANSFORM_ENCR, p->encr);
		const char *integ =
			ike_transform_name(IKE_TRANSFORM_INTEG, p->integ);

		json_array_append_new(
			list,
			json_pack("{s:s, s:o, s:o, s:s*, s:i, s:s*}",
				  "protocol", ah ? "ah" : "esp", "spi_in",
				  spi(p->spi_in), "spi_out", spi(p->spi_out),
				  "encryption", encr, "key_bits", p->key_bits,
				  "integrity", p->integ ? integ : NULL));
	}
	return list;
}

static json_t *child_json(const struct ike_child *child, uint64_t now)
{
	char local[IKE_TS_STRLEN], remote[IKE_TS_STRLEN];
	json_t *o = json_object();

	json_object_set_new(o, "state",
			    json_string(ike_child_state_name(child->state)));
	json_object_set_new(o, "pair", json_integer(child->id));
	json_object_set_new(o, "rule",
			    json_string(child->rule ? child->rule->name : ""));
	json_object_set_new(o, "mode",
			    json_string(child->mode == IPSECDRV_MODE_TUNNEL ?
						"tunnel" :
						"transport"));
	json_object_set_new(
		o, "local",
		json_string(ike_ts_text(&child->local, local, sizeof(local))));
	json_object_set_new(o, "remote",
			    json_string(ike_ts_text(&child->remote, remote,
						    sizeof(remote))));
	json_object_set_new(o, "initiator", json_boolean(child->initiator));
	json_object_set_new(o, "esn", json_boolean(child->esn));
	json_object_set_new(o, "protections", protos_json(child));
	json_object_set_new(
		o, "age",
		json_integer(
			child->installed ?
				(json_int_t)((now - child->installed) / 1000) :
				0));
	return o;
}

static json_t *sa_json(const struct ike_sa *sa, uint64_t now)
{
	const struct ike_child *child;
	json_t *children = json_array(), *o = json_object();
	char text[256];

	json_object_set_new(o, "state",
			    json_string(ike_sa_state_name(sa->state)));
	json_object_set_new(o, "version", json_integer(sa->version));
	json_object_set_new(o, "rule",
			    json_string(sa->rule ? sa->rule->name : ""));
	json_object_set_new(o, "initiator", json_boolean(sa->initiator));
	json_object_set_new(o, "spi_i", hex(ike_sa_spi_i(sa), IKE_SPI_LEN));
	json_object_set_new(o, "spi_r", hex(ike_sa_spi_r(sa), IKE_SPI_LEN));
	json_object_set_new(o, "local", addr(&sa->path.local));
	json_object_set_new(o, "local_port", json_integer(sa->path.local_port));
	json_object_set_new(o, "remote", addr(&sa->path.remote));
	json_object_set_new(o, "remote_port",
			    json_integer(sa->path.remote_port));
	json_object_set_new(o, "local_id", id(&sa->local_id));
	json_object_set_new(o, "remote_id", id(&sa->remote_id));
	json_object_set_new(o, "nat_local", json_boolean(sa->nat_local));
	json_object_set_new(o, "nat_remote", json_boolean(sa->nat_remote));
	json_object_set_new(o, "proposal",
			    json_string(ike_proposal_text(&sa->chosen, text,
							  sizeof(text))));
	json_object_set_new(
		o, "age",
		json_integer((json_int_t)((now - sa->created) / 1000)));
	TAILQ_FOREACH(child, &sa->children, link)
		json_array_append_new(children, child_json(child, now));
	json_object_set_new(o, "children", children);
	return o;
}

struct softs {
	const struct policy *policy;
	json_t *list;
};

static void add_soft(void *arg, const struct ipsec_soft *s)
{
	const struct softs *softs = arg;
	const struct policy_rule *rule =
		policy_rule_by_id(softs->policy, s->cookie.v);
	const char *reason = ipsec_name(ipsec_names_refuse_reason, s->reason.v);

	json_array_append_new(softs->list,
			      json_pack("{s:s, s:o, s:s*, s:I, s:I, s:I}",
					"rule", rule ? rule->name : "",
					"remote", addr(&s->remote), "reason",
					reason, "slot", (json_int_t)s->slot.v,
					"age", (json_int_t)s->age.v / 1000,
					"left", (json_int_t)s->left.v / 1000));
}

/* What passes in clear now is the driver's to say. */
static json_t *softs_json(const struct ike_engine *engine)
{
	const struct ike_env *env = engine->env;
	struct softs softs = { engine->policy, json_array() };
	struct ipsec_err err = { 0 };

	env->driver.soft_dump(env->ctx, add_soft, &softs, &err);
	return softs.list;
}

json_t *ike_engine_sas_json(const struct ike_engine *engine)
{
	json_t *sas = json_array(), *adopted = json_array();
	uint64_t now = ike_now(engine);
	const struct ike_child *child;
	const struct ike_sa *sa;

	TAILQ_FOREACH(sa, &engine->list, link)
		json_array_append_new(sas, sa_json(sa, now));
	TAILQ_FOREACH(child, &engine->adopted, link)
		json_array_append_new(adopted, child_json(child, now));
	return json_pack("{s:i, s:o, s:o, s:o}", "version", STATUS_VERSION,
			 "sas", sas, "adopted", adopted, "soft",
			 softs_json(engine));
}

struct gauges {
#define IKE_GAUGE(name, doc) unsigned int name;
	IKE_GAUGES(IKE_GAUGE)
#undef IKE_GAUGE
};

static void count(const struct ike_engine *engine, struct gauges *g)
{
	const struct ike_child *child, *next;
	const struct ike_sa *sa;

	*g = (struct gauges){ .active_receives = engine->half_open };
	TAILQ_FOREACH(sa, &engine->list, link) {
		g->isadb_list_size++;
		g->receive_heap_size += sa->ops->kept(sa);
	}
	HASH_ITER(hh, engine->children, child, next) {
		bool fresh = child->state == IKE_CHILD_NEW;

		g->connection_list_size++;
		g->acquire_heap_size += !!child->slot;
		g->active_acquires += child->slot && fresh && !child->soft;
		g->active_receives += !child->initiator && fresh;
	}
}

static void add_gauges(const struct ike_engine *engine, json_t *o)
{
	struct gauges g;

	count(engine, &g);
#define IKE_GAUGE(name, doc) \
	json_object_set_new(o, #name, json_integer(g.name));
	IKE_GAUGES(IKE_GAUGE)
#undef IKE_GAUGE
}

json_t *ike_engine_counters_json(const struct ike_engine *engine)
{
	json_t *o = json_object();

	add_gauges(engine, o);
#define IKE_COUNTER(name, doc)        \
	json_object_set_new(o, #name, \
			    json_integer((json_int_t)engine->counters.name));
	IKE_COUNTERS(IKE_COUNTER)
#undef IKE_COUNTER
	return json_pack("{s:i, s:o}", "version", STATUS_VERSION, "counters",
			 o);
}
