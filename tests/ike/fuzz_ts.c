// SPDX-License-Identifier: GPL-2.0-or-later
/* Traffic selectors of either version, and what is done with them. */
#include <string.h>
#include <sys/socket.h>

#include "bodies.h"
#include "ts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void for_driver(const struct ike_ts *a, const struct ike_ts *b)
{
	struct ipsec_selector sel;
	struct ike_ts local, remote;

	if (ike_ts_to_selector(a, b, &sel))
		return;
	ike_ts_from_selector(&sel, AF_INET, &local, &remote);
	bodies_check(!memcmp(&local.addr, &a->addr, sizeof(local.addr)) &&
		     !memcmp(&remote.addr, &b->addr, sizeof(remote.addr)));
	bodies_check(ike_ts_contains(a, &local) && ike_ts_contains(b, &remote));
}

static void one(const struct ike_ts *ts)
{
	static uint8_t buf[256];
	char text[IKE_TS_STRLEN];
	struct ike_message m = { .hdr.version = IKE_V1 };
	struct ike_builder b;
	struct ike_ts again;
	size_t len, rest;

	ike_ts_text(ts, text, sizeof(text));
	bodies_check(ike_ts_contains(ts, ts) && ike_ts_equal(ts, ts));
	ike_build_chain(&b, buf, sizeof(buf));
	ikev1_ts_write(&b, ts);
	len = ike_build_finish(&b);
	if (!len)
		return;
	bodies_check(!ike_chain_parse(&m, IKEV1_ID, buf, len, &rest));
	if (ts->proto || ike_ts_all_ports(ts))
		bodies_check(!ikev1_ts_read(m.payload, &again) &&
			     ike_ts_equal(ts, &again));
}

static void list_again(const struct ike_ts_list *list)
{
	static uint8_t buf[1024];
	struct ike_message m = { .hdr.version = IKE_V2 };
	struct ike_ts_list again;
	struct ike_builder b;
	unsigned int i;
	size_t len, rest;

	if (!list->count)
		return;
	ike_build_chain(&b, buf, sizeof(buf));
	ikev2_ts_write(&b, IKEV2_TSI, list);
	len = ike_build_finish(&b);
	bodies_check(len && !ike_chain_parse(&m, IKEV2_TSI, buf, len, &rest) &&
		     !ikev2_ts_read(m.payload, &again) &&
		     again.count == list->count);
	for (i = 0; i < list->count; i++)
		bodies_check(ike_ts_equal(&list->ts[i], &again.ts[i]));
}

static void pair(const struct ike_ts *a, const struct ike_ts *b)
{
	struct ike_ts both, back;
	bool any = ike_ts_intersect(a, b, &both);

	bodies_check(any == ike_ts_intersect(b, a, &back));
	if (any)
		bodies_check(ike_ts_equal(&both, &back) &&
			     ike_ts_contains(a, &both) &&
			     ike_ts_contains(b, &both));
	for_driver(a, b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_payload p;
	struct ike_ts_list list;
	unsigned int i, j;

	if (!size)
		return 0;
	p = (struct ike_payload){ .data = data + 1, .len = size - 1 };
	if (data[0] & 1) {
		if (ikev2_ts_read(&p, &list))
			return 0;
		bodies_check(list.count <= IKE_TS_MAX);
		list_again(&list);
	} else {
		if (ikev1_ts_read(&p, &list.ts[0]))
			return 0;
		list.count = 1;
	}
	for (i = 0; i < list.count; i++) {
		one(&list.ts[i]);
		for (j = 0; j < list.count; j++)
			pair(&list.ts[i], &list.ts[j]);
	}
	return 0;
}
