// SPDX-License-Identifier: GPL-2.0-or-later
/* SA files, and that no key leaves them by an error text. */
#include <linux/genetlink.h>
#include <stdlib.h>

#include "fake.h"
#include "tap.h"

static struct ipsec_sa last;

static int keep(void *ctx, const char *section, const struct ipsec_node *n,
		struct ipsec_err *err)
{
	(void)ctx;
	(void)section;
	return ipsec_sa_parse(n, &last, err);
}

static int read_file(const char *text, struct ipsec_err *err)
{
	memset(err, 0, sizeof(*err));
	return ipsec_doc_read(text, strlen(text), "sas", keep, NULL, err);
}

#define KEY "5ec2e75ec2e75ec2e75ec2e75ec2e75ec2e75ec2"
#define KEYS ", encr-key-in: " KEY ", encr-key-out: " KEY
#define ENDS "local: 10.0.0.1, remote: 10.0.0.2, "
#define ESP(more) \
	"protections: [{proto: esp, spi-in: 256, spi-out: 0x2001" more "}]"

static void good(void)
{
	static const char text[] =
		"sas:\n- filter: 7\n  selector: {from: 10.0.0.0/24, to: "
		"10.1.0.5, proto: tcp, dport: 443}\n  mode: tunnel\n  local: "
		"192.0.2.1\n  remote: 192.0.2.2\n  encap: {local: 4500, "
		"remote: 4501}\n  keepalive: 20\n  protections:\n    - proto: "
		"esp\n      spi-in: 0x1001\n      spi-out: 0x2001\n      encr: "
		"aes-gcm-16\n      encr-key-in: " KEY "\n      encr-key-out: "
		"0x" KEY "\n  flags: [esn]\n  replay-window: 64\n  lifetime: "
		"{soft-seconds: 3000, hard-bytes: 18446744073709551615}\n";
	struct ipsec_err err;
	struct ipsec_sa again = { 0 };
	struct ipsec_msg m;

	ok(!read_file(text, &err), "an SA of many words is read %s", err.text);
	ok(last.protections == 1 && last.protection[0].spi_in.v == 0x1001 &&
		   last.protection[0].encr_key_in.len == 20 &&
		   last.encap_remote.v == 4501 &&
		   last.flags.v == IPSECDRV_SA_FLAGS_ESN,
	   "with its values");
	ipsec_msg_init(&m, IPSECDRV_CMD_SA_ADD, 0);
	ok(ipsec_put(&m, ipsec_sa_fields, &last), "it is encoded");
	ok(!ipsec_get_msg(m.nlh, ipsec_sa_fields, &again, &err) &&
		   again.lifetime.hard_bytes.v == UINT64_MAX &&
		   again.sel.dport[0].v == 443 && again.sel.dst.plen == 32 &&
		   again.protection[0].spi_out.v == 0x2001,
	   "and decoded to the same");
	ok(!again.protection[0].encr_key_in.len, "but for its keys");
}

/* No print but the one for files has keys. */
static void printing(void)
{
	json_t *map = ipsec_json(ipsec_sa_fields, &last, IPSEC_PRINT_ALL);
	char *text = json_dumps(map, 0);

	ok(!strstr(text, "key-in") && !strstr(text, "5ec2e7"),
	   "JSON has no keys");
	free(text);
	json_decref(map);
	map = ipsec_json(ipsec_sa_fields, &last, IPSEC_PRINT_FILE);
	text = json_dumps(map, 0);
	ok(strstr(text, KEY), "a file has them");
	free(text);
	json_decref(map);
}

static void bad(void)
{
	static const struct {
		const char *text;
		const char *part;
	} t[] = {
		{ "sas:\n- {filter: 7}", "local and remote" },
		{ "sas:\n- {" ENDS "filter: 7}", "needs protections" },
		{ "sas:\n- {" ENDS "protections: []}", "needs protections" },
		{ "sas:\n- {" ENDS "protections: {}}", "is a list" },
		{ "sas:\n- {" ENDS "protections: [{proto: esp}]}", "spi-in" },
		{ "sas:\n- {" ENDS ESP(", spi-in: 300") "}", "twice" },
		{ "sas:\n- {" ENDS "protections: [{proto: esp, spi-in: 255, "
		  "spi-out: 256}]}",
		  "spi-in" },
		{ "sas:\n- {" ENDS ESP(
			  ", encr: aes-gcm-16, encr-key-in: " KEY) "}",
		  "both directions" },
		{ "sas:\n- {" ENDS ESP(", encr: aes-gcm-16, encr-key-in: " KEY
				       "0, encr-key-out: " KEY) "}",
		  "is not a key" },
		{ "sas:\n- {" ENDS ESP(", encr: aes-gcm-16, encr-key-in: "
				       "\"" KEY " x\", encr-key-out: " KEY) "}",
		  "is not a key" },
		{ "sas:\n- {" ENDS ESP(", encr: aes-cbc" KEYS) "}",
		  "takes keys of 16, 24 or 32 bytes; got 20" },
		{ "sas:\n- {" ENDS ESP(", encr: aes-ccm-16" KEYS) "}",
		  "19, 27 or 35 bytes, 3 of them salt" },
		{ "sas:\n- {" ENDS ESP(", encr: aes-gcm-16") "}", "got 0" },
		{ "sas:\n- {" ENDS ESP(KEYS) "}", "there is no key" },
		{ "sas:\n- {" ENDS ESP(", encr: rot13" KEYS) "}",
		  "unknown encr" },
		{ "sas:\n- {" ENDS ESP(
			  ", encr: aes-gcm-16, encr-key-in: {a: " KEY "}") "}",
		  "one value" },
		{ "sas:\n- {local: 10.0.0.1, remote: \"::1\", filter: 7}",
		  "one family" },
		{ "sas:\n- {" ENDS ESP(
			  ", encr: aes-gcm-16" KEYS) ", encap: {local: 4500}}",
		  "both ports" },
		{ "sas:\n- {" ENDS ESP(
			  ", encr: aes-gcm-16" KEYS) ", replay-window: -1}",
		  "replay-window" },
		{ "sas:\n- {" ENDS ESP(
			  ", encr: aes-gcm-16" KEYS) ", state: mature}",
		  "reported by the driver" },
		{ "sas:\n- {" ENDS "protections: [{proto: ah}, {proto: ah}]}",
		  "" },
		{ "sas:\n- {a: &k " KEY "}", "anchors" },
		{ "sas:\n- {" KEY ": 1", "" },
	};
	struct ipsec_err err;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ok(read_file(t[i].text, &err) && strstr(err.text, t[i].part),
		   "refused: %s", t[i].part);
		printf("# %s\n", err.text);
		if (!strstr(t[i].text, KEY ": 1"))
			ok(!strstr(err.text, "5ec2"), "  without the key");
	}
}

int main(void)
{
	good();
	printing();
	bad();
	return tap_done();
}
