// SPDX-License-Identifier: GPL-2.0-or-later
/* Fragmentation as Windows and Cisco have it: MS-IKEE 2.2.3 and 3.3. */
#include <string.h>

#include "v1.h"

/* IP packet of a fragment, with its IP and UDP headers. */
#define PACKET_V4 576
#define PACKET_V6 1280
#define OVERHEAD_V4 (20 + 8 + IKE_MARKER_LEN)
#define OVERHEAD_V6 (40 + 8 + IKE_MARKER_LEN)
#define FRAGMENT_HEADER 8 /* generic header, ID, number, flags */
#define FRAGMENT_LAST 1
#define REASSEMBLY_MS 70000

static size_t room(const struct ike_sa *sa)
{
	bool v6 = sa->path.remote.len == 16;
	size_t packet = v6 ? PACKET_V6 : PACKET_V4;

	if (sa->rule && sa->rule->fragment_size)
		packet = sa->rule->fragment_size;
	return packet - (v6 ? OVERHEAD_V6 : OVERHEAD_V4) - IKE_HEADER_LEN -
	       FRAGMENT_HEADER;
}

static void send_fragment(struct ike_sa *sa, const struct ikev1_bytes *sent,
			  uint16_t id, uint8_t number, bool last,
			  const uint8_t *data, size_t len)
{
	uint8_t buf[2048];
	struct ike_builder b;
	struct ipsec_writer *w;
	struct ike_header h;

	if (ike_header_parse(&h, sent->data, sent->len))
		return;
	h.flags &= ~IKEV1_FLAG_ENCRYPTED;
	ike_build(&b, buf, sizeof(buf), &h);
	w = ike_build_payload(&b, IKEV1_FRAGMENT);
	ipsec_write_u16(w, id);
	ipsec_write_u8(w, number);
	ipsec_write_u8(w, last ? FRAGMENT_LAST : 0);
	ipsec_write(w, data, len);
	ike_sa_send(sa, buf, ike_build_finish(&b));
}

void ikev1_transmit(struct ike_sa *sa, const struct ikev1_wire *wire,
		    bool fragment)
{
	const struct ikev1_bytes *sent = &wire->sent;
	size_t max = room(sa), off = 0, len;
	uint16_t id;
	uint8_t number;

	if (!fragment || !wire->has_id || sent->len <= max ||
	    sent->len > max * UINT8_MAX) {
		ike_sa_send(sa, sent->data, sent->len);
		return;
	}
	id = ++ikev1_of(sa)->frag_id;
	for (number = 1; off < sent->len; number++, off += len) {
		len = sent->len - off < max ? sent->len - off : max;
		send_fragment(sa, sent, id, number, off + len == sent->len,
			      sent->data + off, len);
	}
}

static void end_due(struct ike_timer *timer)
{
	struct ikev1 *v1 = ike_container(timer, struct ikev1, frag_end);

	v1->sa->engine->counters.fragments_dropped += ike_frag_count(v1->frag);
	ike_frag_free(&v1->frag);
}

/* From the first fragment of a message on. */
static void wait_for_rest(struct ikev1 *v1)
{
	struct ike_engine *engine = v1->sa->engine;

	if (ike_frag_count(v1->frag) != 1)
		return;
	v1->frag_end.fn = end_due;
	ike_timer_set(&engine->timers, &v1->frag_end,
		      ike_now(engine) + REASSEMBLY_MS);
}

bool ikev1_reassemble(struct ike_sa *sa, const struct ike_message *m,
		      const uint8_t **data, size_t *len)
{
	struct ikev1 *v1 = ikev1_of(sa);
	struct ikev1_fragment f;
	uint8_t first;

	sa->engine->counters.fragments++;
	if (m->payloads != 1 || ikev1_fragment_read(&m->payload[0], &f)) {
		sa->engine->counters.fragments_dropped++;
		return false;
	}
	switch (ike_frag_add(&v1->frag, f.id, f.number, 0, f.last, 0, f.data,
			     f.len)) {
	case IKE_FRAG_DONE:
		ike_timer_stop(&sa->engine->timers, &v1->frag_end);
		/* The peer cannot send large ones; nor will ours reach it. */
		v1->fragment = v1->vendor & IKEV1_VENDOR_FRAGMENTATION;
		*data = ike_frag_data(v1->frag, len, &first);
		return true;
	case IKE_FRAG_MORE:
		wait_for_rest(v1);
		return false;
	default:
		sa->engine->counters.fragments_dropped++;
		return false;
	}
}
