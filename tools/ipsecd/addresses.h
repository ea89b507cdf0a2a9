/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_ADDRESSES_H
#define IPSECD_ADDRESSES_H

#include "host.h"
#include "resolver.h"
#include "watch.h"

/*
 * What the words of a policy in place of addresses stand for on this host now:
 * the text that policy_parse() takes as POLICY_BINDINGS, and when it may be
 * another one. Only what the policy in force needs is followed.
 */
struct ipsecd_addresses {
	/* set before the first use */
	struct event_base *base;
	const char *run; /* folder where names are remembered, or NULL */
	void (*changed)(void *arg);
	void *arg;

	struct ipsecd_host host;
	struct ipsecd_watch watch;
	struct ipsecd_resolver resolver;
	struct event *timer;
	bool remembered;
	uint64_t next; /* ms; not before changed is called again */
};

/*
 * malloc; NULL: no memory. Of the words given, or with NULL of all. It asks the
 * kernel and reads files, but waits for nobody.
 */
char *ipsecd_addresses_text(struct ipsecd_addresses *a, char *const *word,
			    unsigned int words);
/* Do the words stand for the same in a text and in len bytes of another? */
bool ipsecd_addresses_same(const char *text, const char *data, size_t len,
			   char *const *word, unsigned int words);
/* Those of the policy that is in force now. */
int ipsecd_addresses_follow(struct ipsecd_addresses *a, char *const *word,
			    unsigned int words);
/* Calls changed once more, later: what it did went wrong. */
void ipsecd_addresses_again(struct ipsecd_addresses *a);
/* How long what changed did took, so that it does not take all the time. */
void ipsecd_addresses_took(struct ipsecd_addresses *a, uint64_t ms);
/* The text of them, for the next process. */
void ipsecd_addresses_save(const struct ipsecd_addresses *a, const char *text);
void ipsecd_addresses_free(struct ipsecd_addresses *a);

#endif
