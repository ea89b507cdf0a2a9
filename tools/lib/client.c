// SPDX-License-Identifier: GPL-2.0-or-later
/* Requests to the driver: generic netlink with acknowledgements and texts. */
#include "client.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define DUMP_TRIES 5
#define ERRNO_MAX 4095

/* What the driver cannot say itself, in words of who must do what. */
static int refused(struct ipsec_err *err, int code, const char *text)
{
	if (text && *text)
		return ipsec_err_code(err, code, "%s", text);
	switch (code) {
	case EPERM:
		return ipsec_err_code(err, code,
				      "not permitted: this needs CAP_NET_ADMIN "
				      "in the initial user namespace; "
				      "run it as root");
	case ENOENT:
		return ipsec_err_code(err, code, "there is no such entry");
	case EOPNOTSUPP:
		return ipsec_err_code(err, code,
				      "the driver loaded does not know this "
				      "operation; it is older than this "
				      "command");
	default:
		return ipsec_err_code(err, code, "refused by the driver: %s",
				      strerror(code));
	}
}

/* Of a refusal, which is a negative errno. */
static int code_of(int error)
{
	return error < 0 && error >= -ERRNO_MAX ? -error : EPROTO;
}

/* The attributes after the echo of the request, which may be cut short. */
static int read_ack(const struct nlmsghdr *nlh, struct ipsec_err *err)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const char *text = NULL;
	size_t skip = sizeof(*e);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return refused(err, EPROTO, NULL);
	if (!e->error)
		return 0;
	err->offs = 0;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(e->msg.nlmsg_len - MNL_NLMSG_HDRLEN);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS &&
	    mnl_nlmsg_get_payload_len(nlh) > skip) {
		mnl_attr_for_each(attr, nlh, skip) {
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
			    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
				text = mnl_attr_get_str(attr);
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS &&
			    !mnl_attr_validate(attr, MNL_TYPE_U32))
				err->offs = mnl_attr_get_u32(attr);
		}
	}
	return refused(err, code_of(e->error), text);
}

static int read_done(const struct nlmsghdr *nlh, struct ipsec_err *err)
{
	const int *code = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;
	const char *text = NULL;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*code) || *code >= 0)
		return 0;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_for_each(attr, nlh, sizeof(*code))
			if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
			    !mnl_attr_validate(attr, MNL_TYPE_NUL_STRING))
				text = mnl_attr_get_str(attr);
	return refused(err, code_of(*code), text);
}

struct request {
	ipsec_reply_fn *fn;
	void *ctx;
	bool dump;
	bool interrupted;
	bool done;
};

static int read_one(struct request *r, const struct nlmsghdr *nlh,
		    struct ipsec_err *err)
{
	r->interrupted |= !!(nlh->nlmsg_flags & NLM_F_DUMP_INTR);
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		r->done = true;
		return read_ack(nlh, err);
	case NLMSG_DONE:
		r->done = true;
		return read_done(nlh, err);
	case NLMSG_NOOP:
		return 0;
	default:
		return r->fn ? r->fn(r->ctx, nlh, err) : 0;
	}
}

static int read_datagram(struct ipsec_client *c, struct request *r,
			 struct ipsec_err *err)
{
	ssize_t got = c->io.recv(c->io.ctx, c->buf, sizeof(c->buf));
	const struct nlmsghdr *nlh = (const void *)c->buf;
	int len = (int)got, rc = 0;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got < 0)
		return ipsec_err_code(err, errno, "netlink: %s",
				      strerror(errno));
	for (; !rc && !r->done && ipsec_nlmsg_ok(nlh, len);
	     nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_seq == c->seq)
			rc = read_one(r, nlh, err);
	return rc;
}

int ipsec_request(struct ipsec_client *c, struct ipsec_msg *m,
		  ipsec_reply_fn *fn, void *ctx, struct ipsec_err *err)
{
	struct request r = { .fn = fn, .ctx = ctx };
	int rc = 0;

	if (!m->nlh->nlmsg_type)
		m->nlh->nlmsg_type = c->family;
	m->nlh->nlmsg_seq = ++c->seq;
	m->nlh->nlmsg_pid = c->io.portid;
	r.dump = (m->nlh->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	if (!r.dump)
		m->nlh->nlmsg_flags |= NLM_F_ACK;
	if (c->io.send(c->io.ctx, m->nlh, m->nlh->nlmsg_len) < 0)
		return refused(err, errno, NULL);
	while (!rc && !r.done)
		rc = read_datagram(c, &r, err);
	if (!rc && r.interrupted)
		return ipsec_err_code(err, EINTR,
				      "it changed while it was listed; "
				      "try again");
	return rc;
}

struct ask {
	const struct ipsec_field *fields;
	void *obj;
};

static int read_answer(void *ctx, const struct nlmsghdr *nlh,
		       struct ipsec_err *err)
{
	const struct ask *ask = ctx;

	return ipsec_get_msg(nlh, ask->fields, ask->obj, err);
}

int ipsec_ask(struct ipsec_client *c, struct ipsec_msg *m,
	      const struct ipsec_field *fields, void *obj,
	      struct ipsec_err *err)
{
	struct ask ask = { fields, obj };

	return ipsec_request(c, m, obj ? read_answer : NULL, &ask, err);
}

static int keep(void *ctx, const struct nlmsghdr *nlh, struct ipsec_err *err)
{
	size_t len = MNL_ALIGN(nlh->nlmsg_len);
	struct ipsec_dump *d = ctx;

	if (d->size - d->len < len) {
		size_t size = 2 * d->size + IPSEC_RECV_SIZE;
		char *buf = realloc(d->buf, size);

		if (!buf)
			return ipsec_err_code(err, ENOMEM, "out of memory");
		d->buf = buf;
		d->size = size;
	}
	memcpy(d->buf + d->len, nlh, nlh->nlmsg_len);
	d->len += len;
	d->count++;
	return 0;
}

int ipsec_dump(struct ipsec_client *c, uint8_t cmd, struct ipsec_dump *d,
	       struct ipsec_err *err)
{
	struct ipsec_msg m;
	int rc, tries;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		d->len = 0;
		d->count = 0;
		ipsec_msg_init(&m, cmd, NLM_F_DUMP);
		rc = ipsec_request(c, &m, keep, d, err);
		if (rc != -EINTR)
			break;
	}
	return rc;
}

const struct nlmsghdr *ipsec_dump_next(const struct ipsec_dump *d, size_t *pos)
{
	const struct nlmsghdr *nlh;

	if (*pos >= d->len)
		return NULL;
	nlh = (const void *)(d->buf + *pos);
	*pos += MNL_ALIGN(nlh->nlmsg_len);
	return nlh;
}

void ipsec_dump_free(struct ipsec_dump *d)
{
	free(d->buf);
	*d = (struct ipsec_dump){ 0 };
}

int ipsec_events(struct ipsec_client *c, ipsec_reply_fn *fn, void *ctx,
		 struct ipsec_err *err)
{
	ssize_t got = c->io.recv(c->io.ctx, c->buf, sizeof(c->buf));
	const struct nlmsghdr *nlh = (const void *)c->buf;
	int len = (int)got, rc = 0;

	if (got < 0)
		return ipsec_err_code(err, errno, "netlink: %s",
				      strerror(errno));
	for (; !rc && ipsec_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
		if (nlh->nlmsg_type == c->family)
			rc = fn(ctx, nlh, err);
	return rc;
}
