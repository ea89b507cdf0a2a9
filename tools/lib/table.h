/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_TABLE_H
#define IPSEC_TABLE_H

#include "client.h"
#include "input.h"
#include "model.h"

/* Where a filter of the file is, to name it when the driver refuses it. */
struct ipsec_place {
	uint32_t id;
	unsigned int line;
	uint32_t offs; /* in its message */
};

struct ipsec_batch {
	size_t len;
	uint32_t first; /* index of its first filter */
	uint32_t count;
	char data[]; /* attributes, ready to be sent */
};

/*
 * A table file, checked and encoded. Nothing is sent before all of it is
 * known to be good, so a file with an error changes nothing.
 */
struct ipsec_load {
	const struct ipsec_input *in;
	struct ipsec_place *place;
	uint32_t count;
	uint32_t size;
	struct ipsec_batch **batch;
	uint32_t batches;
	struct ipsec_msg msg; /* being filled */
	uint32_t msg_first;
	struct ipsec_config config;
	bool has_config;
	bool agent; /* who sends it is the agent: boot mode ends with it */
};

/* From filters in memory: begin, add each, end. in gives the name for errors. */
void ipsec_load_begin(struct ipsec_load *l, const struct ipsec_input *in);
int ipsec_load_add(struct ipsec_load *l, const struct ipsec_filter *f,
		   unsigned int line, struct ipsec_err *err);
int ipsec_load_end(struct ipsec_load *l, struct ipsec_err *err);
int ipsec_load_parse(struct ipsec_load *l, const struct ipsec_input *in,
		     struct ipsec_err *err);
/* In one transaction; generation may be NULL, info is of the new table. */
int ipsec_load_send(struct ipsec_load *l, struct ipsec_client *c,
		    const uint64_t *generation, struct ipsec_table *info,
		    struct ipsec_err *err);
void ipsec_load_free(struct ipsec_load *l);

#endif
