// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/kernel/ipsecdrv: version, algorithms, limits, offload_devices and esp_slot. Described
 * in Documentation/sysfs.rst; lines and words are only ever added to.
 *
 * Reading algorithms may load cipher modules, so that is root's.
 */

#include <crypto/aead.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/sysfs.h>

#include "crypto.h"
#include "gcm.h"
#include "gso.h"
#include "names.h"
#include "sysfs.h"

static struct kobject *ipd_kobj;

static ssize_t version_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", THIS_MODULE->version ?: "unknown");
}

static struct kobj_attribute version_attr = __ATTR(version, 0444, version_show, NULL);

static ssize_t limits_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf,
			  "name-max %u\nkey-max %u\nreplay-window-max %u\nprotos-max %u\nboot-exemptions-max %u\n",
			  IPSECDRV_NAME_MAX, IPSECDRV_KEY_MAX, IPSECDRV_REPLAY_WINDOW_MAX,
			  IPSECDRV_PROTOS_MAX, IPSECDRV_BOOT_EXEMPTIONS_MAX);
}

static struct kobj_attribute limits_attr = __ATTR(limits, 0444, limits_show, NULL);

/* One line: our name, and the implementation of the kernel's algorithm @name. */
static int emit_aead(char *buf, int at, const char *what, const char *name)
{
	struct crypto_aead *tfm = crypto_alloc_aead(name, 0, 0);
	int n;

	if (IS_ERR(tfm))
		return sysfs_emit_at(buf, at, "%s not available\n", what);
	n = sysfs_emit_at(buf, at, "%s %s\n", what,
			  crypto_tfm_alg_driver_name(crypto_aead_tfm(tfm)));
	crypto_free_aead(tfm);
	return n;
}

static int emit_skcipher(char *buf, int at, const char *what, const char *name)
{
	struct crypto_skcipher *tfm = crypto_alloc_skcipher(name, 0, 0);
	int n;

	if (IS_ERR(tfm))
		return sysfs_emit_at(buf, at, "%s not available\n", what);
	n = sysfs_emit_at(buf, at, "%s %s\n", what,
			  crypto_tfm_alg_driver_name(crypto_skcipher_tfm(tfm)));
	crypto_free_skcipher(tfm);
	return n;
}

static int emit_ahash(char *buf, int at, const char *what, const char *name)
{
	struct crypto_ahash *tfm = crypto_alloc_ahash(name, 0, 0);
	int n;

	if (IS_ERR(tfm))
		return sysfs_emit_at(buf, at, "%s not available\n", what);
	n = sysfs_emit_at(buf, at, "%s %s\n", what,
			  crypto_tfm_alg_driver_name(crypto_ahash_tfm(tfm)));
	crypto_free_ahash(tfm);
	return n;
}

static ssize_t algorithms_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	const char *name;
	int at = 0;
	bool aead;
	u8 i;

	for (i = 0; i <= IPSECDRV_ENCR_DES3_CBC; i++) {
		name = ipd_crypto_encr(i, &aead);
		if (!name)
			continue;
		if (IPD_VECTORS && ipd_gcm_name(i))
			at += sysfs_emit_at(buf, at, "%s %s\n", ipd_encr_name(i), ipd_gcm_name(i));
		else if (aead)
			at += emit_aead(buf, at, ipd_encr_name(i), name);
		else
			at += emit_skcipher(buf, at, ipd_encr_name(i), name);
	}
	for (i = 0; i <= IPSECDRV_INTEG_HMAC_MD5_96; i++) {
		name = ipd_crypto_integ(i);
		if (name)
			at += emit_ahash(buf, at, ipd_integ_name(i), name);
	}
	return at;
}

static struct kobj_attribute algorithms_attr = __ATTR(algorithms, 0400, algorithms_show, NULL);

/* Of the initial namespace, as all of sysfs outside of class folders. */
static ssize_t offload_devices_show(struct kobject *kobj, struct kobj_attribute *attr,
				    char *buf)
{
	const struct net_device *dev;
	int at = 0;

	rcu_read_lock();
	for_each_netdev_rcu(&init_net, dev) {
		if (dev->features & NETIF_F_HW_ESP)
			at += sysfs_emit_at(buf, at, "%s\n", dev->name);
	}
	rcu_read_unlock();
	return at;
}

static struct kobj_attribute offload_devices_attr =
	__ATTR(offload_devices, 0444, offload_devices_show, NULL);

static ssize_t esp_slot_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "ipv4 %s\nipv6 %s\n",
			  ipd_gso_owns(AF_INET) ? "ipsecdrv" : "esp4_offload",
			  ipd_gso_owns(AF_INET6) ? "ipsecdrv" : "esp6_offload");
}

static struct kobj_attribute esp_slot_attr = __ATTR(esp_slot, 0444, esp_slot_show, NULL);

static struct attribute *ipd_attrs[] = {
	&version_attr.attr,
	&limits_attr.attr,
	&algorithms_attr.attr,
	&offload_devices_attr.attr,
	&esp_slot_attr.attr,
	NULL
};

static const struct attribute_group ipd_group = {
	.attrs = ipd_attrs,
};

/** ipd_sysfs_init() - make the folder */
int __init ipd_sysfs_init(void)
{
	int err;

	ipd_kobj = kobject_create_and_add("ipsecdrv", kernel_kobj);
	if (!ipd_kobj)
		return -ENOMEM;
	err = sysfs_create_group(ipd_kobj, &ipd_group);
	if (err)
		kobject_put(ipd_kobj);
	return err;
}

/** ipd_sysfs_exit() - remove it; waits for readers */
void ipd_sysfs_exit(void)
{
	kobject_put(ipd_kobj);
}
