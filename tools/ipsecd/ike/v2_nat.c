// SPDX-License-Identifier: GPL-2.0-or-later
/* NAT detection, and peers that move behind a NAT (RFC 7296 section 2.23). */
#include "v2_message.h"
#include "v2_util.h"

#include <errno.h>
#include <string.h>

#define HASH_LEN 20 /* SHA-1 */

/* SHA-1(SPIs | address | port) */
static int nat_hash(const struct ike_sa *sa, const struct ipsec_addr *addr,
		    uint16_t port, bool first, uint8_t *out)
{
	static const uint8_t zero[IKE_SPI_LEN];
	uint8_t be[2] = { port >> 8, port & 0xff };
	struct iovec iov[] = {
		{ (void *)ike_sa_spi_i(sa), IKE_SPI_LEN },
		/* nobody knows the responder's when the first message is sent */
		{ (void *)(first ? zero : ike_sa_spi_r(sa)), IKE_SPI_LEN },
		{ (void *)addr->b, addr->len },
		{ be, sizeof(be) },
	};

	return ike_hash(IKE_HASH_SHA1, iov, 4, out);
}

int ikev2_nat_write(const struct ike_sa *sa, struct ike_builder *b, bool lie)
{
	const struct ike_path *p = &sa->path;
	uint8_t hash[HASH_LEN];
	int rc;

	rc = nat_hash(sa, &p->local, p->local_port, sa->initiator, hash);
	if (rc)
		return rc;
	if (lie)
		hash[0] ^= 0xff;
	ikev2_notify_put(b, IKEV2_NAT_DETECTION_SOURCE_IP, hash, sizeof(hash));
	rc = nat_hash(sa, &p->remote, p->remote_port, sa->initiator, hash);
	if (rc)
		return rc;
	ikev2_notify_put(b, IKEV2_NAT_DETECTION_DESTINATION_IP, hash,
			 sizeof(hash));
	return 0;
}

/* Is one of the notifies of the type this hash? */
static bool has_hash(const struct ike_message *m, uint16_t type,
		     const uint8_t *hash, bool *any)
{
	const struct ike_payload *p = NULL;
	struct ike_notify n;
	bool found = false;

	while ((p = ike_payload_next(m, IKEV2_NOTIFY, p))) {
		if (ikev2_notify_read(p, &n) || n.type != type)
			continue;
		*any = true;
		found |= n.len == HASH_LEN && !memcmp(n.data, hash, HASH_LEN);
	}
	return found;
}

/**
 * ikev2_nat_read() - who of us is behind a NAT
 * @sa: an IKE SA whose SPIs are known
 * @m: the peer's IKE_SA_INIT
 * @path: how it came
 *
 * A peer that tells nothing of its addresses cannot do NAT traversal.
 */
void ikev2_nat_read(struct ike_sa *sa, const struct ike_message *m,
		    const struct ike_path *path)
{
	bool first = !(m->hdr.flags & IKEV2_FLAG_RESPONSE);
	bool source = false, destination = false, theirs, ours;
	uint8_t hash[HASH_LEN];

	if (nat_hash(sa, &path->remote, path->remote_port, first, hash))
		return;
	theirs = has_hash(m, IKEV2_NAT_DETECTION_SOURCE_IP, hash, &source);
	if (nat_hash(sa, &path->local, path->local_port, first, hash))
		return;
	ours = has_hash(m, IKEV2_NAT_DETECTION_DESTINATION_IP, hash,
			&destination);
	ikev2_of(sa)->natd = source && destination;
	if (!source || !destination)
		return;
	sa->nat_remote = !theirs;
	sa->nat_local = !ours;
	if (sa->nat_remote || sa->nat_local)
		ike_log(sa, IKE_LOG_INFO, "NAT: %s%s%s",
			sa->nat_local ? "we are behind one" : "",
			sa->nat_local && sa->nat_remote ? ", and " : "",
			sa->nat_remote ? "the peer is behind one" : "");
}

/**
 * ikev2_nat_moved() - an authentic new message came, maybe by another way
 *
 * Only a peer behind a NAT moves, and an initiator from port 500 to 4500
 * before it is authenticated; nothing here is MOBIKE.
 */
void ikev2_nat_moved(struct ike_sa *sa, const struct ike_path *from)
{
	bool floats = !sa->initiator && sa->state == IKE_SA_CONNECTING;

	if (!ike_path_equal(&sa->path, from) && (sa->nat_remote || floats))
		ike_sa_follow(sa, from);
}
