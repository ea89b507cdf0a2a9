// SPDX-License-Identifier: GPL-2.0-or-later
/* name=value, as netsh reads it. */
#include <stdlib.h>
#include <string.h>

#include "../../lib/text.h"
#include "netsh.h"

const struct netsh_param *netsh_find(const struct netsh_param *params,
				     const char *word, size_t len)
{
	const struct netsh_param *p, *found = NULL;

	for (p = params; p->name; p++) {
		if (strncasecmp(p->name, word, len) || !len)
			continue;
		if (strlen(p->name) == len)
			return p;
		if (found)
			return NULL;
		found = p;
	}
	return found;
}

static const struct netsh_param *find_flag(const struct netsh_param *params,
					   const char *word)
{
	const struct netsh_param *p;

	for (p = params; p->name; p++)
		if (p->kind == NETSH_FLAG && !strcasecmp(p->name, word))
			return p;
	return NULL;
}

static bool given(const struct netsh_values *v, const struct netsh_param *p)
{
	unsigned int i;

	for (i = 0; i < v->count; i++)
		if (v->given[i].param == p)
			return true;
	return false;
}

/* The whole of the word that text is short for; NULL: none, or several. */
static const char *find_word(const char *words, const char *text, char *buf,
			     size_t size)
{
	size_t len = strlen(text), wlen;
	bool found = false;

	for (; len && *words; words += wlen + (words[wlen] == '|')) {
		wlen = strcspn(words, "|");
		if (wlen < len || wlen >= size ||
		    strncasecmp(words, text, len) != 0)
			continue;
		if (found && wlen != len)
			return NULL;
		memcpy(buf, words, wlen);
		buf[wlen] = '\0';
		found = true;
		if (wlen == len)
			break;
	}
	return found ? buf : NULL;
}

static int set_number(struct ctl_args *args, struct netsh_given *g)
{
	const struct netsh_param *p = g->param;
	uint64_t value;

	if (ipsec_uint(g->text, 0, UINT64_MAX, &value) && value > p->max &&
	    p->flags & NETSH_CAP) {
		ctl_warn("%s is at most %llu; that is taken", p->name,
			 (unsigned long long)p->max);
		value = p->max;
	} else if (!ipsec_uint(g->text, p->min, p->max, &value)) {
		return ctl_usage(args,
				 "%s '%.40s' is no number from %llu to "
				 "%llu",
				 p->name, g->text, (unsigned long long)p->min,
				 (unsigned long long)p->max);
	}
	snprintf(g->buf, sizeof(g->buf), "%llu", (unsigned long long)value);
	g->text = g->buf;
	return CTL_OK;
}

/* A control character could not be shown, nor kept in a file of lines. */
static bool printable(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static int set(struct ctl_args *args, struct netsh_values *v,
	       const struct netsh_param *p, const char *text)
{
	struct netsh_given *g = &v->given[v->count];

	if (given(v, p) && !(p->flags & NETSH_MANY))
		return ctl_usage(args, "%s is given twice; remove one",
				 p->name);
	if (v->count == NETSH_GIVEN_MAX)
		return ctl_usage(args, "too many words");
	g->param = p;
	g->text = text;
	v->count++;
	if (!printable(text))
		return ctl_usage(args, "%s holds a control character", p->name);
	if (p->kind == NETSH_NUMBER)
		return set_number(args, g);
	if (p->kind != NETSH_WORD)
		return CTL_OK;
	g->text = find_word(p->words, text, g->buf, sizeof(g->buf));
	return g->text ? CTL_OK :
			 ctl_usage(args, "%s '%.40s' is none of %s", p->name,
				   text, p->words);
}

/* The first that was not given; a flag stands for those before it. */
static const struct netsh_param *next_param(const struct netsh_param *params,
					    const struct netsh_values *v)
{
	const struct netsh_param *p, *next = NULL;

	for (p = params; p->name; p++) {
		if (p->kind == NETSH_FLAG && given(v, p))
			next = NULL;
		else if (!next && p->kind != NETSH_FLAG && !given(v, p))
			next = p;
	}
	return next;
}

static int set_bare(struct ctl_args *args, struct netsh_values *v,
		    const char *word)
{
	const struct netsh_param *params = args->command->params;
	const struct netsh_param *p = find_flag(params, word);

	if (p)
		return set(args, v, p, word);
	p = next_param(params, v);
	return p ? set(args, v, p, word) :
		   ctl_usage(args, "'%.40s' is a word too many", word);
}

static int set_tagged(struct ctl_args *args, struct netsh_values *v, char *word,
		      char *eq)
{
	const struct netsh_param *p;
	size_t len = (size_t)(eq - word);

	p = netsh_find(args->command->params, word, len);
	if (p && p->kind != NETSH_FLAG)
		return set(args, v, p, eq + 1);
	return ctl_usage(args,
			 "'%.*s' is the name of no parameter, or of "
			 "several",
			 (int)(len > 40 ? 40 : len), word);
}

/* Short ones are those of a name, "C=DE". */
static bool is_tagged(const struct netsh_param *params, const char *word)
{
	size_t len = strcspn(word, "=");

	return word[len] && len > 2 && netsh_find(params, word, len);
}

/* "a = b" and "a= b" and "a =b" are "a=b". All in one block of memory. */
static int join(struct ctl_args *args, char *heap, char **words)
{
	int i, count = 0;
	bool open = false; /* the last one waits for its value */

	for (i = 0; i < args->argc; i++) {
		const char *w = args->argv[i];
		bool more = open ? !is_tagged(args->command->params, w) :
				   count && w[0] == '=' &&
					    !strchr(words[count - 1], '=');

		if (more)
			heap--;
		else
			words[count++] = heap;
		strcpy(heap, w);
		heap += strlen(w) + 1;
		open = (!more && strchr(w, '=') == w + strlen(w) - 1) ||
		       (more && !open && !w[1]);
	}
	return count;
}

static int check_needed(struct ctl_args *args, const struct netsh_values *v)
{
	const struct netsh_param *p;

	for (p = args->command->params; p->name; p++)
		if (p->flags & NETSH_NEEDED && !given(v, p))
			return ctl_usage(args, "%s is missing", p->name);
	return CTL_OK;
}

/**
 * netsh_parse() - the words of a command
 * @args: whose command has a table of parameters
 * @v: written; free it in any case
 *
 * Return: an exit code, with what is wrong told.
 */
int netsh_parse(struct ctl_args *args, struct netsh_values *v)
{
	size_t size = 1;
	char **words;
	int i, count, rc = CTL_OK;

	memset(v, 0, sizeof(*v));
	for (i = 0; i < args->argc; i++)
		size += strlen(args->argv[i]) + 1;
	v->heap = malloc(size);
	words = calloc((size_t)args->argc + 1, sizeof(*words));
	if (!v->heap || !words) {
		free(words);
		return CTL_FAILED;
	}
	count = join(args, v->heap, words);
	for (i = 0; i < count && !rc; i++) {
		char *eq = strchr(words[i], '=');

		rc = eq ? set_tagged(args, v, words[i], eq) :
			  set_bare(args, v, words[i]);
	}
	free(words);
	return rc ? rc : check_needed(args, v);
}

void netsh_free(struct netsh_values *v)
{
	free(v->heap);
	v->heap = NULL;
}

const char *netsh_text(const struct netsh_values *v, const char *name)
{
	unsigned int i;

	for (i = 0; i < v->count; i++)
		if (!strcmp(v->given[i].param->name, name))
			return v->given[i].text;
	return NULL;
}

const char *netsh_or(const struct netsh_values *v, const char *name,
		     const char *otherwise)
{
	const char *text = netsh_text(v, name);

	return text ? text : otherwise;
}

bool netsh_yes(const struct netsh_values *v, const char *name, bool otherwise)
{
	const char *text = netsh_text(v, name);

	return text ? !strcmp(text, "yes") : otherwise;
}

/* "a|b|c", with room for " ] ..." at the end of a line. */
static void print_choices(const char *words, int column)
{
	while (*words) {
		int len = (int)strcspn(words, "|") + 1;

		if (column + len > 74)
			column = printf("\n        ") - 1;
		/* The last one has no bar. */
		len = printf("%.*s", len, words);
		column += len;
		words += len;
	}
}

static void print_param(const struct netsh_param *p)
{
	bool needed = p->flags & NETSH_NEEDED;
	int column = printf("  %s", needed ? "" : "[ ");

	if (p->kind == NETSH_FLAG)
		printf("%s", p->name);
	else if (p->kind == NETSH_WORD)
		print_choices(p->words, column + printf("[%s=]", p->name));
	else if (p->kind == NETSH_NUMBER)
		printf("[%s=]%llu..%llu", p->name, (unsigned long long)p->min,
		       (unsigned long long)p->max);
	else
		printf("[%s=]TEXT", p->name);
	printf("%s%s\n", needed ? "" : " ]",
	       p->flags & NETSH_MANY ? " ..." : "");
}

void netsh_print_params(const struct netsh_param *params)
{
	for (; params->name; params++)
		print_param(params);
}
