/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_NETSH_PARAMS_H
#define IPSECCTL_NETSH_PARAMS_H

/* What the tables of parameters are written with; see struct netsh_param. */
#define NEEDED .flags = NETSH_NEEDED
#define FLAG .kind = NETSH_FLAG
#define WORDS(list) .kind = NETSH_WORD, .words = list
#define YESNO WORDS(NETSH_YESNO)
#define NUMBER(from, to) .kind = NETSH_NUMBER, .min = (from), .max = (to)
#define ACTIONS WORDS("permit|block|negotiate")
#define CONNTYPE WORDS("lan|dialup|all")
#define FORMAT WORDS("list|table")
/* Minutes of main mode; more is taken for the most, as Windows does. */
#define LIFETIME NUMBER(5, 2879), .flags = NETSH_CAP

#endif
