/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RUNDIR_H
#define IPSECD_RUNDIR_H

#include "err.h"

/* The folder of the control socket, and that one daemon has it. */
struct ipsecd_rundir {
	int lock; /* pid file, locked; 0: not open */
	char pid[1100];
	char empty[1100]; /* where the worker is shut in */
	char notes[1100]; /* ipsecctl's on dynamic rules; end with the daemon */
};

/* Made if it is not there. -EBUSY: another ipsecd has it. */
int ipsecd_rundir_open(struct ipsecd_rundir *dir, const char *path,
		       struct ipsec_err *err);
void ipsecd_rundir_close(struct ipsecd_rundir *dir);

#endif
