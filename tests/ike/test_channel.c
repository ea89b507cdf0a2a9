// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages between the two processes, and what the parent takes of them. */
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "proxy.h"
#include "tap.h"
#include "told.h"

#define FAMILY 33

static const struct ike_path path = {
	.local = { 4, { 10, 0, 0, 1 } },
	.remote = { 4, { 10, 0, 0, 2 } },
	.local_port = 500,
	.remote_port = 4500,
};

static struct ipsecd_message datagram(void)
{
	return (struct ipsecd_message){
		.type = IPSECD_DATAGRAM,
		.path = path,
		.part = { { (const uint8_t *)"hello", 5 } },
	};
}

static uint8_t buf[IPSECD_MESSAGE_MAX];

static int decoded(const struct ipsecd_message *m, bool to_worker)
{
	struct ipsecd_message got;
	size_t len = ipsecd_encode(m, buf, sizeof(buf));

	return len ? ipsecd_decode(&got, buf, len, to_worker) : -EMSGSIZE;
}

static void whole(void)
{
	struct ipsecd_message m = datagram(), got;
	size_t len = ipsecd_encode(&m, buf, sizeof(buf)), i;
	unsigned int taken = 0;

	ok(!ipsecd_decode(&got, buf, len, true) &&
		   ike_path_equal(&got.path, &path) && got.part[0].len == 5 &&
		   !memcmp(got.part[0].data, "hello", 5),
	   "a message comes as it went");
	for (i = 0; i < len; i++) {
		uint8_t *copy = malloc(i ? i : 1);

		memcpy(copy, buf, i);
		taken += !ipsecd_decode(&got, copy, i, true);
		free(copy);
	}
	ok(!taken, "cut short anywhere it is refused");
	ok(ipsecd_decode(&got, buf, len + 1, true) == -EBADMSG,
	   "and with a byte more");
}

/* Each type goes one way, but for datagrams. */
static void ways(void)
{
	unsigned int both = 0, none = 0, i;

	for (i = 1; i < IPSECD_TYPES; i++) {
		struct ipsecd_message m = { .type = i };
		bool down, up;

		if (i == IPSECD_DATAGRAM)
			m.path = path;
		down = !decoded(&m, true);
		up = !decoded(&m, false);
		both += down && up;
		none += !down && !up;
	}
	ok(both == 1 && !none, "only datagrams go both ways");
}

static void refused(struct ipsecd_message m, bool to_worker, const char *what)
{
	ok(decoded(&m, to_worker) < 0, "refused: %s", what);
}

static void values(void)
{
	struct ipsecd_message m = datagram();
	static const uint8_t many[2049];

	m.path.local_port = 0;
	refused(m, true, "no port");
	m = datagram();
	m.path.remote = (struct ipsec_addr){ 16, { 1 } };
	refused(m, true, "addresses of two families");
	m = datagram();
	m.path.local.len = 5;
	refused(m, true, "an address of five bytes");
	m = datagram();
	m.flags = 1;
	refused(m, true, "a flag");
	m = (struct ipsecd_message){ .type = IPSECD_LOAD, .path = path };
	refused(m, true, "a path where there is none");
	m = (struct ipsecd_message){ .type = 0 };
	refused(m, true, "no type");
	m = (struct ipsecd_message){
		.type = IPSECD_LOG,
		.part = { { NULL, 0 }, { NULL, 0 }, ipsecd_text("a\nb") }
	};
	refused(m, false, "a line end in the log");
	m.part[2] = ipsecd_text("\033[2J");
	refused(m, false, "a terminal's code in the log");
	m.part[2] = (struct ike_blob){ many, sizeof(many) };
	refused(m, false, "a long line");
	m.part[2] = ipsecd_text("fine");
	m.flags = 3 | IPSECD_FLAG_LAST;
	ok(!decoded(&m, false), "a line of the log");
}

static void sockets(void)
{
	struct ipsecd_message m = datagram(), got;
	int fd[2], rc, sent = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd))
		exit(1);
	ok(ipsecd_receive(fd[0], buf, sizeof(buf), &got, true, MSG_DONTWAIT) ==
		   -EAGAIN,
	   "nothing waits");
	ok(!ipsecd_send(fd[1], &m, 0) &&
		   !ipsecd_receive(fd[0], buf, sizeof(buf), &got, true, 0) &&
		   got.type == IPSECD_DATAGRAM,
	   "through a socket");
	ok(send(fd[1], "x", 1, 0) == 1 &&
		   ipsecd_receive(fd[0], buf, sizeof(buf), &got, true, 0) ==
			   -EBADMSG,
	   "one byte is no message");
	while (!(rc = ipsecd_send(fd[1], &m, MSG_DONTWAIT)))
		sent++;
	ok(rc == -EAGAIN && sent > 10, "a reader that does not keep up");
	close(fd[0]);
	/* Which of the two depends on what was not read. */
	rc = ipsecd_send(fd[1], &m, 0);
	ok(rc == -EPIPE || rc == -ECONNRESET, "nobody reads");
	close(fd[1]);
}

static bool allowed(uint8_t cmd, uint16_t type, uint16_t flags, int more)
{
	static struct ipsec_msg m;

	ipsec_msg_init(&m, cmd, 0);
	m.nlh->nlmsg_type = type;
	m.nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	return ipsecd_proxy_allows(
		m.buf, m.nlh->nlmsg_len + (size_t)(ssize_t)more, FAMILY);
}

static void calls(void)
{
	unsigned int cmd, count = 0;

	ok(allowed(IPSECDRV_CMD_SA_ADD, FAMILY, NLM_F_ACK, 0), "SAs are added");
	ok(allowed(IPSECDRV_CMD_SA_DUMP, FAMILY, NLM_F_DUMP, 0), "and listed");
	ok(!allowed(IPSECDRV_CMD_SA_DUMP, FAMILY, NLM_F_ACK, 0) &&
		   !allowed(IPSECDRV_CMD_SA_ADD, FAMILY, NLM_F_DUMP, 0),
	   "a list is a list");
	ok(!allowed(IPSECDRV_CMD_SA_ADD, FAMILY, 0, 0),
	   "a request without an answer would hang the parent");
	ok(!allowed(IPSECDRV_CMD_SA_ADD, FAMILY + 1, NLM_F_ACK, 0) &&
		   !allowed(IPSECDRV_CMD_SA_ADD, GENL_ID_CTRL, NLM_F_ACK, 0),
	   "no other family is spoken to");
	ok(!allowed(IPSECDRV_CMD_SA_ADD, FAMILY, NLM_F_ACK, -1) &&
		   !allowed(IPSECDRV_CMD_SA_ADD, FAMILY, NLM_F_ACK, 4),
	   "the length is that of the message");
	for (cmd = 0; cmd < 256; cmd++)
		count += allowed((uint8_t)cmd, FAMILY, NLM_F_ACK, 0) +
			 allowed((uint8_t)cmd, FAMILY, NLM_F_DUMP, 0);
	ok(count == 11, "eleven requests are for a worker, of %u", count);
	ok(!allowed(IPSECDRV_CMD_TABLE_BEGIN, FAMILY, NLM_F_ACK, 0) &&
		   !allowed(IPSECDRV_CMD_CONFIG_SET, FAMILY, NLM_F_ACK, 0) &&
		   !allowed(IPSECDRV_CMD_SA_FLUSH, FAMILY, NLM_F_ACK, 0),
	   "never the whole table, the settings, or all SAs at once");
}

/* What is told of an SA: comes as it went; no byte of it may be anything. */
static void told(void)
{
	const struct ike_told sent = {
		.action = IKE_REKEYED,
		.child = true,
		.version = 2,
		.path = path,
		.spi_i = { 1, 2, 3, 4, 5, 6, 7, 8 },
		.pair = 0x12345678,
		.proto = IPSECDRV_PROTO_ESP,
		.spi_in = 0xabcdef01,
		.spi_out = 0x10fedcba,
		.mode = IPSECDRV_MODE_TUNNEL,
	};
	static const uint8_t checked[] = { 0, 1, 2, 3, 4, 5, 6, 25 };
	uint8_t bytes[IPSECD_TOLD_SIZE], again[IPSECD_TOLD_SIZE];
	struct ike_blob all = { bytes, sizeof(bytes) };
	struct ike_told got;
	unsigned int i, taken = 0;

	ipsecd_told_write(&sent, bytes);
	ok(ipsecd_told_read(&got, all) && got.action == sent.action &&
		   got.child && ike_path_equal(&got.path, &path) &&
		   got.pair == sent.pair && got.spi_out == sent.spi_out &&
		   got.mode == sent.mode,
	   "what is told of an SA comes as it went");
	ipsecd_told_write(&got, again);
	ok(!memcmp(bytes, again, sizeof(bytes)), "all of it");
	for (i = 0; i < sizeof(bytes); i++)
		taken += ipsecd_told_read(&got, (struct ike_blob){ bytes, i });
	ok(!taken, "cut short anywhere it is none");
	for (i = 0; i < sizeof(checked); i++) {
		ipsecd_told_write(&sent, bytes);
		bytes[checked[i]] = 99;
		taken += ipsecd_told_read(&got, all);
	}
	ok(!taken, "nor with a value that is none");
}

int main(void)
{
	whole();
	told();
	ways();
	values();
	sockets();
	calls();
	return tap_done();
}
