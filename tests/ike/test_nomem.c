// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation of the wire's parsers fails once: verification I-47.
 */
#include <errno.h>

#include "alloc.h"
#include "frag.h"
#include "proposal.h"
#include "tap.h"

static void arm(unsigned int which)
{
	alloc_fault = (struct alloc_fault){ .fail = which, .armed = true };
}

/* A fragment for which there was no memory comes once more. */
static void test_frag(void)
{
	unsigned int which, done = 0, failed = 0, i;

	for (which = 1; which < 10; which++) {
		struct ike_frag *set = NULL;
		int rc = IKE_FRAG_MORE;
		uint8_t first;
		size_t len;

		arm(which);
		for (i = 1; i <= 4; i++) {
			rc = ike_frag_add(&set, 1, i, 4, false, 0, "data", 4);
			if (rc != IKE_FRAG_NOMEM)
				continue;
			failed++;
			rc = ike_frag_add(&set, 1, i, 4, false, 0, "data", 4);
		}
		done += rc == IKE_FRAG_DONE &&
			ike_frag_data(set, &len, &first) && len == 16;
		ike_frag_free(&set);
	}
	ok(failed == 6 && done == 9,
	   "a set of fragments goes on after each of %u failures", failed);
	arm(0);
}

static void test_old_set(void)
{
	struct ike_frag *set = NULL;

	ike_frag_add(&set, 1, 1, 2, false, 0, "a", 1);
	arm(1);
	ok(ike_frag_add(&set, 2, 1, 2, false, 0, "b", 1) == IKE_FRAG_NOMEM &&
		   ike_frag_add(&set, 1, 2, 2, false, 0, "c", 1) ==
			   IKE_FRAG_DONE,
	   "a set stays when there is no memory for the next");
	arm(0);
	ike_frag_free(&set);
}

static void test_sa(void)
{
	static const struct {
		const char *what;
		bool v2;
		uint8_t body[128];
		size_t len;
	} t[] = {
		{ "2", true,
		  "\2\0\0\x0c\1\3\4\0spi!\2\0\0\x0c\2\3\4\0spi!"
		  "\0\0\0\x0c\3\3\4\0spi!",
		  36 },
		{ "1", false,
		  "\0\0\0\1\0\0\0\1\0\0\0\x24\1\3\4\3spi!"
		  "\3\0\0\x08\1\3\0\0\3\0\0\x08\2\3\0\0\0\0\0\x08\3\3\0\0",
		  44 },
	};
	unsigned int i, which;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_payload p = { .data = t[i].body, .len = t[i].len };

		for (which = 1; which <= 4; which++) {
			struct ike_proposals list;
			int rc;

			arm(which);
			rc = t[i].v2 ? ikev2_sa_read(&p, &list) :
				       ikev1_sa_read(&p, false, &list);
			ok(rc == (which < 4 ? -ENOMEM : 0) &&
				   list.count == (which < 4 ? 0 : 3),
			   "SA of version %s, allocation %u", t[i].what, which);
			ike_proposals_free(&list);
		}
	}
	arm(0);
}

static void test_expand(void)
{
	struct ike_proposals list = { 0 };
	struct ike_proposal p;
	struct ipsec_err err;
	unsigned int which;

	ike_proposal_parse(&p, IKE_PROTO_ESP, "aes128-aes256-sha1-sha256",
			   false, &err);
	for (which = 1; which <= 4; which++) {
		arm(which);
		ok(ikev1_proposals_expand(&p, false, &list) ==
			   (which < 4 ? -ENOMEM : 0),
		   "combinations, allocation %u", which);
		ike_proposals_free(&list);
	}
	arm(0);
}

int main(void)
{
	test_frag();
	test_old_set();
	test_sa();
	test_expand();
	return tap_done();
}
