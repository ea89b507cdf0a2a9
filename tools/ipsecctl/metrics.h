/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_METRICS_H
#define IPSECCTL_METRICS_H

#include "ctl.h"

/* What the driver and ipsecd count, as Prometheus reads it; prints no error. */
void ctl_metrics_write(FILE *to);

/* The same over HTTP, until SIGINT or SIGTERM; an exit code. */
int ctl_metrics_serve(struct ctl_args *args);

#endif
