// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl: finds the command for the words given, and runs it. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/text.h"
#include "ctl.h"
#include "netsh/session.h"

#ifndef IPSECCTL_VERSION
#define IPSECCTL_VERSION "0.1"
#endif

static const struct ctl_command commands[] = {
	{ .name = "driver",
	  .sub = ctl_driver_commands,
	  .brief = "filters, SAs and settings of the driver itself" },
	{ .name = "ike",
	  .sub = ctl_ike_commands,
	  .brief = "negotiations: ipsecd, its SAs, counters and log" },
	{ .name = "apply",
	  .run = ctl_apply,
	  .options = CTL_OPT_CHECK | CTL_OPT_CONFIRM,
	  .usage = "FILE [-n] [--confirm 60s]",
	  .brief = "put a policy in force, and tell what it changes",
	  .help = "Compiles the policy, tells what differs from the one in "
		  "force, and puts it in\nforce in one step; one with an "
		  "error changes nothing. SAs that it still\njustifies live "
		  "on. It is in force again after a restart. With -n or "
		  "--dry-run\nnothing is changed; that needs no daemon.\n\n"
		  "With --confirm the policy before comes back by itself "
		  "unless 'ipsecctl confirm'\nis said in time, also after a "
		  "crash or a boot." },
	{ .name = "confirm",
	  .run = ctl_confirm,
	  .usage = "",
	  .brief = "keep the policy that waits for it" },
	{ .name = "rollback",
	  .run = ctl_rollback,
	  .usage = "",
	  .brief = "take back the policy that waits to be confirmed" },
	{ .name = "policy",
	  .run = ctl_policy,
	  .usage = "",
	  .brief = "show which policy is in force, and what waits" },
	{ .name = "explain",
	  .run = ctl_decision,
	  .options = CTL_OPT_IN | CTL_OPT_OUT,
	  .usage = "FROM[:PORT] TO[:PORT] PROTOCOL [PORTS] [--in|--out]",
	  .brief = "what decides over a packet, and what that beat",
	  .help = "Says which rule and filter decide, by which weight, what "
		  "they do, the SA or\nsoft SA that it goes through, and which "
		  "other filters match and why they do not\nact. No packet is "
		  "sent. PORTS is 443 or 1024:443; of ICMP a type, 8, or "
		  "type\nand code, 3:4. Without a source port it is that of a "
		  "client, 49152; without any\nport the packet is a later "
		  "fragment. Other words: iface DEV, class C, sa ID (it\ncame "
		  "through that pair). It comes in if only TO is an address of "
		  "this host.\n\n  ipsecctl explain 10.0.0.1 10.1.0.5 tcp 443" },
	{ .name = "check",
	  .run = ctl_check,
	  .usage = "[FILE]",
	  .brief = "conflicts and weak spots of a policy",
	  .help = "Of a policy file, or of the policy in force. Each finding "
		  "names the file and\nline, how bad it is and what to do: an "
		  "error means something else than was\nwritten, a warning is "
		  "unwise, a note is a matter of order. The exit status is "
		  "1\nif there is an error or a warning, and 0 if there is "
		  "none. A file needs no\ndaemon." },
	{ .name = "diag",
	  .run = ctl_diag,
	  .options = CTL_OPT_TIMEOUT | CTL_OPT_VERBOSE,
	  .usage = "[ PEER ] [--timeout S] [-v]",
	  .brief = "what is wrong, here or between here and a peer, and what "
		   "to do",
	  .help = "Looks at the module, the kernel, ipsecd, the clock, "
		  "certificates, filters,\nnftables and addresses, "
		  "negotiates a trial SA with the peer, and sends "
		  "packets\nof all sizes through it. PEER is an "
		  "address, also one behind a tunnel, or the\nname of a"
		  " rule. What causes the rest comes first, each with "
		  "what to do. -v\ntells what was looked at. --timeout "
		  "is how long the peer may take to answer, 5\nseconds."
		  " The exit status is 0 if nothing is wrong, 1 if "
		  "traffic does not pass,\n3 if there are only "
		  "warnings.\n\n"
		  "  ipsecctl diag 10.0.0.2" },
	{ .name = "metrics",
	  .run = ctl_metrics,
	  .options = CTL_OPT_LISTEN,
	  .usage = "[--listen unix:PATH,127.0.0.1:PORT]",
	  .brief = "counters and state for Prometheus",
	  .help = "Prints what the driver and ipsecd count as Prometheus reads "
		  "it, for the\ntextfile collector of its node exporter. With "
		  "--listen it goes on and answers\nGET /metrics on a Unix "
		  "socket or a loopback port, or several with commas\nbetween "
		  "them; it needs no ipsecd for that, and says when none "
		  "answers. Each\nrule that negotiates has ipsecd_rule_up: 0 "
		  "is configured but down.\n\n  ipsecctl metrics --listen "
		  "127.0.0.1:9479" },
	{ .name = "monitor",
	  .run = ctl_monitor,
	  .options = CTL_OPT_COUNT | CTL_OPT_TIMEOUT,
	  .usage = "[ EVENT ... ] [ peer ADDRESS[/LEN] ] [--count N] "
		   "[--timeout S]",
	  .words = "acquire|negotiation|ike-sa|child-sa|sa|expire|mapping|"
		   "soft|drop|table|offload|policy|daemon|peer",
	  .brief = "what the driver and ipsecd do, as it happens",
	  .help = "Prints negotiations as they begin, succeed or fail with the "
		  "reason, SAs as they\nare made, rekeyed and ended, soft SAs, "
		  "packets dropped and why, changes of the\ntable, the policy "
		  "and of offload; with --json one JSON object per line. EVENT "
		  "is\nacquire, negotiation (ike-sa and child-sa: those of "
		  "ipsecd), sa (the driver's\nSA pairs), expire, mapping, "
		  "soft, drop, table, offload, policy or daemon; with\nnone "
		  "all are shown. What could not be read in time is counted as "
		  "'lost'.\n\n"
		  "  ipsecctl monitor negotiation drop peer 10.0.0.0/24" },
	{ .name = "top",
	  .run = ctl_top,
	  .options = CTL_OPT_BATCH | CTL_OPT_COUNT | CTL_OPT_INTERVAL,
	  .usage = "[ hosts | sas | negotiations | drops ] [ sort KEY ] "
		   "[--batch] [--count N] [--interval S]",
	  .words = "hosts|sas|negotiations|drops|sort|rate|out|in|age|peer",
	  .brief = "hosts, SAs, rates, negotiations and drops on a terminal",
	  .help = "Shows which hosts have SAs, soft SAs or are being asked, "
		  "how many bytes and\npackets a second go through them, what "
		  "is negotiated and what is dropped, anew\nevery two seconds. "
		  "Keys: h, s, n, d what is shown; r the next order, v "
		  "the\nreverse of it; space or p pauses, arrows and pages "
		  "scroll, q ends. KEY is rate,\nout, in, drops, sas, age or "
		  "peer. With --batch frames are printed, each with\nall its "
		  "rows and an empty line after it; with --json each is a "
		  "line.\n\n  ipsecctl top drops --batch --count 1" },
	{ .name = "trace",
	  .run = ctl_trace,
	  .options = CTL_OPT_COUNT | CTL_OPT_TIMEOUT,
	  .usage = "[ ADDRESS[:PORT] [ ADDRESS[:PORT] ] ] [--count N] "
		   "[--timeout S]",
	  .brief = "follow the packets of a flow, live",
	  .help = "Prints what the filters decide over each packet of a flow, "
		  "in both directions,\nthe SA pair that it goes or comes "
		  "through, and why it is dropped. A flow is all\nthat an "
		  "address, or two, have to do with each other; without one "
		  "everything is\nprinted. It reads the driver's tracepoints "
		  "and needs tracefs; without anybody\nwho does, they cost "
		  "nothing.\n\n  ipsecctl trace 10.0.0.2:443" },
	{ .name = "capture",
	  .run = ctl_capture,
	  .options = CTL_OPT_WIRE | CTL_OPT_INTERFACE | CTL_OPT_BUFFER |
		     CTL_OPT_RING | CTL_OPT_TRIGGER | CTL_OPT_KEYS |
		     CTL_OPT_COUNT | CTL_OPT_TIMEOUT | CTL_OPT_OUTPUT,
	  .usage = "[-o FILE] [--wire] [-i DEV] [--buffer MB] [--ring]\n"
		   "         [--trigger OFFSET:HEX[,fill|,full]] [--count N] "
		   "[--timeout S]\n"
		   "         [--keys FOLDER] [FILTER]",
	  .brief = "packets in clear, or on the wire, for Wireshark",
	  .help = "Writes a pcapng file with a comment for each packet: the "
		  "direction, what the\ndriver does with it and why, SPI, SA "
		  "pair and filter. Packets are in clear, each\nonce; with "
		  "--wire they are those that carry them, and --keys has the "
		  "keys if the\npolicy in force permits it. FILTER is "
		  "pcap-filter(7)'s.\n\n"
		  "It ends when the buffer is full, unless --ring is "
		  "given, and by ^C. --trigger\nends it with a packet "
		  "that has these bytes there, counted from its start; "
		  "with\n,fill when the buffer is full from that packet"
		  " on; with ,full they are looked\nfor only when it "
		  "was full before.\n\n"
		  "  ipsecctl capture -o web.pcapng host 10.0.0.2 and port 443\n"
		  "  ipsecctl capture | wireshark -k -i -" },
	{ .name = "export",
	  .run = ctl_export,
	  .usage = "FILE",
	  .brief = "write the static store as a file" },
	{ .name = "import",
	  .run = ctl_import,
	  .usage = "FILE",
	  .brief = "make a file the static store, if it is without error" },
	{ .name = "restore",
	  .run = ctl_restore,
	  .usage = "client|server|secure-server",
	  .words = "client|server|secure-server",
	  .brief = "make an example the static store" },
	{ .name = "convert",
	  .run = ctl_convert,
	  .options = CTL_OPT_OUTPUT | CTL_OPT_KEEP,
	  .usage = "FILE [--keep-going] [-o POLICY]",
	  .brief = "make a policy of a script for netsh ipsec",
	  .help = "Reads lines such as 'netsh ipsec static add ...' and "
		  "writes policy.yaml. What\nhas no equivalent, such as "
		  "Kerberos, is an error that names the line; with\n"
		  "--keep-going it is left out, and a comment says so. With "
		  "preshared keys the\npolicy goes to a new file or a pipe "
		  "only.\n\n"
		  "  ipsecctl convert site.cmd -o policy.yaml" },
	{ .name = "complete",
	  .run = ctl_complete,
	  .usage = "[ WORD ... ]",
	  .brief = "what the last word may become, for a shell" },
	{ .name = "static",
	  .sub = ctl_static_commands,
	  .brief = "the policy store, with the words of netsh ipsec static" },
	{ .name = "dynamic",
	  .sub = ctl_dynamic_commands,
	  .brief = "what is in force, with the words of netsh ipsec dynamic" },
	{ .name = NULL },
};

static const struct ctl_command root = { .name = "ipsecctl", .sub = commands };

/* What the last command that failed said. */
static char last_error[1024];

static bool quiet;

const char *ctl_last_error(void)
{
	return last_error;
}

void ctl_be_quiet(void)
{
	quiet = true;
}

int ctl_fail(const struct ipsec_err *err)
{
	fflush(stdout);
	snprintf(last_error, sizeof(last_error), "%s", err->text);
	if (quiet)
		return CTL_FAILED;
	if (err->file && err->line)
		fprintf(stderr, "%s:%u: error: %s\n", err->file, err->line,
			err->text);
	else if (err->file)
		fprintf(stderr, "%s: error: %s\n", err->file, err->text);
	else
		fprintf(stderr, "ipsecctl: %s\n", err->text);
	return CTL_FAILED;
}

void ctl_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("ipsecctl: warning: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
}

/* path is the words that led here, "ipsecctl driver filter". */
static char path[128];

static void print_usage(FILE *to, const struct ctl_command *c)
{
	int indent = fprintf(to, "usage: %s", path) + 1;

	if (c->usage)
		putc(' ', to);
	ctl_print_wrapped(to, indent, c->usage ? c->usage : "");
}

int ctl_usage(const struct ctl_args *args, const char *fmt, ...)
{
	const struct ctl_command *c = args->command;
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vsnprintf(last_error, sizeof(last_error), fmt, ap);
	va_end(ap);
	if (quiet)
		return CTL_USAGE;
	fprintf(stderr, "ipsecctl: %s\n", last_error);
	if (c->usage)
		print_usage(stderr, c);
	else
		fprintf(stderr, "try: %s help\n", path);
	return CTL_USAGE;
}

static const struct {
	unsigned int opt;
	const char *text;
} option_help[] = {
	{ CTL_OPT_CHECK, "-n, --check       check only; change nothing "
			 "(--dry-run)" },
	{ CTL_OPT_VERBOSE, "-v, --verbose     show more" },
	{ CTL_OPT_GENERATION,
	  "--generation N    only if the table in force is number N" },
	{ CTL_OPT_COUNT, "--count N         only N, then end" },
	{ CTL_OPT_TIMEOUT, "--timeout S       S seconds at most" },
	{ CTL_OPT_CONFIRM,
	  "--confirm T       undo it after T seconds, or 5m, unless confirmed" },
	{ CTL_OPT_IN, "--in              the packet comes to this host" },
	{ CTL_OPT_OUT, "--out             this host sends the packet" },
	{ CTL_OPT_KEEP,
	  "--keep-going      what cannot be converted becomes a comment" },
	{ CTL_OPT_LISTEN,
	  "--listen LIST     answer there until SIGTERM: unix:PATH, "
	  "127.0.0.1:PORT" },
	{ CTL_OPT_WIRE,
	  "--wire            what is on the wire: ESP, AH and IKE" },
	{ CTL_OPT_INTERFACE,
	  "-i, --interface D only what comes or goes by interface D" },
	{ CTL_OPT_BUFFER, "--buffer MB       1 to 1000 MB, 64 without" },
	{ CTL_OPT_RING, "--ring            when that is full, the oldest go" },
	{ CTL_OPT_TRIGGER,
	  "--trigger T       end with a packet that has bytes: OFFSET:HEX" },
	{ CTL_OPT_KEYS,
	  "--keys FOLDER     the keys for Wireshark, if the policy permits" },
	{ CTL_OPT_BATCH, "-b, --batch       print frames, without a terminal" },
	{ CTL_OPT_INTERVAL, "--interval S      seconds between frames (2)" },
	{ CTL_OPT_OUTPUT,
	  "-o, --output F    write to file F, readable by its owner only" },
};

static int help_one(const struct ctl_command *c)
{
	size_t i;

	print_usage(stdout, c);
	if (c->params)
		netsh_print_params(c->params);
	printf("\n%s\n", c->help ? c->help : c->brief);
	puts("\noptions:\n  -j, --json        print JSON");
	for (i = 0; i < sizeof(option_help) / sizeof(option_help[0]); i++)
		if (c->options & option_help[i].opt)
			printf("  %s\n", option_help[i].text);
	return CTL_OK;
}

static int help(const struct ctl_command *c)
{
	const struct ctl_command *s;

	if (!c->sub)
		return help_one(c);
	printf("usage: %s COMMAND ...\n\n", path);
	for (s = c->sub; s->name; s++)
		printf("  %-12s %s\n", s->name, s->brief);
	printf("\n'%s COMMAND help' tells more. Words may be shortened\n"
	       "while they are unambiguous. Options: -j (--json), -n (--check), "
	       "-v (--verbose),\n-h (--help), -V (--version). See "
	       "ipsecctl(8).\n",
	       path);
	return CTL_OK;
}

static const struct ctl_command *find(const struct ctl_args *args,
				      const struct ctl_command *list,
				      const char *word)
{
	const struct ctl_command *c, *found = NULL;

	for (c = list; c->name; c++) {
		if (!strcasecmp(c->name, word))
			return c;
		if (strncasecmp(c->name, word, strlen(word)) || !*word)
			continue;
		if (found) {
			ctl_usage(args,
				  "'%s' may be '%s' or '%s'; write more of it",
				  word, found->name, c->name);
			return NULL;
		}
		found = c;
	}
	if (!found)
		ctl_usage(args, "unknown command '%.40s'", word);
	return found;
}

static int check_options(const struct ctl_args *args)
{
	unsigned int extra = args->given & ~args->command->options;
	size_t i;

	for (i = 0; i < sizeof(option_help) / sizeof(option_help[0]); i++)
		if (extra & option_help[i].opt)
			return ctl_usage(args, "'%s' has no option %.14s",
					 args->command->name,
					 option_help[i].text);
	return CTL_OK;
}

/* "he" is enough where no command starts with it; netsh has "?". */
bool ctl_is_help(const char *word)
{
	return !strcmp(word, "?") ||
	       (strlen(word) > 1 && !strncmp("help", word, strlen(word)));
}

static int dispatch(struct ctl_args *args)
{
	const struct ctl_command *c = &root;

	strcpy(path, root.name);
	for (;;) {
		args->command = c;
		if (!c->sub)
			break;
		/* "help filter" is "filter help". */
		while (args->argc && ctl_is_help(args->argv[0])) {
			args->help = true;
			args->argc--;
			args->argv++;
		}
		if (!args->argc) {
			if (args->help)
				return help(c);
			ctl_usage(args, "a command is missing");
			return CTL_USAGE;
		}
		c = find(args, c->sub, args->argv[0]);
		if (!c)
			return CTL_USAGE;
		strncat(path, " ", sizeof(path) - strlen(path) - 1);
		strncat(path, c->name, sizeof(path) - strlen(path) - 1);
		args->argc--;
		args->argv++;
	}
	if (args->help || (args->argc && (!strcmp(args->argv[0], "help") ||
					  !strcmp(args->argv[0], "?"))))
		return help_one(c);
	return check_options(args) ? CTL_USAGE : c->run(args);
}

const struct ctl_option ctl_options[] = {
	{ "-j", 0, false },
	{ "--json", 0, false },
	{ "-n", CTL_OPT_CHECK, false },
	{ "--check", CTL_OPT_CHECK, false },
	{ "--dry-run", CTL_OPT_CHECK, false },
	{ "-v", CTL_OPT_VERBOSE, false },
	{ "--verbose", CTL_OPT_VERBOSE, false },
	{ "--generation", CTL_OPT_GENERATION, true },
	{ "--count", CTL_OPT_COUNT, true },
	{ "--timeout", CTL_OPT_TIMEOUT, true },
	{ "--confirm", CTL_OPT_CONFIRM, true },
	{ "--keep-going", CTL_OPT_KEEP, false },
	{ "--in", CTL_OPT_IN, false },
	{ "--out", CTL_OPT_OUT, false },
	{ "--listen", CTL_OPT_LISTEN, true },
	{ "--wire", CTL_OPT_WIRE, false },
	{ "-i", CTL_OPT_INTERFACE, true },
	{ "--interface", CTL_OPT_INTERFACE, true },
	{ "--buffer", CTL_OPT_BUFFER, true },
	{ "--ring", CTL_OPT_RING, false },
	{ "--trigger", CTL_OPT_TRIGGER, true },
	{ "--keys", CTL_OPT_KEYS, true },
	{ "-b", CTL_OPT_BATCH, false },
	{ "--batch", CTL_OPT_BATCH, false },
	{ "--interval", CTL_OPT_INTERVAL, true },
	{ "-o", CTL_OPT_OUTPUT, true },
	{ "--output", CTL_OPT_OUTPUT, true },
	{ NULL, 0, false },
};

const struct ctl_option *ctl_option(const char *word)
{
	const struct ctl_option *o;
	size_t len = strcspn(word, "=");

	for (o = ctl_options; o->name; o++)
		if (strlen(o->name) == len && !strncmp(o->name, word, len))
			return o;
	return NULL;
}

/* Where the value of an option goes that is no number. */
static const char **text_of(struct ctl_args *args, unsigned int opt)
{
	switch (opt) {
	case CTL_OPT_OUTPUT:
		return &args->output;
	case CTL_OPT_CONFIRM:
		return &args->confirm;
	case CTL_OPT_LISTEN:
		return &args->listen;
	case CTL_OPT_INTERFACE:
		return &args->interface;
	case CTL_OPT_TRIGGER:
		return &args->trigger;
	case CTL_OPT_KEYS:
		return &args->keys;
	default:
		return NULL;
	}
}

static int set_option(struct ctl_args *args, unsigned int opt,
		      const char *value)
{
	uint64_t *number = opt == CTL_OPT_GENERATION ? &args->generation :
			   opt == CTL_OPT_COUNT	     ? &args->count :
			   opt == CTL_OPT_BUFFER     ? &args->buffer :
			   opt == CTL_OPT_INTERVAL   ? &args->interval :
						       &args->timeout;
	const char **text = text_of(args, opt);

	args->given |= opt;
	if (text)
		*text = value;
	else if (!ipsec_uint(value, 0, UINT32_MAX, number))
		return ctl_usage(args, "'%.40s' is no number", value);
	return CTL_OK;
}

/* Returns the words used, or 0 after an error. */
static int take_option(struct ctl_args *args, char **argv, int argc)
{
	const struct ctl_option *option = ctl_option(argv[0]);
	const char *eq = strchr(argv[0], '=');

	if (!option || (eq && !option->value)) {
		ctl_usage(args, "unknown option '%.40s'", argv[0]);
		return 0;
	}
	if (!option->value) {
		args->given |= option->opt;
		args->json |= !option->opt;
		return 1;
	}
	if (!eq && argc < 2) {
		ctl_usage(args, "a value is missing after %s", argv[0]);
		return 0;
	}
	if (set_option(args, option->opt, eq ? eq + 1 : argv[1]))
		return 0;
	return eq ? 1 : 2;
}

/* Options may stand anywhere, since words never start with '-'. */
static int take_options(struct ctl_args *args, char **argv, int argc)
{
	int i = 0, used;

	while (i < argc) {
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help")) {
			args->help = true;
			i++;
			continue;
		}
		if (argv[i][0] != '-' || !argv[i][1]) {
			args->argv[args->argc++] = argv[i++];
			continue;
		}
		used = take_option(args, argv + i, argc - i);
		if (!used)
			return CTL_USAGE;
		i += used;
	}
	return CTL_OK;
}

const struct ctl_command *ctl_root(void)
{
	return &root;
}

int ctl_run(int argc, char **argv)
{
	char **words;
	struct ctl_args args = { .command = &root };
	int rc;

	/* Its options are words of another command. */
	if (argc && !strcmp(argv[0], "complete")) {
		args.argc = argc - 1;
		args.argv = argv + 1;
		return ctl_complete(&args);
	}
	words = calloc((size_t)argc + 1, sizeof(*words));
	args.argv = words;
	if (!words)
		return CTL_FAILED;
	strcpy(path, root.name);
	last_error[0] = '\0';
	rc = take_options(&args, argv, argc);
	if (!rc)
		rc = dispatch(&args);
	free(words);
	return rc;
}

/* What is asked for before there is a command. */
static int run_words(int argc, char **argv)
{
	if (argc == 1 &&
	    (!strcmp(argv[0], "-V") || !strcmp(argv[0], "--version"))) {
		puts("ipsecctl " IPSECCTL_VERSION);
		return CTL_OK;
	}
	if (argc == 2 && (!strcmp(argv[0], "-f") || !strcmp(argv[0], "--file")))
		return ctl_batch(argv[1]);
	if (!argc && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return ctl_prompt();
	return ctl_run(argc, argv);
}

int main(int argc, char **argv)
{
	int rc = run_words(argc - 1, argv + 1);

	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "ipsecctl: cannot write: %s\n",
			strerror(errno));
		rc = rc ? rc : CTL_FAILED;
	}
	return rc;
}
