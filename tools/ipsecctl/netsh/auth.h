/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_AUTH_H
#define IPSECCTL_NETSH_AUTH_H

#include "netsh.h"

/* The parameters, last in each table that has them. */
#define NETSH_AUTH_PARAMS                                          \
	{ .name = "kerberos",                                      \
	  .kind = NETSH_WORD,                                      \
	  .flags = NETSH_AUTH,                                     \
	  .words = NETSH_YESNO },                                  \
		{ .name = "psk", .flags = NETSH_AUTH },            \
	{                                                          \
		.name = "rootca", .flags = NETSH_AUTH | NETSH_MANY \
	}

/* Was one given? */
bool netsh_has_auth(const struct netsh_values *v);
/* The list auth, in the order typed; NULL with the error told. */
json_t *netsh_auth(const struct netsh_values *v, struct ipsec_err *err);

#endif
