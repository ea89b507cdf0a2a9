// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects to netlink attributes and back, as their field tables say. */
#include <endian.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <string.h>

#include "schema.h"

static const void *at(const void *obj, size_t off)
{
	return (const char *)obj + off;
}

void ipsec_msg_init(struct ipsec_msg *m, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr *genl;

	m->nlh = mnl_nlmsg_put_header(m->buf);
	m->nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(m->nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = IPSECDRV_FAMILY_VERSION;
}

static bool put(struct ipsec_msg *m, uint16_t attr, const void *data,
		size_t len)
{
	return mnl_attr_put_check(m->nlh, sizeof(m->buf), attr, len, data);
}

static bool put_num(struct ipsec_msg *m, uint16_t attr, unsigned int width,
		    uint64_t value)
{
	uint8_t u8 = (uint8_t)value;
	uint16_t u16 = (uint16_t)value;
	uint32_t u32 = (uint32_t)value;

	switch (width) {
	case 1:
		return put(m, attr, &u8, 1);
	case 2:
		return put(m, attr, &u16, 2);
	case 4:
		return put(m, attr, &u32, 4);
	default:
		return put(m, attr, &value, 8);
	}
}

bool ipsec_put_u32(struct ipsec_msg *m, uint16_t attr, uint64_t value)
{
	return put_num(m, attr, 4, value);
}

bool ipsec_put_nest(struct ipsec_msg *m, uint16_t attr,
		    const struct ipsec_field *fields, const void *obj)
{
	struct nlattr *nest =
		mnl_attr_nest_start_check(m->nlh, sizeof(m->buf), attr);

	if (!nest)
		return false;
	if (!ipsec_put(m, fields, obj)) {
		mnl_attr_nest_cancel(m->nlh, nest);
		return false;
	}
	/* An empty nest would say "any" where nothing was said. */
	if (mnl_nlmsg_get_payload_tail(m->nlh) == mnl_attr_get_payload(nest))
		mnl_attr_nest_cancel(m->nlh, nest);
	else
		mnl_attr_nest_end(m->nlh, nest);
	return true;
}

static bool put_nests(struct ipsec_msg *m, const struct ipsec_field *f,
		      const void *obj)
{
	const unsigned int *count = at(obj, f->aux);
	unsigned int i;

	for (i = 0; i < *count; i++)
		if (!ipsec_put_nest(m, f->attr, f->sub,
				    at(obj, f->off + i * f->size)))
			return false;
	return true;
}

static bool put_field(struct ipsec_msg *m, const struct ipsec_field *f,
		      const void *obj)
{
	const struct ipsec_num *num = at(obj, f->off);
	const struct ipsec_addr *addr = at(obj, f->off);
	const struct ipsec_key *key = at(obj, f->off);
	const char *str = at(obj, f->off);
	const struct ipsec_boot_exemptions *boot = at(obj, f->off);

	switch (f->kind) {
	case IPSEC_NUM:
	case IPSEC_FLAGS:
		return !num->set || put_num(m, f->attr, f->width, num->v);
	case IPSEC_FLAG:
		return !num->v || put(m, f->attr, NULL, 0);
	case IPSEC_STR:
		return !*str || put(m, f->attr, str, strlen(str) + 1);
	case IPSEC_ADDR:
		return !addr->len || put(m, f->attr, addr->b, addr->len);
	case IPSEC_BYTE: {
		/* A prefix length goes with a prefix: an address, no range. */
		const struct ipsec_net *net = at(obj, f->aux);

		return !net->first.len || net->last.len ||
		       put_num(m, f->attr, 1, net->plen);
	}
	case IPSEC_KEY:
		return !key->len || put(m, f->attr, key->b, key->len);
	case IPSEC_NEST:
		return ipsec_put_nest(m, f->attr, f->sub, at(obj, f->off));
	case IPSEC_NESTS:
		return put_nests(m, f, obj);
	case IPSEC_BOOT:
		return !boot->set || ipsec_boot_put(m, f->attr, boot);
	default:
		return true;
	}
}

bool ipsec_put(struct ipsec_msg *m, const struct ipsec_field *fields,
	       const void *obj)
{
	uint32_t before = m->nlh->nlmsg_len;

	for (; fields->kind != IPSEC_END; fields++) {
		if (!fields->attr || put_field(m, fields, obj))
			continue;
		m->nlh->nlmsg_len = before;
		return false;
	}
	return true;
}

/* Widths are the kernel's; a uint attribute may come as 4 or 8 bytes. */
static bool get_num(const struct nlattr *a, uint64_t *value)
{
	const void *p = mnl_attr_get_payload(a);
	uint16_t u16;
	uint32_t u32;

	switch (mnl_attr_get_payload_len(a)) {
	case 1:
		*value = *(const uint8_t *)p;
		return true;
	case 2:
		memcpy(&u16, p, 2);
		*value = u16;
		return true;
	case 4:
		memcpy(&u32, p, 4);
		*value = u32;
		return true;
	case 8:
		memcpy(value, p, 8);
		return true;
	}
	return false;
}

static bool get_bytes(const struct nlattr *a, void *dst, size_t size,
		      uint8_t *len)
{
	if (mnl_attr_get_payload_len(a) > size)
		return false;
	*len = (uint8_t)mnl_attr_get_payload_len(a);
	memcpy(dst, mnl_attr_get_payload(a), *len);
	return true;
}

static bool get_str(const struct nlattr *a, char *dst, size_t size)
{
	size_t len =
		strnlen(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));

	if (len >= size)
		len = size - 1;
	memcpy(dst, mnl_attr_get_payload(a), len);
	dst[len] = '\0';
	return true;
}

static int get_field(const struct nlattr *a, const struct ipsec_field *f,
		     void *obj, struct ipsec_err *err);

static int get_element(const struct nlattr *a, const struct ipsec_field *f,
		       char *obj, struct ipsec_err *err)
{
	unsigned int *count = (void *)(obj + f->aux);
	char *elem = obj + f->off + *count * f->size;

	if (*count >= f->max)
		return 0;
	++*count;
	return ipsec_get(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
			 f->sub, elem, err);
}

static int get_field(const struct nlattr *a, const struct ipsec_field *f,
		     void *obj, struct ipsec_err *err)
{
	char *p = (char *)obj + f->off;
	struct ipsec_num *num = (void *)p;
	struct ipsec_addr *addr = (void *)p;
	uint64_t v;
	bool ok = true;

	switch (f->kind) {
	case IPSEC_NUM:
	case IPSEC_FLAGS:
		ok = get_num(a, &num->v);
		num->set = ok;
		break;
	case IPSEC_FLAG:
		*num = (struct ipsec_num){ 1, true };
		break;
	case IPSEC_STR:
		ok = get_str(a, p, f->size);
		break;
	case IPSEC_ADDR:
		ok = get_bytes(a, addr->b, sizeof(addr->b), &addr->len) &&
		     (addr->len == 4 || addr->len == 16);
		/* An address without a prefix length is one host. */
		if (ok && f->flags & IPSEC_PREFIX)
			((struct ipsec_net *)p)->plen = addr->len * 8;
		break;
	case IPSEC_BYTE:
		ok = get_num(a, &v) && v <= 128;
		if (ok)
			*(uint8_t *)p = (uint8_t)v;
		break;
	case IPSEC_NEST:
		return ipsec_get(mnl_attr_get_payload(a),
				 mnl_attr_get_payload_len(a), f->sub, p, err);
	case IPSEC_NESTS:
		return get_element(a, f, obj, err);
	case IPSEC_BOOT:
		ok = ipsec_boot_get(a, (void *)p);
		break;
	default:
		break;
	}
	return ok ? 0 :
		    ipsec_err_code(err, EPROTO,
				   "the driver sent attribute %u malformed",
				   f->attr);
}

int ipsec_get(const void *attrs, size_t len, const struct ipsec_field *fields,
	      void *obj, struct ipsec_err *err)
{
	const struct nlattr *attr;
	int rc;

	mnl_attr_for_each_payload(attrs, len) {
		const struct ipsec_field *f = fields;

		while (f->kind != IPSEC_END &&
		       (!f->attr || f->attr != mnl_attr_get_type(attr)))
			f++;
		if (f->kind == IPSEC_END)
			continue;
		rc = get_field(attr, f, obj, err);
		if (rc)
			return rc;
	}
	return 0;
}

int ipsec_get_msg(const struct nlmsghdr *nlh, const struct ipsec_field *fields,
		  void *obj, struct ipsec_err *err)
{
	size_t skip = sizeof(struct genlmsghdr);

	if (mnl_nlmsg_get_payload_len(nlh) < skip)
		return ipsec_err_code(
			err, EPROTO,
			"the driver sent a message without header");
	return ipsec_get(mnl_nlmsg_get_payload_offset(nlh, skip),
			 mnl_nlmsg_get_payload_len(nlh) - skip, fields, obj,
			 err);
}
