/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_SECRET_H
#define IPSECCTL_SECRET_H

#include "ctl.h"

/* From here on the process holds keys: no core dump, no swap, no debugger. */
void ctl_secret_begin(void);

/* For its owner only; NULL prints why. */
FILE *ctl_new_file(const char *path);

/* Writes SA pairs with their keys, to -o FILE or a pipe. An exit code. */
int ctl_secret_write(const struct ctl_args *args, const struct ipsec_sa *sa,
		     size_t count);

/* The pair as the peer sees it. */
void ctl_sa_swap(struct ipsec_sa *sa);

#endif
