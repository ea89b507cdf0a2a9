/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filter table as the documentation tells it: a list, and a loop over it. Nothing
 * here is clever, and nothing is shared with the driver but the structures.
 */
#ifndef IPD_TEST_NAIVE_H
#define IPD_TEST_NAIVE_H

#include "classifier.h"

struct rnd_state;

/**
 * struct naive_rule - a rule and what the model knows of it
 * @rule: for the classifier
 * @sel: its selector
 * @present: it is in the classifier
 */
struct naive_rule {
	struct ipd_rule rule;
	struct ipd_selector sel;
	bool present;
};

bool naive_match(const struct ipd_selector *sel, const struct ipd_key *key,
		 const struct ipd_iface *iface);
bool naive_match_addrs(const struct ipd_selector *sel, const struct ipd_key *key,
		       const struct ipd_iface *iface);
struct ipd_rule *naive_lookup(struct naive_rule *rules, unsigned int n,
			      const struct ipd_key *key, u32 scope,
			      const struct ipd_iface *iface, bool addrs);

/* From universes so small that most things meet. */
void naive_random_selector(struct rnd_state *rnd, struct ipd_selector *sel);
void naive_random_key(struct rnd_state *rnd, struct ipd_key *key);
const struct ipd_iface *naive_random_iface(struct rnd_state *rnd);

#endif /* IPD_TEST_NAIVE_H */
