// SPDX-License-Identifier: GPL-2.0-or-later
/* Proposals for IKE, and the security methods of Child SAs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"
#include "fields.h"

#define METHODS_MAX 16

/* clang-format off */
static const char *const ike_defaults[] = {
	"aes256gcm16-aes128gcm16-chacha20poly1305-"
	"prfsha256-prfsha384-prfsha512-"
	"x25519-ecp256-ecp384-modp2048-modp3072-modp4096",
	"aes256-aes128-sha256-sha384-sha512-"
	"x25519-ecp256-ecp384-modp2048-modp3072-modp4096",
	NULL,
};
static const char *const ike_defaults_v1[] = {
	"aes256-aes128-sha256-sha384-ecp256-modp2048",
	NULL,
};
static const char esp_default[] =
	"aes256gcm16-aes128gcm16-chacha20poly1305-esn-noesn";

#define OBJ policy_lifetime_words
struct policy_lifetime_words {
	struct ipsec_num seconds;
	struct ipsec_num bytes;
	struct ipsec_num packets;
};
const struct ipsec_field policy_lifetime_fields[] = {
	NUM32("seconds", 0, seconds, .flags = IPSEC_IN),
	NUM64("bytes", 0, bytes, .flags = IPSEC_IN),
	NUM64("packets", 0, packets, .flags = IPSEC_IN),
	END
};
#undef OBJ

#define OBJ method_words
struct method_words {
	const struct ipsec_node *esp;
	const struct ipsec_node *ah;
	const struct ipsec_node *lifetime;
};
const struct ipsec_field policy_method_fields[] = {
	NODE("esp", esp),
	NODE("ah", ah),
	NODE("lifetime", lifetime),
	END
};
#undef OBJ
/* clang-format on */

/**
 * policy_lifetime_read() - limits of a Child SA
 * @b: the policy so far
 * @map: the limits that are given, NULL: none
 * @lifetime: written over where they are
 *
 * Return: 0, or -EINVAL with the error told.
 */
int policy_lifetime_read(struct policy_build *b, const struct ipsec_node *map,
			 struct policy_lifetime *lifetime)
{
	struct policy_lifetime_words w = { 0 };
	int rc = map ? ipsec_parse(map, policy_lifetime_fields, &w, b->err) : 0;

	if (rc)
		return rc;
	if (w.seconds.set && w.seconds.v && w.seconds.v < 5)
		return ipsec_err_at(b->err, map->line,
				    "a lifetime of %u seconds is too short to "
				    "be replaced in time; write 5 or more, or "
				    "0 for no limit",
				    (unsigned int)w.seconds.v);
	if (w.seconds.set)
		lifetime->seconds = (uint32_t)w.seconds.v;
	if (w.bytes.set)
		lifetime->bytes = w.bytes.v;
	if (w.packets.set)
		lifetime->packets = w.packets.v;
	return 0;
}

static int read_proposal(struct policy_build *b, uint8_t proto,
			 const char *text, unsigned int line, bool weak,
			 struct ike_proposal *p)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->proto = proto;
	rc = ike_proposal_parse(p, proto, text, weak, b->err);
	if (rc)
		b->err->line = line;
	return rc;
}

static int not_a_proposal(struct policy_build *b, unsigned int line,
			  const char *key)
{
	return ipsec_err_at(b->err, line,
			    "%s is a proposal such as aes256gcm16-x25519, or "
			    "a list of them",
			    key);
}

/* What version 1 cannot say in main mode. */
static bool is_aead(const struct ike_proposal *p)
{
	unsigned int i;

	for (i = 0; i < p->transforms; i++)
		if (p->transform[i].type == IKE_TRANSFORM_ENCR &&
		    p->transform[i].id >= IKE_ENCR_AES_CCM_8)
			return true;
	return false;
}

static int add_ike(struct policy_build *b, const char *text, unsigned int line,
		   struct policy_rule *rule)
{
	struct ike_proposal p;
	int rc = read_proposal(b, IKE_PROTO_IKE, text, line, rule->weak, &p);

	if (rc)
		return rc;
	if (is_aead(&p) && !(rule->versions & 1U << 2))
		return ipsec_err_at(b->err, line,
				    "'%.60s': IKE version 1 knows no combined "
				    "ciphers for itself; write one such as "
				    "aes256-sha256-modp2048",
				    text);
	p.number = (uint8_t)(rule->ike.count + 1);
	return ike_proposals_add(&rule->ike, &p) ? policy_no_memory(b) : 0;
}

static int read_ike(struct policy_build *b, const struct ipsec_node *n,
		    struct policy_rule *rule)
{
	bool old = !(rule->versions & 1U << 2);
	const char *const *text = old ? ike_defaults_v1 : ike_defaults;
	const struct ipsec_node *c;
	int rc = 0;

	if (!n) {
		for (; *text && !rc; text++)
			rc = add_ike(b, *text, 0, rule);
		return rc;
	}
	if (n->kind == IPSEC_SCALAR)
		return add_ike(b, n->text, n->line, rule);
	if (n->kind != IPSEC_LIST || !n->child)
		return not_a_proposal(b, n->line, "ike");
	for (c = n->child; c && !rc; c = c->next)
		rc = c->kind == IPSEC_SCALAR ?
			     add_ike(b, c->text, c->line, rule) :
			     not_a_proposal(b, c->line, "ike");
	return rc;
}

static struct policy_method *
add_method(struct policy_build *b, unsigned int line, struct policy_rule *rule)
{
	struct policy_method *list;

	if (rule->methods >= METHODS_MAX) {
		ipsec_err_at(b->err, line,
			     "at most %d security methods in a rule",
			     METHODS_MAX);
		return NULL;
	}
	list = realloc(rule->method, (rule->methods + 1) * sizeof(*list));
	if (!list) {
		policy_no_memory(b);
		return NULL;
	}
	rule->method = list;
	memset(&list[rule->methods], 0, sizeof(*list));
	return &list[rule->methods++];
}

static int add_proto(struct policy_build *b, uint8_t proto,
		     const struct ipsec_node *n, bool weak,
		     struct policy_method *m)
{
	if (n->kind != IPSEC_SCALAR)
		return ipsec_err_at(b->err, n->line,
				    "a security method has one proposal for "
				    "each of esp and ah; write one method "
				    "each");
	return read_proposal(b, proto, n->text, n->line, weak,
			     &m->proto[m->protos++]);
}

static int add_single(struct policy_build *b, uint8_t proto,
		      const struct ipsec_node *n,
		      const struct policy_lifetime *lifetime,
		      struct policy_rule *rule)
{
	struct policy_method *m = add_method(b, n->line, rule);

	if (!m)
		return -EINVAL;
	m->lifetime = *lifetime;
	return add_proto(b, proto, n, rule->weak, m);
}

/* The short form: each proposal is a method. */
static int read_short(struct policy_build *b, uint8_t proto,
		      const struct ipsec_node *n,
		      const struct policy_lifetime *lifetime,
		      struct policy_rule *rule)
{
	const struct ipsec_node *c;
	int rc = 0;

	if (n->kind == IPSEC_SCALAR)
		return add_single(b, proto, n, lifetime, rule);
	if (n->kind != IPSEC_LIST || !n->child)
		return not_a_proposal(b, n->line, n->key);
	for (c = n->child; c && !rc; c = c->next)
		rc = add_single(b, proto, c, lifetime, rule);
	return rc;
}

static int read_method(struct policy_build *b, const struct ipsec_node *map,
		       const struct policy_lifetime *lifetime,
		       struct policy_rule *rule)
{
	struct method_words w = { 0 };
	struct policy_method *m;
	int rc = ipsec_parse(map, policy_method_fields, &w, b->err);

	if (rc)
		return rc;
	if (!w.esp && !w.ah)
		return ipsec_err_at(b->err, map->line,
				    "a security method needs esp, ah or both");
	if (w.esp && w.ah && rule->versions & 1U << 2)
		return ipsec_err_at(b->err, map->line,
				    "IKE version 2 cannot agree on ESP and AH "
				    "together; write 'version: 1', or one of "
				    "them");
	m = add_method(b, map->line, rule);
	if (!m)
		return -EINVAL;
	m->lifetime = *lifetime;
	rc = policy_lifetime_read(b, w.lifetime, &m->lifetime);
	if (!rc && w.esp)
		rc = add_proto(b, IKE_PROTO_ESP, w.esp, rule->weak, m);
	if (!rc && w.ah)
		rc = add_proto(b, IKE_PROTO_AH, w.ah, rule->weak, m);
	return rc;
}

static int read_methods(struct policy_build *b,
			const struct policy_method_words *w,
			struct policy_rule *rule)
{
	const struct ipsec_node *c;
	int rc = 0;

	if (w->methods->kind != IPSEC_LIST || !w->methods->child)
		return ipsec_err_at(b->err, w->methods->line,
				    "methods is a list of at least one; start "
				    "each with '- '");
	for (c = w->methods->child; c && !rc; c = c->next)
		rc = read_method(b, c, &w->lifetime, rule);
	return rc;
}

static int read_default(struct policy_build *b,
			const struct policy_method_words *w,
			struct policy_rule *rule)
{
	struct policy_method *m = add_method(b, 0, rule);

	if (!m)
		return -ENOMEM;
	m->lifetime = w->lifetime;
	return read_proposal(b, IKE_PROTO_ESP, esp_default, 0, false,
			     &m->proto[m->protos++]);
}

static bool names_group(const struct policy_rule *rule)
{
	unsigned int i, j, k;

	for (i = 0; i < rule->methods; i++)
		for (j = 0; j < rule->method[i].protos; j++) {
			const struct ike_proposal *p =
				&rule->method[i].proto[j];

			for (k = 0; k < p->transforms; k++)
				if (p->transform[k].type == IKE_TRANSFORM_KE)
					return true;
		}
	return false;
}

static int set_pfs(struct policy_build *b, const struct policy_method_words *w,
		   unsigned int line, struct policy_rule *rule)
{
	bool group = names_group(rule);

	if (w->pfs.set && !w->pfs.v && group)
		return ipsec_err_at(b->err, line,
				    "a proposal of esp or ah names a group, "
				    "but pfs is no; remove one of them");
	rule->pfs = group || w->pfs.v ? POLICY_PFS_YES : POLICY_PFS_NO;
	return 0;
}

static void number_methods(struct policy_rule *rule)
{
	unsigned int i, j;

	for (i = 0; i < rule->methods; i++)
		for (j = 0; j < rule->method[i].protos; j++)
			rule->method[i].proto[j].number = (uint8_t)(i + 1);
}

/**
 * policy_methods_read() - proposals and security methods of a rule
 * @b: the policy so far
 * @w: what the rule says of them
 * @line: of the rule
 * @rule: its versions and weak are set; gets ike, methods and pfs
 *
 * Return: 0, or -EINVAL or -ENOMEM with the error told.
 */
int policy_methods_read(struct policy_build *b,
			const struct policy_method_words *w, unsigned int line,
			struct policy_rule *rule)
{
	int rc = read_ike(b, w->ike, rule);

	if (rc)
		return rc;
	if (!!w->esp + !!w->ah + !!w->methods > 1)
		return ipsec_err_at(b->err, line,
				    "esp, ah and methods exclude each other; "
				    "write all under methods");
	if (w->methods)
		rc = read_methods(b, w, rule);
	else if (w->esp)
		rc = read_short(b, IKE_PROTO_ESP, w->esp, &w->lifetime, rule);
	else if (w->ah)
		rc = read_short(b, IKE_PROTO_AH, w->ah, &w->lifetime, rule);
	else
		rc = read_default(b, w, rule);
	if (rc)
		return rc;
	number_methods(rule);
	return set_pfs(b, w, line, rule);
}
