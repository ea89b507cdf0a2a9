// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets that filters and SA pairs have dropped, by reason. */
#include "ctl.h"

static void add_drop(json_t *map, const struct nlattr *attr)
{
	struct ipsec_drop drop = { 0 };
	struct ipsec_err err = { 0 };

	if (!ipsec_get(mnl_attr_get_payload(attr),
		       mnl_attr_get_payload_len(attr), ipsec_drop_fields, &drop,
		       &err))
		json_object_set_new(map, drop.reason,
				    json_integer((json_int_t)drop.packets.v));
}

json_t *ctl_drops_json(const struct nlmsghdr *nlh, uint16_t outer,
		       uint16_t type)
{
	const struct nlattr *attr, *in;
	json_t *map = json_object();

	mnl_attr_for_each(attr, nlh, MNL_ALIGN(sizeof(uint32_t))) {
		if (!outer && mnl_attr_get_type(attr) == type)
			add_drop(map, attr);
		if (!outer || mnl_attr_get_type(attr) != outer)
			continue;
		mnl_attr_for_each_nested(in, attr) {
			if (mnl_attr_get_type(in) == type)
				add_drop(map, in);
		}
	}
	if (json_object_size(map))
		return map;
	json_decref(map);
	return NULL;
}

void ctl_drops_text(const json_t *drops, int indent)
{
	const json_t *packets;
	const char *reason;

	json_object_foreach((json_t *)drops, reason, packets) {
		printf("%*sdropped %" JSON_INTEGER_FORMAT " %s\n", indent, "",
		       json_integer_value(packets), reason);
	}
}
