// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver table */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/table.h"
#include "../lib/text.h"
#include "ctl.h"

static void print_table(const struct ctl_args *args,
			const struct ipsec_table *t)
{
	struct ipsec_table shown = *t;

	shown.transaction.set = false;
	ctl_object(args, ipsec_table_fields, &shown);
}

static int checked(const struct ctl_args *args, const char *name,
		   uint32_t filters)
{
	if (args->json)
		ctl_json(json_pack("{s:s, s:I}", "file", name, "filters",
				   (json_int_t)filters));
	else
		printf("%s: %u filter%s, no error found\n", name, filters,
		       ipsec_plural(filters));
	return CTL_OK;
}

static int send_load(const struct ctl_args *args, struct ipsec_load *l)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_table info = { 0 };
	struct ipsec_err err = { 0 };

	if (!c)
		return CTL_FAILED;
	if (ipsec_load_send(
		    l, c,
		    args->given & CTL_OPT_GENERATION ? &args->generation : NULL,
		    &info, &err))
		return ctl_fail(&err);
	print_table(args, &info);
	return CTL_OK;
}

static int table_load(struct ctl_args *args)
{
	static struct ipsec_load load;
	struct ipsec_input in;
	struct ipsec_err err = { 0 };
	int rc;

	if (args->argc != 1)
		return ctl_usage(args, "one file is needed, or '-'");
	if (ipsec_input_read(&in, args->argv[0], IPSEC_INPUT_MAX, &err))
		return ctl_fail(&err);
	if (ipsec_load_parse(&load, &in, &err))
		rc = ctl_fail(&err);
	else if (args->given & CTL_OPT_CHECK)
		rc = checked(args, in.name, load.count);
	else
		rc = send_load(args, &load);
	ipsec_load_free(&load);
	ipsec_input_free(&in);
	return rc;
}

static int table_show(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_table info = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_GET, 0);
	if (ipsec_ask(c, &m, ipsec_table_fields, &info, &err))
		return ctl_fail(&err);
	print_table(args, &info);
	return CTL_OK;
}

static int table_clear(struct ctl_args *args)
{
	struct ipsec_load none = { 0 };

	return send_load(args, &none);
}

struct dumped {
	uint32_t id;
	const struct nlmsghdr *nlh;
};

static int by_id(const void *a, const void *b)
{
	const struct dumped *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static json_t *file_filter(const struct ipsec_filter *f)
{
	json_t *map = ipsec_json(ipsec_filter_fields, f, IPSEC_PRINT_FILE);

	/* What only a reason for a soft SA would give a meaning. */
	if (!f->soft_reasons.v)
		json_object_del(map, "soft");
	/* An address tells the family. */
	if (f->sel.src.first.len || f->sel.dst.first.len)
		json_object_del(map, "family");
	return map;
}

static void write_filter(const struct ctl_args *args,
			 const struct ipsec_filter *f)
{
	json_t *map = file_filter(f);

	if (!args->json) {
		fputs("  - ", stdout);
		ctl_yaml_flow(stdout, map);
		putchar('\n');
	}
	ctl_list_item(args, map);
}

/* By id, so that two dumps of one table are the same text. */
static int sort_dump(const struct ipsec_dump *d, struct dumped *list,
		     size_t *count, struct ipsec_err *err)
{
	const struct nlmsghdr *nlh;
	size_t pos = 0;

	*count = 0;
	while ((nlh = ipsec_dump_next(d, &pos))) {
		struct ipsec_filter f = { 0 };
		int rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);

		if (rc)
			return rc;
		/* Exemptions are the driver's own. */
		if (f.flags.v & IPSECDRV_FILTER_FLAGS_EXEMPT)
			continue;
		list[*count].id = (uint32_t)f.id.v;
		list[(*count)++].nlh = nlh;
	}
	qsort(list, *count, sizeof(*list), by_id);
	return 0;
}

static int write_dump(const struct ctl_args *args, const struct ipsec_dump *d,
		      struct ipsec_err *err)
{
	struct dumped *list = calloc(d->count + 1, sizeof(*list));
	size_t count, i;
	int rc;

	if (!list)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	rc = sort_dump(d, list, &count, err);
	if (!rc)
		ctl_list_begin(args, "filters");
	if (!rc && !args->json)
		fputs(count ? "filters:\n" : "filters: []\n", stdout);
	for (i = 0; i < count && !rc; i++) {
		struct ipsec_filter f = { 0 };

		/* Both entries of a mirrored filter have its id. */
		if (i && list[i].id == list[i - 1].id)
			continue;
		rc = ipsec_get_msg(list[i].nlh, ipsec_filter_message, &f, err);
		if (!rc)
			write_filter(args, &f);
	}
	if (!rc)
		ctl_list_end(args);
	free(list);
	return rc;
}

static int table_dump(struct ctl_args *args)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_dump d = { 0 };
	struct ipsec_err err = { 0 };
	int rc;

	if (!c)
		return CTL_FAILED;
	rc = ipsec_dump(c, IPSECDRV_CMD_FILTER_DUMP, &d, &err);
	if (!rc)
		rc = write_dump(args, &d, &err);
	ipsec_dump_free(&d);
	return rc ? ctl_fail(&err) : CTL_OK;
}

const struct ctl_command ctl_table_commands[] = {
	{ .name = "load",
	  .run = table_load,
	  .options = CTL_OPT_CHECK | CTL_OPT_GENERATION,
	  .usage = "FILE [-n] [--generation N]",
	  .brief = "replace the table by that of a file, or of '-'",
	  .help = "Loads a whole table in one step: every packet sees the old "
		  "table or the new\none. A file with an error changes "
		  "nothing. SAs that the new table still\njustifies live on. "
		  "The file is YAML or JSON:\n\n"
		  "  filters:\n"
		  "    - {id: 7, name: web, from: 10.0.0.0/24, to: 10.1.0.5,\n"
		  "       proto: tcp, dport: 443, action: negotiate}\n"
		  "    - {from: 10.0.0.0/8, to: any, action: block}\n\n"
		  "'ipsecctl driver filter add help' lists the words of a "
		  "filter;\nipsecctl-driver(8) has a full example." },
	{ .name = "show",
	  .run = table_show,
	  .usage = "",
	  .brief = "show the table's generation and size" },
	{ .name = "dump",
	  .run = table_dump,
	  .usage = "",
	  .brief = "write the table as a file that loads again",
	  .help = "Writes the filters, ordered by id, as a file that 'table "
		  "load' reads; with\n--json as JSON, which it reads too. "
		  "Built-in exemptions are left out." },
	{ .name = "clear",
	  .run = table_clear,
	  .options = CTL_OPT_GENERATION,
	  .usage = "[--generation N]",
	  .brief = "remove all filters",
	  .help = "Replaces the table by an empty one. What then happens to a "
		  "packet is the\ndefault action (driver config show)." },
	{ .name = NULL },
};
