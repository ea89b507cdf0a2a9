// SPDX-License-Identifier: GPL-2.0-only
#include "cut.h"

#include <linux/limits.h>
#include <kunit/visibility.h>

static void cut_field(struct ipd_cut *cut, unsigned int i)
{
	cut->more[i] = ipd_span_cut(&cut->rest[i], &cut->prefix[i]);
}

static void cut_restart(struct ipd_cut *cut, unsigned int i)
{
	cut->rest[i] = cut->whole[i];
	cut_field(cut, i);
}

/* How many combinations there are, after enclosing fields until they are not too many:
 * ports first, for filters tend to differ in their addresses.
 */
static unsigned int cut_fit(struct ipd_cut *cut)
{
	unsigned int n[IPD_CUT_FIELDS], i;

	for (i = 0; i < IPD_CUT_FIELDS; i++)
		n[i] = ipd_span_count(cut->whole[i]);
	while (n[IPD_CUT_SRC] * n[IPD_CUT_DST] * n[IPD_CUT_SPORT] * n[IPD_CUT_DPORT] >
	       IPD_CUT_MAX) {
		if (n[IPD_CUT_SPORT] * n[IPD_CUT_DPORT] > 1)
			i = n[IPD_CUT_SPORT] > n[IPD_CUT_DPORT] ? IPD_CUT_SPORT : IPD_CUT_DPORT;
		else
			i = n[IPD_CUT_SRC] > n[IPD_CUT_DST] ? IPD_CUT_SRC : IPD_CUT_DST;
		ipd_span_enclose(&cut->whole[i]);
		n[i] = 1;
	}
	return n[IPD_CUT_SRC] * n[IPD_CUT_DST] * n[IPD_CUT_SPORT] * n[IPD_CUT_DPORT];
}

/**
 * ipd_cut_start() - the first combination of prefixes
 * @cut: filled in
 * @sel: selector
 * @ports: look at its ports; else they are as if there were none
 *
 * Return: the number of combinations, at most IPD_CUT_MAX. No packet is in two.
 */
unsigned int ipd_cut_start(struct ipd_cut *cut, const struct ipd_selector *sel, bool ports)
{
	unsigned int n, i;

	cut->whole[IPD_CUT_SRC] = ipd_span_addrs(&sel->src, &sel->src_last, sel->family);
	cut->whole[IPD_CUT_DST] = ipd_span_addrs(&sel->dst, &sel->dst_last, sel->family);
	if (ports) {
		cut->whole[IPD_CUT_SPORT] = ipd_span_ports(sel->sport, sel->sport_last);
		cut->whole[IPD_CUT_DPORT] = ipd_span_ports(sel->dport, sel->dport_last);
	} else {
		cut->whole[IPD_CUT_SPORT] = ipd_span_ports(0, U16_MAX);
		cut->whole[IPD_CUT_DPORT] = ipd_span_ports(0, U16_MAX);
	}
	n = cut_fit(cut);
	for (i = 0; i < IPD_CUT_FIELDS; i++)
		cut_restart(cut, i);
	return n;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cut_start);

/** ipd_cut_next() - on to the next combination; false if there is none */
bool ipd_cut_next(struct ipd_cut *cut)
{
	unsigned int i;

	for (i = 0; i < IPD_CUT_FIELDS; i++) {
		if (cut->more[i]) {
			cut_field(cut, i);
			return true;
		}
		cut_restart(cut, i);
	}
	return false;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_cut_next);
