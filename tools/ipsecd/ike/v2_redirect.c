// SPDX-License-Identifier: GPL-2.0-or-later
/* Redirection to another gateway, RFC 5685; only where a rule allows it. */
#include "v2_init.h"
#include "v2_util.h"

#include <string.h>

#define REDIRECT_IPV4 1
#define REDIRECT_IPV6 2

void ikev2_redirect_write(const struct ike_sa *sa, struct ike_builder *b)
{
	const struct ipsec_addr *from = &ikev2_of(sa)->redirected_from;
	uint8_t data[18];

	if (!from->len) {
		ikev2_notify_put(b, IKEV2_REDIRECT_SUPPORTED, NULL, 0);
		return;
	}
	data[0] = from->len == 4 ? REDIRECT_IPV4 : REDIRECT_IPV6;
	data[1] = from->len;
	memcpy(data + 2, from->b, from->len);
	ikev2_notify_put(b, IKEV2_REDIRECTED_FROM, data, 2 + from->len);
}

/* The gateway's identity and our nonce (RFC 5685 section 5). */
static bool redirect_target(const struct ikev2 *v, const struct ike_notify *n,
			    struct ipsec_addr *to)
{
	struct ipsec_reader r;
	uint8_t type, len;

	ipsec_reader_init(&r, n->data, n->len);
	type = ipsec_read_u8(&r);
	len = ipsec_read_u8(&r);
	if (len != (type == REDIRECT_IPV4 ? 4 : type == REDIRECT_IPV6 ? 16 : 0))
		return false;
	to->len = len;
	ipsec_read_copy(&r, to->b, len);
	return !r.failed && len && r.left == v->ni.len &&
	       !memcmp(r.p, v->ni.data, r.left);
}

void ikev2_redirect_inherit(const struct ike_sa *from, struct ike_sa *to)
{
	if (!from->redirected)
		return;
	to->redirected = true;
	to->first_path = from->first_path;
	ikev2_of(to)->redirects = ikev2_of(from)->redirects;
	ikev2_of(to)->redirected_from = ikev2_of(from)->redirected_from;
}

bool ikev2_redirect_take(struct ike_sa *sa, const struct ike_notify *n)
{
	struct ikev2 *v = ikev2_of(sa);
	struct ipsec_addr to = { 0 };
	char text[48];

	/* In transport mode nobody stands in for the other end of the traffic. */
	if (!sa->rule->redirect || sa->rule->mode != IPSECDRV_MODE_TUNNEL ||
	    v->redirects >= IKEV2_REDIRECTS_MAX ||
	    !redirect_target(v, n, &to) || to.len != sa->path.remote.len)
		return false;
	v->redirects++;
	sa->redirected = true;
	v->redirected_from = sa->path.remote;
	sa->path.remote = to;
	ikev2_bytes_free(&v->cookie);
	ike_log(sa, IKE_LOG_NOTICE, "the peer redirects us to %s",
		ipsec_addr_print(&to, text, sizeof(text)));
	return true;
}
