// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl complete: what a word may become, from the table of commands */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "session.h"

static void command_names(const struct ctl_command *list, const char *prefix,
			  netsh_candidate_fn *fn, void *ctx)
{
	for (; list->name; list++)
		if (!strncasecmp(list->name, prefix, strlen(prefix)))
			fn(ctx, list->name);
	if (!strncmp("help", prefix, strlen(prefix)))
		fn(ctx, "help");
}

/* "mirrored=" or "", and those of "a|b" that begin so. */
static void words_of(const char *head, const char *words, const char *prefix,
		     netsh_candidate_fn *fn, void *ctx)
{
	char text[128];
	size_t len;

	for (; *words; words += len + (words[len] == '|')) {
		len = strcspn(words, "|");
		if (strncasecmp(words, prefix, strlen(prefix)))
			continue;
		snprintf(text, sizeof(text), "%s%.*s", head, (int)len, words);
		fn(ctx, text);
	}
}

static void values_of(const struct netsh_param *p, const char *prefix,
		      netsh_candidate_fn *fn, void *ctx)
{
	char head[64];

	snprintf(head, sizeof(head), "%s=", p->name);
	words_of(head, p->words, prefix, fn, ctx);
}

static bool typed(const struct netsh_param *p, int argc, char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		size_t len = strcspn(argv[i], "=");

		if (argv[i][len] && netsh_find(p, argv[i], len) == p)
			return true;
	}
	return false;
}

static void param_names(const struct ctl_command *c, int argc, char **argv,
			const char *prefix, netsh_candidate_fn *fn, void *ctx)
{
	const struct netsh_param *p;
	char text[64];

	for (p = c->params; p->name; p++) {
		if (strncasecmp(p->name, prefix, strlen(prefix)) ||
		    (!(p->flags & NETSH_MANY) && typed(p, argc, argv)))
			continue;
		snprintf(text, sizeof(text), "%s%s", p->name,
			 p->kind == NETSH_FLAG ? "" : "=");
		fn(ctx, text);
	}
}

void netsh_complete(const struct ctl_command *from, int argc, char **argv,
		    netsh_candidate_fn *fn, void *ctx)
{
	const struct ctl_command *c = from;
	const char *last = argc ? argv[argc - 1] : "";
	const struct netsh_param *p;
	const char *eq;
	int i;

	for (i = 0; i < argc - 1 && c && c->sub; i++)
		c = netsh_command(c->sub, argv[i]);
	if (!c)
		return;
	if (c->sub) {
		command_names(c->sub, last, fn, ctx);
		return;
	}
	if (c->words)
		words_of("", c->words, last, fn, ctx);
	if (!c->params)
		return;
	eq = strchr(last, '=');
	if (!eq) {
		param_names(c, argc - 1 - i, argv + i, last, fn, ctx);
		return;
	}
	p = netsh_find(c->params, last, (size_t)(eq - last));
	if (p && p->kind == NETSH_WORD)
		values_of(p, eq + 1, fn, ctx);
}

static void print(void *ctx, const char *text)
{
	(void)ctx;
	puts(text);
}

int ctl_complete(struct ctl_args *args)
{
	netsh_complete(ctl_root(), args->argc, args->argv, print, NULL);
	return CTL_OK;
}
