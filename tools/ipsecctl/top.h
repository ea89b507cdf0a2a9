/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_TOP_H
#define IPSECCTL_TOP_H

#include "ctl.h"

enum top_view { TOP_HOSTS, TOP_SAS, TOP_NEGOTIATIONS, TOP_DROPS, TOP_VIEWS };

enum top_sort {
	TOP_BY_RATE,
	TOP_BY_OUT,
	TOP_BY_IN,
	TOP_BY_DROPS,
	TOP_BY_SAS,
	TOP_BY_AGE,
	TOP_BY_PEER,
	TOP_SORTS,
};

/* A line of any view: a host, an SA, a negotiation or a reason of drops. */
struct top_row {
	struct ipsec_addr peer;
	char name[64]; /* of a rule or reason */
	char state[16];
	char text[96];
	uint64_t number; /* of SAs, held packets, or of this SA */
	uint64_t total;
	uint64_t age; /* seconds */
	double out; /* bytes per second */
	double in;
	double drops; /* per second */
};

struct top_rows {
	struct top_row *row;
	unsigned int count;
	unsigned int size;
};

/* What was read, and what is kept until the next time for rates. */
struct top {
	enum top_view view;
	enum top_sort sort;
	bool reverse;
	bool paused;
	unsigned int from; /* the first row that is shown */

	bool driver;
	bool daemon;
	char failed[1024]; /* what could not be read, "": all could */
	uint64_t filters;
	uint64_t sas;
	uint64_t softs;
	uint64_t hosts;
	uint64_t negotiations;
	double out;
	double in;
	double packets; /* per second */
	double drops;
	struct top_rows rows[TOP_VIEWS];

	int64_t when; /* ms, 0: never */
	struct top_seen *seen; /* of SAs and counters, by id */
};

/* top_read.c: all views anew. */
void top_read(struct top *t);
void top_free(struct top *t);
/* In the order of the view; also the JSON. */
void top_sort(struct top *t);

/* top_draw.c */
#define TOP_HEAD 4 /* lines above the rows */
#define TOP_WIDTH 80

/* Line n of a frame, at most 80 columns; the heading of the rows is the last of
 * the head. Empty below the last row.
 */
void top_line(const struct top *t, unsigned int n, char line[TOP_WIDTH + 1]);
json_t *top_json(const struct top *t);
extern const char *const top_views[TOP_VIEWS];
extern const char *const top_sorts[TOP_SORTS];

#endif
