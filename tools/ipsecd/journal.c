// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The journal's native protocol (systemd.io/JOURNAL_NATIVE_PROTOCOL): an entry
 * is a datagram of fields. It is stable and small; libsystemd would bring its
 * compressors into the privileged process.
 */
#include "journal.h"

#include <ctype.h>
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#define SOCKET "/run/systemd/journal/socket"

static int fd = -1;

/* What systemd says of the stream that it gave us. */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev &&
	       st.st_ino == ino;
}

void ipsecd_journal_open(bool always)
{
	if (fd < 0 && (always || stderr_is_journal()))
		fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

bool ipsecd_journal_used(void)
{
	return fd >= 0;
}

/* A value of several lines comes with its length. */
static void put(FILE *to, const char *name, const char *value)
{
	uint64_t len = htole64(strlen(value));

	if (!strchr(value, '\n')) {
		fprintf(to, "%s=%s\n", name, value);
		return;
	}
	fprintf(to, "%s\n", name);
	fwrite(&len, sizeof(len), 1, to);
	fprintf(to, "%s\n", value);
}

/* spi_in is IPSEC_SPI_IN. */
static void put_member(FILE *to, const char *key, const json_t *value)
{
	char name[64] = "IPSEC_", number[24];
	size_t i = strlen(name);

	while (*key && i + 1 < sizeof(name))
		name[i++] = (char)toupper((unsigned char)*key++);
	name[i] = '\0';
	if (json_is_string(value)) {
		put(to, name, json_string_value(value));
	} else if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		put(to, name, number);
	} else {
		put(to, name, json_is_true(value) ? "yes" : "no");
	}
}

static void put_all(FILE *to, int priority, const char *text, const char *id,
		    const json_t *fields)
{
	const json_t *value;
	const char *key;

	fprintf(to,
		"PRIORITY=%d\nSYSLOG_FACILITY=%d\nSYSLOG_IDENTIFIER=ipsecd\n",
		priority, LOG_FAC(LOG_DAEMON));
	put(to, "MESSAGE", text);
	if (*id)
		put(to, "MESSAGE_ID", id);
	json_object_foreach((json_t *)fields, key, value) {
		/* The entry has them already. */
		if (strcmp(key, "version") && strcmp(key, "time") &&
		    strcmp(key, "text"))
			put_member(to, key, value);
	}
}

bool ipsecd_journal_send(int priority, const char *text, const char *id,
			 const json_t *fields)
{
	static const struct sockaddr_un to = { .sun_family = AF_UNIX,
					       .sun_path = SOCKET };
	char *data = NULL;
	bool sent = false;
	size_t len = 0;
	FILE *file;

	file = fd < 0 ? NULL : open_memstream(&data, &len);
	if (!file)
		return false;
	put_all(file, priority, text, id, fields);
	if (!fclose(file))
		sent = sendto(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT,
			      (const struct sockaddr *)&to, sizeof(to)) > 0;
	free(data);
	return sent;
}
