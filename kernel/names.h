/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of the netlink spec for its enums, for files that people read.
 */
#ifndef IPD_NAMES_H
#define IPD_NAMES_H

#include <linux/types.h>

/* "?" for a value that has no name. */
const char *ipd_action_name(u8 action);
const char *ipd_boot_mode_name(u8 mode);
const char *ipd_dir_name(u8 dir);
const char *ipd_encr_name(u8 encr);
const char *ipd_iface_class_name(u8 iface_class);
const char *ipd_integ_name(u8 integ);
const char *ipd_mode_name(u8 mode);
const char *ipd_offload_state_name(u8 state);
const char *ipd_proto_name(u8 proto);
const char *ipd_refuse_reason_name(u8 reason);
const char *ipd_sa_state_name(u8 state);

#endif /* IPD_NAMES_H */
