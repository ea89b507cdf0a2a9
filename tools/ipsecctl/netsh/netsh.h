/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_H
#define IPSECCTL_NETSH_H

#include "../ctl.h"

/*
 * The words of netsh ipsec. A command has a table of parameters, in netsh's
 * order; it is given words like name=value, name = value or, in that order,
 * value alone. Names of parameters and words that stand for values may be
 * shortened, and case does not matter.
 */
enum netsh_kind {
	NETSH_TEXT,
	NETSH_WORD, /* one of words, "yes|no" */
	NETSH_NUMBER,
	NETSH_FLAG, /* the bare word, like "all" */
};

enum {
	NETSH_NEEDED = 1,
	NETSH_MANY = 2, /* may be given again */
	NETSH_CAP = 4, /* more than max is max, with a warning */
	NETSH_AUTH = 8, /* the order among such is a preference */
};

struct netsh_param {
	const char *name; /* NULL ends a table */
	enum netsh_kind kind;
	unsigned int flags;
	const char *words;
	uint64_t min;
	uint64_t max;
};

#define NETSH_YESNO "yes|no"
#define NETSH_GIVEN_MAX 48

/* What a command was given, in the order typed. */
struct netsh_given {
	const struct netsh_param *param;
	const char *text; /* a word in full, a number in decimal */
	char buf[24];
};

struct netsh_values {
	unsigned int count;
	struct netsh_given given[NETSH_GIVEN_MAX];
	char *heap; /* copies of the words */
};

/* words.c: an exit code; what it allocates is freed by netsh_free(). */
int netsh_parse(struct ctl_args *args, struct netsh_values *v);
void netsh_free(struct netsh_values *v);
/* NULL: not given. */
const char *netsh_text(const struct netsh_values *v, const char *name);
const char *netsh_or(const struct netsh_values *v, const char *name,
		     const char *otherwise);
bool netsh_yes(const struct netsh_values *v, const char *name, bool otherwise);
void netsh_print_params(const struct netsh_param *params);
/* The parameter whose name starts so; NULL: none, or several. */
const struct netsh_param *netsh_find(const struct netsh_param *params,
				     const char *word, size_t len);

/* line.c: the words of a line; quotes hold one together. */
struct netsh_line {
	int argc;
	char **argv;
	char *text;
};

int netsh_split(const char *line, struct netsh_line *out,
		struct ipsec_err *err);
void netsh_line_free(struct netsh_line *line);

#endif
