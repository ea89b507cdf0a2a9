/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_COMMANDS_H
#define IPSECD_COMMANDS_H

#include "apply.h"

/*
 * Commands of the control socket about the policy. NULL with the error told, or
 * without one: it is another command.
 */
json_t *ipsecd_command(struct ipsecd_apply *a, const char *name,
		       const json_t *request, struct ipsec_err *err);
/* The answer as text (malloc); json is used up, NULL: the error is the answer. */
char *ipsecd_command_answer(json_t *json, const struct ipsec_err *err);

#endif
