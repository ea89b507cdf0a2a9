// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A file of messages is a sequence of records: a struct record, then the message from its
 * struct nlmsghdr on. The messages up to one that is marked last are one change.
 */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "replay.h"

#define FAMILY "ipsecdrv"

struct record {
	/* 0 or 1: the namespace of --tx or of --rx */
	uint8_t end;
	/* of the driver's family, whose number is to be filled in; otherwise XFRM's */
	uint8_t generic;
	uint8_t last;
	uint8_t unused;
	uint32_t length;
};

static struct {
	const char *path;
	const char *names[2];
	char *next, *end;
	int sockets[2][2];
	uint16_t family;
	clockid_t clock;
	long number;
} file = { .sockets = { { -1, -1 }, { -1, -1 } } };

/* Why the kernel refuses a message, in its own words if it has some. */
static void refused(const struct nlmsghdr *head)
{
	const struct nlmsgerr *error = NLMSG_DATA(head);
	const struct nlattr *attr = (const void *)(error + 1);
	const char *text = "";

	while (head->nlmsg_flags & NLM_F_ACK_TLVS &&
	       (const char *)attr < (const char *)head + head->nlmsg_len) {
		if (attr->nla_type == NLMSGERR_ATTR_MSG)
			text = (const char *)attr + NLA_HDRLEN;
		attr = (const void *)((const char *)attr + NLA_ALIGN(attr->nla_len));
	}
	errx(1, "message %ld of %s: %s: %s", file.number, file.path, strerror(-error->error),
	     text);
}

/* Send a message and wait for its acknowledgement; what comes before that goes to answer. */
static void request(int fd, const void *message, size_t length, void *answer, size_t room)
{
	static char buffer[65536];

	if (send(fd, message, length, 0) < 0)
		err(1, "netlink");
	for (;;) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		struct nlmsghdr *head = (struct nlmsghdr *)buffer;

		if (n < 0)
			err(1, "netlink");
		for (; NLMSG_OK(head, n); head = NLMSG_NEXT(head, n)) {
			struct nlmsgerr *error = NLMSG_DATA(head);

			if (head->nlmsg_type != NLMSG_ERROR) {
				if (head->nlmsg_len <= room)
					memcpy(answer, head, head->nlmsg_len);
				continue;
			}
			if (error->error)
				refused(head);
			return;
		}
	}
}

static uint16_t find_family(int fd)
{
	struct {
		struct nlmsghdr head;
		struct genlmsghdr gen;
		struct nlattr attr;
		char name[12];
	} ask = {
		.head = { .nlmsg_len = sizeof(ask), .nlmsg_type = GENL_ID_CTRL,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.gen = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		.attr = { .nla_len = NLA_HDRLEN + sizeof(FAMILY),
			  .nla_type = CTRL_ATTR_FAMILY_NAME },
		.name = FAMILY,
	};
	static char answer[16384];
	struct nlmsghdr *head = (struct nlmsghdr *)answer;
	struct nlattr *attr = NLMSG_DATA(head) + GENL_HDRLEN;

	request(fd, &ask, sizeof(ask), answer, sizeof(answer));
	while ((char *)attr < (char *)head + head->nlmsg_len) {
		if (attr->nla_type == CTRL_ATTR_FAMILY_ID)
			return *(uint16_t *)((char *)attr + NLA_HDRLEN);
		attr = (struct nlattr *)((char *)attr + NLA_ALIGN(attr->nla_len));
	}
	errx(1, "netlink: no family");
}

static int socket_of(const struct record *record)
{
	int *fd = &file.sockets[record->end][record->generic], one = 1;

	if (*fd >= 0)
		return *fd;
	enter(file.names[record->end]);
	*fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC,
		     record->generic ? NETLINK_GENERIC : NETLINK_XFRM);
	if (*fd < 0)
		err(1, "netlink");
	setsockopt(*fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	/* an error without the message that it is about */
	setsockopt(*fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	if (record->generic && !file.family)
		file.family = find_family(*fd);
	return *fd;
}

/*
 * Changes are measured in time of the CPU, or, with wall, in time that passes: a kernel that only
 * counts ticks knows no better. All of the file is read now: to wait for the host's file system
 * later would cost time that is measured.
 */
void replay_open(const char *path, const char *tx, const char *rx, bool wall)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	file.path = path;
	file.clock = wall ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
	file.names[0] = tx;
	file.names[1] = rx;
	file.next = file.end = malloc(st.st_size);
	if (!file.next)
		err(1, "memory");
	while ((n = read(fd, file.end, st.st_size - (file.end - file.next))) > 0)
		file.end += n;
	if (n < 0)
		err(1, "%s", path);
	close(fd);
}

bool replay_left(void)
{
	return file.next < file.end;
}

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(file.clock, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Make the next change, and return what it took. */
uint64_t replay_change(void)
{
	struct record record;
	uint64_t ns = 0;

	do {
		struct nlmsghdr *head;
		uint64_t start;
		int fd;

		if (!replay_left())
			errx(1, "%s: no change is left", file.path);
		memcpy(&record, file.next, sizeof(record));
		head = (struct nlmsghdr *)(file.next + sizeof(record));
		file.next += sizeof(record) + record.length;
		file.number++;
		fd = socket_of(&record);
		if (record.generic)
			head->nlmsg_type = file.family;
		start = clock_ns();
		request(fd, head, head->nlmsg_len, NULL, 0);
		ns += clock_ns() - start;
	} while (!record.last);
	return ns;
}
