// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ipsecctl capture: packets into a pcapng file, as Netcap did it: through a
 * buffer that ends the capture when it is full, or forgets the oldest, until
 * a pattern is seen, a time is over, or somebody stops it.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "../lib/text.h"
#include "capture.h"
#include "pcapng.h"
#include "secret.h"

#define MB 1000000U
#define BUFFER_DEFAULT 64
#define BUFFER_MAX 1000
#define PATTERN_MAX 256
#define TICK_MS 250
/* After so long the kernel has handed over what it had. */
#define REST_MS 150

enum trigger {
	TRIGGER_NONE,
	TRIGGER_STOP, /* ends with the packet */
	TRIGGER_FILL, /* ends when the buffer is full from it on */
	TRIGGER_FULL, /* is looked for once the buffer was full */
};

struct kept {
	TAILQ_ENTRY(kept) link;
	struct pcapng_block *block;
	uint32_t esp_spi; /* whose keys are for it, 0: none */
	bool ike;
	uint8_t ike_spi[CAPTURE_IKE_SPI];
};

struct capture {
	const struct ctl_args *args;
	int signals;
	struct capture_source source;
	struct capture_keys *keys;
	FILE *to;
	bool failed; /* to write, or to get memory */
	const char *ended; /* NULL: goes on */
	uint64_t packets; /* taken */

	/* The buffer. Without a ring packets are written at once. */
	bool ring;
	uint64_t size;
	uint64_t used;
	uint64_t written;
	TAILQ_HEAD(kept_list, kept) list;

	enum trigger trigger;
	uint64_t offset;
	uint8_t pattern[PATTERN_MAX];
	int pattern_len;
	bool seen; /* the pattern */
	bool was_full;

	uint32_t *interface; /* index of each that was written */
	uint32_t interfaces;
};

static void fail(struct capture *c, const char *what)
{
	if (!c->failed)
		fprintf(stderr, "ipsecctl: %s: %s\n", what, strerror(errno));
	c->failed = true;
	c->ended = "failed";
}

/* Takes the block. */
static void write_block(struct capture *c, struct pcapng_block *b)
{
	if (!b || fwrite(b->data, b->len, 1, c->to) != 1)
		fail(c, "cannot write");
	free(b);
}

/* Of what a ring has forgotten nobody needs the keys. */
static void write_packet(struct capture *c, struct pcapng_block *b,
			 uint32_t esp_spi, const uint8_t *ike_spi)
{
	write_block(c, b);
	if (c->keys)
		capture_keys_see(c->keys, esp_spi, ike_spi);
}

/* The number of an interface in the file. */
static uint32_t interface_of(struct capture *c, uint32_t ifindex)
{
	char name[IFNAMSIZ];
	uint32_t i, *grown;

	for (i = 0; i < c->interfaces; i++)
		if (c->interface[i] == ifindex)
			return i;
	grown = reallocarray(c->interface, i + 1, sizeof(*grown));
	if (!grown) {
		fail(c, "cannot write");
		return 0;
	}
	c->interface = grown;
	grown[c->interfaces++] = ifindex;
	if (!ifindex)
		snprintf(name, sizeof(name), "%s", c->source.device);
	else if (!if_indextoname(ifindex, name))
		snprintf(name, sizeof(name), "if%" PRIu32, ifindex);
	write_block(c, pcapng_interface(capture_linktype(&c->source), name));
	return i;
}

static void forget_oldest(struct capture *c)
{
	struct kept *old = TAILQ_FIRST(&c->list);

	TAILQ_REMOVE(&c->list, old, link);
	c->used -= old->block->len;
	free(old->block);
	free(old);
}

static void keep(struct capture *c, struct pcapng_block *b,
		 const struct captured *p)
{
	struct kept *k = malloc(sizeof(*k));

	if (!k) {
		free(b);
		fail(c, "cannot keep a packet");
		return;
	}
	k->block = b;
	k->esp_spi = p->esp_spi;
	k->ike = p->ike_spi;
	if (k->ike)
		memcpy(k->ike_spi, p->ike_spi, sizeof(k->ike_spi));
	TAILQ_INSERT_TAIL(&c->list, k, link);
}

/* Makes room for a packet. False: the capture ends before it. */
static bool make_room(struct capture *c, size_t len)
{
	if (c->used + len <= c->size)
		return true;
	c->was_full = true;
	/* What came before the pattern went when that was seen. */
	if (!c->ring || (c->trigger == TRIGGER_FILL && c->seen)) {
		c->ended = "full";
		return false;
	}
	while (c->used && c->used + len > c->size)
		forget_oldest(c);
	return true;
}

static bool has_pattern(const struct capture *c, const struct captured *p)
{
	return c->offset <= p->len &&
	       (uint64_t)c->pattern_len <= p->len - c->offset &&
	       !memcmp(p->data + c->offset, c->pattern, (size_t)c->pattern_len);
}

/* Is it the packet that the trigger waits for? */
static bool triggers(const struct capture *c, const struct captured *p)
{
	return c->trigger && !c->seen &&
	       (c->trigger != TRIGGER_FULL || c->was_full) && has_pattern(c, p);
}

static struct pcapng_block *block_of(struct capture *c,
				     const struct captured *p)
{
	char comment[256];
	const struct pcapng_packet packet = {
		.interface = interface_of(c, p->ifindex),
		.time = p->time,
		.data = p->data,
		.len = p->len,
		.whole = p->whole,
		.flags = !p->directed		    ? 0 :
			 p->dir == IPSECDRV_DIR_OUT ? PCAPNG_OUTBOUND :
						      PCAPNG_INBOUND,
		.comment = comment,
	};

	capture_note(p, c->source.wire, comment, sizeof(comment));
	return pcapng_packet(&packet);
}

static void take(struct capture *c, const struct captured *p)
{
	struct pcapng_block *b = block_of(c, p);
	size_t len = b ? b->len : 0;
	bool hit = triggers(c, p);

	if (hit && c->trigger == TRIGGER_FILL)
		while (c->used)
			forget_oldest(c);
	if (!b || !make_room(c, len)) {
		if (!b)
			fail(c, "cannot keep a packet");
		free(b);
		return;
	}
	c->packets++;
	c->used += len;
	if (c->ring)
		keep(c, b, p);
	else
		write_packet(c, b, p->esp_spi, p->ike_spi);
	c->seen |= hit;
	if (hit && c->trigger != TRIGGER_FILL)
		c->ended = "pattern";
	else if (c->args->given & CTL_OPT_COUNT && c->packets >= c->args->count)
		c->ended = "count";
}

static void on_packet(u_char *user, const struct pcap_pkthdr *h,
		      const u_char *data)
{
	struct capture *c = (struct capture *)user;
	struct captured p;

	if (capture_read(&c->source, h, data, &p))
		take(c, &p);
	if (c->ended)
		pcap_breakloop(c->source.pcap);
}

static void read_some(struct capture *c)
{
	if (pcap_dispatch(c->source.pcap, -1, on_packet, (u_char *)c) ==
	    PCAP_ERROR) {
		fprintf(stderr, "ipsecctl: %s\n", pcap_geterr(c->source.pcap));
		c->failed = true;
		c->ended = "failed";
	}
	/* A pipe's reader wants to see them. */
	if (!c->ring && fflush(c->to))
		fail(c, "cannot write");
}

/* Whoever ends it has seen the packets go, and wants to have them here. */
static void read_rest(struct capture *c, struct pollfd *packets,
		      const char *ended)
{
	int64_t left, end = ctl_now_ms() + REST_MS;

	while (!c->ended && (left = end - ctl_now_ms()) > 0)
		if (poll(packets, 1, (int)left) > 0)
			read_some(c);
	if (!c->ended)
		c->ended = ended;
}

static void follow(struct capture *c)
{
	struct pollfd fds[] = {
		{ pcap_get_selectable_fd(c->source.pcap), POLLIN, 0 },
		{ c->signals, POLLIN, 0 },
	};
	int64_t end = ctl_now_ms() + (int64_t)c->args->timeout * 1000;
	bool limited = c->args->given & CTL_OPT_TIMEOUT;

	while (!c->ended) {
		int64_t left = limited ? end - ctl_now_ms() : TICK_MS;

		if (left <= 0) {
			read_rest(c, fds, "time");
			break;
		}
		if (poll(fds, 2, left < TICK_MS ? (int)left : TICK_MS) < 0 &&
		    errno != EINTR)
			fail(c, "poll");
		if (fds[1].revents)
			read_rest(c, fds, "stopped");
		else if (!c->ended)
			read_some(c);
	}
}

/* What is in the buffer, and how much was lost. */
static void write_end(struct capture *c, const struct pcap_stat *stat)
{
	struct timespec now;
	struct kept *k;

	clock_gettime(CLOCK_REALTIME, &now);
	while ((k = TAILQ_FIRST(&c->list))) {
		TAILQ_REMOVE(&c->list, k, link);
		c->written++;
		write_packet(c, k->block, k->esp_spi,
			     k->ike ? k->ike_spi : NULL);
		free(k);
	}
	if (!c->ring)
		c->written = c->packets;
	/* A file without interfaces is none. */
	if (!c->interfaces)
		interface_of(c, 0);
	write_block(c, pcapng_statistics(0,
					 (uint64_t)now.tv_sec * 1000000000U +
						 (uint64_t)now.tv_nsec,
					 stat->ps_recv, stat->ps_drop));
	if (fflush(c->to) || (c->to != stdout && fclose(c->to)))
		fail(c, "cannot write");
}

static void print_end(const struct capture *c, const struct pcap_stat *stat)
{
	FILE *to = c->to == stdout ? stderr : stdout;

	if (c->args->json)
		ctl_json(json_pack("{s:i, s:s, s:I, s:I, s:I}", "version", 1,
				   "ended", c->ended, "written",
				   (json_int_t)c->written, "seen",
				   (json_int_t)c->packets, "lost",
				   (json_int_t)stat->ps_drop));
	else
		fprintf(to,
			"ended: %s; %" PRIu64 " packets written of %" PRIu64
			", %u lost\n",
			c->ended, c->written, c->packets, stat->ps_drop);
	if (stat->ps_drop)
		ctl_warn("packets came faster than they could be taken; a "
			 "filter would help");
}

static int run(struct capture *c)
{
	struct pcap_stat stat = { 0 };

	fprintf(stderr, "ipsecctl: capturing on %s\n", c->source.device);
	write_block(c, pcapng_section("ipsecctl"));
	follow(c);
	pcap_stats(c->source.pcap, &stat);
	write_end(c, &stat);
	if (!c->failed)
		print_end(c, &stat);
	return c->failed ? CTL_FAILED : CTL_OK;
}

/* "40:deadbeef", "40:deadbeef,fill". */
static int take_trigger(struct capture *c)
{
	const char *text = c->args->trigger, *colon = strchr(text, ':');
	char offset[24], hex[2 * PATTERN_MAX + 3];
	const char *comma = strchr(text, ',');
	size_t len = comma ? (size_t)(comma - text) : strlen(text);

	c->trigger = !comma		     ? TRIGGER_STOP :
		     !strcmp(comma, ",fill") ? TRIGGER_FILL :
		     !strcmp(comma, ",full") ? TRIGGER_FULL :
					       TRIGGER_NONE;
	c->ring = true;
	if (!c->trigger || !colon || colon > text + len)
		return ctl_usage(c->args,
				 "'%.40s' is no trigger; write OFFSET:HEX, "
				 "and ',fill' or ',full' behind it",
				 text);
	snprintf(offset, sizeof(offset), "%.*s", (int)(colon - text), text);
	snprintf(hex, sizeof(hex), "%.*s", (int)(text + len - colon - 1),
		 colon + 1);
	c->pattern_len = ipsec_hex(hex, c->pattern, sizeof(c->pattern));
	if (!ipsec_uint_hex(offset, 0, UINT16_MAX, &c->offset) ||
	    c->pattern_len <= 0)
		return ctl_usage(c->args,
				 "'%.40s' is no trigger; the offset is a "
				 "number up to 65535, and the pattern has 1 to "
				 "%d bytes in hexadecimal",
				 text, PATTERN_MAX);
	return CTL_OK;
}

static int take_words(struct capture *c)
{
	const struct ctl_args *args = c->args;
	uint64_t mb = BUFFER_DEFAULT;

	if (args->given & CTL_OPT_BUFFER)
		mb = args->buffer;
	if (mb < 1 || mb > BUFFER_MAX)
		return ctl_usage(args, "the buffer has 1 to %d MB", BUFFER_MAX);
	c->size = mb * MB;
	c->ring = args->given & CTL_OPT_RING;
	if (args->keys && !(args->given & CTL_OPT_WIRE))
		return ctl_usage(args, "keys are for what is on the wire; give "
				       "--wire, too");
	if (args->trigger && take_trigger(c))
		return CTL_USAGE;
	if (!args->output && isatty(STDOUT_FILENO))
		return ctl_usage(args, "packets cannot be shown here; write "
				       "them to a file with '-o FILE', or to a "
				       "pipe");
	if (!args->output && args->json)
		return ctl_usage(args, "--json needs '-o FILE'");
	return CTL_OK;
}

int ctl_capture(struct ctl_args *args)
{
	struct capture c = { .args = args };
	int rc;

	TAILQ_INIT(&c.list);
	rc = take_words(&c);
	if (!rc && args->keys) {
		c.keys = capture_keys_begin(args->keys);
		rc = c.keys ? CTL_OK : CTL_FAILED;
	}
	/* Before there is a device that has to be removed again. */
	c.signals = ctl_signal_fd();
	signal(SIGPIPE, SIG_IGN);
	if (!rc)
		rc = capture_open(&c.source, args, args->given & CTL_OPT_WIRE,
				  args->interface);
	if (!rc) {
		c.to = args->output ? ctl_new_file(args->output) : stdout;
		rc = c.to ? run(&c) : CTL_FAILED;
		capture_close(&c.source);
	}
	close(c.signals);
	free(c.interface);
	if (c.keys)
		rc |= capture_keys_end(c.keys);
	return rc;
}
