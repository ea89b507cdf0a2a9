// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * No key is left in memory: an SA file is read and written as the command does
 * it, then all writable memory of the process is searched. Built without the
 * sanitizers, which bring their own free().
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../tools/wipe.h"
#include "doc.h"
#include "input.h"
#include "model.h"
#include "tap.h"

/* Read-only memory is not searched, so that this does not find itself. */
static const char half[] = "c0ffee5ec2e7f00d";
static unsigned char inverted[16];

static int read_item(void *ctx, const char *section,
		     const struct ipsec_node *node, struct ipsec_err *err)
{
	(void)section;
	return ipsec_sa_parse(node, ctx, err);
}

static void write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int i;

	dprintf(fd, "sas:\n- local: 10.0.0.1\n  remote: 10.0.0.2\n"
		    "  protections:\n  - proto: esp\n    spi-in: 300\n"
		    "    spi-out: 301\n    encr: aes-gcm-16\n");
	for (i = 0; i < 2; i++) {
		dprintf(fd, "    encr-key-%s: ", i ? "out" : "in");
		for (int j = 0; j < 4; j++)
			if (write(fd, half, 16) != 16)
				exit(1);
		if (write(fd, "deadbeef\n", 9) != 9)
			exit(1);
	}
	close(fd);
}

/* Half a key in a row, as text or as bytes. */
static unsigned int count(const unsigned char *p, size_t len)
{
	unsigned char bytes[8];
	unsigned int found = 0;
	size_t i;

	for (i = 0; i + 16 <= len; i++) {
		bool text = true, raw = true;

		for (int j = 0; j < 16 && text; j++)
			text = p[i + j] == (unsigned char)~inverted[j];
		for (int j = 0; j < 8 && raw; j++) {
			char pair[3] = { (char)~inverted[2 * j],
					 (char)~inverted[2 * j + 1], 0 };

			bytes[j] = (unsigned char)strtoul(pair, NULL, 16);
			raw = p[i + j] == bytes[j];
		}
		found += text || raw;
	}
	return found;
}

static unsigned int search(void)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned int found = 0;
	char line[512];

	while (fgets(line, sizeof(line), maps)) {
		unsigned long from, to;
		char mode[8];

		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    mode[1] != 'w' || mode[0] != 'r')
			continue;
		found += count((const unsigned char *)from, to - from);
	}
	fclose(maps);
	return found;
}

/* As the command does it: read, print into a tree, drop. */
static void use(const char *path)
{
	struct ipsec_sa *sa = calloc(1, sizeof(*sa));
	struct ipsec_err err = { 0 };
	struct ipsec_input in;

	if (ipsec_input_read(&in, path, 65536, &err) ||
	    ipsec_doc_read(in.text, in.len, "sas", read_item, sa, &err)) {
		printf("# %s\n", err.text);
		exit(99);
	}
	json_decref(ipsec_json(ipsec_sa_fields, sa, IPSEC_PRINT_FILE));
	ipsec_input_free(&in);
	explicit_bzero(sa, sizeof(*sa));
	free(sa);
}

/* In a child, whose memory only that run has touched. */
static int left(const char *path, bool wipe)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (!pid) {
		unsigned int found;

		if (wipe)
			ipsec_wipe_begin();
		use(path);
		found = search();
		_exit(found < 90 ? (int)found : 90);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int main(void)
{
	char path[] = "/tmp/ipsec-wipe-XXXXXX";
	int found, fd = mkstemp(path), i;

	if (fd < 0)
		return 1;
	close(fd);
	for (i = 0; i < 16; i++)
		inverted[i] = (unsigned char)~half[i];
	write_file(path);
	found = left(path, false);
	ok(found > 0 && found <= 90,
	   "without wiping the search finds keys (%d)", found);
	found = left(path, true);
	ok(!found, "with it none is left (%d)", found);
	unlink(path);
	return tap_done();
}
