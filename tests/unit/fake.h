/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef UNIT_FAKE_H
#define UNIT_FAKE_H

#include "client.h"
#include "model.h"

#define FAKE_FAMILY 99
#define FAKE_TRANSACTION 1234

/*
 * A driver that records what it is sent. It answers table-begin, table-commit
 * and config-get, acknowledges the rest, and refuses one message if told to.
 */
struct fake {
	struct ipsec_client client;
	struct ipsec_msg sent[64];
	unsigned int count;
	/* Refuse message number fail_at (from 1) with this errno and text. */
	unsigned int fail_at;
	int fail_code;
	const char *fail_text;
	uint32_t fail_offs;
	struct ipsec_config config;
	/* The answer being read. */
	_Alignas(8) char out[16384];
	size_t out_len;
};

void fake_open(struct fake *f);
uint8_t fake_cmd(const struct fake *f, unsigned int i);
/* The command names sent, "begin add add commit". */
const char *fake_log(const struct fake *f);

#endif
