/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_IKE_CLIENT_H
#define IPSECCTL_IKE_CLIENT_H

#include "ctl.h"

/*
 * Asks ipsecd on its control socket, in IPSECD_RUN or /run/ipsecd. rule may be
 * NULL. NULL prints why: there is no daemon, or it refused.
 */
json_t *ctl_ike_ask(const char *command, const char *rule);
/* The same for any request, which is used up. */
json_t *ctl_ike_send(json_t *request);
/*
 * A descriptor that does not block and gives, one a line: whether the daemon
 * does so, then its events. -1: there is no daemon.
 */
int ctl_ike_listen(void);
/* Is there a daemon? Prints nothing. */
bool ctl_ike_runs(void);

/* ike_text.c: members of what it said; "?", 0 and false: it is not there. */
const char *ctl_member_text(const json_t *map, const char *key);
long long ctl_member_number(const json_t *map, const char *key);
bool ctl_member_flag(const json_t *map, const char *key);
void ctl_ike_print_sas(const json_t *answer);
void ctl_ike_print_log(const json_t *answer, const char *rule);
void ctl_ike_print_map(const json_t *map);
/* Is a Child SA of the rule in use? */
bool ctl_ike_has_child(const json_t *answer, const char *rule);

#endif
