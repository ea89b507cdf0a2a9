/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_VECTOR_H
#define TEST_VECTOR_H

#include <jansson.h>

#include "keys.h"

/* A JSON file below $IPSEC_DATA. Ends the program if there is none. */
json_t *vector_load(const char *name);
/*
 * Bytes of hexadecimal text, blanks ignored. They live until vector_free().
 * Ends the program on other text.
 */
struct ike_blob vector_hex(const char *text);
/* Of a field of an object that holds such text. */
struct ike_blob vector_field(const json_t *object, const char *field);
void vector_free(void);

#endif
