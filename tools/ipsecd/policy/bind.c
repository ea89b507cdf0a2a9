// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Words that stand for addresses of this host and of others. What they stand
 * for is found out by the privileged process and is one more file here, so that
 * both processes make the same filters of a policy.
 */
#include "bind.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const policy_sets[] = {
	"me", "gateway", "dns", "wins", "dhcp", NULL
};

static bool is_set(const char *text)
{
	const char *const *set;

	for (set = policy_sets; *set; set++)
		if (!strcmp(*set, text))
			return true;
	return false;
}

/* Labels of letters, digits, '-' and '_'. */
static bool is_name(const char *text)
{
	size_t label = 0;

	if (strlen(text) > POLICY_HOST_MAX)
		return false;
	for (; *text; text++) {
		if (*text == '.' ? !label :
				   !isalnum((unsigned char)*text) &&
					   !strchr("-_", *text))
			return false;
		label = *text == '.' ? 0 : label + 1;
		if (label > 63)
			return false;
	}
	return label;
}

/* Not to be taken for an address that is written wrong. */
static bool is_clear_name(const char *text)
{
	const char *last = strrchr(text, '.');
	size_t digits = strspn(text, "0123456789");

	if (!is_name(text) || text[digits] == '.' || text[digits] == '-')
		return false;
	if (last)
		return isalpha((unsigned char)last[1]);
	return text[strspn(text, "0123456789abcdefABCDEF")];
}

/**
 * policy_word() - what an address of a filter is
 * @text: of from or to
 *
 * Return: a set, a name, or none: it is to be read as an address.
 */
enum policy_word policy_word(const char *text)
{
	struct ipsec_net net;

	if (is_set(text))
		return POLICY_WORD_SET;
	if (!strncmp(text, POLICY_NAME_PREFIX, strlen(POLICY_NAME_PREFIX)))
		return POLICY_WORD_NAME;
	return ipsec_net_parse(&net, text) && is_clear_name(text) ?
		       POLICY_WORD_NAME :
		       POLICY_WORD_NONE;
}

/* Letters of a name have no case. */
static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* The policy in force tells what has to be known for it. */
static int need(struct policy_build *b, struct policy_binding *binding,
		unsigned int line)
{
	struct policy *p = b->policy;
	char **list;

	if (!b->in_force || binding->needed)
		return 0;
	if (p->words >= POLICY_BIND_MAX)
		return ipsec_err_at(b->err, line,
				    "more than %d names in from and to",
				    POLICY_BIND_MAX);
	list = reallocarray(p->word, p->words + 1, sizeof(*list));
	if (!list)
		return policy_no_memory(b);
	p->word = list;
	list[p->words] = strdup(binding->word);
	if (!list[p->words])
		return policy_no_memory(b);
	p->words++;
	binding->needed = true;
	return 0;
}

static struct policy_binding *binding_new(struct policy_build *b,
					  const char *word)
{
	struct policy_binding *binding =
		calloc(1, sizeof(*binding) + strlen(word) + 1);

	if (!binding) {
		policy_no_memory(b);
		return NULL;
	}
	strcpy(binding->word, word);
	HASH_ADD_STR(b->bindings, word, binding);
	return binding;
}

/**
 * policy_binding_set() - what a word stands for, unless it has that already
 * @b: the policy so far
 * @word: the word
 * @addr: its addresses
 * @count: how many
 *
 * Return: 0, or -ENOMEM with the error told.
 */
int policy_binding_set(struct policy_build *b, const char *word,
		       const struct ipsec_addr *addr, unsigned int count)
{
	struct policy_binding *binding;

	HASH_FIND_STR(b->bindings, word, binding);
	if (binding)
		return 0;
	binding = binding_new(b, word);
	if (!binding)
		return -ENOMEM;
	binding->addr = calloc(count + 1, sizeof(*addr));
	if (!binding->addr)
		return policy_no_memory(b);
	memcpy(binding->addr, addr, count * sizeof(*addr));
	binding->count = count;
	return 0;
}

/* "WORD ADDRESS ADDRESS": what comes from us is still not believed blindly. */
static int read_line(struct policy_build *b, char *line)
{
	struct ipsec_addr addr[POLICY_BIND_ADDRS];
	unsigned int count = 0;
	char *save, *word = strtok_r(line, " ", &save), *stale, *text;
	struct policy_binding *binding;
	int rc;

	if (!word)
		return 0;
	stale = strstr(word, POLICY_STALE);
	if (stale)
		*stale = '\0';
	while ((text = strtok_r(NULL, " ", &save)) && count < POLICY_BIND_ADDRS)
		if (!ipsec_addr_parse(&addr[count], text))
			count++;
	rc = policy_binding_set(b, word, addr, count);
	if (rc || !stale)
		return rc;
	HASH_FIND_STR(b->bindings, word, binding);
	binding->stale = true;
	return 0;
}

/* Once, and only for a policy with such words. */
static int read_all(struct policy_build *b)
{
	struct ike_blob blob = { NULL, 0 };
	char *text, *line, *next;
	int rc;

	if (b->bound)
		return 0;
	b->bound = true;
	rc = b->file(b->ctx, POLICY_BINDINGS, false, &blob, b->err);
	if (rc)
		return rc;
	text = strndup(blob.len ? (const char *)blob.data : "", blob.len);
	if (!text)
		return policy_no_memory(b);
	for (line = text; line && !rc; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		rc = read_line(b, line);
	}
	free(text);
	return rc;
}

/**
 * policy_bind() - what a word in place of an address stands for
 * @b: the policy so far
 * @text: for which policy_word() knows a kind
 * @line: where it is
 * @binding: written; of no address if none is known
 *
 * Return: 0, or a negative errno with the error told.
 */
int policy_bind(struct policy_build *b, const char *text, unsigned int line,
		const struct policy_binding **binding)
{
	const size_t prefix = strlen(POLICY_NAME_PREFIX);
	char word[sizeof(POLICY_NAME_PREFIX) + POLICY_HOST_MAX];
	bool name = policy_word(text) == POLICY_WORD_NAME;
	struct policy_binding *found;
	int rc = read_all(b);

	if (rc)
		return rc;
	if (name && !strncmp(text, POLICY_NAME_PREFIX, prefix))
		text += prefix;
	if (name && !is_name(text))
		return ipsec_err_at(b->err, line,
				    "'%.100s' is no name of a host; write one "
				    "such as host.example.org",
				    text);
	snprintf(word, sizeof(word), "%s%s", name ? POLICY_NAME_PREFIX : "",
		 text);
	lower(word);
	HASH_FIND_STR(b->bindings, word, found);
	if (!found)
		found = binding_new(b, word);
	*binding = found;
	return found ? need(b, found, line) : -ENOMEM;
}

void policy_bindings_free(struct policy_build *b)
{
	struct policy_binding *binding, *next;

	HASH_ITER(hh, b->bindings, binding, next) {
		HASH_DEL(b->bindings, binding);
		free(binding->addr);
		free(binding);
	}
}
