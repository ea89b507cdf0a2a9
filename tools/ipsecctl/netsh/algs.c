// SPDX-License-Identifier: GPL-2.0-or-later
/* Security methods: netsh's words for them, and those of policy.yaml. */
#include "algs.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/text.h"
#include "tree.h"

#define METHOD_MAX 128
#define KIB_MIN 20480
#define KIB_MAX 2147483647
#define SECONDS_MIN 300
#define SECONDS_MAX 172799

struct alg {
	const char *netsh;
	const char *word;
	bool weak;
};

/* Windows Server 2003 had the first ones of each table; "" is not sent. */
static const struct alg ciphers[] = {
	{ "3DES", "3des", true },
	{ "DES", "des", true },
	{ "None", "null", false },
	{ "AES128", "aes128", false },
	{ "AES192", "aes192", false },
	{ "AES256", "aes256", false },
	{ "AESGCM128", "aes128gcm16", false },
	{ "AESGCM192", "aes192gcm16", false },
	{ "AESGCM256", "aes256gcm16", false },
	{ NULL, NULL, false },
};

static const struct alg hashes[] = {
	{ "SHA1", "sha1", false },     { "MD5", "md5", true },
	{ "None", "", false },	       { "SHA256", "sha256", false },
	{ "SHA384", "sha384", false }, { "SHA512", "sha512", false },
	{ NULL, NULL, false },
};

static const struct alg groups[] = {
	{ "1", "modp768", true },
	{ "2", "modp1024", true },
	{ "3", "modp2048", false },
	{ "DHGroup1", "modp768", true },
	{ "DHGroup2", "modp1024", true },
	{ "DHGroup14", "modp2048", false },
	{ "DHGroup19", "ecp256", false },
	{ "DHGroup20", "ecp384", false },
	{ NULL, NULL, false },
};

/* A method without a group gets Windows' strongest. */
#define DEFAULT_GROUP "modp2048"

static const struct alg *by_netsh(const struct alg *tab, const char *text)
{
	for (; tab->netsh; tab++)
		if (!strcasecmp(tab->netsh, text))
			return tab;
	return NULL;
}

static const struct alg *by_word(const struct alg *tab, const char *word)
{
	for (; tab->netsh; tab++)
		if (!strcmp(tab->word, word))
			return tab;
	return NULL;
}

static json_t *fail(struct ipsec_err *err, const char *text, const char *what)
{
	ipsec_err_at(err, 0, "'%.80s': %s", text, what);
	return NULL;
}

/* The next method, up to a separator that no bracket holds. */
static bool next_method(const char **text, char *buf, size_t size)
{
	size_t len = 0, used = 0;
	int depth = 0;

	*text += strspn(*text, " ;\t");
	for (; (*text)[len]; len++) {
		char c = (*text)[len];

		depth += (c == '[') - (c == ']');
		if (depth <= 0 && strchr(" ;\t", c))
			break;
		if (c != ' ' && used + 1 < size)
			buf[used++] = c;
	}
	buf[used] = '\0';
	*text += len;
	return used;
}

static bool split(char *text, char sep, char **rest)
{
	*rest = strchr(text, sep);
	if (!*rest)
		return false;
	*(*rest)++ = '\0';
	return true;
}

static const char *mm_method(char *text, const char *group, char *buf,
			     size_t size)
{
	char *hash, *number = NULL;
	const struct alg *c, *h, *g = NULL;

	if (!split(text, '-', &hash))
		return NULL;
	if (split(hash, '-', &number))
		g = by_netsh(groups, number);
	c = by_netsh(ciphers, text);
	h = by_netsh(hashes, hash);
	if (!c || !h || !*h->word || !strcmp(c->word, "null") || (number && !g))
		return NULL;
	snprintf(buf, size, "%s-%s-%s", c->word, h->word, g ? g->word : group);
	return buf;
}

/* "DHGroup14" as a word of its own is the group of the method before. */
static const char *group_after(const char **text)
{
	char word[METHOD_MAX];
	const char *p = *text;
	const struct alg *g;

	if (!next_method(&p, word, sizeof(word)) ||
	    strncasecmp(word, "DHGroup", 7) != 0)
		return DEFAULT_GROUP;
	g = by_netsh(groups, word);
	if (g)
		*text = p;
	return g ? g->word : DEFAULT_GROUP;
}

json_t *netsh_mm_read(const char *text, struct ipsec_err *err)
{
	static const char form[] =
		"a main mode method is CIPHER-HASH-GROUP, such as "
		"3DES-SHA1-2; ciphers DES, 3DES, AES128, AES192, AES256, "
		"hashes MD5, SHA1, SHA256, SHA384, groups 1, 2, 3";
	char word[METHOD_MAX], copy[METHOD_MAX], out[METHOD_MAX];
	json_t *list = json_array();

	while (next_method(&text, word, sizeof(word))) {
		const char *group = group_after(&text);

		strcpy(copy, word);
		if (!mm_method(copy, group, out, sizeof(out))) {
			json_decref(list);
			return fail(err, word, form);
		}
		json_array_append_new(list, json_string(out));
	}
	if (json_array_size(list))
		return list;
	json_decref(list);
	return fail(err, "", form);
}

/* ":204800k/300s", either of them, in either case. */
static bool lifetime(char *text, json_t *method)
{
	json_t *life = json_object();
	char *seconds, number[24];
	uint64_t v;
	size_t len;
	bool ok = true;

	while (ok && text) {
		if (!split(text, '/', &seconds))
			seconds = NULL;
		len = strlen(text);
		ok = len > 1;
		if (ok && strchr("kK", text[len - 1])) {
			text[len - 1] = '\0';
			ok = ipsec_uint(text, KIB_MIN, KIB_MAX, &v);
			snprintf(number, sizeof(number), "%llu",
				 (unsigned long long)v << 10);
			tree_set(life, "bytes", number);
		} else if (ok && strchr("sS", text[len - 1])) {
			text[len - 1] = '\0';
			ok = ipsec_uint(text, SECONDS_MIN, SECONDS_MAX, &v);
			tree_set(life, "seconds", text);
		} else {
			ok = false;
		}
		text = seconds;
	}
	json_object_set_new(method, "lifetime", life);
	return ok;
}

static bool esp(char *text, char sep, json_t *method)
{
	const struct alg *c, *h;
	char *hash, word[32];
	bool gcm;

	if (!split(text, sep, &hash))
		return false;
	c = by_netsh(ciphers, text);
	h = by_netsh(hashes, hash);
	gcm = c && strstr(c->word, "gcm");
	if (gcm && !strcasecmp(text, hash))
		h = by_word(hashes, ""); /* "AESGCM128,AESGCM128" */
	/* Encryption without integrity is none; nothing at all is less. */
	if (!c || !h || !*h->word != gcm)
		return false;
	snprintf(word, sizeof(word), "%s%s%s", c->word, gcm ? "" : "-",
		 h->word);
	tree_set(method, "esp", word);
	return true;
}

static bool ah(const char *text, json_t *method)
{
	const struct alg *h = by_netsh(hashes, text);

	if (!h || !*h->word)
		return false;
	tree_set(method, "ah", h->word);
	return true;
}

/* "ESP[3DES,SHA1]", "AH[MD5]"; what follows it is left in text. */
static bool protocol(char **text, json_t *method)
{
	char *open = strchr(*text, '['), *end;

	if (!open)
		return false;
	*open++ = '\0';
	end = strchr(open, ']');
	if (!end)
		return false;
	*end++ = '\0';
	if (!strcasecmp(*text, "ESP") && !json_object_get(method, "esp")) {
		*text = end;
		return esp(open, ',', method);
	}
	if (strcasecmp(*text, "AH") || json_object_get(method, "ah"))
		return false;
	*text = end;
	return ah(open, method);
}

/* The form of newer documentation: "ESP:3DES-SHA1", "AH:SHA1", "3DES-SHA1". */
static bool plain(char *text, json_t *method)
{
	if (!strncasecmp(text, "AH:", 3))
		return ah(text + 3, method);
	if (!strncasecmp(text, "ESP:", 4))
		text += 4;
	return esp(text, '-', method);
}

static bool qm_method(char *text, json_t *method)
{
	if (!strchr(text, '['))
		return plain(text, method);
	if (!protocol(&text, method))
		return false;
	if (*text == '+') {
		text++;
		if (!protocol(&text, method))
			return false;
	}
	return !*text || (*text == ':' && lifetime(text + 1, method));
}

json_t *netsh_qm_read(const char *text, struct ipsec_err *err)
{
	static const char form[] =
		"a quick mode method is ESP[CIPHER,HASH], AH[HASH] or "
		"AH[HASH]+ESP[CIPHER,HASH], then :Kk/Ss with 20480 to "
		"2147483647 kilobytes and 300 to 172799 seconds; ESP needs a "
		"hash; ciphers DES, 3DES, AES128, AESGCM128, ..., None";
	char word[METHOD_MAX], copy[METHOD_MAX];
	json_t *list = json_array(), *method;

	while (next_method(&text, word, sizeof(word))) {
		strcpy(copy, word);
		method = json_object();
		json_array_append_new(list, method);
		if (!qm_method(copy, method)) {
			json_decref(list);
			return fail(err, word, form);
		}
	}
	if (json_array_size(list))
		return list;
	json_decref(list);
	return fail(err, "", form);
}

const char *netsh_mm_text(const char *proposal, char *buf, size_t size)
{
	char copy[METHOD_MAX], *hash = NULL, *group = NULL;
	const struct alg *c, *h, *g;

	snprintf(copy, sizeof(copy), "%s", proposal);
	if (split(copy, '-', &hash) && split(hash, '-', &group)) {
		c = by_word(ciphers, copy);
		h = by_word(hashes, hash);
		g = by_word(groups, group);
		if (c && h && g) {
			snprintf(buf, size, "%s-%s-%s", c->netsh, h->netsh,
				 g->netsh);
			return buf;
		}
	}
	snprintf(buf, size, "%s", proposal);
	return buf;
}

static void esp_text(const char *proposal, char *buf, size_t size)
{
	char copy[METHOD_MAX], *hash;
	const struct alg *c, *h;

	snprintf(copy, sizeof(copy), "%s", proposal);
	if (!split(copy, '-', &hash))
		hash = copy + strlen(copy);
	c = by_word(ciphers, copy);
	h = by_word(hashes, hash);
	if (c && h)
		snprintf(buf, size, "ESP[%s,%s]", c->netsh, h->netsh);
	else
		snprintf(buf, size, "ESP[%s]", proposal);
}

const char *netsh_qm_text(const json_t *method, char *buf, size_t size)
{
	const json_t *life = json_object_get(method, "lifetime");
	const char *esp_word = tree_text(method, "esp");
	const char *ah_word = tree_text(method, "ah");
	const char *bytes = tree_text(life, "bytes");
	const char *seconds = tree_text(life, "seconds");
	const struct alg *h = ah_word ? by_word(hashes, ah_word) : NULL;
	char text[METHOD_MAX] = "", kib[32] = "", secs[32] = "";

	if (esp_word)
		esp_text(esp_word, text, sizeof(text));
	if (bytes)
		snprintf(kib, sizeof(kib), "%lluk",
			 strtoull(bytes, NULL, 10) >> 10);
	if (seconds)
		snprintf(secs, sizeof(secs), "%ss", seconds);
	snprintf(buf, size, "%s%s%s%s%s%s%s%s%s", ah_word ? "AH[" : "",
		 h	 ? h->netsh :
		 ah_word ? ah_word :
			   "",
		 ah_word ? "]" : "", ah_word && esp_word ? "+" : "", text,
		 *kib || *secs ? ":" : "", kib, *kib && *secs ? "/" : "", secs);
	return buf;
}

static bool weak_word(const char *word)
{
	const struct alg *a;

	a = by_word(ciphers, word);
	if (!a)
		a = by_word(hashes, word);
	if (!a)
		a = by_word(groups, word);
	return (a && a->weak) || !strcmp(word, "prfmd5");
}

static bool weak_value(const json_t *value)
{
	char copy[METHOD_MAX], *word, *rest = copy;
	const json_t *one;
	const char *key;
	size_t i;

	if (json_is_string(value)) {
		snprintf(copy, sizeof(copy), "%s", json_string_value(value));
		while ((word = strsep(&rest, "-")))
			if (weak_word(word))
				return true;
	}
	json_array_foreach((json_t *)value, i, one) {
		if (weak_value(one))
			return true;
	}
	json_object_foreach((json_t *)value, key, one) {
		if (weak_value(one))
			return true;
	}
	return false;
}

bool netsh_weak(const json_t *map)
{
	return weak_value(json_object_get(map, "ike")) ||
	       weak_value(json_object_get(map, "esp")) ||
	       weak_value(json_object_get(map, "ah")) ||
	       weak_value(json_object_get(map, "methods"));
}

bool netsh_bundle(const json_t *map)
{
	const json_t *list = json_object_get(map, "methods"), *method;
	size_t i;

	json_array_foreach(list, i, method) {
		if (tree_text(method, "esp") && tree_text(method, "ah"))
			return true;
	}
	return false;
}
