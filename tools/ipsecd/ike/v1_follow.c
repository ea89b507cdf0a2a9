// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peers behind a NAT that gives them another address or port. The peer is
 * where its last message came from, if that is new: version 1 has no numbers,
 * so the message IDs that either side has used are remembered, lest whoever
 * recorded a message has us talk to another address by it. Where there are too
 * many of them the peer is not followed any more, so each counts once.
 */
#include <stdlib.h>
#include <string.h>

#include "v1.h"

#define FIRST_ROOM 64

/* Where it is, or would be. */
static unsigned int place_of(const struct ikev1_ids *ids, uint32_t id)
{
	unsigned int low = 0, high = ids->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (ids->id[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_known(const struct ikev1_ids *ids, uint32_t id)
{
	unsigned int at = place_of(ids, id);

	return at < ids->count && ids->id[at] == id;
}

static bool make_room(struct ikev1_ids *ids)
{
	unsigned int room = ids->room ? 2 * ids->room : FIRST_ROOM;
	uint32_t *bigger;

	if (ids->count < ids->room)
		return true;
	if (room > IKEV1_IDS_MAX)
		return false;
	bigger = reallocarray(ids->id, room, sizeof(*bigger));
	if (!bigger)
		return false;
	ids->id = bigger;
	ids->room = room;
	return true;
}

void ikev1_id_used(struct ike_sa *sa, uint32_t id)
{
	struct ikev1_ids *ids = &ikev1_of(sa)->ids;
	unsigned int at;

	if (!sa->nat_remote || ids->full || is_known(ids, id))
		return;
	if (!make_room(ids)) {
		ids->full = true;
		return;
	}
	at = place_of(ids, id);
	memmove(&ids->id[at + 1], &ids->id[at],
		(ids->count - at) * sizeof(*ids->id));
	ids->id[at] = id;
	ids->count++;
}

void ikev1_ids_free(struct ikev1_ids *ids)
{
	free(ids->id);
}

void ikev1_heard(struct ike_sa *sa)
{
	const struct ike_path *from = &ikev1_of(sa)->from;
	char text[IKE_PATH_STRLEN];

	ike_sa_heard(sa);
	if (!sa->nat_remote || ike_path_equal(&sa->path, from))
		return;
	ike_sa_follow(sa, from);
	ike_log(sa, IKE_LOG_INFO, "the peer's NAT has another way: %s",
		ike_path_text(from, text, sizeof(text)));
}

void ikev1_heard_first(struct ike_sa *sa, uint32_t id)
{
	struct ikev1 *v1 = ikev1_of(sa);

	v1->again = is_known(&v1->ids, id);
	if (v1->again || v1->ids.full) {
		ike_sa_heard(sa);
		return;
	}
	ikev1_heard(sa);
	ikev1_id_used(sa, id);
}
