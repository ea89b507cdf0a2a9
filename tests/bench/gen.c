// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gen MODE OPTION...: move packets between network namespaces, both ends in this one
 * process, and print what one packet cost. No packet may be lost: a loss is an error.
 *
 *   tcp      one stream; a packet is one segment of --mss bytes
 *   udp      batches of 32 datagrams in lock-step: sent, then received
 *   rr       a datagram there and one back, then the next: a packet is a round trip
 *   forward  datagrams to a host behind a router; they end in --device
 *   replay   no packets, but all of --changes at once; prints change, and all together
 *
 *   --tx NS, --rx NS  names of namespaces (ip netns)
 *   --to ADDR         whom to send to, IPv4 or IPv6
 *   --device DEV      where the packets leave, in the namespace gen was started in (its
 *                     sysfs is needed)
 *   --packets N       how many to measure; --warm N before that (default N / 8)
 *   --size N          bytes of payload of a datagram
 *   --connected       the sending socket is connected
 *   --ports N         take turns at N destination ports and at source ports, so that each
 *                     packet is of a new flow (forward only, unconnected)
 *   --addrs N         take turns at N destination addresses, from --to up,
 *   --step N          which are N apart (default 1); and when all had a packet, at the
 *   --each N          next N - 1 that follow each of them
 *   --encap           hold UDP port 4500 at both ends for ESP, as XFRM needs it
 *   --changes FILE    give the kernel messages (see replay.h): one change after every
 *   --every N         packets that were measured
 *   --wall            what a change took is the time that passed, not that of the CPU
 *   --pause PID       stop that process while measuring
 *
 * Prints one line:
 *
 *   ns     per packet, all in all; under icount a nanosecond is an instruction
 *   lap    the median of the same over laps of 128 packets: a host that runs something else
 *          for a while spoils some laps, and not the median
 *   mbit   Mbit/s of payload in the median lap
 *   idle   percent of the time the CPU had nothing to do, -1 if the kernel does not tell
 *   wire   bytes of each packet that left by --device: tells whether it was protected
 *   change ns that a change took of the CPU, which is not part of the others
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "replay.h"

#define BATCH 32
/* A veth's queue holds 256 packets and tells TCP nothing; what may be under way is less. */
#define SEND_BUFFER 150000
#define LAP 128
#define PORT 5001
#define ENCAP_PORT 4500
#define PATIENCE_MS 3000
/* what the queues of a router surely hold */
#define IN_FLIGHT (2 * BATCH)
/* source ports for --ports: a socket each */
#define SOURCES 16

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static struct {
	const char *tx, *rx, *device, *changes;
	union address to;
	long packets, warm;
	int size, mss, ports, addrs, step, each, every;
	pid_t pause;
	bool connected, encap, wall;
} opt = { .warm = -1, .size = 64, .mss = 1388, .ports = 1, .addrs = 1, .step = 1, .each = 1 };

/* a start or an end of a measurement */
struct stamp {
	uint64_t ns;
	uint64_t busy;
	long wire;
};

/* ns per packet of each lap, and where the last one ended */
static struct {
	double *ns;
	long n;
	long done;
	uint64_t since;
} laps;

/* changes so far, what they took, and how long no packets went because of them */
static struct {
	long n;
	uint64_t ns;
	uint64_t away;
} changes;

/* counters of --device */
static int tx_packets, tx_bytes;

static char buffer[256 * 1024];

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

/* Nanoseconds that tasks have run on CPU 0, without those of the task that still runs. */
static uint64_t task_ns(void)
{
	unsigned long long ns = 0;
	char line[512];
	FILE *f = fopen("/proc/schedstat", "r");

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "cpu0 %*u %*u %*u %*u %*u %*u %llu", &ns) == 1)
			break;
	fclose(f);
	return ns;
}

/* Give the CPU away for a moment: only then the time this task ran is accounted. */
static void rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static int open_counter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", opt.device, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static long counter(int fd)
{
	char text[32] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		err(1, "counter of %s", opt.device);
	return atol(text);
}

/* Stop or continue what keeps the CPU busy while nothing is measured. */
static void tell_spinner(int sig)
{
	if (opt.pause)
		kill(opt.pause, sig);
}

static struct stamp begin(void)
{
	struct stamp s;

	tell_spinner(SIGSTOP);
	rest();
	s.wire = counter(tx_bytes);
	s.busy = task_ns();
	s.ns = now();
	laps.n = laps.done = 0;
	laps.since = s.ns;
	return s;
}

/* So many packets are through since begin(). */
static void lap(long done)
{
	uint64_t ns;

	if (done - laps.done < LAP)
		return;
	ns = now();
	laps.ns[laps.n++] = (double)(ns - laps.since) / (done - laps.done);
	laps.done = done;
	laps.since = ns;
}

/* So many packets are through: is a change due? Its time is nobody's. */
static void change(long done)
{
	uint64_t start = now(), spent;

	if (!opt.every || done % opt.every)
		return;
	tell_spinner(SIGCONT);
	changes.ns += replay_change();
	changes.n++;
	tell_spinner(SIGSTOP);
	spent = now() - start;
	changes.away += spent;
	laps.since += spent;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median_lap(void)
{
	qsort(laps.ns, laps.n, sizeof(*laps.ns), compare);
	return laps.n ? laps.ns[laps.n / 2] : 0;
}

static void end(struct stamp start, int size)
{
	double elapsed = now() - start.ns;
	double ns = elapsed - changes.away;
	double lap_ns = median_lap();
	double busy, idle = -1;

	rest();
	busy = task_ns();
	tell_spinner(SIGCONT);
	if (busy > 0)
		idle = 100 * (elapsed - (busy - start.busy)) / elapsed;
	if (busy > 0 && idle < 0)
		idle = 0;
	printf("ns=%.1f lap=%.1f mbit=%.2f idle=%.2f wire=%.1f change=%.1f\n",
	       ns / opt.packets, lap_ns, size * 8e3 / lap_ns, idle,
	       (double)(counter(tx_bytes) - start.wire) / opt.packets,
	       changes.n ? (double)changes.ns / changes.n : 0);
}

void enter(const char *name)
{
	char path[256];
	int fd;

	if (!name)
		errx(2, "--tx or --rx is missing");
	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "namespace %s", name);
	close(fd);
}

static int open_in(const char *ns, int type)
{
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	int fd;

	enter(ns);
	fd = socket(opt.to.any.sa_family, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		err(1, "socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static socklen_t length(const union address *a)
{
	return a->any.sa_family == AF_INET ? sizeof(a->v4) : sizeof(a->v6);
}

/* both families have it in the same place */
static void set_port(union address *a, int port)
{
	a->v4.sin_port = htons(port);
}

/* The address that is so many after base. */
static void set_host(union address *a, const union address *base, uint32_t n)
{
	if (a->any.sa_family == AF_INET)
		a->v4.sin_addr.s_addr = htonl(ntohl(base->v4.sin_addr.s_addr) + n);
	else
		a->v6.sin6_addr.s6_addr32[3] = htonl(ntohl(base->v6.sin6_addr.s6_addr32[3]) + n);
}

static bool parse_address(union address *a, const char *text)
{
	memset(a, 0, sizeof(*a));
	a->any.sa_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	set_port(a, PORT);
	return inet_pton(a->any.sa_family, text,
			 a->any.sa_family == AF_INET ? (void *)&a->v4.sin_addr :
						       (void *)&a->v6.sin6_addr) == 1;
}

static void bind_any(int fd, int port)
{
	union address any = { .any.sa_family = opt.to.any.sa_family };
	int one = 1;

	set_port(&any, port);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &any.any, length(&any)))
		err(1, "bind");
}

static void connect_to(int fd, const union address *to)
{
	if (connect(fd, &to->any, length(to)))
		err(1, "connect");
}

/* What gives ESP in UDP to XFRM: the socket that a key daemon has. GRO must be on before. */
static void hold_encap_port(const char *ns)
{
	int fd = open_in(ns, SOCK_DGRAM), one = 1, type = UDP_ENCAP_ESPINUDP;

	bind_any(fd, ENCAP_PORT);
	if (setsockopt(fd, IPPROTO_UDP, UDP_GRO, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_UDP, UDP_ENCAP, &type, sizeof(type)))
		err(1, "UDP_ENCAP");
}

/* ---- tcp ---- */

/* Move up to bytes that the socket takes or has now. */
static long push(int fd, long bytes)
{
	long done = 0;

	while (done < bytes) {
		long n = bytes - done < 65536 ? bytes - done : 65536;

		n = send(fd, buffer, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			err(1, "send");
		done += n;
	}
	return done;
}

static long pull(int fd)
{
	long done = 0, n;

	while ((n = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0)
		done += n;
	if (n == 0)
		errx(1, "connection closed");
	if (errno != EAGAIN)
		err(1, "recv");
	return done;
}

static void transfer(int tx, int rx, long bytes)
{
	long sent = 0, received = 0;

	while (received < bytes) {
		struct pollfd fds[] = {
			{ .fd = rx, .events = POLLIN },
			{ .fd = tx, .events = sent < bytes ? POLLOUT : 0 },
		};
		long out = push(tx, bytes - sent);
		long in = pull(rx);

		sent += out;
		received += in;
		lap(received / opt.mss);
		if (!out && !in && poll(fds, 2, PATIENCE_MS) <= 0)
			errx(1, "stalled after %ld of %ld bytes", received, bytes);
	}
}

static int sending_mss(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		err(1, "TCP_INFO");
	/* a late acknowledgement may look like a loss now and then */
	if (info.tcpi_total_retrans > opt.packets / 500)
		errx(1, "%u segments were lost", info.tcpi_total_retrans);
	return info.tcpi_snd_mss;
}

static void run_tcp(void)
{
	/* the option does not count the 12 bytes of timestamps */
	int listener, tx, rx, maxseg = opt.mss + 12, buf = SEND_BUFFER;
	struct stamp start;

	listener = open_in(opt.rx, SOCK_STREAM);
	bind_any(listener, PORT);
	setsockopt(listener, IPPROTO_TCP, TCP_MAXSEG, &maxseg, sizeof(maxseg));
	if (listen(listener, 1))
		err(1, "listen");
	tx = open_in(opt.tx, SOCK_STREAM);
	setsockopt(tx, IPPROTO_TCP, TCP_MAXSEG, &maxseg, sizeof(maxseg));
	setsockopt(tx, SOL_SOCKET, SO_SNDBUF, &buf, sizeof(buf));
	connect_to(tx, &opt.to);
	rx = accept(listener, NULL, NULL);
	if (rx < 0)
		err(1, "accept");

	transfer(tx, rx, opt.warm * opt.mss);
	start = begin();
	transfer(tx, rx, opt.packets * opt.mss);
	end(start, opt.mss);
	if (sending_mss(tx) != opt.mss)
		errx(1, "segments are of %d bytes, not %d", sending_mss(tx), opt.mss);
}

/* ---- udp, forward ---- */

struct batch {
	struct mmsghdr msg[BATCH];
	union address to[BATCH];
	struct iovec iov[BATCH];
};

static void prepare(struct batch *b)
{
	int i;

	memset(b, 0, sizeof(*b));
	for (i = 0; i < BATCH; i++) {
		b->iov[i].iov_base = buffer + i * 2048;
		b->iov[i].iov_len = opt.size;
		b->msg[i].msg_hdr.msg_iov = &b->iov[i];
		b->msg[i].msg_hdr.msg_iovlen = 1;
		if (opt.connected)
			continue;
		b->to[i] = opt.to;
		b->msg[i].msg_hdr.msg_name = &b->to[i];
		b->msg[i].msg_hdr.msg_namelen = length(&opt.to);
	}
}

/* Readdress the batch to the flows that follow number first. */
static void spread(struct batch *b, long first)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		long n = first + i;

		if (opt.ports > 1)
			set_port(&b->to[i], 1024 + n % opt.ports);
		if (opt.addrs > 1 || opt.each > 1)
			set_host(&b->to[i], &opt.to, n % opt.addrs * opt.step +
						     n / opt.addrs % opt.each);
	}
}

static void send_batch(int fd, struct batch *b, int n)
{
	int done = 0;

	while (done < n) {
		int sent = sendmmsg(fd, b->msg + done, n - done, 0);

		if (sent <= 0)
			err(1, "sendmmsg");
		done += sent;
	}
}

static void receive_batch(int fd, struct batch *b, int n)
{
	int done = 0;

	while (done < n) {
		int got = recvmmsg(fd, b->msg + done, n - done, MSG_WAITFORONE, NULL);

		if (got <= 0)
			err(1, "recvmmsg: packets were lost (%d of %d arrived)", done, n);
		done += got;
	}
}

static int batch_of(long left)
{
	return left < BATCH ? left : BATCH;
}

static void run_udp(void)
{
	static struct batch out, in;
	long done, first = 0;
	struct stamp start = { 0 };
	int tx, rx, pass;

	rx = open_in(opt.rx, SOCK_DGRAM);
	bind_any(rx, PORT);
	tx = open_in(opt.tx, SOCK_DGRAM);
	if (opt.connected)
		connect_to(tx, &opt.to);
	prepare(&out);
	prepare(&in);
	for (pass = 0; pass < 2; pass++) {
		long packets = pass ? opt.packets : opt.warm;

		if (pass)
			start = begin();
		for (done = 0; done < packets; done += batch_of(packets - done)) {
			spread(&out, first + done);
			send_batch(tx, &out, batch_of(packets - done));
			receive_batch(rx, &in, batch_of(packets - done));
			lap(done);
			if (pass)
				change(done);
		}
		first += packets;
	}
	end(start, opt.size);
}

static void hop(int from, int to)
{
	if (send(from, buffer, opt.size, 0) != opt.size)
		err(1, "send");
	if (recv(to, buffer, sizeof(buffer), 0) != opt.size)
		err(1, "recv: a packet was lost");
}

static void run_rr(void)
{
	struct stamp start = { 0 };
	union address back;
	socklen_t len = sizeof(back);
	int tx, rx, pass;
	long done;

	rx = open_in(opt.rx, SOCK_DGRAM);
	bind_any(rx, PORT);
	tx = open_in(opt.tx, SOCK_DGRAM);
	connect_to(tx, &opt.to);
	if (getsockname(tx, &back.any, &len))
		err(1, "getsockname");
	connect_to(rx, &back);
	for (pass = 0; pass < 2; pass++) {
		long packets = pass ? opt.packets : opt.warm;

		if (pass)
			start = begin();
		for (done = 0; done < packets; done++) {
			hop(tx, rx);
			hop(rx, tx);
			lap(done);
		}
	}
	end(start, opt.size);
}

/* Let others work until at least that many packets have left the router. */
static void await(long want)
{
	uint64_t deadline = now() + PATIENCE_MS * 1000000ull;

	while (counter(tx_packets) < want) {
		if (now() > deadline)
			errx(1, "packets were lost (%ld missing)",
			     want - counter(tx_packets));
		sched_yield();
	}
}

static void run_forward(void)
{
	static struct batch out;
	long sent = 0, base, packets;
	struct stamp start = { 0 };
	int tx[SOURCES], sources = opt.ports > 1 ? SOURCES : 1;
	int i, pass;

	for (i = 0; i < sources; i++)
		tx[i] = open_in(opt.tx, SOCK_DGRAM);
	if (opt.connected)
		connect_to(tx[0], &opt.to);
	prepare(&out);
	base = counter(tx_packets);
	for (pass = 0; pass < 2; pass++) {
		packets = sent + (pass ? opt.packets : opt.warm);
		if (pass)
			start = begin();
		while (sent < packets) {
			int n = batch_of(packets - sent);

			spread(&out, sent);
			send_batch(tx[sent / opt.ports % sources], &out, n);
			sent += n;
			if (sent % IN_FLIGHT < n) {
				await(base + sent);
				lap(opt.packets - (packets - sent));
			}
		}
		await(base + sent);
	}
	end(start, opt.size);
}

/* ---- replay ---- */

static void run_replay(void)
{
	uint64_t ns = 0;
	long n = 0;

	for (; replay_left(); n++)
		ns += replay_change();
	printf("all=%llu change=%.1f\n", (unsigned long long)ns, n ? (double)ns / n : 0);
}

/* ---- */

static const struct option options[] = {
	{ "tx", required_argument, NULL, 't' },
	{ "rx", required_argument, NULL, 'r' },
	{ "to", required_argument, NULL, 'd' },
	{ "device", required_argument, NULL, 'D' },
	{ "packets", required_argument, NULL, 'n' },
	{ "warm", required_argument, NULL, 'w' },
	{ "size", required_argument, NULL, 's' },
	{ "mss", required_argument, NULL, 'm' },
	{ "ports", required_argument, NULL, 'p' },
	{ "addrs", required_argument, NULL, 'a' },
	{ "step", required_argument, NULL, 'S' },
	{ "each", required_argument, NULL, 'E' },
	{ "changes", required_argument, NULL, 'C' },
	{ "every", required_argument, NULL, 'e' },
	{ "encap", no_argument, NULL, 'u' },
	{ "wall", no_argument, NULL, 'W' },
	{ "pause", required_argument, NULL, 'P' },
	{ "connected", no_argument, NULL, 'c' },
	{ NULL }
};

static void parse(int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (c) {
		case 't': opt.tx = optarg; break;
		case 'r': opt.rx = optarg; break;
		case 'D': opt.device = optarg; break;
		case 'n': opt.packets = atol(optarg); break;
		case 'w': opt.warm = atol(optarg); break;
		case 's': opt.size = atoi(optarg); break;
		case 'm': opt.mss = atoi(optarg); break;
		case 'p': opt.ports = atoi(optarg); break;
		case 'a': opt.addrs = atoi(optarg); break;
		case 'P': opt.pause = atoi(optarg); break;
		case 'S': opt.step = atoi(optarg); break;
		case 'E': opt.each = atoi(optarg); break;
		case 'C': opt.changes = optarg; break;
		case 'e': opt.every = atoi(optarg); break;
		case 'u': opt.encap = true; break;
		case 'W': opt.wall = true; break;
		case 'c': opt.connected = true; break;
		case 'd':
			if (parse_address(&opt.to, optarg))
				break;
			errx(2, "--to %s is no address", optarg);
		default: exit(2);
		}
	}
}

static void check(void)
{
	if (opt.packets < 1 || opt.size < 0 || opt.size > 2048 || opt.mss < 100 ||
	    opt.ports < 1 || opt.ports > 60000 || opt.addrs < 1 || opt.each < 1 || opt.every < 0)
		errx(2, "a number is missing or out of range");
	if (opt.every % BATCH || (opt.every && !opt.changes))
		errx(2, "--every is a multiple of %d, and needs --changes", BATCH);
	if (!opt.device)
		errx(2, "--device is missing");
	if (opt.connected && (opt.ports > 1 || opt.addrs > 1 || opt.each > 1))
		errx(2, "--connected goes with one port and one address");
	if (opt.warm < 0)
		opt.warm = opt.packets / 8;
	laps.ns = calloc((opt.packets > opt.warm ? opt.packets : opt.warm) / LAP + 1,
			 sizeof(*laps.ns));
	if (!laps.ns)
		err(1, "memory");
}

static const struct {
	const char *name;
	void (*run)(void);
} modes[] = {
	{ "tcp", run_tcp }, { "udp", run_udp }, { "rr", run_rr }, { "forward", run_forward },
};

static void run(const char *mode)
{
	unsigned int i;

	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (strcmp(mode, modes[i].name))
			continue;
		check();
		tx_packets = open_counter("tx_packets");
		tx_bytes = open_counter("tx_bytes");
		if (opt.encap && opt.rx) {
			hold_encap_port(opt.tx);
			hold_encap_port(opt.rx);
		}
		modes[i].run();
		return;
	}
	errx(2, "usage: gen tcp|udp|rr|forward|replay OPTION...");
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";

	if (argc > 1)
		parse(argc - 1, argv + 1);
	if (opt.changes)
		replay_open(opt.changes, opt.tx, opt.rx, opt.wall);
	if (!strcmp(mode, "replay"))
		run_replay();
	else
		run(mode);
	return 0;
}
