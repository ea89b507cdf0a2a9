// SPDX-License-Identifier: GPL-2.0-or-later
/* Exemptions from boot mode: "UDP:0:68:inbound", in text and on the wire. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "schema.h"
#include "text.h"

static const struct ipsec_name proto_names[] = {
	{ "TCP", IPPROTO_TCP },
	{ "UDP", IPPROTO_UDP },
	{ "ICMP", IPPROTO_ICMP },
	{ "ICMPv6", IPPROTO_ICMPV6 },
	{ "RAW", 0 },
	{ NULL, 0 },
};

static const struct ipsec_name dir_names[] = {
	{ "inbound", IPSECDRV_DIR_IN },
	{ "outbound", IPSECDRV_DIR_OUT },
	{ NULL, 0 },
};

/* The case of letters does not matter, as in Windows. */
static const struct ipsec_name *find_word(const struct ipsec_name *names,
					  const char *word)
{
	for (; names->name; names++)
		if (!strcasecmp(names->name, word))
			return names;
	return NULL;
}

static const char *read_proto(const char *word, uint8_t *proto)
{
	const struct ipsec_name *name = find_word(proto_names, word);
	uint64_t v;

	if (!name && !ipsec_uint(word, 0, UINT8_MAX, &v))
		return "the protocol is TCP, UDP, ICMP, ICMPv6, RAW (any) or "
		       "a number up to 255";
	*proto = (uint8_t)(name ? name->value : v);
	return NULL;
}

static bool read_port(const char *word, uint16_t *port)
{
	uint64_t v;

	if (!ipsec_uint(word, 0, UINT16_MAX, &v))
		return false;
	*port = (uint16_t)v;
	return true;
}

static const char *read_words(char *word[4], struct ipsec_boot_exemption *e)
{
	const struct ipsec_name *dir = find_word(dir_names, word[3]);
	const char *wrong = read_proto(word[0], &e->proto);

	if (wrong)
		return wrong;
	if (!read_port(word[1], &e->sport) || !read_port(word[2], &e->dport))
		return "ports are 0 (any) to 65535";
	if (!dir)
		return "the direction is inbound or outbound";
	e->dir = (uint8_t)dir->value;
	if ((e->sport || e->dport) && !ipsec_proto_has_ports(e->proto))
		return "ports need a protocol that has them, as TCP or UDP; "
		       "0 is any port";
	return NULL;
}

static const char *read_exemption(const char *text,
				  struct ipsec_boot_exemption *e)
{
	char buf[40], *rest = buf, *word[4];
	unsigned int i;

	if (strlen(text) >= sizeof(buf))
		return "it is too long";
	strcpy(buf, text);
	for (i = 0; i < 4; i++)
		word[i] = strsep(&rest, ":");
	if (!word[3] || rest)
		return "write PROTOCOL:SOURCEPORT:DESTINATIONPORT:DIRECTION, "
		       "as UDP:0:68:inbound";
	return read_words(word, e);
}

static int add(const char *text, unsigned int line,
	       struct ipsec_boot_exemptions *b, struct ipsec_err *err)
{
	const char *wrong = "no more than 32 are possible";

	if (b->count < IPSECDRV_BOOT_EXEMPTIONS_MAX)
		wrong = read_exemption(text, &b->exemption[b->count++]);
	return wrong ? ipsec_err_at(err, line, "boot exemption '%.60s': %s",
				    text, wrong) :
		       0;
}

static int add_words(const struct ipsec_node *n,
		     struct ipsec_boot_exemptions *b, struct ipsec_err *err)
{
	char buf[40 * IPSECDRV_BOOT_EXEMPTIONS_MAX], *save, *word;
	int rc = 0;

	if (!*n->text || strlen(n->text) >= sizeof(buf))
		return add(n->text, n->line, b, err);
	strcpy(buf, n->text);
	for (word = strtok_r(buf, ", ", &save); word && !rc;
	     word = strtok_r(NULL, ", ", &save))
		rc = add(word, n->line, b, err);
	return rc;
}

int ipsec_boot_parse(const struct ipsec_node *n,
		     struct ipsec_boot_exemptions *b, struct ipsec_err *err)
{
	const struct ipsec_node *c;
	int rc = 0;

	*b = (struct ipsec_boot_exemptions){ .set = true };
	if (n->kind == IPSEC_SCALAR)
		return strcmp(n->text, "none") ? add_words(n, b, err) : 0;
	if (n->kind != IPSEC_LIST)
		return ipsec_err_at(err, n->line,
				    "%s is a list, or words with commas "
				    "between them",
				    n->key);
	for (c = n->child; c && !rc; c = c->next)
		rc = c->kind == IPSEC_SCALAR ?
			     add(c->text, c->line, b, err) :
			     ipsec_err_at(err, c->line, "%s is a list of words",
					  n->key);
	return rc;
}

json_t *ipsec_boot_json(const struct ipsec_boot_exemptions *b)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < b->count; i++) {
		const struct ipsec_boot_exemption *e = &b->exemption[i];
		const char *proto = ipsec_name(proto_names, e->proto);
		char number[8];

		snprintf(number, sizeof(number), "%u", e->proto);
		json_array_append_new(
			list,
			json_sprintf("%s:%u:%u:%s", proto ? proto : number,
				     e->sport, e->dport,
				     ipsec_name(dir_names, e->dir)));
	}
	return list;
}

static bool put_one(struct nlmsghdr *nlh, size_t size,
		    const struct ipsec_boot_exemption *e)
{
	struct nlattr *nest = mnl_attr_nest_start_check(
		nlh, size, IPSECDRV_A_BOOT_EXEMPTIONS_EXEMPTION);

	if (!nest ||
	    !mnl_attr_put_u8_check(nlh, size, IPSECDRV_A_BOOT_EXEMPTION_PROTO,
				   e->proto) ||
	    !mnl_attr_put_u16_check(nlh, size, IPSECDRV_A_BOOT_EXEMPTION_SPORT,
				    e->sport) ||
	    !mnl_attr_put_u16_check(nlh, size, IPSECDRV_A_BOOT_EXEMPTION_DPORT,
				    e->dport) ||
	    !mnl_attr_put_u8_check(nlh, size, IPSECDRV_A_BOOT_EXEMPTION_DIR,
				   e->dir))
		return false;
	mnl_attr_nest_end(nlh, nest);
	return true;
}

/* An empty nest takes them all away. */
bool ipsec_boot_put(struct ipsec_msg *m, uint16_t attr,
		    const struct ipsec_boot_exemptions *b)
{
	size_t size = sizeof(m->buf);
	struct nlattr *nest = mnl_attr_nest_start_check(m->nlh, size, attr);
	unsigned int i;

	if (!nest)
		return false;
	for (i = 0; i < b->count; i++)
		if (!put_one(m->nlh, size, &b->exemption[i]))
			return false;
	mnl_attr_nest_end(m->nlh, nest);
	return true;
}

static bool get_one(const struct nlattr *nest, struct ipsec_boot_exemption *e)
{
	const struct nlattr *a;

	mnl_attr_for_each_nested(a, nest) {
		bool wide = mnl_attr_get_payload_len(a) == 2;

		if (!wide && mnl_attr_get_payload_len(a) != 1)
			return false;
		switch (mnl_attr_get_type(a)) {
		case IPSECDRV_A_BOOT_EXEMPTION_PROTO:
			e->proto = mnl_attr_get_u8(a);
			break;
		case IPSECDRV_A_BOOT_EXEMPTION_DIR:
			e->dir = mnl_attr_get_u8(a) == IPSECDRV_DIR_IN ?
					 IPSECDRV_DIR_IN :
					 IPSECDRV_DIR_OUT;
			break;
		case IPSECDRV_A_BOOT_EXEMPTION_SPORT:
			e->sport = wide ? mnl_attr_get_u16(a) : 0;
			break;
		case IPSECDRV_A_BOOT_EXEMPTION_DPORT:
			e->dport = wide ? mnl_attr_get_u16(a) : 0;
			break;
		}
	}
	return true;
}

bool ipsec_boot_get(const struct nlattr *nest, struct ipsec_boot_exemptions *b)
{
	const struct nlattr *a;

	*b = (struct ipsec_boot_exemptions){ .set = true };
	mnl_attr_for_each_nested(a, nest) {
		if (b->count == IPSECDRV_BOOT_EXEMPTIONS_MAX)
			return false;
		if (!get_one(a, &b->exemption[b->count++]))
			return false;
	}
	return true;
}
