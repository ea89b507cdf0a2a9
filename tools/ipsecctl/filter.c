// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver filter */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

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
		rc = ipsec_err_at(&err, 0,
				  "the filter needs an id; add 'id N'");
	ipsec_arena_reset(&arena);
	return rc ? ctl_usage(args, "%s", err.text) : CTL_OK;
}

static int filter_add(struct ctl_args *args)
{
	struct ipsec_client *c;
	struct ipsec_filter f = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!args->argc)
		return ctl_usage(args, "the words of a filter are missing");
	if (filter_from_words(args, &f))
		return CTL_USAGE;
	if (args->given & CTL_OPT_CHECK)
		return CTL_OK;
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_ADD, 0);
	ipsec_put(&m, ipsec_filter_message, &f);
	if (ipsec_ask(c, &m, NULL, NULL, &err))
		return ctl_fail(&err);
	return CTL_OK;
}

/* Of a filter that is named by its id. */
static int fail(struct ipsec_err *err)
{
	size_t len = strlen(err->text);

	if (err->code == ENOENT)
		snprintf(err->text + len, sizeof(err->text) - len,
			 "; 'ipsecctl driver filter show' lists them");
	return ctl_fail(err);
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
		return fail(&err);
	return CTL_OK;
}

/* The column is as wide as the longest name, within reason. */
static int name_width = 4;

static void widen(const struct ipsec_filter *f)
{
	int len = (int)strlen(f->name);

	if (len > name_width)
		name_width = len < 24 ? len : 24;
}

/* What a row says in brackets: "mirrored,tunnel,shadowed by 9". */
static const char *qualifiers(const struct ipsec_filter *f, char *buf,
			      size_t size)
{
	size_t len;

	if (!f->flags.v)
		return "-";
	ipsec_flags_text(ipsec_names_filter_flags,
			 f->flags.v & ~(uint64_t)IPSECDRV_FILTER_FLAGS_SHADOWED,
			 false, buf, size);
	if (!(f->flags.v & IPSECDRV_FILTER_FLAGS_SHADOWED))
		return buf;
	len = strcmp(buf, "none") ? strlen(buf) : 0;
	snprintf(buf + len, size - len, "%sshadowed by %" PRIu64,
		 len ? "," : "", f->shadowed_by.v);
	return buf;
}

/* The weight's bits, as ipsecctl-driver(8) and the driver's weight.h give them. */
static void print_weight(uint64_t weight)
{
	uint64_t iface = weight >> 13 & 3;

	printf("%19sweight: %s%" PRIu64 " address bits, %s protocol, %" PRIu64
	       " port bits, %s, %s\n",
	       "", weight >> 31 & 1 ? "exemption, " : "", weight >> 22 & 0x1ff,
	       weight >> 21 & 1 ? "a" : "no", weight >> 15 & 0x3f,
	       iface == 2 ? "a device" :
	       iface == 1 ? "a class" :
			    "any interface",
	       weight >> 12 & 1 ? "as written" : "mirror image");
}

static void filter_line(const struct ipsec_filter *f, char *buf, size_t size)
{
	const char *action = ipsec_name_text(ipsec_names_action, f->action.v);
	const char *dir = ipsec_name_text(ipsec_names_dir, f->dir.v);
	char sel[IPSEC_SELECTOR_STRLEN], flags[128];

	snprintf(buf, size,
		 "%10" PRIu64 " %7" PRIu64 " %-*s %-3s %-9s %10" PRIu64
		 " %12" PRIu64 "  %s  [%s]",
		 f->weight.v, f->id.v, name_width, f->name[0] ? f->name : "-",
		 dir, action, f->packets.v, f->bytes.v,
		 ipsec_selector_text(&f->sel, sel, sizeof(sel)),
		 qualifiers(f, flags, sizeof(flags)));
}

static void print_more(const struct ipsec_filter *f)
{
	char local[IPSEC_NET_STRLEN], remote[IPSEC_NET_STRLEN], list[128];

	if (f->weight.set)
		print_weight(f->weight.v);
	if (f->tunnel_remote.len)
		printf("%19stunnel %s -> %s\n", "",
		       ipsec_addr_print(&f->tunnel_local, local, sizeof(local)),
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

static void show_one(const struct ctl_args *args, const struct ipsec_filter *f,
		     json_t *drops, bool more)
{
	json_t *map = ipsec_json(ipsec_filter_fields, f, IPSEC_PRINT_ALL);
	char line[640];

	if (args->json) {
		if (drops)
			json_object_set(map, "drops", drops);
		ctl_list_item(args, map);
		return;
	}
	json_decref(map);
	filter_line(f, line, sizeof(line));
	puts(line);
	if (!more)
		return;
	print_more(f);
	ctl_drops_text(drops, 19);
}

static int show_message(const struct ctl_args *args, const struct nlmsghdr *nlh,
			bool more, struct ipsec_err *err)
{
	struct ipsec_filter f = { 0 };
	json_t *drops;
	int rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);

	if (rc)
		return rc;
	drops = ctl_drops_json(nlh, IPSECDRV_A_TABLE_FILTER,
			       IPSECDRV_A_FILTER_DROP);
	show_one(args, &f, drops, more);
	json_decref(drops);
	return 0;
}

static void show_heading(const struct ctl_args *args)
{
	ctl_list_begin(args, "filters");
	if (!args->json)
		printf("%10s %7s %-*s %-3s %-9s %10s %12s  %s\n", "WEIGHT",
		       "ID", name_width, "NAME", "DIR", "ACTION", "PACKETS",
		       "BYTES", "SELECTOR  [FLAGS]");
}

static int show_all(struct ctl_args *args, struct ipsec_client *c,
		    struct ipsec_err *err)
{
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc = ipsec_dump(c, IPSECDRV_CMD_FILTER_DUMP, &d, err);

	while (!rc && (nlh = ipsec_dump_next(&d, &pos))) {
		struct ipsec_filter f = { 0 };

		rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);
		widen(&f);
	}
	pos = 0;
	if (!rc)
		show_heading(args);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos)))
		rc = show_message(args, nlh, args->given & CTL_OPT_VERBOSE,
				  err);
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&d);
	return rc;
}

static int show_answer(void *args, const struct nlmsghdr *nlh,
		       struct ipsec_err *err)
{
	struct ipsec_filter f = { 0 };
	int rc = ipsec_get_msg(nlh, ipsec_filter_message, &f, err);

	if (rc)
		return rc;
	widen(&f);
	show_heading(args);
	rc = show_message(args, nlh, true, err);
	ctl_list_end(args);
	return rc;
}

static int show_id(struct ctl_args *args, struct ipsec_client *c, uint64_t id,
		   struct ipsec_err *err)
{
	struct ipsec_msg m;

	ipsec_msg_init(&m, IPSECDRV_CMD_FILTER_GET, 0);
	ipsec_put_u32(&m, IPSECDRV_A_TABLE_ID, id);
	return ipsec_request(c, &m, show_answer, args, err);
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
	return rc ? fail(&err) : CTL_OK;
}

const struct ctl_command ctl_filter_commands[] = {
	{ .name = "add",
	  .run = filter_add,
	  .options = CTL_OPT_CHECK,
	  .usage = "id N [WORD VALUE] ... action { permit | block | "
		   "negotiate }",
	  .brief = "add one filter to the table in force",
	  .help = "Words, the same as in a table file; 'word=value' is read "
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
		  "  fast-path             forward past FORWARD and the stack\n"
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
