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

static void option_names(const struct ctl_command *c, const char *prefix,
			 netsh_candidate_fn *fn, void *ctx)
{
	const struct ctl_option *o;

	for (o = ctl_options; o->name; o++)
		if ((!o->opt || c->options & o->opt) &&
		    !strncmp(o->name, prefix, strlen(prefix)))
			fn(ctx, o->name);
	if (!strncmp("--help", prefix, strlen(prefix)))
		fn(ctx, "--help");
}

/* How many words an option is; 0: it is none. */
static int option_words(const char *word)
{
	const struct ctl_option *o = ctl_option(word);

	if (word[0] != '-' || !word[1])
		return 0;
	return o && o->value && !strchr(word, '=') ? 2 : 1;
}

/*
 * The command that the words lead to, with at behind its name. NULL: none, or
 * what follows is the value of an option.
 */
static const struct ctl_command *walk(const struct ctl_command *c, int argc,
				      char **argv, int *at)
{
	int i = 0, used, words;

	for (*at = 0; i < argc && c; i += used) {
		words = option_words(argv[i]);
		used = words ? words : 1;
		if (!c->sub)
			continue;
		if (!words && !ctl_is_help(argv[i]))
			c = netsh_command(c->sub, argv[i]);
		*at = i + used;
	}
	return i > argc ? NULL : c;
}

void netsh_complete(const struct ctl_command *from, int argc, char **argv,
		    netsh_candidate_fn *fn, void *ctx)
{
	const char *last = argc ? argv[argc - 1] : "";
	const struct netsh_param *p;
	const struct ctl_command *c;
	const char *eq;
	int at;

	c = walk(from, argc ? argc - 1 : 0, argv, &at);
	if (!c)
		return;
	if (last[0] == '-') {
		option_names(c, last, fn, ctx);
		return;
	}
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
		param_names(c, argc - 1 - at, argv + at, last, fn, ctx);
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
