// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Peers behind a NAT that gives them another address or port. The peer is
 * where its last message came from, if that is new: version 1 has no numbers,
 * so the message IDs that either side has used are remembered, lest whoever
 * recorded a message has us talk to another address by it.
 */
#include <stdlib.h>
#include <string.h>

#include "v1.h"

#define FIRST_ROOM 64

static bool is_known(const struct ikev1_ids *ids, uint32_t id)
{
	unsigned int i;

	for (i = 0; i < ids->count; i++)
		if (ids->id[i] == id)
			return true;
	return false;
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

	if (!sa->nat_remote || ids->full)
		return;
	if (make_room(ids))
		ids->id[ids->count++] = id;
	else
		ids->full = true;
}

void ikev1_ids_free(struct ikev1_ids *ids)
{
	free(ids->id);
}

void ikev1_heard(struct ike_sa *sa)
{
	const struct ike_path *from = &ikev1_of(sa)->from;
	struct ike_child *child;
	char text[IKE_PATH_STRLEN];

	ike_sa_heard(sa);
	if (!sa->nat_remote || ike_path_equal(&sa->path, from))
		return;
	sa->path = *from;
	ike_log(sa, IKE_LOG_INFO, "the peer's NAT has another way: %s",
		ike_path_text(from, text, sizeof(text)));
	TAILQ_FOREACH(child, &sa->children, link)
		ike_child_update_path(child);
}

void ikev1_heard_first(struct ike_sa *sa, uint32_t id)
{
	const struct ikev1 *v1 = ikev1_of(sa);

	if (v1->ids.full ||
	    (!ike_path_equal(&sa->path, &v1->from) && is_known(&v1->ids, id))) {
		ike_sa_heard(sa);
		return;
	}
	ikev1_heard(sa);
	ikev1_id_used(sa, id);
}
