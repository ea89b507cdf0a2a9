/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_AUDIT_H
#define IPSECD_AUDIT_H

#include <jansson.h>
#include <stdbool.h>

/* Whether events go to the kernel's audit log, as the policy wants it. */
void ipsecd_audit_enable(bool on);
bool ipsecd_audit_enabled(void);
void ipsecd_audit(const json_t *event);

#endif
