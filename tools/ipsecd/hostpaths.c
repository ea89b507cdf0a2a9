// SPDX-License-Identifier: GPL-2.0-or-later
/* Where a Linux host has the files that name addresses. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostfiles.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLVED "/run/systemd/resolve/resolv.conf" /* behind its stub */
#define HOSTS "/etc/hosts"
#define NETWORKD "/run/systemd/netif/leases"
#define MANAGER "/var/lib/NetworkManager"
#define DHCLIENT "/var/lib/dhcp"
#define TEXT_MAX (1U << 20)

const char *const ipsecd_host_paths[] = { RESOLV_CONF, RESOLVED, HOSTS,
					  NETWORKD,    MANAGER,	 DHCLIENT,
					  NULL };

/* NULL: it is not there, or is no file that somebody would read. */
static char *read_text(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	struct stat st;
	ssize_t got;

	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size < TEXT_MAX)
		text = malloc((size_t)st.st_size + 1);
	if (text) {
		got = read(fd, text, (size_t)st.st_size);
		text[got > 0 ? got : 0] = '\0';
	}
	close(fd);
	return text;
}

void ipsecd_host_dns(struct ipsecd_addrs *dns)
{
	static const char *const paths[] = { RESOLV_CONF, RESOLVED };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]) && !dns->count; i++) {
		char *text = read_text(paths[i]);

		if (text)
			ipsecd_resolv_conf(text, dns);
		free(text);
	}
}

void ipsecd_host_named(const char *name, struct ipsecd_addrs *of)
{
	char *text = read_text(HOSTS);

	if (text)
		ipsecd_hosts_file(text, name, of);
	free(text);
}

typedef void lease_fn(char *text, const struct ipsecd_addrs *own,
		      struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins);

static lease_fn *kind_of(const char *folder, const char *name)
{
	const char *dot = strrchr(name, '.');

	if (name[0] == '.')
		return NULL;
	if (!strcmp(folder, NETWORKD))
		return ipsecd_lease;
	if (!dot || strncmp(dot, ".lease", strlen(".lease")))
		return NULL;
	return !strncmp(name, "internal", strlen("internal")) ? ipsecd_lease :
								ipsecd_dhclient;
}

static void read_folder(const char *folder, const struct ipsecd_addrs *own,
			struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[512];

	while (dir && (entry = readdir(dir))) {
		lease_fn *fn = kind_of(folder, entry->d_name);
		char *text = NULL;

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (fn)
			text = read_text(path);
		if (text)
			fn(text, own, dhcp, wins);
		free(text);
	}
	if (dir)
		closedir(dir);
}

void ipsecd_host_leases(const struct ipsecd_addrs *own,
			struct ipsecd_addrs *dhcp, struct ipsecd_addrs *wins)
{
	read_folder(NETWORKD, own, dhcp, wins);
	read_folder(MANAGER, own, dhcp, wins);
	read_folder(DHCLIENT, own, dhcp, wins);
}
