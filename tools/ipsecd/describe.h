/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_DESCRIBE_H
#define IPSECD_DESCRIBE_H

#include <jansson.h>

#include "force.h"

/*
 * What a rule asks of a peer: how it is spoken to, how both prove who they are,
 * by which algorithms, and how long its certificates are good. No key. NULL
 * with the error told.
 */
json_t *ipsecd_describe(const struct ipsecd_force *force, const json_t *request,
			struct ipsec_err *err);

#endif
