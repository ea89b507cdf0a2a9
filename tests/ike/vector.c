// SPDX-License-Identifier: GPL-2.0-or-later
#include "vector.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct chunk {
	struct chunk *next;
	uint8_t data[];
};

static struct chunk *chunks;

static void fail(const char *what, const char *which)
{
	printf("Bail out! %s: %s\n", what, which);
	exit(1);
}

json_t *vector_load(const char *name)
{
	const char *dir = getenv("IPSEC_DATA");
	json_error_t error;
	char path[4096];
	json_t *file;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "tests/data", name);
	file = json_load_file(path, 0, &error);
	if (!file)
		fail(path, error.text);
	return file;
}

static uint8_t digit(const char *text, char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = strchr(digits, tolower((unsigned char)c));
	if (!c || !at)
		fail("not hexadecimal", text);
	return (uint8_t)(at - digits);
}

struct ike_blob vector_hex(const char *text)
{
	struct chunk *c = malloc(sizeof(*c) + strlen(text) / 2 + 1);
	const char *p;
	size_t n = 0;

	if (!c)
		fail("memory", "out of it");
	c->next = chunks;
	chunks = c;
	for (p = text; *p; p++) {
		if (isspace((unsigned char)*p))
			continue;
		c->data[n] = (uint8_t)(digit(text, *p) << 4);
		c->data[n++] |= digit(text, *++p);
	}
	return (struct ike_blob){ c->data, n };
}

struct ike_blob vector_field(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	if (!text)
		fail("no field", field);
	return vector_hex(text);
}

void vector_free(void)
{
	struct chunk *c;

	while ((c = chunks)) {
		chunks = c->next;
		free(c);
	}
}
