/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_IPSECD_RUN_H
#define IPSECCTL_IPSECD_RUN_H

#include "ctl.h"

/*
 * What ipsecd says of a policy without a daemon: the parser is its own, and so
 * is libcrypto. The program is the one beside this, or IPSECD names it. What is
 * wrong goes to standard error.
 */

/* What the policy has, as the daemon would tell; NULL: it is wrong. */
json_t *ctl_ipsecd_check(const char *path);
/* What is not wise in it, or not meant. */
json_t *ctl_ipsecd_findings(const char *path);

#endif
