// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver sa: all commands but those that read SA files. */
#include <inttypes.h>
#include <string.h>

#include "ctl.h"

static void text(const void *obj)
{
	ctl_sa_text(obj);
}

static const struct ctl_kind kind = {
	.dump = IPSECDRV_CMD_SA_DUMP,
	.list = "sas",
	.fields = ipsec_sa_fields,
	.drops = IPSECDRV_A_SA_DROP,
	.text = text,
};

static int show_answer(void *args, const struct nlmsghdr *nlh,
		       struct ipsec_err *err)
{
	int rc;

	ctl_list_begin(args, kind.list);
	rc = ctl_show_message(args, &kind, nlh, err);
	ctl_list_end(args);
	return rc;
}

static int show_id(struct ctl_args *args, uint64_t id)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET, 0);
	ipsec_put_u32(&m, IPSECDRV_A_SA_ID, id);
	return ipsec_request(c, &m, show_answer, args, &err) ? ctl_fail(&err) :
							       CTL_OK;
}

static int sa_show(struct ctl_args *args)
{
	uint64_t id;

	if (!args->argc)
		return ctl_show_all(args, &kind);
	if (!ctl_take_id(args, &id) || args->argc)
		return ctl_usage(args, "at most one SA id is taken");
	return show_id(args, id);
}

static int ask(uint8_t cmd, const struct ipsec_field *fields, const void *obj)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, cmd, 0);
	ipsec_put(&m, fields, obj);
	return ipsec_ask(c, &m, NULL, NULL, &err) ? ctl_fail(&err) : CTL_OK;
}

/* The words of the limits are flat; the message wants them nested. */
static const struct ipsec_field update_wire[] = {
	{ .kind = IPSEC_NEST,
	  .attr = IPSECDRV_A_SA_LIFETIME,
	  .off = offsetof(struct ipsec_sa, lifetime),
	  .sub = ipsec_lifetime_fields },
	{ .kind = IPSEC_END },
};

static int sa_update(struct ctl_args *args)
{
	struct ipsec_client *c;
	struct ipsec_err err = { 0 };
	struct ipsec_sa sa = { 0 };
	struct ipsec_msg m;
	uint64_t id;

	if (!ctl_take_id(args, &id) || !args->argc)
		return ctl_usage(args, "an SA id and what to change are "
				       "needed");
	if (ctl_words(args, ipsec_sa_update_fields, &sa))
		return CTL_USAGE;
	sa.id = (struct ipsec_num){ id, true };
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_UPDATE, 0);
	ipsec_put(&m, ipsec_sa_update_fields, &sa);
	ipsec_put(&m, update_wire, &sa);
	return ipsec_ask(c, &m, NULL, NULL, &err) ? ctl_fail(&err) : CTL_OK;
}

static int sa_del(struct ctl_args *args)
{
	struct ipsec_sa sa = { 0 };

	sa.id.set = ctl_take_id(args, &sa.id.v);
	if (!sa.id.set || args->argc)
		return ctl_usage(args, "one SA id is needed");
	return ask(IPSECDRV_CMD_SA_DEL, ipsec_sa_update_fields, &sa);
}

static int sa_flush(struct ctl_args *args)
{
	struct ipsec_sa sa = { 0 };

	if (ctl_words(args, ipsec_sa_flush_fields, &sa))
		return CTL_USAGE;
	return ask(IPSECDRV_CMD_SA_FLUSH, ipsec_sa_flush_fields, &sa);
}

static int sa_get_spi(struct ctl_args *args)
{
	struct ipsec_client *c;
	struct ipsec_spi spi = { .proto = { IPSECDRV_PROTO_ESP, true } };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	if (ctl_words(args, ipsec_spi_fields, &spi))
		return CTL_USAGE;
	if (!spi.local.len)
		return ctl_usage(args, "the address is missing; add 'local A'");
	c = ctl_client();
	if (!c)
		return CTL_FAILED;
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_GET_SPI, 0);
	ipsec_put(&m, ipsec_spi_fields, &spi);
	spi = (struct ipsec_spi){ 0 };
	if (ipsec_ask(c, &m, ipsec_spi_fields, &spi, &err))
		return ctl_fail(&err);
	if (args->json)
		ctl_object(args, ipsec_spi_fields, &spi);
	else
		printf("0x%08" PRIx64 "\n", spi.spi.v);
	return CTL_OK;
}

const struct ctl_command ctl_sa_commands[] = {
	{ .name = "add",
	  .run = ctl_sa_add,
	  .options = CTL_OPT_CHECK,
	  .usage = "FILE [-n]",
	  .brief = "install the SA pairs of a file, or of '-'",
	  .help = "Each SA pair is installed in one operation. Keys come from "
		  "a file or standard\ninput only: the words of a command line "
		  "are seen by every user of the host.\n\n"
		  "  sas:\n"
		  "    - filter: 7\n"
		  "      mode: transport\n"
		  "      local: 10.0.0.1\n"
		  "      remote: 10.0.0.2\n"
		  "      protections:\n"
		  "        - proto: esp\n"
		  "          spi-in: 0x1001\n"
		  "          spi-out: 0x2001\n"
		  "          encr: aes-gcm-16\n"
		  "          encr-key-in: HEX     # key, then 4 bytes of salt\n"
		  "          encr-key-out: HEX\n"
		  "      replay-window: 64\n\n"
		  "'sa keygen' makes such a file, 'sa mirror' the one of the "
		  "peer;\nipsecctl-driver(8) lists all words." },
	{ .name = "update",
	  .run = sa_update,
	  .usage = "ID WORD VALUE ...",
	  .brief = "change what may change on a living SA pair",
	  .help = "Words: remote A, encap-remote PORT, keepalive SECONDS, "
		  "owner N, flags LIST,\nsoft-seconds, hard-seconds, "
		  "soft-bytes, hard-bytes, soft-packets, hard-packets\nand "
		  "idle-seconds N. Limits are changed as a whole: give those "
		  "that are to stay,\ntoo. Keys and sequence numbers never "
		  "change." },
	{ .name = "del",
	  .run = sa_del,
	  .usage = "ID",
	  .brief = "delete one SA pair" },
	{ .name = "flush",
	  .run = sa_flush,
	  .usage = "[ filter ID ] [ owner N ] [ remote A ]",
	  .brief = "delete all SA pairs, or those of a filter, owner or peer" },
	{ .name = "show",
	  .run = sa_show,
	  .usage = "[ ID ]",
	  .brief = "show SA pairs, reserved SPIs and soft SAs; never keys" },
	{ .name = "get-spi",
	  .run = sa_get_spi,
	  .usage = "local A [ proto esp|ah ] [ first N ] [ last N ] "
		   "[ lifetime S ] [ slot N ]",
	  .brief = "reserve an inbound SPI and print it" },
	{ .name = "mirror",
	  .run = ctl_sa_mirror,
	  .options = CTL_OPT_OUTPUT,
	  .usage = "FILE [-o FILE]",
	  .brief = "write an SA file as the peer needs it",
	  .help = "Swaps local and remote, in and out, from and to, so that "
		  "two hosts can be\nkeyed by hand. The result holds keys: it "
		  "goes to a file (-o) or a pipe, never\nto a terminal." },
	{ .name = "keygen",
	  .run = ctl_sa_keygen,
	  .options = CTL_OPT_OUTPUT,
	  .usage = "local A remote B [ filter ID ] [ WORD VALUE ] ... "
		   "[-o FILE]",
	  .brief = "write an SA file with random keys and SPIs",
	  .help = "Words: filter N, mode transport|tunnel, protect esp|ah|both,\n"
		  "encr ALG, integ ALG, bits N (of an AES key), "
		  "replay-window N,\nflags LIST, and those of a selector: from NET, to NET, proto P, dport P, ...\n"
		  "Default: ESP with aes-gcm-16 and a 256 bit key. Keys come "
		  "from getrandom(2).\nThe result goes to a file (-o) or a "
		  "pipe, never to a terminal.\n\n"
		  "  ipsecctl driver sa keygen local 10.0.0.1 remote 10.0.0.2 "
		  "filter 7 -o a.yaml\n"
		  "  ipsecctl driver sa mirror a.yaml -o b.yaml" },
	{ .name = NULL },
};
