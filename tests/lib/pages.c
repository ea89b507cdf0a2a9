// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pages HOW FILE ADDRESS PORT COUNT: send pages that belong to somebody else, and say
 * whether they were changed. HOW is one of
 *   splice     file pages by splice() through a pipe into a UDP socket
 *   sendfile   file pages by sendfile() into a TCP socket
 *   zerocopy   a buffer by MSG_ZEROCOPY on a UDP socket
 *   zerotcp    the same on a TCP socket
 * The file, or the buffer, is compared before and after; exit status 3 if it changed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY 60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY 0x4000000
#endif

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static int dial(const char *host, const char *port, int type)
{
	struct addrinfo hints = { .ai_socktype = type, .ai_flags = AI_NUMERICHOST }, *at;
	int fd;

	if (getaddrinfo(host, port, &hints, &at))
		die("address");
	fd = socket(at->ai_family, type, 0);
	if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen))
		die("connect");
	freeaddrinfo(at);
	return fd;
}

static void send_splice(int sock, int file, size_t size, int count)
{
	int pipes[2];

	if (pipe(pipes))
		die("pipe");
	while (count--) {
		loff_t off = 0;
		ssize_t n = splice(file, &off, pipes[1], NULL, size, 0);

		if (n <= 0)
			die("splice from the file");
		while (n > 0) {
			ssize_t sent = splice(pipes[0], NULL, sock, NULL, (size_t)n, 0);

			if (sent <= 0)
				die("splice to the socket");
			n -= sent;
		}
	}
}

static void send_file(int sock, int file, size_t size, int count)
{
	while (count--) {
		off_t off = 0;

		while ((size_t)off < size)
			if (sendfile(sock, file, &off, size - (size_t)off) <= 0)
				die("sendfile");
	}
}

/* The kernel tells on the error queue when it is done with the buffer. */
static void reap(int sock)
{
	struct pollfd pfd = { .fd = sock };
	char control[256], data[1];
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control };

	do {
		msg.msg_controllen = sizeof(control);
	} while (recvmsg(sock, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
	poll(&pfd, 1, 1);
}

static void send_zerocopy(int sock, const unsigned char *buf, size_t size, int count)
{
	int one = 1;

	if (setsockopt(sock, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)))
		die("SO_ZEROCOPY");
	while (count--) {
		size_t done = 0;

		while (done < size) {
			ssize_t n = send(sock, buf + done, size - done, MSG_ZEROCOPY);

			if (n < 0 && errno != ENOBUFS && errno != EAGAIN)
				die("send");
			if (n > 0)
				done += (size_t)n;
			reap(sock);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned char *buf, *copy;
	int file, sock, tcp;
	off_t size;

	if (argc != 6)
		return 2;
	tcp = !strcmp(argv[1], "sendfile") || !strcmp(argv[1], "zerotcp");
	file = open(argv[2], O_RDONLY);
	if (file < 0)
		die(argv[2]);
	size = lseek(file, 0, SEEK_END);
	buf = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, file, 0);
	copy = malloc((size_t)size);
	if (buf == MAP_FAILED || !copy)
		die("memory");
	memcpy(copy, buf, (size_t)size);
	sock = dial(argv[3], argv[4], tcp ? SOCK_STREAM : SOCK_DGRAM);

	if (!strcmp(argv[1], "splice"))
		send_splice(sock, file, (size_t)size, atoi(argv[5]));
	else if (!strcmp(argv[1], "sendfile"))
		send_file(sock, file, (size_t)size, atoi(argv[5]));
	else
		send_zerocopy(sock, buf, (size_t)size, atoi(argv[5]));
	if (tcp) {
		char end;

		/* Until the peer has all of it and closes. */
		shutdown(sock, SHUT_WR);
		while (read(sock, &end, 1) > 0)
			;
	}
	return memcmp(buf, copy, (size_t)size) ? 3 : 0;
}
