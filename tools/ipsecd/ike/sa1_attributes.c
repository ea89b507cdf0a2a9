// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Attributes of a transform of version 1: TV and TLV (RFC 2408 section 3.3),
 * and lifetimes, which are pairs of them. Windows has attributes of its own
 * and lets unknown ones pass, so they are no reason to refuse a transform.
 */
#include <errno.h>
#include <string.h>

#include "sa1.h"

#define ATTRIBUTE_TV 0x8000
/* The same in both phases. */
#define LIFE_SECONDS OAKLEY_LIFE_SECONDS
#define LIFE_KBYTES OAKLEY_LIFE_KBYTES

static const struct classes {
	uint16_t known; /* bits */
	uint16_t life_type;
	uint16_t life_duration;
} phases[] = {
	[false] = { 1 << DOI_GROUP | 1 << DOI_ENCAP | 1 << DOI_AUTH |
			    1 << DOI_KEY_LENGTH | 1 << DOI_ESN,
		    DOI_LIFE_TYPE, DOI_LIFE_DURATION },
	[true] = { 1 << OAKLEY_ENCR | 1 << OAKLEY_HASH | 1 << OAKLEY_AUTH |
			   1 << OAKLEY_GROUP | 1 << OAKLEY_GROUP_TYPE |
			   1 << OAKLEY_PRF | 1 << OAKLEY_KEY_LENGTH,
		   OAKLEY_LIFE_TYPE, OAKLEY_LIFE_DURATION },
};

/* A number of any length; more than 32 bits hold is as long as they can say. */
static uint32_t read_number(const uint8_t *p, size_t len)
{
	uint64_t v = 0;

	while (len-- && v <= UINT32_MAX)
		v = v << 8 | *p++;
	return v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void set_life(struct ikev1_attributes *a, uint16_t *type, uint32_t value)
{
	if (!*type)
		a->bad = true;
	else if (*type == LIFE_SECONDS)
		a->life_seconds = value;
	else if (*type == LIFE_KBYTES)
		a->life_kbytes = value;
	*type = 0;
}

static void set_value(struct ikev1_attributes *a, uint16_t class, bool tv,
		      uint16_t value)
{
	if (!tv || (a->seen & 1 << class && a->value[class] != value))
		a->bad = true;
	a->seen |= (uint16_t)(1 << class);
	a->value[class] = value;
}

int ikev1_attributes_read(struct ipsec_reader *r, bool main,
			  struct ikev1_attributes *a)
{
	const struct classes *c = &phases[main];
	uint16_t life_type = 0;

	memset(a, 0, sizeof(*a));
	while (r->left) {
		uint16_t class = ipsec_read_u16(r);
		bool tv = class & ATTRIBUTE_TV;
		uint8_t two[2];
		const uint8_t *data = two;
		size_t len = sizeof(two);

		class &= (uint16_t)~ATTRIBUTE_TV;
		if (tv) {
			ipsec_read_copy(r, two, sizeof(two));
		} else {
			len = ipsec_read_u16(r);
			data = ipsec_read(r, len);
		}
		if (r->failed)
			return -EBADMSG;
		if (class == c->life_type)
			life_type = (uint16_t)read_number(data, len);
		else if (class == c->life_duration)
			set_life(a, &life_type, read_number(data, len));
		else if (class < IKEV1_CLASSES && c->known & 1 << class)
			set_value(a, class, tv,
				  (uint16_t)read_number(data, len));
	}
	return 0;
}

static void write_tv(struct ipsec_writer *w, uint16_t class, uint16_t value)
{
	ipsec_write_u16(w, ATTRIBUTE_TV | class);
	ipsec_write_u16(w, value);
}

static void write_life(struct ipsec_writer *w, const struct classes *c,
		       uint16_t type, uint32_t value)
{
	if (!value)
		return;
	write_tv(w, c->life_type, type);
	if (value <= UINT16_MAX) {
		write_tv(w, c->life_duration, (uint16_t)value);
		return;
	}
	ipsec_write_u16(w, c->life_duration);
	ipsec_write_u16(w, sizeof(value));
	ipsec_write_u32(w, value);
}

void ikev1_attributes_write(struct ipsec_writer *w, bool main,
			    const struct ikev1_attributes *a)
{
	const struct classes *c = &phases[main];
	uint16_t class;

	for (class = 0; class < IKEV1_CLASSES; class ++)
		if (a->seen & 1 << class)
			write_tv(w, class, a->value[class]);
	write_life(w, c, LIFE_SECONDS, a->life_seconds);
	write_life(w, c, LIFE_KBYTES, a->life_kbytes);
}
