// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A look at the frame of DER before libcrypto parses it: its parser takes BER,
 * and what two parsers read differently is what forgeries are made of.
 */
#include "pki.h"

#include "bytes.h"

/* Deeper than any certificate or CRL; libcrypto has the same limit. */
#define DER_DEPTH 30
#define DER_CONSTRUCTED 0x20
#define DER_LONG_TAG 0x1f

/* Definite and as short as can be (X.690 section 10.1). */
static size_t read_len(struct ipsec_reader *r)
{
	uint8_t first = ipsec_read_u8(r);
	unsigned int n = first & 0x7f;
	size_t len = 0;

	if (first < 0x80)
		return first;
	if (n == 0 || n > 4)
		r->failed = true;
	while (n-- && !r->failed) {
		len = len << 8 | ipsec_read_u8(r);
		if (!len)
			r->failed = true;
	}
	if (len < 0x80)
		r->failed = true;
	return len;
}

static bool item(struct ipsec_reader *r, unsigned int depth)
{
	uint8_t tag = ipsec_read_u8(r);
	size_t len = read_len(r);
	struct ipsec_reader body;

	if (r->failed || (tag & DER_LONG_TAG) == DER_LONG_TAG)
		return false;
	body = ipsec_read_sub(r, len);
	if (r->failed)
		return false;
	if (!(tag & DER_CONSTRUCTED))
		return true;
	if (!depth)
		return false;
	while (body.left)
		if (!item(&body, depth - 1))
			return false;
	return true;
}

/**
 * ike_der_strict() - is this exactly one DER value?
 * @data: what came
 * @len: its length
 *
 * Judges lengths and nesting only: no indefinite length, none longer than
 * needed, nothing that overruns what holds it, nothing after the end.
 */
bool ike_der_strict(const uint8_t *data, size_t len)
{
	struct ipsec_reader r;

	ipsec_reader_init(&r, data, len);
	return item(&r, DER_DEPTH) && !r.left;
}
