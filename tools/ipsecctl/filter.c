// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver filter */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

struct one_filter {
	struct ipsec_num transaction;
	struct ipsec_filter filter;
};

static const struct ipsec_field one_filter_fields[] = {
	{ .kind = IPSEC_NEST,
	  .attr = IPSECDRV_A_TABLE_FILTER,
	  .off = offsetof(struct one_filter, filter),
	  .sub = ipsec_filter_fields },
	{ .kind = IPSEC_END },
};

static int filter_from_words(struct ctl_args *args, struct ipsec_filter *f)
{
	struct ipsec_arena arena = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_node *map;
	int rc = ipsec_words(&arena, args->argc, args->argv,
			     ipsec_filter_fields, &map, &err);

	if (!rc)
		rc = ipsec_filter_parse(map, f, &err);
	if (!rc && !f->id.set)
		rc = ipsec_err_at(&err, 0, "the filter needs an id; add 'id N'");
	ipsec_arena_reset(&arena);
	return rc ? ctl_usage(args, "%s", err.text) : CTL_OK;
}

static int filter_add(struct ctl_args *args)
{
	struct ipsec_client *c;
	struct one_filter one = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!args->argc)
		return ctl_usage(args, "the words of a filter are missing");
	if (filter_from_words(args, &one.filter))
		return CTL_USAGE;
	if (args->given & CTL_OPT_CHECK)
		return CTL_OK;
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_ADD, 0);
	ipsec_put(&m, one_filter_fields, &one);
	if (ipsec_ask(c, &m, NULL, NULL, &err))
		return ctl_fail(&err);
	return CTL_OK;
}

static int filter_del(struct ctl_args *args)
{
	struct ipsec_client *c;
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;
	uint64_t id;

	if (!ctl_take_id(args, &id) || args->argc)
		return ctl_usage(args, "one filter id is needed");
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_DEL, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	if (ipsec_ask(c, &m, NULL, NULL, &err))
		return ctl_fail(&err);
	return CTL_OK;
}

/* The qualifiers worth a word in a table's row. */
static const char *qualifiers(const struct ipsec_filter *f, char *buf,
			      size_t size)
{
	char *comma;

	ipsec_flags_text(ipsec_names_filter_flags, f->flags.v, false, buf,
			 size);
	comma = !strcmp(buf, "none") ? buf : NULL;
	if (comma)
		snprintf(buf, size, "-");
	return buf;
}

void ctl_filter_line(const struct ipsec_filter *f, char *buf, size_t size)
{
	const char *action = ipsec_name(ipsec_names_action, f->action.v);
	const char *dir = ipsec_name(ipsec_names_dir, f->dir.v);
	char sel[IPSEC_SELECTOR_STRLEN], flags[128];

	snprintf(buf, size,
		 "%10" PRIu64 " %7" PRIu64 " %-16s %-3s %-9s %10" PRIu64
		 " %12" PRIu64 "  %s  [%s]",
		 f->weight.v, f->id.v, f->name[0] ? f->name : "-",
		 dir ? dir : "?", action ? action : "?", f->packets.v,
		 f->bytes.v,
		 ipsec_selector_text(&f->sel, sel, sizeof(sel)),
		 qualifiers(f, flags, sizeof(flags)));
}

static void print_more(const struct ipsec_filter *f)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN], list[128];

	if (f->shadowed_by.set)
		printf("%19sshadowed by filter %" PRIu64 "\n", "",
		       f->shadowed_by.v);
	if (f->tunnel_remote.len)
		printf("%19stunnel %s -> %s\n", "",
		       ipsec_addr_print(&f->tunnel_local, local,
					sizeof(local)),
		       ipsec_addr_print(&f->tunnel_remote, remote,
					sizeof(remote)));
	if (f->require.v || f->narrow.v)
		printf("%19srequire %s narrow %s\n", "",
		       ipsec_flags_text(ipsec_names_require, f->require.v,
					false, list, sizeof(list)),
		       ipsec_name(ipsec_names_narrow, f->narrow.v));
	if (f->soft_reasons.v)
		printf("%19ssoft %s delay %" PRIu64 " ms lifetime %" PRIu64
		       " s\n",
		       "",
		       ipsec_flags_text(ipsec_names_refuse_reason,
					f->soft_reasons.v, true, list,
					sizeof(list)),
		       f->soft_delay.v, f->soft_lifetime.v);
	if (f->cookie.v)
		printf("%19scookie 0x%" PRIx64 "\n", "", f->cookie.v);
}

static int show_one(void *ctx, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	const struct ctl_args *args = ctx;
	struct one_filter one = { 0 };
	char line[640];
	int rc = ipsec_get_msg(nlh, one_filter_fields, &one, err);

	if (rc)
		return rc;
	if (args->json) {
		ctl_list_item(args, ipsec_json(ipsec_filter_fields, &one.filter,
					       IPSEC_PRINT_ALL));
		return 0;
	}
	ctl_filter_line(&one.filter, line, sizeof(line));
	puts(line);
	if (args->given & CTL_OPT_VERBOSE)
		print_more(&one.filter);
	return 0;
}

static void show_heading(const struct ctl_args *args)
{
	ctl_list_begin(args, "filters");
	if (!args->json)
		printf("%10s %7s %-16s %-3s %-9s %10s %12s  %s\n", "WEIGHT",
		       "ID", "NAME", "DIR", "ACTION", "PACKETS", "BYTES",
		       "SELECTOR  [FLAGS]");
}

static int show_all(struct ctl_args *args, struct ipsec_client *c,
		    struct ipsec_err *err)
{
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(c, IPSECDRV_CMD_FILTER_DUMP, &d, err);

	if (!rc)
		show_heading(args);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos)))
		rc = show_one(args, nlh, err);
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&d);
	return rc;
}

static int show_id(struct ctl_args *args, struct ipsec_client *c, uint64_t id,
		   struct ipsec_err *err)
{
	struct one_filter one = { 0 };
	struct ipsec_msg m;
	char line[640];
	int rc;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_GET, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	rc = ipsec_ask(c, &m, one_filter_fields, &one, err);
	if (rc)
		return rc;
	show_heading(args);
	if (args->json) {
		ctl_list_item(args, ipsec_json(ipsec_filter_fields, &one.filter,
					       IPSEC_PRINT_ALL));
	} else {
		ctl_filter_line(&one.filter, line, sizeof(line));
		puts(line);
		print_more(&one.filter);
	}
	ctl_list_end(args);
	return 0;
}

static int filter_show(struct ctl_args *args)
{
	struct ipsec_err err = { 0 };
	struct ipsec_client *c;
	bool one = args->argc;
	uint64_t id = 0;
	int rc;

	if (one && (!ctl_take_id(args, &id) || args->argc))
		return ctl_usage(args, "at most one filter id is taken");
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	rc = one ? show_id(args, c, id, &err) : show_all(args, c, &err);
	return rc ? ctl_fail(&err) : CTL_OK;
}

const struct ctl_command ctl_filter_commands[] = {
	{ .name = "add",
	  .run = filter_add,
	  .options = CTL_OPT_CHECK,
	  .usage = "id N [WORD VALUE] ... action { permit | block | "
		   "negotiate }",
	  .brief = "add one filter to the table in force",
	  .help =
		  "Words, the same as in a table file; 'word=value' is read "
		  "too:\n"
		  "  id N                  number of the filter, 1 or more\n"
		  "  name TEXT             up to 63 characters\n"
		  "  out | in              direction; default out\n"
		  "  from NET, to NET      10.0.0.0/24, 10.0.0.5-10.0.0.9, "
		  "2001:db8::1, any\n"
		  "  family 4|6            needed if from and to are any\n"
		  "  proto P               tcp, udp, icmp, 47, ..., any\n"
		  "  sport P, dport P      80, 1000-2000, any; port is dport\n"
		  "  icmp-type N, icmp-code N\n"
		  "  iface DEV             one device\n"
		  "  class C               any, lan, dialup, loopback\n"
		  "  mirrored yes|no       also the reverse; default yes\n"
		  "  permit | block | negotiate\n"
		  "and for negotiate:\n"
		  "  mode M                transport or tunnel\n"
		  "  local A remote B      tunnel endpoints\n"
		  "  narrow N              filter, pair, flow: how far SAs are "
		  "narrowed\n"
		  "  require LIST          encryption,ah,esp\n"
		  "  inpass                accept inbound clear text\n"
		  "  soft REASONS          fall back to clear text: no-answer,"
		  "no-proposal,\n"
		  "                        auth-failed,policy\n"
		  "  soft-delay MS, soft-lifetime SECONDS\n"
		  "  cookie N              given back in acquires\n\n"
		  "  ipsecctl driver filter add id 7 name web out "
		  "from 10.0.0.0/24 \\\n"
		  "      to 10.1.0.5 proto tcp port 443 action negotiate" },
	{ .name = "del",
	  .run = filter_del,
	  .usage = "ID",
	  .brief = "delete one filter, and the SAs that only it justifies" },
	{ .name = "show",
	  .run = filter_show,
	  .options = CTL_OPT_VERBOSE,
	  .usage = "[ ID ]",
	  .brief = "show filters, heaviest first" },
	{ .name = NULL },
};
