// SPDX-License-Identifier: GPL-2.0-or-later
/* Objects to text and JSON, as their field tables say. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "schema.h"

static const void *at(const void *obj, size_t off)
{
	return (const char *)obj + off;
}

const char *ipsec_flags_text(const struct ipsec_name *names, uint64_t value,
			     bool shift, char *buf, size_t size)
{
	size_t len = 0;

	snprintf(buf, size, "none");
	for (; names->name && len < size; names++) {
		uint64_t bit = shift ? UINT64_C(1) << names->value :
				       names->value;

		if (value & bit)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? "," : "", names->name);
	}
	return buf;
}

const char *ipsec_ports_text(const struct ipsec_num ports[2], char *buf,
			     size_t size)
{
	if (!ports[0].set)
		snprintf(buf, size, "any");
	else if (!ports[1].set || ports[1].v == ports[0].v)
		snprintf(buf, size, "%" PRIu64, ports[0].v);
	else
		snprintf(buf, size, "%" PRIu64 "-%" PRIu64, ports[0].v,
			 ports[1].v);
	return buf;
}

static const char *num_text(const struct ipsec_field *f,
			    const struct ipsec_num *num, char *buf, size_t size)
{
	const char *name = f->names ? ipsec_name(f->names, num->v) : NULL;

	if (name)
		return name;
	snprintf(buf, size, f->flags & IPSEC_HEX ? "0x%08" PRIx64 : "%" PRIu64,
		 num->v);
	return buf;
}

static const char *key_text(const struct ipsec_key *key, char *buf, size_t size)
{
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < key->len && 2 * i + 3 <= size; i++)
		snprintf(buf + 2 * i, 3, "%02x", key->b[i]);
	return buf;
}

const char *ipsec_value_text(const struct ipsec_field *f, const void *obj,
			     char *buf, size_t size)
{
	const void *p = at(obj, f->off);
	const struct ipsec_num *num = p;

	switch (f->kind) {
	case IPSEC_NUM:
		return num_text(f, num, buf, size);
	case IPSEC_FLAGS:
		return ipsec_flags_text(f->names, num->v,
					f->flags & IPSEC_SHIFT, buf, size);
	case IPSEC_BIT:
	case IPSEC_FLAG:
		return ipsec_name(f->names ? f->names : ipsec_names_yesno,
				  !!(num->v & f->max));
	case IPSEC_STR:
		return p;
	case IPSEC_ADDR:
		return ipsec_addr_print(p, buf, size);
	case IPSEC_NET:
		return ipsec_net_print(p, buf, size);
	case IPSEC_PORTS:
		return ipsec_ports_text(p, buf, size);
	case IPSEC_KEY:
		return key_text(p, buf, size);
	default:
		return "";
	}
}

static json_t *flags_json(const struct ipsec_field *f, uint64_t value)
{
	const struct ipsec_name *n;
	json_t *list = json_array();

	for (n = f->names; n->name; n++) {
		uint64_t bit = f->flags & IPSEC_SHIFT ?
				       UINT64_C(1) << n->value :
				       n->value;

		if (value & bit)
			json_array_append_new(list, json_string(n->name));
	}
	return list;
}

static json_t *elements_json(const struct ipsec_field *f, const void *obj,
			     enum ipsec_print how)
{
	const unsigned int *count = at(obj, f->aux);
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < *count; i++)
		json_array_append_new(
			list,
			ipsec_json(f->sub, at(obj, f->off + i * f->size), how));
	return list;
}

/* Not set, so not printed. */
static bool is_absent(const struct ipsec_field *f, const void *obj)
{
	const struct ipsec_num *num = at(obj, f->off);

	switch (f->kind) {
	case IPSEC_NUM:
	case IPSEC_FLAGS:
	case IPSEC_FLAG:
	case IPSEC_BIT:
	case IPSEC_PORTS:
		return !num->set;
	case IPSEC_STR:
		return !*(const char *)num;
	case IPSEC_ADDR:
	case IPSEC_NET:
		return !((const struct ipsec_addr *)(const void *)num)->len;
	case IPSEC_KEY:
		return !((const struct ipsec_key *)(const void *)num)->len;
	case IPSEC_NESTS:
		return !*(const unsigned int *)at(obj, f->aux);
	case IPSEC_BOOT:
		return !*(const bool *)num;
	default:
		return false;
	}
}

/* What a file need not say. */
static bool is_default(const struct ipsec_field *f, const void *obj)
{
	const struct ipsec_num *num = at(obj, f->off);

	if (f->flags & IPSEC_KEEP)
		return false;
	switch (f->kind) {
	case IPSEC_BIT:
		return !(num->v & f->max) == !(f->flags & IPSEC_YES);
	case IPSEC_FLAG:
	case IPSEC_NUM:
	case IPSEC_FLAGS:
		return !num->v;
	default:
		return false;
	}
}

static bool is_wanted(const struct ipsec_field *f, const void *obj,
		      enum ipsec_print how)
{
	if (!f->key || f->flags & IPSEC_HIDDEN || is_absent(f, obj))
		return false;
	if (how == IPSEC_PRINT_FILE)
		return f->flags & IPSEC_IN && !is_default(f, obj);
	return !(f->flags & IPSEC_SECRET);
}

static json_t *field_json(const struct ipsec_field *f, const void *obj,
			  enum ipsec_print how)
{
	const struct ipsec_num *num = at(obj, f->off);
	char buf[2 * IPSECDRV_KEY_MAX + 1];
	json_t *value;

	switch (f->kind) {
	case IPSEC_NUM:
		if (f->flags & IPSEC_BOOL)
			return json_boolean(num->v);
		/* JSON readers keep 53 bits of a number. */
		if (f->names || (f->flags & IPSEC_HEX &&
				 (how == IPSEC_PRINT_FILE || f->width == 8)))
			break;
		return json_integer((json_int_t)num->v);
	case IPSEC_FLAGS:
		return flags_json(f, num->v);
	case IPSEC_BIT:
	case IPSEC_FLAG:
		if (f->names)
			break;
		return json_boolean(num->v & f->max);
	case IPSEC_NEST:
		return ipsec_json(f->sub, num, how);
	case IPSEC_GROUP:
		return ipsec_json(f->sub, obj, how);
	case IPSEC_NESTS:
		return elements_json(f, obj, how);
	case IPSEC_BOOT:
		return ipsec_boot_json(at(obj, f->off));
	default:
		break;
	}
	value = json_string(ipsec_value_text(f, obj, buf, sizeof(buf)));
	if (f->flags & IPSEC_SECRET)
		explicit_bzero(buf, sizeof(buf));
	return value;
}

/* An empty map says nothing, so it is left out. */
json_t *ipsec_json(const struct ipsec_field *fields, const void *obj,
		   enum ipsec_print how)
{
	json_t *map = json_object();

	for (; fields->kind != IPSEC_END; fields++) {
		json_t *value;

		if (!is_wanted(fields, obj, how))
			continue;
		value = field_json(fields, obj, how);
		if (json_is_object(value) && !json_object_size(value))
			json_decref(value);
		else
			json_object_set_new(map, fields->key, value);
	}
	return map;
}
