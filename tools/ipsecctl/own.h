/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_OWN_H
#define IPSECCTL_OWN_H

#include "ctl.h"

/* Is it an address of this host? */
bool ctl_own_has(const struct ipsec_addr *a);
/* Multicast, or a broadcast address of one of its networks? */
bool ctl_own_is_group(const struct ipsec_addr *a);

#endif
