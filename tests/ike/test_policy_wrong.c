// SPDX-License-Identifier: GPL-2.0-or-later
/* What a policy says wrong is told in words that say what to do. */
#include <stdlib.h>

#include "crypto.h"
#include "mint.h"
#include "policy_text.h"
#include "policy_wrong.h"
#include "tap.h"

static void refused(const char *name, const char *yaml, const char *want)
{
	char why[1024];
	struct policy *policy = policy_text(yaml, why, sizeof(why));

	is(why, want, "%s", name);
	policy_put(policy);
}

/* before, then a text n times, then after. */
static void repeated(const char *name, const char *before, const char *text,
		     int n, const char *after, const char *want)
{
	size_t size =
		strlen(before) + strlen(text) * (size_t)n + strlen(after) + 1;
	char *yaml = malloc(size), *p = stpcpy(yaml, before);

	while (n--)
		p = stpcpy(p, text);
	strcpy(p, after);
	refused(name, yaml, want);
	free(yaml);
}

static void too_much(void)
{
	repeated("a long name", "rules:\n  - name: ", "n", 64, "\n",
		 "2: name has 1 to 63 characters; 'nnnnnnnnnnnnnnnnnnnn...' "
		 "has 64");
	repeated("a long secret is not shown", POLICY_RULE "    psk: ", "p",
		 4097, "\n",
		 "4: psk holds too much; a secret has 1 to 4096 bytes");
	repeated("nine methods", POLICY_RULE "    auth:\n",
		 "      - psk-file: secret\n", 9, "",
		 "13: auth has at most 8 methods");
	repeated("17 security methods", POLICY_SECRET "    esp:\n",
		 "      - aes256gcm16\n", 17, "",
		 "22: at most 16 security methods in a rule");
}

int main(void)
{
	const struct policy_wrong *p;

	ike_crypto_init();
	for (p = policy_wrongs; p->name; p++)
		refused(p->name, p->yaml, p->want);
	too_much();
	mint_end();
	return tap_done();
}
