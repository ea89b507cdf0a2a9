/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_ALGS_H
#define IPSECCTL_NETSH_ALGS_H

#include "netsh.h"

/*
 * netsh's security methods and those of policy.yaml. Each function that reads
 * returns NULL with the error told.
 */

/* "3DES-SHA1-2 ..." as a list of proposals for the word ike. */
json_t *netsh_mm_read(const char *text, struct ipsec_err *err);
/* "AH[MD5]+ESP[3DES,SHA1]:204800k/300s ..." as the list methods. */
json_t *netsh_qm_read(const char *text, struct ipsec_err *err);

/* The other way round, for tables and scripts; into buf. */
const char *netsh_mm_text(const char *proposal, char *buf, size_t size);
const char *netsh_qm_text(const json_t *method, char *buf, size_t size);

/* Does one of the words ike, esp, ah and methods name a weak algorithm? */
bool netsh_weak(const json_t *map);
/* Is there a method of AH and ESP together? */
bool netsh_bundle(const json_t *map);

#endif
