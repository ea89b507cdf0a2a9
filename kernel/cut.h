/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A selector as prefixes: every combination of those that its ranges are cut into.
 * Pure, like selector.
 */
#ifndef IPD_CUT_H
#define IPD_CUT_H

#include "prefix.h"
#include "selector.h"

/* A selector whose ranges make more combinations than this has some of them enclosed in
 * one prefix, which then holds packets that the selector does not.
 */
#define IPD_CUT_MAX	256

enum ipd_cut_field {
	IPD_CUT_SRC,
	IPD_CUT_DST,
	IPD_CUT_SPORT,
	IPD_CUT_DPORT,
	IPD_CUT_FIELDS
};

/**
 * struct ipd_cut - a selector on its way to prefixes
 * @whole: range of a field
 * @rest: what is not cut off yet
 * @more: @rest is not empty
 * @prefix: the combination at hand
 */
struct ipd_cut {
	struct ipd_span whole[IPD_CUT_FIELDS];
	struct ipd_span rest[IPD_CUT_FIELDS];
	bool more[IPD_CUT_FIELDS];
	struct ipd_prefix prefix[IPD_CUT_FIELDS];
};

unsigned int ipd_cut_start(struct ipd_cut *cut, const struct ipd_selector *sel, bool ports);
bool ipd_cut_next(struct ipd_cut *cut);

#endif /* IPD_CUT_H */
