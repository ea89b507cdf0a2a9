// SPDX-License-Identifier: GPL-2.0-or-later
/* Reassembly of messages of either version. */
#include "frag.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct fragment {
	uint8_t *data; /* NULL: not there yet */
	size_t len;
};

struct ike_frag {
	bool v2;
	uint8_t first;
	uint32_t id;
	unsigned int total; /* 0: not known yet */
	unsigned int count;
	unsigned int highest; /* number that came */
	size_t bytes;
	uint8_t *whole; /* of bytes; NULL: not all are there */
	struct fragment fragment[IKE_FRAGMENTS_MAX];
};

static void wipe(uint8_t *data, size_t len)
{
	if (data)
		OPENSSL_cleanse(data, len);
	free(data);
}

unsigned int ike_frag_count(const struct ike_frag *set)
{
	return set && !set->whole ? set->count : 0;
}

void ike_frag_free(struct ike_frag **set)
{
	struct ike_frag *f = *set;
	unsigned int i;

	if (!f)
		return;
	for (i = 0; i < f->highest; i++)
		wipe(f->fragment[i].data, f->fragment[i].len);
	wipe(f->whole, f->bytes);
	free(f);
	*set = NULL;
}

/* Is the fragment of another message, before or behind the one of the set? */
static int distance(const struct ike_frag *f, uint32_t id, unsigned int total)
{
	if (!f->v2)
		return (int16_t)(uint16_t)(id - f->id);
	if (id != f->id)
		return id > f->id ? 1 : -1;
	return total > f->total ? 1 : total < f->total ? -1 : 0;
}

/* Room for one more byte at least, so that an empty one is there too. */
static uint8_t *copy(const void *data, size_t len)
{
	uint8_t *p = malloc(len + 1);

	if (p && len)
		memcpy(p, data, len);
	return p;
}

static bool is_bad(const struct ike_frag *f, unsigned int number,
		   unsigned int total, bool last, size_t len)
{
	if (!number || number > IKE_FRAGMENTS_MAX ||
	    total > IKE_FRAGMENTS_MAX || (total && number > total) ||
	    len > IKE_FRAG_BYTES_MAX)
		return true;
	if (!f)
		return false;
	if (f->total && (number > f->total || (last && number != f->total)))
		return true;
	if (last && number < f->highest)
		return true;
	return !f->fragment[number - 1].data &&
	       len > IKE_FRAG_BYTES_MAX - f->bytes;
}

/* Once for a message, so that the cost of each fragment is its own. */
static enum ike_frag_result join(struct ike_frag *f)
{
	uint8_t *p = malloc(f->bytes + 1);
	unsigned int i;

	if (!p)
		return IKE_FRAG_NOMEM;
	f->whole = p;
	for (i = 0; i < f->total; i++) {
		struct fragment *part = &f->fragment[i];

		memcpy(p, part->data, part->len);
		p += part->len;
		wipe(part->data, part->len);
		part->data = NULL;
	}
	return IKE_FRAG_DONE;
}

static enum ike_frag_result store(struct ike_frag *f, unsigned int number,
				  const void *data, size_t len)
{
	struct fragment *part = &f->fragment[number - 1];

	part->data = copy(data, len);
	if (!part->data)
		return IKE_FRAG_NOMEM;
	part->len = len;
	f->bytes += len;
	f->count++;
	if (number > f->highest)
		f->highest = number;
	return IKE_FRAG_MORE;
}

static struct ike_frag *start(uint32_t id, unsigned int total)
{
	struct ike_frag *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->v2 = total;
	f->id = id;
	f->total = total;
	return f;
}

enum ike_frag_result ike_frag_add(struct ike_frag **set, uint32_t id,
				  unsigned int number, unsigned int total,
				  bool last, uint8_t first, const void *data,
				  size_t len)
{
	struct ike_frag *f = *set;
	int ahead = 1;

	if (f && f->v2 == !!total && (f->v2 || !f->whole))
		ahead = distance(f, id, total);
	if (ahead < 0 || (f && !ahead && f->whole))
		return IKE_FRAG_IGNORED;
	last = last && !total;
	if (is_bad(ahead ? NULL : f, number, total, last, len)) {
		ike_frag_free(set);
		return IKE_FRAG_BAD;
	}
	if (ahead) {
		f = start(id, total);
		if (!f)
			return IKE_FRAG_NOMEM;
		ike_frag_free(set);
		*set = f;
	}
	/* A duplicate may end a set for which there was no memory before. */
	if (f->fragment[number - 1].data)
		return f->count == f->total ? join(f) : IKE_FRAG_IGNORED;
	if (store(f, number, data, len) == IKE_FRAG_NOMEM)
		return IKE_FRAG_NOMEM;
	if (number == 1)
		f->first = first;
	if (last)
		f->total = number;
	return f->count == f->total ? join(f) : IKE_FRAG_MORE;
}

const uint8_t *ike_frag_data(const struct ike_frag *set, size_t *len,
			     uint8_t *first)
{
	*len = set->bytes;
	*first = set->first;
	return set->whole;
}
