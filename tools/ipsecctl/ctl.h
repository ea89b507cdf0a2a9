/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_CTL_H
#define IPSECCTL_CTL_H

#include <limits.h>
#include <stdio.h>

#include "../lib/client.h"
#include "../lib/model.h"

/* Exit codes. */
enum { CTL_OK, CTL_FAILED, CTL_USAGE };

/* Options that a command takes; --json and --help go everywhere. */
enum {
	CTL_OPT_CHECK = 1,
	CTL_OPT_VERBOSE = 2,
	CTL_OPT_GENERATION = 4,
	CTL_OPT_COUNT = 8,
	CTL_OPT_TIMEOUT = 16,
	CTL_OPT_OUTPUT = 32,
	CTL_OPT_CONFIRM = 64,
	CTL_OPT_KEEP = 128,
	CTL_OPT_IN = 256,
	CTL_OPT_OUT = 512,
	CTL_OPT_LISTEN = 1024,
	CTL_OPT_WIRE = 2048,
	CTL_OPT_INTERFACE = 4096,
	CTL_OPT_BUFFER = 8192,
	CTL_OPT_RING = 16384,
	CTL_OPT_TRIGGER = 32768,
	CTL_OPT_KEYS = 65536,
	CTL_OPT_BATCH = 131072,
	CTL_OPT_INTERVAL = 262144,
};

/* The value is the rest of the word behind '=', or the next word. */
struct ctl_option {
	const char *name;
	unsigned int opt; /* CTL_OPT_..., 0: --json */
	bool value;
};

struct ctl_args {
	int argc;
	char **argv;
	const struct ctl_command *command;
	unsigned int given;
	bool json;
	bool help;
	uint64_t generation;
	uint64_t count;
	uint64_t timeout;
	uint64_t interval;
	const char *output;
	const char *confirm; /* a time, "60s" */
	const char *listen; /* unix:PATH and ADDRESS:PORT, with commas */
	const char *interface;
	uint64_t buffer; /* MB */
	const char *trigger; /* OFFSET:HEX, and ",fill" or ",full" */
	const char *keys; /* a folder */
};

struct netsh_param;

/* A table of these ends with a NULL name; sub excludes run. */
struct ctl_command {
	const char *name;
	int (*run)(struct ctl_args *args);
	const struct ctl_command *sub;
	unsigned int options;
	const char *usage; /* the words after the name */
	const char *brief; /* one line */
	const char *help; /* more, for help of this command alone */
	const char *words; /* that may follow: "a|b" */
	const struct netsh_param *params; /* of a command with netsh's words */
};

extern const struct ctl_command ctl_driver_commands[];
extern const struct ctl_command ctl_ike_commands[];
extern const struct ctl_command ctl_table_commands[];
extern const struct ctl_command ctl_filter_commands[];
extern const struct ctl_command ctl_sa_commands[];
extern const struct ctl_command ctl_config_commands[];
extern const struct ctl_command ctl_acquire_commands[];
extern const struct ctl_command ctl_soft_commands[];
int ctl_apply(struct ctl_args *args);
int ctl_confirm(struct ctl_args *args);
int ctl_rollback(struct ctl_args *args);
int ctl_policy(struct ctl_args *args);
int ctl_export(struct ctl_args *args);
int ctl_import(struct ctl_args *args);
int ctl_restore(struct ctl_args *args);
extern const struct ctl_command ctl_static_commands[];
extern const struct ctl_command ctl_dynamic_commands[];
int ctl_stats(struct ctl_args *args);
/* The driver's counters, in its order; NULL prints why. */
struct ctl_stats {
	unsigned int count;
	struct ipsec_stat stat[128];
};
const struct ctl_stats *ctl_stats_read(void);
/* The same as values by name. */
json_t *ctl_stats_json(const struct ctl_stats *stats);
/*
 * What the object of a message dropped, as packets by reason; type is that of
 * the attribute, inside of the one of the type outer if that is not 0. NULL:
 * nothing.
 */
json_t *ctl_drops_json(const struct nlmsghdr *nlh, uint16_t outer,
		       uint16_t type);
void ctl_drops_text(const json_t *drops, int indent);
int ctl_drops(struct ctl_args *args);
int ctl_trace(struct ctl_args *args);
int ctl_capture(struct ctl_args *args);
int ctl_monitor(struct ctl_args *args);
int ctl_top(struct ctl_args *args);
int ctl_metrics(struct ctl_args *args);
int ctl_config_set(struct ctl_args *args);
int ctl_events(struct ctl_args *args);
int ctl_explain(struct ctl_args *args);
int ctl_decision(struct ctl_args *args);
int ctl_check(struct ctl_args *args);
int ctl_diag(struct ctl_args *args);
int ctl_sa_add(struct ctl_args *args);
int ctl_sa_mirror(struct ctl_args *args);
int ctl_sa_keygen(struct ctl_args *args);

int ctl_convert(struct ctl_args *args);
int ctl_complete(struct ctl_args *args);

/* main.c: a command by its words, without the program's name. */
int ctl_run(int argc, char **argv);
const struct ctl_command *ctl_root(void);
/* "help", or enough of it, or "?". */
bool ctl_is_help(const char *word);
/* All but --help; ends with a NULL name. */
extern const struct ctl_option ctl_options[];
/* The one that a word is, with or without "=VALUE"; NULL: none. */
const struct ctl_option *ctl_option(const char *word);

/* What the last command that failed said, "": nothing of its own. */
const char *ctl_last_error(void);
/* From now on errors are only kept there; warnings are told. */
void ctl_be_quiet(void);
/* Prints the error and returns the exit code. */
int ctl_fail(const struct ipsec_err *err);
int ctl_usage(const struct ctl_args *args, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ctl_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The client of this process, opened on first use; NULL prints why. */
struct ipsec_client *ctl_client(void);
/* So that the next use opens it anew. */
void ctl_client_close(void);

/* Reads the words of a command line into obj; an exit code. */
int ctl_words(struct ctl_args *args, const struct ipsec_field *fields,
	      void *obj);
/*
 * For what runs until it is stopped: SIGINT, SIGTERM and SIGHUP become
 * readable, so that its loop ends between two events; -1 and errno on failure. The time
 * only goes forward.
 */
int ctl_signal_fd(void);
int64_t ctl_now_ms(void);
/* Where this program's file is, PATH_MAX bytes; "." if that cannot be told. */
void ctl_program_folder(char folder[PATH_MAX]);
/* Takes a leading "ID" or "id ID" off the words. */
bool ctl_take_id(struct ctl_args *args, uint64_t *id);

/*
 * The printer. JSON output is one object with "version" and the list or the
 * fields of the command, so that a reader need not know which command ran.
 */
void ctl_list_begin(const struct ctl_args *args, const char *key);
void ctl_list_item(const struct ctl_args *args, json_t *item);
void ctl_list_end(const struct ctl_args *args);
/* One object; in text a line "key value" for each field that is set. */
void ctl_object(const struct ctl_args *args, const struct ipsec_field *fields,
		const void *obj);
void ctl_json(json_t *object);
/*
 * Words that begin in this column and go on there, none of which crosses the
 * edge of the screen: one that is longer than a line is cut.
 */
void ctl_print_wrapped(FILE *to, int indent, const char *text);
/* A label, then words. */
#define CTL_INDENT 9
void ctl_print_words(const char *label, const char *text);
/*
 * From now on ctl_json() prints nothing: what it is given becomes into's member
 * key, or with key NULL its members become into's. into NULL: it prints again.
 */
void ctl_json_gather(json_t *into, const char *key);
/* YAML that is read again: one value, a map, an entry of a list of maps. */
void ctl_yaml_value(FILE *to, json_t *value);
void ctl_yaml_flow(FILE *to, json_t *map);
void ctl_yaml_block(FILE *to, json_t *map, int indent);

/* A kind of object of the driver, and how it is shown. */
struct ctl_kind {
	uint8_t dump; /* the command that lists all */
	const char *list; /* its name in JSON */
	const struct ipsec_field *fields;
	uint16_t drops; /* attribute that counts its drops, or 0 */
	void (*text)(const void *obj);
};

int ctl_show_message(const struct ctl_args *args, const struct ctl_kind *kind,
		     const struct nlmsghdr *nlh, struct ipsec_err *err);
/* All that the driver has; an exit code. */
int ctl_show_all(struct ctl_args *args, const struct ctl_kind *kind);

/* Shared by commands that show the same objects. */
void ctl_sa_text(const struct ipsec_sa *sa);
void ctl_acquire_text(const struct ipsec_acquire *a);
void ctl_soft_text(const struct ipsec_soft *s);
void ctl_dropped_text(const struct ipsec_dropped *d);

#endif
