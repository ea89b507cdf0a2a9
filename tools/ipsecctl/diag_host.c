// SPDX-License-Identifier: GPL-2.0-or-later
/* What may be wrong with this host, whoever the peer is. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "diag.h"

#define IKE_PORT 500
#define NATT_PORT 4500

void diag_driver(struct diag *d)
{
	static struct ipsec_client client;
	struct ipsec_err err = { 0 };

	if (ipsec_open(&client, &err)) {
		if (err.code == ENOENT)
			diag_add(d, DIAG_MODULE, DIAG_ERROR,
				 "modprobe ipsecdrv; if there is none, build "
				 "it for this kernel: make && make install",
				 "the kernel module ipsecdrv is not loaded, so "
				 "nothing is protected");
		else
			diag_add(d, DIAG_MODULE, DIAG_ERROR, "run it as root",
				 "the driver cannot be asked: %s", err.text);
		return;
	}
	ipsec_close(&client);
	d->client = ctl_client();
	d->driver = d->client != NULL;
	diag_checked(d, "module");
}

/* Who has a UDP port of this network namespace? */
static bool is_bound(unsigned int port)
{
	static const char *const tables[] = { "/proc/net/udp",
					      "/proc/net/udp6" };
	unsigned int found, i;
	char line[512];
	bool bound = false;
	FILE *file;

	for (i = 0; i < 2 && !bound; i++) {
		file = fopen(tables[i], "re");
		while (file && !bound && fgets(line, sizeof(line), file))
			bound = sscanf(line, " %*d: %*[0-9A-Fa-f]:%x",
				       &found) == 1 &&
				found == port;
		if (file)
			fclose(file);
	}
	return bound;
}

static void add_daemon(struct diag *d)
{
	unsigned int port = is_bound(IKE_PORT)	? IKE_PORT :
			    is_bound(NATT_PORT) ? NATT_PORT :
						  0;

	if (port)
		diag_add(d, DIAG_DAEMON, DIAG_ERROR,
			 "stop the other key daemon ('ss -lunp' names it), "
			 "then: systemctl start ipsecd",
			 "ipsecd does not run, and another program has UDP "
			 "port %u",
			 port);
	else
		diag_add(d, DIAG_DAEMON, DIAG_ERROR,
			 "systemctl start ipsecd; 'journalctl -u ipsecd' tells "
			 "why it ended",
			 "ipsecd does not run, so nobody negotiates");
}

/* Keys that were made by hand need none. */
static bool is_needed(const struct diag *d)
{
	return !d->filter.id.set || d->filter.cookie.v;
}

void diag_daemon(struct diag *d)
{
	json_t *status;

	if (!d->daemon) {
		if (is_needed(d))
			add_daemon(d);
		diag_checked(d, "daemon");
		return;
	}
	status = ctl_ike_ask("status", NULL);
	if (!status || !ctl_member_flag(status, "ready"))
		diag_add(d, DIAG_DAEMON, DIAG_ERROR,
			 "see 'journalctl -u ipsecd', then: systemctl restart "
			 "ipsecd",
			 "ipsecd runs, but has not taken a policy");
	json_decref(status);
	diag_checked(d, "daemon");
	if (!is_bound(IKE_PORT) || !is_bound(NATT_PORT))
		diag_skipped(d, "ports", "the policy has other ones");
	else
		diag_checked(d, "ports");
}

/* What config.required asks for. */
static const struct {
	const char *option;
	bool needed;
	const char *why;
} options[] = {
#define NEED(option, why) { #option, true, why },
#define WANT(option, why) { #option, false, why },
#include "config-required.h"
#undef NEED
#undef WANT
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* The options of algorithms, by how their names begin. */
static const char *option_of(const char *algorithm)
{
	static const struct {
		const char *name;
		const char *option;
	} algs[] = {
		{ "AES-GCM", "CONFIG_CRYPTO_GCM" },
		{ "AES-CCM", "CONFIG_CRYPTO_CCM" },
		{ "AES-CTR", "CONFIG_CRYPTO_CTR" },
		{ "AES-CBC", "CONFIG_CRYPTO_CBC" },
		{ "AES-GMAC", "CONFIG_CRYPTO_GCM" },
		{ "AES-XCBC", "CONFIG_CRYPTO_XCBC" },
		{ "AES-CMAC", "CONFIG_CRYPTO_CMAC" },
		{ "CHACHA20", "CONFIG_CRYPTO_CHACHA20POLY1305" },
		{ "DES", "CONFIG_CRYPTO_DES" },
		{ "3DES", "CONFIG_CRYPTO_DES" },
		{ "NULL", "CONFIG_CRYPTO_NULL" },
		{ "HMAC-SHA2-256", "CONFIG_CRYPTO_SHA256" },
		{ "HMAC-SHA2", "CONFIG_CRYPTO_SHA512" },
		{ "HMAC-SHA1", "CONFIG_CRYPTO_SHA1" },
		{ "HMAC-MD5", "CONFIG_CRYPTO_MD5" },
	};
	size_t i;

	for (i = 0; i < sizeof(algs) / sizeof(algs[0]); i++)
		if (!strncmp(algorithm, algs[i].name, strlen(algs[i].name)))
			return algs[i].option;
	return NULL;
}

/* The running kernel's configuration; *piped: closed by pclose(). */
static FILE *open_config(bool *piped)
{
	static const struct {
		const char *before;
		const char *after;
	} paths[] = {
		{ "/boot/config-", "" },
		{ "/lib/modules/", "/config" },
		{ "/lib/modules/", "/build/.config" },
	};
	struct utsname name;
	char path[256];
	FILE *file = fopen("/proc/config.gz", "re");
	size_t i;

	*piped = file != NULL;
	if (file) {
		fclose(file);
		return popen("gzip -dc /proc/config.gz 2>/dev/null", "re");
	}
	uname(&name);
	for (i = 0; i < sizeof(paths) / sizeof(paths[0]) && !file; i++) {
		snprintf(path, sizeof(path), "%s%s%s", paths[i].before,
			 name.release, paths[i].after);
		file = fopen(path, "re");
	}
	return file;
}

/* Which options are set; false: it is not known. */
static bool read_config(bool has[OPTIONS])
{
	char line[512], option[128], value;
	bool piped, any = false;
	FILE *file = open_config(&piped);
	size_t i;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%127[A-Z0-9_]=%c", option, &value) != 2 ||
		    (value != 'y' && value != 'm'))
			continue;
		any = true;
		for (i = 0; i < OPTIONS; i++)
			has[i] |= !strcmp(options[i].option, option);
	}
	if (file && piped)
		pclose(file);
	else if (file)
		fclose(file);
	return any;
}

/* Only what a rule proposes is missed. */
static const char *user_of(const struct diag *d, const char *option)
{
	const json_t *list = json_object_get(d->rule, "algorithms"), *one;
	const char *name, *uses;
	size_t i;

	json_array_foreach(list, i, one) {
		name = json_string_value(one);
		uses = option_of(name);
		if (uses && !strcmp(uses, option))
			return name;
	}
	return NULL;
}

void diag_kernel(struct diag *d)
{
	bool has[OPTIONS] = { false };
	const char *user;
	size_t i;

	if (!read_config(has)) {
		diag_skipped(d, "kernel",
			     "the running kernel's configuration is not to be "
			     "found");
		return;
	}
	for (i = 0; i < OPTIONS; i++) {
		user = has[i] ? NULL : user_of(d, options[i].option);
		if (!has[i] && options[i].needed)
			diag_add(
				d, DIAG_KERNEL, DIAG_ERROR,
				"use a kernel that has it; 'make check-config' "
				"lists all that is needed",
				"the kernel was built without %s: %s",
				options[i].option, options[i].why);
		else if (user)
			diag_add(d, DIAG_ALGORITHM, DIAG_WARNING,
				 "use a kernel that has it, or propose another "
				 "algorithm",
				 "the kernel was built without %s, which %s "
				 "needs",
				 options[i].option, user);
	}
	diag_checked(d, "kernel");
}
