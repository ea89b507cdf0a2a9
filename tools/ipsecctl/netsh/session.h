/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_SESSION_H
#define IPSECCTL_NETSH_SESSION_H

#include "netsh.h"

/*
 * Commands line by line, from a file or typed. As in netsh, the name of a
 * context alone makes it the one that further lines are of, and ".." leaves it.
 */
struct netsh_session {
	const struct ctl_command *context; /* NULL: none */
	bool ended; /* "exit" was said */
};

/* An exit code; an empty line and a comment are fine. */
int netsh_session_line(struct netsh_session *s, const char *line);
/* The same for words that are split already. */
int netsh_session_words(struct netsh_session *s, int argc, char **argv);
/* The command of a list that the word is, or is short for; NULL: none. */
const struct ctl_command *netsh_command(const struct ctl_command *list,
					const char *word);

/* A file line by line; ends at the first that fails. */
typedef int netsh_line_fn(void *ctx, const char *line, unsigned int number);
int netsh_each_line(const char *path, netsh_line_fn *fn, void *ctx);

/* What the last of the words may become; each goes to fn. */
typedef void netsh_candidate_fn(void *ctx, const char *text);
void netsh_complete(const struct ctl_command *from, int argc, char **argv,
		    netsh_candidate_fn *fn, void *ctx);

int ctl_batch(const char *path);
int ctl_prompt(void);

#endif
