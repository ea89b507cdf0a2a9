// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words of the netlink spec for its enums.
 */

#include <linux/ipsecdrv.h>
#include <linux/kernel.h>

#include "names.h"

static const char *name_of(const char *const *names, size_t n, u8 value)
{
	return value < n && names[value] ? names[value] : "?";
}

static const char *const action_names[] = {
	[IPSECDRV_ACTION_PERMIT] = "permit",
	[IPSECDRV_ACTION_NEGOTIATE] = "negotiate",
	[IPSECDRV_ACTION_BLOCK] = "block",
};

static const char *const boot_mode_names[] = {
	[IPSECDRV_BOOT_MODE_PERMIT] = "permit",
	[IPSECDRV_BOOT_MODE_STATEFUL] = "stateful",
	[IPSECDRV_BOOT_MODE_BLOCK] = "block",
};

static const char *const dir_names[] = {
	[IPSECDRV_DIR_OUT] = "out",
	[IPSECDRV_DIR_IN] = "in",
};

static const char *const encr_names[] = {
	[IPSECDRV_ENCR_NONE] = "none",
	[IPSECDRV_ENCR_NULL] = "null",
	[IPSECDRV_ENCR_AES_GCM_8] = "aes-gcm-8",
	[IPSECDRV_ENCR_AES_GCM_12] = "aes-gcm-12",
	[IPSECDRV_ENCR_AES_GCM_16] = "aes-gcm-16",
	[IPSECDRV_ENCR_CHACHA20_POLY1305] = "chacha20-poly1305",
	[IPSECDRV_ENCR_AES_CCM_8] = "aes-ccm-8",
	[IPSECDRV_ENCR_AES_CCM_12] = "aes-ccm-12",
	[IPSECDRV_ENCR_AES_CCM_16] = "aes-ccm-16",
	[IPSECDRV_ENCR_AES_CTR] = "aes-ctr",
	[IPSECDRV_ENCR_AES_CBC] = "aes-cbc",
	[IPSECDRV_ENCR_AES_GMAC] = "aes-gmac",
	[IPSECDRV_ENCR_DES_CBC] = "des-cbc",
	[IPSECDRV_ENCR_DES3_CBC] = "des3-cbc",
};

static const char *const iface_class_names[] = {
	[IPSECDRV_IFACE_CLASS_ANY] = "any",
	[IPSECDRV_IFACE_CLASS_LAN] = "lan",
	[IPSECDRV_IFACE_CLASS_DIALUP] = "dialup",
	[IPSECDRV_IFACE_CLASS_LOOPBACK] = "loopback",
};

static const char *const integ_names[] = {
	[IPSECDRV_INTEG_NONE] = "none",
	[IPSECDRV_INTEG_HMAC_SHA2_256_128] = "hmac-sha2-256-128",
	[IPSECDRV_INTEG_HMAC_SHA2_384_192] = "hmac-sha2-384-192",
	[IPSECDRV_INTEG_HMAC_SHA2_512_256] = "hmac-sha2-512-256",
	[IPSECDRV_INTEG_HMAC_SHA1_96] = "hmac-sha1-96",
	[IPSECDRV_INTEG_AES_XCBC_96] = "aes-xcbc-96",
	[IPSECDRV_INTEG_AES_CMAC_96] = "aes-cmac-96",
	[IPSECDRV_INTEG_HMAC_MD5_96] = "hmac-md5-96",
};

static const char *const mode_names[] = {
	[IPSECDRV_MODE_TRANSPORT] = "transport",
	[IPSECDRV_MODE_TUNNEL] = "tunnel",
};

static const char *const offload_state_names[] = {
	[IPSECDRV_OFFLOAD_STATE_OFF] = "off",
	[IPSECDRV_OFFLOAD_STATE_ACTIVE] = "active",
	[IPSECDRV_OFFLOAD_STATE_REFUSED] = "refused",
};

static const char *const proto_names[] = {
	[IPSECDRV_PROTO_ESP] = "esp",
	[IPSECDRV_PROTO_AH] = "ah",
};

static const char *const refuse_reason_names[] = {
	[IPSECDRV_REFUSE_REASON_NO_ANSWER] = "no-answer",
	[IPSECDRV_REFUSE_REASON_NO_PROPOSAL] = "no-proposal",
	[IPSECDRV_REFUSE_REASON_AUTH_FAILED] = "auth-failed",
	[IPSECDRV_REFUSE_REASON_POLICY] = "policy",
};

static const char *const sa_state_names[] = {
	[IPSECDRV_SA_STATE_LARVAL] = "larval",
	[IPSECDRV_SA_STATE_MATURE] = "mature",
	[IPSECDRV_SA_STATE_DYING] = "dying",
	[IPSECDRV_SA_STATE_DEAD] = "dead",
	[IPSECDRV_SA_STATE_SOFT] = "soft",
};

#define NAME_FUNCTION(what)						\
const char *ipd_##what##_name(u8 value)					\
{									\
	return name_of(what##_names, ARRAY_SIZE(what##_names), value);	\
}

NAME_FUNCTION(action)
NAME_FUNCTION(boot_mode)
NAME_FUNCTION(dir)
NAME_FUNCTION(encr)
NAME_FUNCTION(iface_class)
NAME_FUNCTION(integ)
NAME_FUNCTION(mode)
NAME_FUNCTION(offload_state)
NAME_FUNCTION(proto)
NAME_FUNCTION(refuse_reason)
NAME_FUNCTION(sa_state)
