// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The UDP sockets of ipsecd: what arrives is delivered with the way that it came;
 * and what arrives while there is no worker is when there is one, and not before.
 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sockets.h"
#include "tap.h"

#define TRIES 100
#define PATIENCE 20 /* seconds, on a busy host */

static struct ipsecd_sockets sockets;
static struct event_base *base;
static unsigned int messages;
static struct ike_path last;
static char text[16];

static void on_datagram(void *arg, const struct ike_path *path,
			const void *data, size_t len)
{
	(void)arg;
	last = *path;
	len = len < sizeof(text) ? len : sizeof(text) - 1;
	memcpy(text, data, len);
	text[len] = '\0';
	messages++;
}

static void on_unread(void *arg)
{
	(void)arg;
}

static struct sockaddr_in here(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* One that nobody has at this moment. */
static uint16_t free_port(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a = here(0);
	socklen_t len = sizeof(a);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
	    getsockname(fd, (struct sockaddr *)&a, &len)) {
		printf("Bail out! no UDP port\n");
		exit(1);
	}
	close(fd);
	return ntohs(a.sin_port);
}

static void begin(bool waits)
{
	struct ipsec_err err = { 0 };
	unsigned int i;

	base = event_base_new();
	sockets = (struct ipsecd_sockets){
		.fn = on_datagram,
		.failed = on_unread,
		.waits = waits,
	};
	messages = 0;
	for (i = 0; i < TRIES; i++)
		if (!ipsecd_sockets_open(&sockets, base, free_port(),
					 free_port(), &err))
			return;
	printf("Bail out! %s\n", err.text);
	exit(1);
}

static void finish(void)
{
	ipsecd_sockets_close(&sockets);
	event_base_free(base);
}

/* To the first socket, or to the one of NAT traversal. Its port of ours. */
static uint16_t say(unsigned int nth, const char *data, size_t len)
{
	struct sockaddr_in to = here(sockets.socket[nth].port), from = here(0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t size = sizeof(from);

	if (sendto(fd, data, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&from, &size)) {
		printf("Bail out! cannot send\n");
		exit(1);
	}
	close(fd);
	return ntohs(from.sin_port);
}

/* Over the loopback device it is there when it has been sent. */
static void look(void)
{
	event_base_loop(base, EVLOOP_NONBLOCK);
}

static void until(unsigned int count)
{
	const struct timeval patience = { .tv_sec = PATIENCE };

	event_base_loopexit(base, &patience);
	while (messages < count && !event_base_got_exit(base))
		event_base_loop(base, EVLOOP_ONCE);
}

static void ways(void)
{
	uint16_t port;

	begin(false);
	port = say(0, "plain", 5);
	until(1);
	ok(messages == 1 && !strcmp(text, "plain") &&
		   last.local_port == sockets.socket[0].port &&
		   last.remote_port == port && last.local.len == 4 &&
		   last.local.b[0] == 127 && last.remote.b[3] == 1,
	   "a message, and the way that it came");
	say(1, "\0\0\0\0marked", 10);
	until(2);
	ok(messages == 2 && !strcmp(text, "marked") &&
		   last.local_port == sockets.socket[1].port,
	   "its marker is taken off");
	say(1, "\xff", 1);
	say(1, "unmarked", 8);
	say(0, "end", 3);
	until(3);
	look();
	ok(messages == 3 && !strcmp(text, "end"),
	   "keepalives and packets of ESP are none");
	finish();
}

static void no_worker(void)
{
	begin(true);
	say(0, "one", 3);
	look();
	ok(!messages, "before there is a worker nothing is read");
	ipsecd_sockets_wait(&sockets, false);
	until(1);
	ok(messages == 1 && !strcmp(text, "one"), "then what waits is");
	ipsecd_sockets_wait(&sockets, true);
	say(0, "two", 3);
	say(1, "\0\0\0\0three", 9);
	look();
	ok(messages == 1, "while there is none, nothing is");
	ipsecd_sockets_wait(&sockets, true);
	ipsecd_sockets_wait(&sockets, false);
	ipsecd_sockets_wait(&sockets, false);
	until(3);
	ok(messages == 3, "and all when there is one again");
	finish();
}

int main(void)
{
	ways();
	no_worker();
	return tap_done();
}
