/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_TEXT_H
#define IPSEC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decimal digits only: no sign, no leading zero (some tools would read octal),
 * no unit, no exponent.
 */
bool ipsec_uint(const char *text, uint64_t min, uint64_t max, uint64_t *value);
/* The same, or 0x and hexadecimal digits; for SPIs and cookies. */
bool ipsec_uint_hex(const char *text, uint64_t min, uint64_t max,
		    uint64_t *value);
/* Bytes written, or -1. Takes an optional 0x, an even number of digits. */
int ipsec_hex(const char *text, uint8_t *buf, size_t size);
/* How the word ends of which there are so many. */
static inline const char *ipsec_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

#endif
