/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handing SAs to a network device, by way of an xfrm_state that XFRM itself never sees.
 */
#ifndef IPD_OFFLOAD_H
#define IPD_OFFLOAD_H

#include <linux/if.h>
#include <linux/types.h>

struct ipd_pair;
struct ipd_pair_spec;

/**
 * struct ipd_offload_info - for dumps
 * @state: enum ipsecdrv_offload_state
 * @dev: name of the device, empty if there is none
 * @reason: why it was refused, or NULL
 */
struct ipd_offload_info {
	u8 state;
	char dev[IFNAMSIZ];
	const char *reason;
};

/* The mutex. A refusal is remembered and otherwise silent: software does the work. */
void ipd_offload_add(struct ipd_pair *pair, const struct ipd_pair_spec *spec);
void ipd_offload_del(struct ipd_pair *pair);
/* When nobody has the pair any more. */
void ipd_offload_free(struct ipd_pair *pair);
void ipd_offload_fill(const struct ipd_pair *pair, struct ipd_offload_info *info);

#endif /* IPD_OFFLOAD_H */
