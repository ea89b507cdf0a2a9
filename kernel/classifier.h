/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Classifier: the rule of highest rank that matches a packet, by tuple-space search.
 *
 * A tuple is a combination of masks; in each the masked key is looked up in a hash
 * table, so a look-up costs one probe per tuple that can still win, whatever the
 * number of rules. Ranges are cut into prefixes. Readers run under RCU; writers sleep
 * and are serialised by the caller (the namespace's mutex). Users: the filter table, and
 * the slots of the negotiate filters, where the scope is the filter's serial number.
 */
#ifndef IPD_CLASSIFIER_H
#define IPD_CLASSIFIER_H

#include "selector.h"

struct ipd_cls;
struct ipd_cls_nodes;

/**
 * struct ipd_rule - one selector in a classifier, embedded in what it stands for
 * @sel: the selector, constant while the rule is in a classifier
 * @rank: higher wins; of two that are the same it is open which one does
 * @scope: only look-ups of the same scope see the rule
 * @dir: enum ipsecdrv_dir
 * @group: matches multicast and broadcast destinations too
 * @group_only: matches nothing else
 * @nodes: the classifier's own, NULL while the rule is in none
 *
 * A rule may be freed one RCU grace period after it was removed.
 */
struct ipd_rule {
	const struct ipd_selector *sel;
	u64 rank;
	u32 scope;
	u8 dir;
	bool group;
	bool group_only;
	struct ipd_cls_nodes *nodes;
};

struct ipd_cls *ipd_cls_create(void);
/* One that knows addresses and protocol only, for ipd_cls_lookup_addrs(). */
struct ipd_cls *ipd_cls_create_addrs(void);
void ipd_cls_destroy(struct ipd_cls *cls);

int ipd_cls_insert(struct ipd_cls *cls, struct ipd_rule *rule);
void ipd_cls_remove(struct ipd_cls *cls, struct ipd_rule *rule);

/* The same step by step, for many rules at once: prepare all, which may fail, sync once,
 * which may fail, then publish them, which does not. Release undoes either.
 */
int ipd_cls_prepare(struct ipd_cls *cls, struct ipd_rule *rule);
int ipd_cls_sync(struct ipd_cls *cls);
void ipd_cls_publish(struct ipd_cls *cls, struct ipd_rule *rule);
void ipd_cls_release(struct ipd_cls *cls, struct ipd_rule *rule);
/* For a rule of a classifier that was destroyed. */
void ipd_cls_forget(struct ipd_rule *rule);

struct ipd_rule *ipd_cls_lookup(const struct ipd_cls *cls, const struct ipd_key *key,
				u32 scope, const struct ipd_iface *iface);
struct ipd_rule *ipd_cls_lookup_addrs(const struct ipd_cls *cls, const struct ipd_key *key,
				      const struct ipd_iface *iface);
unsigned int ipd_cls_tuples(const struct ipd_cls *cls);
bool ipd_cls_uses_iface(const struct ipd_cls *cls);

#endif /* IPD_CLASSIFIER_H */
