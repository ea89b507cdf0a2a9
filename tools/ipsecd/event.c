// SPDX-License-Identifier: GPL-2.0-or-later
/* What became of SAs and of the policy, as JSON. */
#include "event.h"

#include <stdio.h>
#include <string.h>

#include "../lib/event.h"

static const char *const actions[IKE_ACTIONS] = {
	[IKE_BEGIN] = "begin",	   [IKE_MADE] = "made",
	[IKE_REKEYED] = "rekeyed", [IKE_FAILED] = "failed",
	[IKE_ENDED] = "ended",
};

/* Never changed: whoever looks for them has them in a script. */
static const struct {
	const char *event;
	const char *action; /* NULL: any */
	const char *id;
} ids[] = {
	{ "ike-sa", "begin", "e466afdd053f4c37abbc8474f2e4794c" },
	{ "ike-sa", "made", "0dd358f964c442738dd79c625a0ae363" },
	{ "ike-sa", "rekeyed", "9fcf5e5b62d747298f4fc34bf83a8112" },
	{ "ike-sa", "failed", "cd35f4cb8ee54ccda993ba130a2c6405" },
	{ "ike-sa", "ended", "95b0620a861c4436b22f21923df7d914" },
	{ "child-sa", "begin", "5822a9c988574ec9b452088cf22f4a08" },
	{ "child-sa", "made", "97c0d416bc2c4c0cb868f1dc22243855" },
	{ "child-sa", "rekeyed", "2b8084f831914ae9b521b0f885715a80" },
	{ "child-sa", "failed", "7db6faac12eb4e35a47bcabb8502be49" },
	{ "child-sa", "ended", "5c36bc05c7244accaff005b703a3b417" },
	{ "policy", NULL, "0e4497d7ebd94c53908095565a0c49c6" },
};

const char *ipsecd_event_id(const json_t *event)
{
	const char *name = ipsec_member(event, "event");
	const char *action = ipsec_member(event, "action");
	size_t i;

	for (i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		if (!strcmp(ids[i].event, name) &&
		    (!ids[i].action || !strcmp(ids[i].action, action)))
			return ids[i].id;
	return "";
}

/* Names that peers gave themselves may be anything. */
static void set_text(json_t *event, const char *member, struct ike_blob text)
{
	json_t *value = json_stringn((const char *)text.data, text.len);
	char copy[2048];
	size_t i;

	if (!value) {
		for (i = 0; i < text.len && i < sizeof(copy); i++)
			copy[i] = text.data[i] < 0x80 ? (char)text.data[i] :
							'?';
		value = json_stringn(copy, i);
	}
	if (text.len)
		json_object_set_new(event, member, value);
	else
		json_decref(value);
}

static void set_spi(json_t *event, const char *member, uint32_t spi)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%08x", spi);
	json_object_set_new(event, member, json_string(text));
}

static void set_cookie(json_t *event, const char *member,
		       const uint8_t spi[IKE_SPI_LEN])
{
	char text[2 * IKE_SPI_LEN + 1];
	size_t i;

	for (i = 0; i < IKE_SPI_LEN; i++)
		snprintf(text + 2 * i, 3, "%02x", spi[i]);
	json_object_set_new(event, member, json_string(text));
}

static void set_end(json_t *event, const char *member,
		    const struct ipsec_addr *a)
{
	char text[48];

	json_object_set_new(
		event, member,
		json_string(ipsec_addr_print(a, text, sizeof(text))));
}

static void set_path(json_t *event, const struct ike_told *told)
{
	const struct ike_path *path = &told->path;

	set_end(event, "local", &path->local);
	set_end(event, "remote", &path->remote);
	if (!told->version)
		return;
	json_object_set_new(event, "local_port",
			    json_integer(path->local_port));
	json_object_set_new(event, "remote_port",
			    json_integer(path->remote_port));
	json_object_set_new(event, "ike_version", json_integer(told->version));
	set_cookie(event, "spi_i", told->spi_i);
	set_cookie(event, "spi_r", told->spi_r);
}

static void set_child(json_t *event, const struct ike_told *told)
{
	bool tunnel = told->mode == IPSECDRV_MODE_TUNNEL;

	json_object_set_new(event, "mode",
			    json_string(tunnel ? "tunnel" : "transport"));
	if (told->pair)
		json_object_set_new(event, "pair", json_integer(told->pair));
	if (!told->proto)
		return;
	json_object_set_new(
		event, "protocol",
		json_string(told->proto == IPSECDRV_PROTO_AH ? "ah" : "esp"));
	set_spi(event, "spi_in", told->spi_in);
	set_spi(event, "spi_out", told->spi_out);
}

json_t *ipsecd_event_sa(const struct ike_told *told,
			const struct ipsecd_message *m)
{
	json_t *event = ipsec_event_json(told->child ? "child-sa" : "ike-sa",
					 actions[told->action]);

	if (!event)
		return NULL;
	json_object_set_new(event, "story", json_integer((json_int_t)m->story));
	set_text(event, "rule", m->part[1]);
	set_text(event, "peer", m->part[0]);
	set_path(event, told);
	json_object_set_new(event, "initiator", json_boolean(told->initiator));
	if (told->child)
		set_child(event, told);
	set_text(event, "reason", m->part[4]);
	set_text(event, "text", m->part[2]);
	return event;
}

json_t *ipsecd_event_policy(const char *action, const char *text)
{
	json_t *event = ipsec_event_json("policy", action);

	if (event)
		set_text(event, "text", ipsecd_text(text));
	return event;
}
