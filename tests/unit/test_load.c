// SPDX-License-Identifier: GPL-2.0-or-later
/* Table files to messages: transactions, batches, refusals, settings. */
#include <errno.h>
#include <stdlib.h>

#include "fake.h"
#include "table.h"
#include "tap.h"

static struct fake fake;
static struct ipsec_load load;
static struct ipsec_err err;

static int run(char *text, const uint64_t *generation)
{
	struct ipsec_input in = { .name = "t.yaml",
				  .text = text,
				  .len = strlen(text) };
	struct ipsec_table info = { 0 };
	int rc;

	memset(&err, 0, sizeof(err));
	rc = ipsec_load_parse(&load, &in, &err);
	if (!rc)
		rc = ipsec_load_send(&load, &fake.client, generation, &info,
				     &err);
	ipsec_load_free(&load);
	return rc;
}

static char *many(unsigned int count)
{
	char *text = malloc(count * 128 + 64), *p = text;
	unsigned int i;

	p += sprintf(p, "filters:\n");
	for (i = 0; i < count; i++)
		p += sprintf(p,
			     "- {id: %u, name: filter-%u, from: 10.%u.%u.%u, "
			     "to: 10.0.0.0/8, proto: tcp, dport: 80, "
			     "action: negotiate}\n",
			     i + 1, i + 1, i >> 16 & 255, i >> 8 & 255,
			     i & 255);
	return text;
}

struct seen {
	unsigned int filters;
	bool order;
	bool transaction;
};

static void look(const struct nlmsghdr *nlh, struct seen *s)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, 4) {
		struct ipsec_filter f = { 0 };

		if (mnl_attr_get_type(attr) == IPSECDRV_A_TABLE_TRANSACTION)
			s->transaction &= mnl_attr_get_u32(attr) ==
					  FAKE_TRANSACTION;
		if (mnl_attr_get_type(attr) != IPSECDRV_A_TABLE_FILTER)
			continue;
		ipsec_get(mnl_attr_get_payload(attr),
			  mnl_attr_get_payload_len(attr), ipsec_filter_fields,
			  &f, &err);
		s->order &= f.id.v == ++s->filters;
	}
}

static void batches(void)
{
	struct seen s = { 0, true, true };
	char *text = many(3000);
	unsigned int i;

	fake_open(&fake);
	ok(!run(text, NULL), "3000 filters load %s", err.text);
	for (i = 0; i < fake.count; i++) {
		if (fake_cmd(&fake, i) == IPSECDRV_CMD_FILTER_ADD)
			look(fake.sent[i].nlh, &s);
		if (fake.sent[i].nlh->nlmsg_len > 32768)
			s.order = false;
	}
	ok(s.filters == 3000 && s.order, "all are sent once, in order");
	ok(s.transaction, "each message names the transaction");
	ok(fake.count > 4 && fake.count < 20, "in %u messages", fake.count);
	ok(fake_cmd(&fake, 0) == IPSECDRV_CMD_TABLE_BEGIN &&
		   fake_cmd(&fake, fake.count - 1) == IPSECDRV_CMD_TABLE_COMMIT,
	   "between one begin and one commit");
	free(text);
}

static char small[] = "filters:\n"
		      "- {id: 5, family: 4, action: block}\n"
		      "- {family: 6, action: block}\n"
		      "- {id: 9, from: 10.0.0.1, action: permit}\n";

static void refusals(void)
{
	uint64_t generation = 3;

	fake_open(&fake);
	fake.fail_at = 2;
	fake.fail_code = EINVAL;
	fake.fail_text = "filter 9: no";
	ok(run(small, NULL) == -EINVAL, "a refused filter");
	is(fake_log(&fake), "begin add abort", "aborts the transaction");
	ok(err.file && !strcmp(err.file, "t.yaml") && err.line == 4,
	   "and is named by file and line");
	is(err.text, "filter 9: no", "with the driver's text");

	fake_open(&fake);
	fake.fail_at = 2;
	fake.fail_code = EINVAL;
	fake.fail_text = "out of range";
	fake.fail_offs = 130;
	ok(run(small, NULL) && err.line, "or found by the attribute's place");
	printf("# line %u: %s\n", err.line, err.text);

	fake_open(&fake);
	fake.fail_at = 3;
	fake.fail_code = EBUSY;
	fake.fail_text = "the generation is 7";
	ok(run(small, &generation) == -EBUSY, "a refused commit");
	is(fake_log(&fake), "begin add commit abort", "aborts, too");
	ok(!err.file, "and blames no filter");

	fake_open(&fake);
	fake.fail_at = 1;
	fake.fail_code = EPERM;
	ok(run(small, NULL) == -EPERM && strstr(err.text, "CAP_NET_ADMIN"),
	   "without permission the capability is named");
	is(fake_log(&fake), "begin", "and nothing else is tried");
}

static void settings(void)
{
	static char to_block[] = "default-action: block\n"
				 "config: {hold-seconds: 9}\nfilters: []\n";
	static char to_permit[] = "default-action: permit\nfilters: []\n";
	struct ipsec_config c = { 0 };

	fake_open(&fake);
	ok(!run(to_block, NULL), "settings load %s", err.text);
	is(fake_log(&fake), "config-get config-set begin commit",
	   "a stricter default comes before the table");
	ipsec_get_msg(fake.sent[1].nlh, ipsec_config_fields, &c, &err);
	ok(c.default_action.v == IPSECDRV_ACTION_BLOCK &&
		   c.hold_seconds.v == 9 && !c.hold_total.set,
	   "with the settings of the file and no others");

	fake_open(&fake);
	fake.config.default_action =
		(struct ipsec_num){ IPSECDRV_ACTION_BLOCK, true };
	ok(!run(to_permit, NULL), "a default action alone loads");
	is(fake_log(&fake), "config-get begin commit config-set",
	   "a laxer default comes after the table");

	fake_open(&fake);
	fake.config.default_action =
		(struct ipsec_num){ IPSECDRV_ACTION_PERMIT, true };
	fake.config.hold_total = (struct ipsec_num){ 64, true };
	fake.fail_at = 4;
	fake.fail_code = ENOMEM;
	ok(run(to_block, NULL) == -ENOMEM, "a commit refused after settings");
	is(fake_log(&fake),
	   "config-get config-set begin commit abort config-set",
	   "puts the settings back");
	c = (struct ipsec_config){ 0 };
	ipsec_get_msg(fake.sent[5].nlh, ipsec_config_fields, &c, &err);
	ok(c.default_action.set && !c.default_action.v && !c.hold_total.set,
	   "but only those that the file had changed");
}

/* What the request number i sets, as the driver would read it. */
static const char *sent_boot(unsigned int i)
{
	static char text[200];
	struct ipsec_config c = { 0 };
	json_t *json;
	char *dumped;

	ipsec_get_msg(fake.sent[i].nlh, ipsec_config_fields, &c, &err);
	json = ipsec_json(ipsec_config_fields, &c, IPSEC_PRINT_ALL);
	dumped = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
	snprintf(text, sizeof(text), "%s", dumped);
	free(dumped);
	json_decref(json);
	return text;
}

static void boot(void)
{
	static char block[] =
		"config: {boot-mode: block, boot-exemptions: "
		"[udp:0:68:inbound, 132:1:2:Outbound]}\nfilters: []\n";
	static char permit[] = "config: {boot-mode: permit, "
			       "boot-exemptions: none}\nfilters: []\n";

	fake_open(&fake);
	ok(!run(block, NULL), "boot mode loads %s", err.text);
	is(fake_log(&fake), "config-get config-set begin commit config-set",
	   "a stricter one before the table, exemptions after it");
	is(sent_boot(1), "{\"boot-mode\":\"block\"}", "the mode");
	is(sent_boot(4),
	   "{\"boot-exemptions\":[\"UDP:0:68:inbound\","
	   "\"132:1:2:outbound\"]}",
	   "the exemptions");

	fake_open(&fake);
	fake.config.boot_mode =
		(struct ipsec_num){ IPSECDRV_BOOT_MODE_STATEFUL, true };
	ok(!run(permit, NULL), "a laxer one loads %s", err.text);
	is(fake_log(&fake), "config-get begin commit config-set",
	   "after the table");
	is(sent_boot(3), "{\"boot-mode\":\"permit\",\"boot-exemptions\":[]}",
	   "with no exemptions, which is not the same as none named");
}

static void files(void)
{
	static char twice[] = "filters:\n- {id: 2, family: 4, action: block}\n"
			      "- {family: 6, action: block}\n";
	static char none[] = "filters: []\n";

	fake_open(&fake);
	ok(run(twice, NULL) && err.line == 3 &&
		   strstr(err.text, "id 2 is used twice (first in line 2"),
	   "an id given and one by position collide");
	ok(!fake.count, "and nothing is sent");
	ok(!run(none, NULL), "an empty list");
	is(fake_log(&fake), "begin commit", "empties the table");
}

int main(void)
{
	batches();
	refusals();
	settings();
	boot();
	files();
	return tap_done();
}
