/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_NOTIFY_H
#define IPSECD_NOTIFY_H

/* Tells the service manager, as sd_notify(3) would; nothing without one. */
void ipsecd_notify(const char *state);

#endif
