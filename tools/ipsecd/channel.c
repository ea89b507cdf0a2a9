// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages between the two processes: one layout for all types. */
#include "channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "bytes.h"
#include "told.h"

/* What a type may carry; everything else of a message is zero. */
static const struct {
	bool to_worker;
	bool to_parent;
	bool path;
	uint8_t flags; /* that may be set */
	bool text[IPSECD_PARTS]; /* without control characters */
	uint32_t max[IPSECD_PARTS];
} layout[IPSECD_TYPES] = {
	[IPSECD_FILE] = { .to_worker = true,
			  .flags = IPSECD_FLAG_LAST,
			  .text = { true },
			  .max = { 1024, 32768 } },
	[IPSECD_LOAD] = { .to_worker = true },
	[IPSECD_DATAGRAM] = { .to_worker = true,
			      .to_parent = true,
			      .path = true,
			      .max = { 65535 } },
	[IPSECD_EVENT] = { .to_worker = true, .max = { 65535 } },
	[IPSECD_RESYNC] = { .to_worker = true },
	[IPSECD_CONTROL] = { .to_worker = true, .max = { 4096 } },
	[IPSECD_FETCHED] = { .to_worker = true, .max = { 65535 } },
	[IPSECD_RESPONSE] = { .to_worker = true,
			      .flags = IPSECD_FLAG_LAST,
			      .max = { 8192 } },
	[IPSECD_UNSENT] = { .to_worker = true },
	[IPSECD_UNREAD] = { .to_worker = true },
	[IPSECD_LISTEN] = { .to_worker = true, .flags = IPSECD_FLAG_LAST },
	[IPSECD_STOP] = { .to_worker = true, .flags = IPSECD_FLAG_LAST },
	[IPSECD_READY] = { .to_parent = true },
	[IPSECD_LOADED] = { .to_parent = true,
			    .flags = IPSECD_FLAG_LAST,
			    .text = { true, true },
			    .max = { 1024, 768 } },
	[IPSECD_LOG] = { .to_parent = true,
			 .flags = IPSECD_FLAG_LAST | 3,
			 .text = { true, true, true, false, true },
			 .max = { 1024, 64, 2048, IPSECD_TOLD_SIZE, 1024 } },
	[IPSECD_KEYLOG] = { .to_parent = true,
			    .text = { true },
			    .max = { 2048 } },
	[IPSECD_ANSWER] = { .to_parent = true,
			    .flags = IPSECD_FLAG_LAST,
			    .max = { 32768 } },
	[IPSECD_FETCH] = { .to_parent = true,
			   .text = { true },
			   .max = { 256, 8192 } },
	[IPSECD_STOPPED] = { .to_parent = true },
};

#define HEADER_SIZE (16 + 2 * 17 + 4 + 4 * IPSECD_PARTS)

struct ike_blob ipsecd_text(const char *text)
{
	return (struct ike_blob){ (const uint8_t *)text, strlen(text) };
}

static void write_addr(struct ipsec_writer *w, const struct ipsec_addr *a)
{
	ipsec_write_u8(w, a->len);
	ipsec_write(w, a->b, sizeof(a->b));
}

static bool read_addr(struct ipsec_reader *r, struct ipsec_addr *a)
{
	a->len = ipsec_read_u8(r);
	ipsec_read_copy(r, a->b, sizeof(a->b));
	return !a->len || a->len == 4 || a->len == 16;
}

static size_t write_header(const struct ipsecd_message *m, void *buf,
			   size_t size)
{
	struct ipsec_writer w;
	unsigned int i;

	ipsec_writer_init(&w, buf, size);
	ipsec_write_u8(&w, (uint8_t)m->type);
	ipsec_write_u8(&w, m->flags);
	ipsec_write_u16(&w, 0);
	ipsec_write_u32(&w, m->id);
	ipsec_write_u64(&w, m->story);
	write_addr(&w, &m->path.local);
	write_addr(&w, &m->path.remote);
	ipsec_write_u16(&w, m->path.local_port);
	ipsec_write_u16(&w, m->path.remote_port);
	for (i = 0; i < IPSECD_PARTS; i++)
		ipsec_write_u32(&w, (uint32_t)m->part[i].len);
	return w.failed ? 0 : w.len;
}

static bool parts_fit(const struct ipsecd_message *m)
{
	unsigned int i;

	for (i = 0; i < IPSECD_PARTS; i++)
		if (m->part[i].len > layout[m->type].max[i])
			return false;
	return true;
}

size_t ipsecd_encode(const struct ipsecd_message *m, void *buf, size_t size)
{
	size_t len = write_header(m, buf, size);
	struct ipsec_writer w;
	unsigned int i;

	if (!len || !parts_fit(m))
		return 0;
	ipsec_writer_init(&w, buf, size);
	w.len = len;
	for (i = 0; i < IPSECD_PARTS; i++)
		if (m->part[i].len)
			ipsec_write(&w, m->part[i].data, m->part[i].len);
	return w.failed ? 0 : w.len;
}

static bool is_text(const struct ike_blob *part)
{
	size_t i;

	for (i = 0; i < part->len; i++)
		if (part->data[i] < ' ' || part->data[i] == 0x7f)
			return false;
	return true;
}

static bool read_parts(struct ipsec_reader *r, struct ipsecd_message *m)
{
	unsigned int i;

	for (i = 0; i < IPSECD_PARTS; i++)
		m->part[i].len = ipsec_read_u32(r);
	if (r->failed || !parts_fit(m))
		return false;
	for (i = 0; i < IPSECD_PARTS; i++) {
		m->part[i].data = ipsec_read(r, m->part[i].len);
		if (r->failed ||
		    (layout[m->type].text[i] && !is_text(&m->part[i])))
			return false;
	}
	return !r->left;
}

static bool path_good(const struct ipsecd_message *m)
{
	const struct ike_path *path = &m->path;

	if (!layout[m->type].path)
		return !path->local.len && !path->remote.len &&
		       !path->local_port && !path->remote_port;
	return path->local.len && path->local.len == path->remote.len &&
	       path->local_port && path->remote_port;
}

int ipsecd_decode(struct ipsecd_message *m, const void *buf, size_t len,
		  bool to_worker)
{
	struct ipsec_reader r;
	uint16_t reserved;
	uint8_t type;
	bool good;

	memset(m, 0, sizeof(*m));
	ipsec_reader_init(&r, buf, len);
	type = ipsec_read_u8(&r);
	m->flags = ipsec_read_u8(&r);
	reserved = ipsec_read_u16(&r);
	m->id = ipsec_read_u32(&r);
	m->story = ipsec_read_u64(&r);
	good = read_addr(&r, &m->path.local);
	good &= read_addr(&r, &m->path.remote);
	m->path.local_port = ipsec_read_u16(&r);
	m->path.remote_port = ipsec_read_u16(&r);
	if (!good || r.failed || reserved || type >= IPSECD_TYPES)
		return -EBADMSG;
	m->type = type;
	if (!(to_worker ? layout[type].to_worker : layout[type].to_parent) ||
	    m->flags & ~layout[type].flags || !path_good(m) ||
	    !read_parts(&r, m))
		return -EBADMSG;
	return 0;
}

void ipsecd_forget(const struct ipsecd_message *m)
{
	unsigned int i;

	for (i = 0; i < IPSECD_PARTS; i++)
		explicit_bzero((void *)m->part[i].data, m->part[i].len);
}

int ipsecd_send(int fd, const struct ipsecd_message *m, int flags)
{
	uint8_t header[HEADER_SIZE];
	struct iovec iov[1 + IPSECD_PARTS] = { { header, sizeof(header) } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 1 };
	unsigned int i;

	if (!write_header(m, header, sizeof(header)) || !parts_fit(m))
		return -EMSGSIZE;
	for (i = 0; i < IPSECD_PARTS; i++)
		if (m->part[i].len)
			iov[msg.msg_iovlen++] =
				(struct iovec){ (void *)m->part[i].data,
						m->part[i].len };
	while (sendmsg(fd, &msg, flags | MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

int ipsecd_receive(int fd, void *buf, size_t size, struct ipsecd_message *m,
		   bool to_worker, int flags)
{
	ssize_t got;

	do
		got = recv(fd, buf, size, flags | MSG_TRUNC);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	if (!got)
		return -EPIPE;
	if ((size_t)got > size)
		return -EBADMSG;
	return ipsecd_decode(m, buf, (size_t)got, to_worker);
}
