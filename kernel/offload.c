// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ipsecdrv.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "offload.h"
#include "sadb.h"

void ipd_offload_add(struct ipd_pair *pair, const struct ipd_pair_spec *spec)
{
}

void ipd_offload_del(struct ipd_pair *pair)
{
}

void ipd_offload_free(struct ipd_pair *pair)
{
}

void ipd_offload_fill(const struct ipd_pair *pair, struct ipd_offload_info *info)
{
	*info = (struct ipd_offload_info){ .state = IPSECDRV_OFFLOAD_STATE_OFF };
}
