/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_KEYS_FILE_H
#define IPSECD_KEYS_FILE_H

#include "env.h"

/*
 * A line of keys for Wireshark, at the end of the kind's file in a folder that
 * the policy names. kind and line come from the worker.
 */
void ipsecd_keys_write(const char *folder, uint32_t kind, struct ike_blob line);

#endif
