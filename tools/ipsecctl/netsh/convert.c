// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl convert: a script for netsh ipsec as a policy */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "session.h"
#include "store.h"

struct convert {
	struct netsh_session session;
	const struct ctl_args *args;
	const char *path;
	char *comments; /* what was left out */
	size_t comments_len;
	FILE *notes;
};

/* Lines of cmd.exe's that change no policy. */
static bool is_noise(const char *line)
{
	static const char *const words[] = {
		"rem",	 "echo",     "pause",	 "cls",	     "title",
		"exit",	 "chcp",     "setlocal", "endlocal", "popd",
		"color", "gpupdate", "echo.",	 "cd",	     "ping",
	};
	size_t len = strcspn(line, " \t"), i;

	if (!*line || *line == '#' || *line == ':' || *line == ';')
		return true;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strlen(words[i]) == len &&
		    !strncasecmp(line, words[i], len))
			return true;
	return false;
}

/* What follows the command: "> nul", "&& echo ok", "| find". */
static void cut_shell(char *line)
{
	bool quoted = false;
	char *p;

	for (p = line; *p; p++) {
		if (*p == '"')
			quoted = !quoted;
		if (!quoted && strchr(">&|", *p)) {
			if (p > line && isdigit((unsigned char)p[-1]) &&
			    *p == '>' && p - 1 > line && p[-2] == ' ')
				p--;
			*p = '\0';
			return;
		}
	}
}

/* %NAME% and %1 are nobody's to know here. */
static bool has_variable(const char *line)
{
	const char *p = strchr(line, '%');

	return p && (isalnum((unsigned char)p[1]) || p[1] == '%') &&
	       (isdigit((unsigned char)p[1]) || strchr(p + 1, '%'));
}

/* The verb after netsh, ipsec and the name of the context; NULL: none. */
static const char *verb_of(struct netsh_session *s, int argc, char **argv,
			   bool *dynamic)
{
	const struct ctl_command *context = s->context, *c;
	int i;

	for (i = 0; i < argc; i++) {
		if (!strcasecmp(argv[i], "netsh") ||
		    !strcasecmp(argv[i], "ipsec"))
			continue;
		c = netsh_command(ctl_root()->sub, argv[i]);
		if (!c || (c->sub != ctl_static_commands &&
			   c->sub != ctl_dynamic_commands))
			break;
		context = c;
	}
	*dynamic = context && context->sub == ctl_dynamic_commands;
	if (!context || i == argc)
		return NULL;
	c = netsh_command(context->sub, argv[i]);
	return c ? c->name : "";
}

static int refuse(const struct convert *c, unsigned int number,
		  const char *what)
{
	if (c->args->given & CTL_OPT_KEEP) {
		fprintf(c->notes, "# %s:%u: left out: %s\n", c->path, number,
			what);
		return CTL_OK;
	}
	fprintf(stderr, "%s:%u: error: %s\n", c->path, number, what);
	return CTL_FAILED;
}

static int run_words(struct convert *c, unsigned int number, int argc,
		     char **argv)
{
	bool dynamic;
	const char *verb = verb_of(&c->session, argc, argv, &dynamic);

	if (!verb)
		return netsh_session_words(&c->session, argc, argv) ?
			       refuse(c, number, "no command of netsh ipsec") :
			       CTL_OK;
	if (!strcmp(verb, "show") || !strcmp(verb, "exportpolicy"))
		return CTL_OK;
	if (dynamic && strcmp(verb, "set") != 0)
		return refuse(c, number,
			      "the dynamic policy has no place in a file; "
			      "'ipsecctl -f' runs such lines");
	if (!netsh_session_words(&c->session, argc, argv))
		return CTL_OK;
	/* Scripts begin with deleting what may be there from before. */
	if (!strcmp(verb, "delete"))
		return CTL_OK;
	return refuse(c, number,
		      *ctl_last_error() ? ctl_last_error() :
					  "it cannot be converted");
}

static int convert_line(void *ctx, const char *text, unsigned int number)
{
	struct convert *c = ctx;
	struct ipsec_err err = { 0 };
	struct netsh_line words;
	char *line = strdup(text), *start;
	int rc;

	if (!line)
		return CTL_FAILED;
	start = line + strspn(line, " \t@");
	cut_shell(start);
	if (is_noise(start)) {
		free(line);
		return CTL_OK;
	}
	if (has_variable(start))
		rc = refuse(c, number,
			    "it has a variable of cmd.exe; write its value");
	else if (netsh_split(start, &words, &err))
		rc = refuse(c, number, err.text);
	else
		rc = run_words(c, number, words.argc, words.argv);
	if (!has_variable(start))
		netsh_line_free(&words);
	free(line);
	return rc;
}

static bool has_psk(const json_t *value)
{
	const json_t *one;
	const char *key;
	size_t i;

	if (json_object_get(value, "psk"))
		return true;
	json_object_foreach((json_t *)value, key, one) {
		if (has_psk(one))
			return true;
	}
	json_array_foreach(value, i, one) {
		if (has_psk(one))
			return true;
	}
	return false;
}

static FILE *open_output(const struct ctl_args *args, const json_t *root)
{
	FILE *to;
	int fd;

	if (!args->output) {
		if (!has_psk(root) || !isatty(STDOUT_FILENO))
			return stdout;
		fputs("ipsecctl: the keys would show on the terminal; write "
		      "them to a file with '-o FILE'\n",
		      stderr);
		return NULL;
	}
	fd = open(args->output,
		  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	to = fd < 0 ? NULL : fdopen(fd, "w");
	if (!to)
		fprintf(stderr, "ipsecctl: cannot create %s: %s\n",
			args->output, strerror(errno));
	return to;
}

static int write_policy(const struct convert *c)
{
	json_t *root = netsh_store_take();
	FILE *to = root ? open_output(c->args, root) : NULL;
	bool bad = !to;

	if (to) {
		fputs(c->comments, to);
		tree_write(to, root);
		bad = fflush(to) || ferror(to);
		if (to != stdout && fclose(to))
			bad = true;
	}
	json_decref(root);
	return bad ? CTL_FAILED : CTL_OK;
}

int ctl_convert(struct ctl_args *args)
{
	struct convert c = { .args = args };
	int rc;

	if (args->argc != 1)
		return ctl_usage(args, "one file is needed");
	c.path = args->argv[0];
	c.notes = open_memstream(&c.comments, &c.comments_len);
	if (!c.notes)
		return CTL_FAILED;
	netsh_store_detach();
	ctl_be_quiet();
	rc = netsh_each_line(c.path, convert_line, &c);
	fclose(c.notes);
	if (!rc)
		rc = write_policy(&c);
	free(c.comments);
	return rc;
}
