/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_BUNDLE_H
#define IPSECD_BUNDLE_H

#include "files.h"

/*
 * All that the policy in force was made of, the same in both processes: texts,
 * each with the files that it names.
 */
enum ipsecd_layer {
	IPSECD_LAYER_POLICY, /* the file that is assigned */
	IPSECD_LAYER_PERSISTENT, /* rules that are always in force */
	IPSECD_LAYER_DYNAMIC, /* rules that ipsecctl added, in memory only */
	IPSECD_LAYER_HIDDEN, /* rules that it took away: a name each line */
	IPSECD_LAYERS,
};

/*
 * A file of the last layer: a word of policy_crl_names, in place of crl-check
 * wherever a policy has it. It holds for the policies that come, too.
 */
#define IPSECD_CRL_CHECK "crl-check"

struct ipsecd_bundle {
	struct ipsecd_files layer[IPSECD_LAYERS];
};

void ipsecd_bundle_init(struct ipsecd_bundle *b);
/* The word, "" if there is none. */
void ipsecd_bundle_crl_check(const struct ipsecd_bundle *b, char word[16]);
/* -ENOMEM */
int ipsecd_bundle_set_crl_check(struct ipsecd_bundle *b, const char *word);
/* Wipes it. */
void ipsecd_bundle_free(struct ipsecd_bundle *b);
/* b is empty; of all layers. On failure it is left empty. -ENOMEM. */
int ipsecd_bundle_copy(struct ipsecd_bundle *b,
		       const struct ipsecd_bundle *from);
/* A policy of all layers; err says which text is wrong when it is not the first. */
int ipsecd_bundle_parse(const struct ipsecd_bundle *b, struct policy **policy,
			struct ipsec_err *err);
/*
 * The same from texts that are parsed already. part[] has one reference each,
 * or NULL, and is used up.
 */
int ipsecd_bundle_merge(const struct ipsecd_bundle *b, struct policy *part[],
			struct policy **policy, struct ipsec_err *err);

#endif
