// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets that were dropped: by filters and SA pairs, and the last ones. */
#include <inttypes.h>
#include <time.h>

#include "ctl.h"

#define NS_PER_SEC UINT64_C(1000000000)

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

void ctl_dropped_text(const struct ipsec_dropped *d)
{
	time_t at = (time_t)(d->time.v / NS_PER_SEC);
	char when[32], packet[IPSEC_SELECTOR_STRLEN];
	struct tm tm;

	localtime_r(&at, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &tm);
	printf("%s.%06" PRIu64 " %-3s %s\n    %s: %s", when,
	       d->time.v % NS_PER_SEC / 1000,
	       ipsec_name(ipsec_names_dir, d->dir.v),
	       d->packet.family.set ?
		       ipsec_selector_text(&d->packet, packet, sizeof(packet)) :
		       "what cannot be read",
	       d->reason, d->text);
	if (d->spi.set)
		printf(", spi 0x%08" PRIx64, d->spi.v);
	if (d->filter.set)
		printf(", filter %" PRIu64, d->filter.v);
	if (d->sa.set)
		printf(", sa %" PRIu64, d->sa.v);
	putchar('\n');
}

/* How many of the oldest are not shown. */
static unsigned int left_out(const struct ctl_args *args, unsigned int count)
{
	if (args->given & CTL_OPT_COUNT && args->count < count)
		return count - (unsigned int)args->count;
	return 0;
}

int ctl_drops(struct ctl_args *args)
{
	struct ipsec_client *c = args->argc ? NULL : ctl_client();
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	unsigned int i = 0;
	size_t pos = 0;
	int rc;

	if (args->argc)
		return ctl_usage(args, "no more words are taken");
	if (!c)
		return CTL_FAILED;
	rc = ipsec_dump(c, IPSECDRV_CMD_DROP_DUMP, &dump, &err);
	if (!rc)
		ctl_list_begin(args, "drops");
	while (!rc && (nlh = ipsec_dump_next(&dump, &pos))) {
		struct ipsec_dropped d = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_dropped_fields, &d, &err);
		if (rc || i++ < left_out(args, dump.count))
			continue;
		if (args->json)
			ctl_list_item(args, ipsec_json(ipsec_dropped_fields, &d,
						       IPSEC_PRINT_ALL));
		else
			ctl_dropped_text(&d);
	}
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&dump);
	return rc ? ctl_fail(&err) : CTL_OK;
}
