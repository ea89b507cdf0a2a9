// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and bytes as text, strictly. */
#include "text.h"

#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool number(const char *text, unsigned int base, uint64_t *value)
{
	uint64_t v = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		unsigned int d = (unsigned int)digit(*text);

		if (d >= base || v > (UINT64_MAX - d) / base)
			return false;
		v = v * base + d;
	}
	*value = v;
	return true;
}

bool ipsec_uint(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t v;

	if (text[0] == '0' && text[1])
		return false;
	if (!number(text, 10, &v) || v < min || v > max)
		return false;
	*value = v;
	return true;
}

bool ipsec_uint_hex(const char *text, uint64_t min, uint64_t max,
		    uint64_t *value)
{
	uint64_t v;

	if (text[0] != '0' || text[1] != 'x')
		return ipsec_uint(text, min, max, value);
	if (!number(text + 2, 16, &v) || v < min || v > max)
		return false;
	*value = v;
	return true;
}

int ipsec_hex(const char *text, uint8_t *buf, size_t size)
{
	size_t len = 0;

	if (text[0] == '0' && text[1] == 'x')
		text += 2;
	for (; *text; text += 2) {
		int high = digit(text[0]), low = text[1] ? digit(text[1]) : 16;

		if (high > 15 || low > 15 || len >= size)
			return -1;
		buf[len++] = (uint8_t)(high << 4 | low);
	}
	return (int)len;
}
