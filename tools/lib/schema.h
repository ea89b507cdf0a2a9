/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_SCHEMA_H
#define IPSEC_SCHEMA_H

#include <jansson.h>
#include <libmnl/libmnl.h>
#include <linux/ipsecdrv.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr.h"
#include "doc.h"
#include "err.h"
#include "names.h"

/*
 * Each object of the family is a struct and a table of fields. The table says
 * how a field is called in files, on the command line and in JSON, and which
 * netlink attribute carries it; parsing, encoding, decoding and printing are
 * all driven by it.
 */
enum ipsec_kind {
	IPSEC_END, /* of a table */
	IPSEC_NUM, /* struct ipsec_num */
	IPSEC_FLAGS, /* struct ipsec_num, a list of names */
	IPSEC_BIT, /* one bit of a struct ipsec_num */
	IPSEC_FLAG, /* struct ipsec_num, an attribute without payload */
	IPSEC_STR, /* char[size] */
	IPSEC_ADDR, /* struct ipsec_addr */
	IPSEC_BYTE, /* uint8_t that only the wire has (a prefix length) */
	IPSEC_NET, /* struct ipsec_net, text only */
	IPSEC_PORTS, /* struct ipsec_num[2], a range; text only */
	IPSEC_KEY, /* struct ipsec_key */
	IPSEC_NEST, /* a struct with its own table */
	IPSEC_NESTS, /* unsigned int count at aux, then an array */
	IPSEC_GROUP, /* a map in the text, the same struct in memory */
	IPSEC_NODE, /* const struct ipsec_node *, for the caller to read */
	IPSEC_BOOT, /* struct ipsec_boot_exemptions */
};

struct ipsec_num {
	uint64_t v;
	bool set;
};

struct ipsec_key {
	uint8_t len;
	uint8_t b[IPSECDRV_KEY_MAX];
};

struct ipsec_boot_exemption {
	uint8_t proto; /* 0: any */
	uint8_t dir;
	uint16_t sport; /* 0: any */
	uint16_t dport;
};

struct ipsec_boot_exemptions {
	bool set;
	unsigned int count;
	struct ipsec_boot_exemption exemption[IPSECDRV_BOOT_EXEMPTIONS_MAX];
};

enum {
	IPSEC_IN = 1, /* a user may give it */
	IPSEC_HIDDEN = 2, /* another word for a field, never printed */
	IPSEC_HEX = 4, /* 0x is accepted, and printed in text */
	IPSEC_SHIFT = 8, /* FLAGS: the table has bit numbers */
	IPSEC_KEEP = 16, /* printed in files even if it is the default */
	IPSEC_BARE = 32, /* on a command line the value needs no key */
	IPSEC_NAME_OR_NUM = 64, /* a number is accepted beside the names */
	IPSEC_SECRET = 128, /* printed only when asked for */
	IPSEC_YES = 256, /* BIT: set is the default */
	IPSEC_BOOL = 1024, /* NUM: true and false in JSON */
	IPSEC_PREFIX = 512, /* ADDR: starts a struct ipsec_net */
};

struct ipsec_field {
	const char *key; /* NULL: on the wire only */
	enum ipsec_kind kind;
	unsigned short attr; /* 0: in the text only */
	unsigned short width; /* bytes on the wire of NUM and FLAGS */
	size_t off;
	size_t aux;
	size_t size; /* of a string, or of an element */
	unsigned int flags;
	uint64_t min;
	uint64_t max;
	const struct ipsec_name *names;
	const struct ipsec_field *sub;
};

/* Room for the largest message sent: a batch of filters, or one more. */
#define IPSEC_MSG_SIZE 32768

struct ipsec_msg {
	_Alignas(8) char buf[IPSEC_MSG_SIZE];
	struct nlmsghdr *nlh;
};

void ipsec_msg_init(struct ipsec_msg *m, uint8_t cmd, uint16_t flags);
/* False when the message is full; it is then as it was before. */
bool ipsec_put(struct ipsec_msg *m, const struct ipsec_field *fields,
	       const void *obj);
bool ipsec_put_nest(struct ipsec_msg *m, uint16_t attr,
		    const struct ipsec_field *fields, const void *obj);
bool ipsec_put_u32(struct ipsec_msg *m, uint16_t attr, uint64_t value);

/* Decodes len bytes of attributes. Unknown ones are left out. */
int ipsec_get(const void *attrs, size_t len, const struct ipsec_field *fields,
	      void *obj, struct ipsec_err *err);
int ipsec_get_msg(const struct nlmsghdr *nlh, const struct ipsec_field *fields,
		  void *obj, struct ipsec_err *err);

int ipsec_parse(const struct ipsec_node *map, const struct ipsec_field *fields,
		void *obj, struct ipsec_err *err);
/* The words of a command line as the map that a file would hold. */
int ipsec_words(struct ipsec_arena *a, int argc, char *const *argv,
		const struct ipsec_field *fields, struct ipsec_node **map,
		struct ipsec_err *err);
const struct ipsec_field *ipsec_field_find(const struct ipsec_field *fields,
					   const char *key);

/* Of a field of the kind IPSEC_BOOT. */
int ipsec_boot_parse(const struct ipsec_node *n,
		     struct ipsec_boot_exemptions *b, struct ipsec_err *err);
json_t *ipsec_boot_json(const struct ipsec_boot_exemptions *b);
bool ipsec_boot_put(struct ipsec_msg *m, uint16_t attr,
		    const struct ipsec_boot_exemptions *b);
bool ipsec_boot_get(const struct nlattr *nest, struct ipsec_boot_exemptions *b);
bool ipsec_proto_has_ports(uint64_t proto);

enum ipsec_print {
	IPSEC_PRINT_ALL, /* what is known, for --json */
	IPSEC_PRINT_FILE, /* what a file needs, for one that is read again */
};

json_t *ipsec_json(const struct ipsec_field *fields, const void *obj,
		   enum ipsec_print how);
/* "tcp", "no-answer,policy", "0x00001001": one value as text. */
const char *ipsec_value_text(const struct ipsec_field *f, const void *obj,
			     char *buf, size_t size);
const char *ipsec_flags_text(const struct ipsec_name *names, uint64_t value,
			     bool shift, char *buf, size_t size);
const char *ipsec_ports_text(const struct ipsec_num ports[2], char *buf,
			     size_t size);

#endif
