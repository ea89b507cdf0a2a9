/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_POLICY_WRONG_H
#define TEST_POLICY_WRONG_H

/* A rule but for who the peers are, and with that. */
#define POLICY_RULE             \
	"rules:\n  - name: x\n" \
	"    filters: [{from: 10.0.0.1, to: 10.0.0.2}]\n"
#define POLICY_SECRET POLICY_RULE "    psk-file: secret\n"

/* Policies that are refused; files are those of policy_text.h. */
struct policy_wrong {
	const char *name;
	const char *yaml;
	const char *want; /* line and text */
};

/* The last has no name. */
extern const struct policy_wrong policy_wrongs[];

#endif
