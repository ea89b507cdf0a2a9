// SPDX-License-Identifier: GPL-2.0-or-later
/* What "me", "gateway", "dns", "wins", "dhcp" and names of hosts stand for. */
#include "addresses.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SOON 5 /* ms; changes seldom come alone */
#define PAUSE 20 /* ms, at least, between two */
#define SHARE 4 /* of the time of a change it rests after it */
#define AGAIN 5000 /* ms, after a failure */
#define FILE_NAME "names"

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void plan(struct ipsecd_addresses *a, uint64_t ms)
{
	const struct timeval tv = { .tv_sec = (time_t)(ms / 1000),
				    .tv_usec =
					    (suseconds_t)(ms % 1000 * 1000) };

	if (a->timer && !evtimer_pending(a->timer, NULL))
		evtimer_add(a->timer, &tv);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_addresses *a = arg;

	(void)fd;
	(void)what;
	a->changed(a->arg);
}

/* The first change is followed at once, for until then it is not protected. */
static void on_changed(void *arg)
{
	struct ipsecd_addresses *a = arg;
	uint64_t now = now_ms();

	plan(a, a->next > now + SOON ? a->next - now : SOON);
}

static void on_files(void *arg)
{
	struct ipsecd_addresses *a = arg;

	ipsecd_resolver_again(&a->resolver);
	on_changed(a);
}

static int by_bytes(const void *a, const void *b)
{
	const struct ipsec_addr *x = a, *y = b;

	return x->len != y->len ? x->len - y->len : memcmp(x->b, y->b, x->len);
}

/* Sorted: the order in which the kernel tells them means nothing. */
static void print_line(FILE *f, const char *word, struct ipsecd_addrs *set,
		       bool stale)
{
	char text[IPSEC_NET_STRLEN];
	unsigned int i;

	qsort(set->addr, set->count, sizeof(set->addr[0]), by_bytes);
	fprintf(f, "%s%s", word, stale ? POLICY_STALE : "");
	for (i = 0; i < set->count; i++)
		fprintf(f, " %s",
			ipsec_addr_print(&set->addr[i], text, sizeof(text)));
	fputc('\n', f);
}

/* What of the host is asked for at most once for a text. */
struct known {
	bool own_known;
	bool leases_known;
	struct ipsecd_addrs own;
	struct ipsecd_addrs dhcp;
	struct ipsecd_addrs wins;
};

static const struct ipsecd_addrs *own(struct known *k)
{
	if (!k->own_known)
		ipsecd_host_own(&k->own);
	k->own_known = true;
	return &k->own;
}

static const struct known *leases(struct known *k)
{
	if (!k->leases_known)
		ipsecd_host_leases(own(k), &k->dhcp, &k->wins);
	k->leases_known = true;
	return k;
}

static void print_word(struct ipsecd_addresses *a, FILE *f, const char *word,
		       struct known *k)
{
	const size_t prefix = strlen(POLICY_NAME_PREFIX);
	struct ipsecd_addrs set = { .count = 0 };
	const struct ipsecd_addrs *of;
	bool stale = false;

	if (!strncmp(word, POLICY_NAME_PREFIX, prefix)) {
		of = ipsecd_resolver_get(&a->resolver, word + prefix, &stale);
		if (of)
			set = *of;
	} else if (!strcmp(word, "me")) {
		set = *own(k);
	} else if (!strcmp(word, "gateway")) {
		ipsecd_host_gateways(&set);
	} else if (!strcmp(word, "dns")) {
		ipsecd_host_dns(&set);
	} else if (!strcmp(word, "dhcp")) {
		set = leases(k)->dhcp;
	} else {
		set = leases(k)->wins;
	}
	print_line(f, word, &set, stale);
}

static void print_all(struct ipsecd_addresses *a, FILE *f, struct known *k)
{
	char word[sizeof(POLICY_NAME_PREFIX) + POLICY_HOST_MAX];
	const char *const *set;
	const char *name = NULL;

	for (set = policy_sets; *set; set++)
		print_word(a, f, *set, k);
	while ((name = ipsecd_resolver_next(&a->resolver, name))) {
		snprintf(word, sizeof(word), "%s%s", POLICY_NAME_PREFIX, name);
		print_word(a, f, word, k);
	}
}

/* What a process before this one wrote, if there was one since the boot. */
static void remember_line(struct ipsecd_addresses *a, char *line)
{
	const size_t prefix = strlen(POLICY_NAME_PREFIX);
	struct ipsecd_addrs set = { .count = 0 };
	char *save, *word = strtok_r(line, " \n", &save), *text;
	struct ipsec_addr addr;

	if (!word || strncmp(word, POLICY_NAME_PREFIX, prefix) != 0)
		return;
	word[strcspn(word, POLICY_STALE)] = '\0';
	while ((text = strtok_r(NULL, " \n", &save)))
		if (!ipsec_addr_parse(&addr, text))
			ipsecd_addrs_add(&set, &addr);
	ipsecd_resolver_remember(&a->resolver, word + prefix, &set);
}

static void remember(struct ipsecd_addresses *a)
{
	char path[1100], *line = NULL;
	size_t size = 0;
	FILE *f;

	if (a->remembered || !a->run)
		return;
	a->remembered = true;
	a->resolver.base = a->base;
	snprintf(path, sizeof(path), "%s/%s", a->run, FILE_NAME);
	f = fopen(path, "re");
	if (!f)
		return;
	while (getline(&line, &size, f) > 0)
		remember_line(a, line);
	free(line);
	fclose(f);
}

char *ipsecd_addresses_text(struct ipsecd_addresses *a, char *const *word,
			    unsigned int words)
{
	struct known k = { .own_known = false };
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	unsigned int i;

	if (!f)
		return NULL;
	remember(a);
	for (i = 0; word && i < words; i++)
		print_word(a, f, word[i], &k);
	if (!word)
		print_all(a, f, &k);
	return fclose(f) ? NULL : text;
}

/* The line of a word, without its end. */
static const char *line_of(const char *text, size_t len, const char *word,
			   size_t *line_len)
{
	const size_t head = strlen(word);
	const char *end;

	while (len) {
		end = memchr(text, '\n', len);
		*line_len = end ? (size_t)(end - text) : len;
		if (*line_len >= head && !memcmp(text, word, head) &&
		    (*line_len == head || text[head] == ' ' ||
		     text[head] == *POLICY_STALE))
			return text;
		len -= *line_len + (end ? 1 : 0);
		text += *line_len + 1;
	}
	*line_len = 0;
	return NULL;
}

/* A line that is not there is one without addresses. */
static bool line_same(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (!a || !b)
		return !memchr(a ? a :
			       b ? b :
				   "",
			       ' ',
			       a ? a_len :
			       b ? b_len :
				   0);
	return a_len == b_len && !memcmp(a, b, a_len);
}

bool ipsecd_addresses_same(const char *text, const char *data, size_t len,
			   char *const *word, unsigned int words)
{
	const char *a, *b;
	size_t a_len, b_len;
	unsigned int i;

	for (i = 0; i < words; i++) {
		a = line_of(text, strlen(text), word[i], &a_len);
		b = line_of(data, len, word[i], &b_len);
		if (!line_same(a, a_len, b, b_len))
			return false;
	}
	return true;
}

static int start(struct ipsecd_addresses *a)
{
	int rc = 0;

	if (!a->timer)
		a->timer = evtimer_new(a->base, on_timer, a);
	if (!a->timer)
		return -ENOMEM;
	a->host.changed = on_changed;
	a->watch.changed = on_files;
	a->host.arg = a->watch.arg = a;
	if (!a->host.nl)
		rc = ipsecd_host_watch(&a->host, a->base);
	if (!rc && !a->watch.ev)
		rc = ipsecd_watch_start(&a->watch, a->base);
	return rc;
}

/* With no words there is nothing to be told. */
static void stop(struct ipsecd_addresses *a)
{
	ipsecd_host_unwatch(&a->host);
	ipsecd_watch_stop(&a->watch);
	if (a->timer)
		evtimer_del(a->timer);
}

static int follow_names(struct ipsecd_addresses *a, char *const *word,
			unsigned int words)
{
	const size_t prefix = strlen(POLICY_NAME_PREFIX);
	char **names = calloc(words + 1, sizeof(*names));
	unsigned int i, count = 0;
	int rc;

	if (!names)
		return -ENOMEM;
	for (i = 0; i < words; i++)
		if (!strncmp(word[i], POLICY_NAME_PREFIX, prefix))
			names[count++] = word[i] + prefix;
	a->resolver.base = a->base;
	a->resolver.changed = on_changed;
	a->resolver.arg = a;
	rc = ipsecd_resolver_follow(&a->resolver, names, count);
	free(names);
	return rc;
}

int ipsecd_addresses_follow(struct ipsecd_addresses *a, char *const *word,
			    unsigned int words)
{
	int rc = follow_names(a, word, words);

	if (words && !rc)
		rc = start(a);
	else if (!words)
		stop(a);
	return rc;
}

void ipsecd_addresses_again(struct ipsecd_addresses *a)
{
	plan(a, AGAIN);
}

void ipsecd_addresses_took(struct ipsecd_addresses *a, uint64_t ms)
{
	a->next = now_ms() + (ms * SHARE > PAUSE ? ms * SHARE : PAUSE);
}

void ipsecd_addresses_save(const struct ipsecd_addresses *a, const char *text)
{
	char path[1100], tmp[1110];
	FILE *f;

	if (!a->run || !strstr(text, POLICY_NAME_PREFIX))
		return;
	snprintf(path, sizeof(path), "%s/%s", a->run, FILE_NAME);
	snprintf(tmp, sizeof(tmp), "%s.new", path);
	f = fopen(tmp, "we");
	if (!f)
		return;
	/* Not to be had is not to be helped: it is looked up again then. */
	fputs(text, f);
	if (fclose(f) || rename(tmp, path))
		unlink(tmp);
}

void ipsecd_addresses_free(struct ipsecd_addresses *a)
{
	stop(a);
	ipsecd_resolver_free(&a->resolver);
	if (a->timer)
		event_free(a->timer);
	a->timer = NULL;
}
