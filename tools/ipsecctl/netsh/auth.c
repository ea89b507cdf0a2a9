// SPDX-License-Identifier: GPL-2.0-or-later
/* kerberos, psk and rootca: how the peers prove who they are. */
#include "auth.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

/*
 * Windows names a root by its subject and finds it, and a certificate of the
 * computer's below it, in a store. Here the store is a folder: ca/NAME.pem,
 * NAME being the common name of the root, host.pem and host.key. What has a
 * slash, or ends in .pem, is a file.
 */
#define STORE "/etc/ipsecd"
#define PATH_SIZE 512

static const char *folder(void)
{
	const char *dir = getenv("IPSECD_CERTS");

	return dir && *dir ? dir : STORE;
}

/* The value of CN in a subject, or of the last part that has one. */
static void common_name(const char *subject, char *out, size_t size)
{
	const char *cn = strcasestr(subject, "CN=");
	const char *start = cn ? cn + 3 : strrchr(subject, '=');
	size_t len, i, used = 0;

	start = !start ? subject : cn ? start : start + 1;
	len = *start == '"' ? strcspn(++start, "\"") : strcspn(start, ",");
	for (i = 0; i < len && used + 1 < size; i++)
		out[used++] = start[i] == '/' ? '_' : start[i];
	out[used] = '\0';
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);

	return len > n && !strcasecmp(text + len - n, end);
}

static void ca_file(const char *root, char *path)
{
	char name[128];

	if (root[0] == '/' || ends_with(root, ".pem")) {
		snprintf(path, PATH_SIZE, "%s", root);
		return;
	}
	common_name(root, name, sizeof(name));
	snprintf(path, PATH_SIZE, "%s/ca/%s.pem", folder(), name);
}

/* Takes "certmap:yes" off the end of the text; false: no such word. */
static bool take_switch(char *text, const char *name, bool *yes)
{
	char *at = strcasestr(text, name), *end;

	*yes = false;
	if (!at)
		return true;
	end = at + strlen(name);
	end += strspn(end, " ");
	if (strncasecmp(end, "yes", 3) && strncasecmp(end, "no", 2))
		return false;
	*yes = tolower((unsigned char)*end) == 'y';
	end += *yes ? 3 : 2;
	memmove(at, end, strlen(end) + 1);
	return true;
}

static void trim(char *text)
{
	size_t len = strlen(text);

	while (len && text[len - 1] == ' ')
		text[--len] = '\0';
}

/* Quotes within the quotes were written \'. */
static void unquote(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] == '\'') {
			*to++ = '"';
			text++;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static json_t *root_ca(const char *text, struct ipsec_err *err)
{
	char root[1024], path[PATH_SIZE];
	bool certmap, exclude;
	json_t *method;

	if (strlen(text) >= sizeof(root)) {
		ipsec_err_at(err, 0, "rootca is too long");
		return NULL;
	}
	strcpy(root, text);
	if (!take_switch(root, "certmap:", &certmap) ||
	    !take_switch(root, "excludecaname:", &exclude)) {
		ipsec_err_at(err, 0,
			     "rootca: certmap: and excludecaname: are yes or "
			     "no");
		return NULL;
	}
	if (certmap || exclude) {
		ipsec_err_at(err, 0,
			     "rootca: %s:yes is not there yet; "
			     "write no",
			     certmap ? "certmap" : "excludecaname");
		return NULL;
	}
	unquote(root);
	trim(root);
	ca_file(root, path);
	method = json_object();
	tree_set(method, "ca", path);
	snprintf(path, sizeof(path), "%s/host.pem", folder());
	tree_set(method, "cert", path);
	snprintf(path, sizeof(path), "%s/host.key", folder());
	tree_set(method, "key", path);
	return method;
}

/* policy.yaml takes what starts with 0x for hexadecimal, netsh for text. */
static json_t *pre_shared(const char *text)
{
	json_t *method = json_object();
	size_t len = strlen(text), i;
	char *hex;

	if (strncmp(text, "0x", 2) != 0) {
		tree_set(method, "psk", text);
		return method;
	}
	hex = malloc(2 * len + 3);
	if (!hex)
		abort();
	strcpy(hex, "0x");
	for (i = 0; i < len; i++)
		sprintf(hex + 2 + 2 * i, "%02x", (unsigned char)text[i]);
	tree_set(method, "psk", hex);
	explicit_bzero(hex, 2 * len + 3);
	free(hex);
	return method;
}

bool netsh_has_auth(const struct netsh_values *v)
{
	unsigned int i;

	for (i = 0; i < v->count; i++)
		if (v->given[i].param->flags & NETSH_AUTH)
			return true;
	return false;
}

static json_t *one(const struct netsh_given *g, struct ipsec_err *err)
{
	if (!strcmp(g->param->name, "psk")) {
		if (*g->text)
			return pre_shared(g->text);
		ipsec_err_at(err, 0, "psk is empty");
		return NULL;
	}
	if (!strcmp(g->param->name, "rootca"))
		return root_ca(g->text, err);
	ipsec_err_at(err, 0,
		     "kerberos=yes is not there yet: IKE here has no Kerberos; "
		     "use psk= or rootca=");
	return NULL;
}

json_t *netsh_auth(const struct netsh_values *v, struct ipsec_err *err)
{
	json_t *list = json_array(), *method;
	unsigned int i;

	for (i = 0; i < v->count; i++) {
		const struct netsh_given *g = &v->given[i];

		if (!(g->param->flags & NETSH_AUTH) ||
		    (g->param->kind == NETSH_WORD && !strcmp(g->text, "no")))
			continue;
		method = one(g, err);
		if (!method) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, method);
	}
	return list;
}
