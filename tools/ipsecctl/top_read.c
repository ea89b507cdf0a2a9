// SPDX-License-Identifier: GPL-2.0-or-later
/* What ipsecctl top shows: dumps of the driver, and what ipsecd says. */
#include <stdlib.h>
#include <string.h>
/* hh.tbl of what could not be added is NULL. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "../lib/event.h"
#include "ike_client.h"
#include "top.h"

/* Counters of an SA pair, or the packets of a reason, when last looked at. */
struct top_seen {
	UT_hash_handle hh;
	char key[72];
	uint64_t value[4];
	bool now; /* it is there this time, too */
};

enum { OUT_BYTES, IN_BYTES, PACKETS, DROPS };

static struct top_row *add_row(struct top_rows *rows)
{
	struct top_row *row;

	if (rows->count == rows->size) {
		size_t size = rows->size ? 2 * rows->size : 64;
		void *grown = realloc(rows->row, size * sizeof(*rows->row));

		if (!grown)
			return NULL;
		rows->row = grown;
		rows->size = (unsigned int)size;
	}
	row = &rows->row[rows->count++];
	memset(row, 0, sizeof(*row));
	return row;
}

/*
 * How much each value has grown in a second. What was not there before has
 * grown by all it has, unless it is older than that.
 */
static void rates(struct top *t, const char *key, const uint64_t value[4],
		  uint64_t age, double rate[4])
{
	double seconds = (double)(ctl_now_ms() - t->when) / 1000;
	struct top_seen *seen = NULL;
	int i;

	HASH_FIND_STR(t->seen, key, seen);
	if (!seen) {
		seen = calloc(1, sizeof(*seen));
		if (!seen)
			return;
		snprintf(seen->key, sizeof(seen->key), "%s", key);
		if (!t->when || (double)age > seconds)
			memcpy(seen->value, value, sizeof(seen->value));
		HASH_ADD_STR(t->seen, key, seen);
		if (!seen->hh.tbl) {
			free(seen);
			return;
		}
	}
	for (i = 0; i < 4; i++) {
		rate[i] =
			t->when && seconds > 0 && value[i] > seen->value[i] ?
				(double)(value[i] - seen->value[i]) / seconds :
				0;
		seen->value[i] = value[i];
	}
	seen->now = true;
}

static void forget(struct top *t, bool all)
{
	struct top_seen *seen, *next;

	HASH_ITER(hh, t->seen, seen, next) {
		if (all || !seen->now) {
			HASH_DEL(t->seen, seen);
			free(seen);
			continue;
		}
		seen->now = false;
	}
}

static uint64_t sum_drops(const struct nlmsghdr *nlh)
{
	json_t *drops = ctl_drops_json(nlh, 0, IPSECDRV_A_SA_DROP), *packets;
	const char *reason;
	uint64_t sum = 0;

	json_object_foreach(drops, reason, packets) {
		sum += (uint64_t)json_integer_value(packets);
	}
	json_decref(drops);
	return sum;
}

static void add_sa(struct top *t, const struct nlmsghdr *nlh,
		   const struct ipsec_sa *sa)
{
	const uint64_t value[4] = {
		sa->out.bytes.v,
		sa->in.bytes.v,
		sa->out.packets.v + sa->in.packets.v,
		sum_drops(nlh),
	};
	struct top_row *row = add_row(&t->rows[TOP_SAS]);
	double rate[4] = { 0 };
	char key[32];

	if (!row)
		return;
	snprintf(key, sizeof(key), "sa %u", (unsigned int)sa->id.v);
	rates(t, key, value, sa->age.v, rate);
	row->peer = sa->remote;
	row->number = sa->id.v;
	row->total = sa->out.bytes.v + sa->in.bytes.v;
	row->age = sa->age.v;
	row->out = rate[OUT_BYTES];
	row->in = rate[IN_BYTES];
	row->drops = rate[DROPS];
	snprintf(row->state, sizeof(row->state), "%s",
		 ipsec_name_text(ipsec_names_sa_state, sa->state.v));
	t->out += rate[OUT_BYTES];
	t->in += rate[IN_BYTES];
	t->packets += rate[PACKETS];
	t->sas++;
}

/* What is not there must not look as if there were none. */
static void set_failed(struct top *t, const char *what, const char *why)
{
	snprintf(t->failed, sizeof(t->failed), "%s are not known: %s", what,
		 why);
}

/* Each message of a dump to fn, as an object of the fields. */
static void read_dump(struct top *t, uint8_t cmd, const char *what,
		      void (*fn)(struct top *t, const struct nlmsghdr *nlh))
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_dump dump = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc;

	if (!c) {
		set_failed(t, what, ctl_last_error());
		return;
	}
	rc = ipsec_dump(c, cmd, &dump, &err);
	while (!rc && (nlh = ipsec_dump_next(&dump, &pos)))
		fn(t, nlh);
	ipsec_dump_free(&dump);
	if (rc)
		set_failed(t, what, err.text);
}

/* Larval SPIs have no peer; soft SAs come from a dump of their own. */
static void on_sa(struct top *t, const struct nlmsghdr *nlh)
{
	struct ipsec_sa sa = { 0 };
	struct ipsec_err err = { 0 };

	if (!ipsec_get_msg(nlh, ipsec_sa_fields, &sa, &err) && sa.id.v &&
	    sa.remote.len)
		add_sa(t, nlh, &sa);
}

static void on_soft(struct top *t, const struct nlmsghdr *nlh)
{
	struct ipsec_soft soft = { 0 };
	struct ipsec_err err = { 0 };
	struct top_row *row;

	if (ipsec_get_msg(nlh, ipsec_soft_fields, &soft, &err))
		return;
	row = add_row(&t->rows[TOP_SAS]);
	if (!row)
		return;
	row->peer = soft.remote;
	row->total = soft.out.bytes.v + soft.in.bytes.v;
	row->age = soft.age.v / 1000;
	strcpy(row->state, "soft");
	t->softs++;
}

static void on_acquire(struct top *t, const struct nlmsghdr *nlh)
{
	struct ipsec_acquire a = { 0 };
	struct ipsec_err err = { 0 };
	struct top_row *row;

	if (ipsec_get_msg(nlh, ipsec_acquire_fields, &a, &err))
		return;
	row = add_row(&t->rows[TOP_NEGOTIATIONS]);
	if (!row)
		return;
	row->peer = a.remote;
	row->number = a.held.v;
	row->age = a.age.v / 1000;
	strcpy(row->state, "acquire");
	snprintf(row->name, sizeof(row->name), "filter %u",
		 (unsigned int)a.filter.v);
}

/* An IKE SA that is not established, or a Child SA that is being made. */
static void add_negotiation(struct top *t, const json_t *sa, const json_t *of,
			    const char *state)
{
	struct top_row *row = add_row(&t->rows[TOP_NEGOTIATIONS]);

	if (!row)
		return;
	ipsec_addr_parse(&row->peer, ipsec_member(sa, "remote"));
	snprintf(row->name, sizeof(row->name), "%s", ipsec_member(of, "rule"));
	snprintf(row->state, sizeof(row->state), "%s", state);
	row->age = (uint64_t)json_integer_value(json_object_get(sa, "age"));
}

static void read_daemon(struct top *t)
{
	json_t *answer = ctl_ike_runs() ? ctl_ike_ask("sas", NULL) : NULL;
	const json_t *sa, *child;
	size_t i, j;

	t->daemon = answer;
	json_array_foreach(json_object_get(answer, "sas"), i, sa) {
		bool connecting =
			!strcmp(ipsec_member(sa, "state"), "connecting");

		if (connecting)
			add_negotiation(t, sa, sa, "ike");
		json_array_foreach(json_object_get(sa, "children"), j, child) {
			if (!connecting &&
			    !strcmp(ipsec_member(child, "state"), "new"))
				add_negotiation(t, sa, child, "child");
		}
	}
	json_decref(answer);
}

static void read_drops(struct top *t)
{
	const struct ctl_stats *stats = ctl_stats_read();
	const struct ipsec_stat *s;
	struct top_row *row;

	if (!stats)
		set_failed(t, "drops", ctl_last_error());
	for (s = stats ? stats->stat : NULL;
	     s && s < stats->stat + stats->count; s++) {
		const uint64_t value[4] = { [DROPS] = s->value.v };
		double rate[4] = { 0 };

		if (s->kind.v != IPSECDRV_STAT_KIND_DROP || !s->value.v)
			continue;
		row = add_row(&t->rows[TOP_DROPS]);
		if (!row)
			return;
		rates(t, s->name, value, 0, rate);
		memcpy(row->name, s->name, sizeof(row->name));
		memcpy(row->text, s->text, sizeof(row->text));
		row->total = s->value.v;
		row->drops = rate[DROPS];
		t->drops += rate[DROPS];
	}
}

static int by_peer(const void *a, const void *b)
{
	const struct top_row *one = a, *other = b;

	if (one->peer.len != other->peer.len)
		return one->peer.len < other->peer.len ? -1 : 1;
	return memcmp(one->peer.b, other->peer.b, sizeof(one->peer.b));
}

/* "protected" is more than "soft", that more than "asking". */
static void take_state(struct top_row *host, const char *state)
{
	if (!strcmp(state, "soft") && strcmp(host->state, "protected"))
		strcpy(host->state, "soft");
	else if (strcmp(state, "soft"))
		strcpy(host->state, "protected");
}

static struct top_row *add_host(struct top_rows *hosts,
				const struct top_row *of)
{
	struct top_row *last = hosts->count ? &hosts->row[hosts->count - 1] :
					      NULL;
	struct top_row *row;

	if (last && !by_peer(last, of))
		return last;
	row = add_row(hosts);
	if (row)
		row->peer = of->peer;
	return row;
}

static void add_to_host(struct top_rows *hosts, const struct top_row *sa)
{
	struct top_row *row = add_host(hosts, sa);

	if (!row)
		return;
	take_state(row, sa->state);
	row->number += strcmp(sa->state, "soft") != 0;
	row->total += sa->total;
	row->out += sa->out;
	row->in += sa->in;
	row->drops += sa->drops;
	row->age = row->age > sa->age ? row->age : sa->age;
}

/* Those that have an SA, and those that one is negotiated with. */
static void make_hosts(struct top *t)
{
	struct top_rows *sas = &t->rows[TOP_SAS], *hosts = &t->rows[TOP_HOSTS];
	struct top_rows *asked = &t->rows[TOP_NEGOTIATIONS];
	struct top_row *row;
	unsigned int i, known;

	if (sas->count)
		qsort(sas->row, sas->count, sizeof(*sas->row), by_peer);
	for (i = 0; i < sas->count; i++)
		add_to_host(hosts, &sas->row[i]);
	known = hosts->count;
	if (asked->count)
		qsort(asked->row, asked->count, sizeof(*asked->row), by_peer);
	for (i = 0; i < asked->count; i++) {
		row = &asked->row[i];
		if (known &&
		    bsearch(row, hosts->row, known, sizeof(*row), by_peer))
			continue;
		row = hosts->count > known ? add_host(hosts, row) :
					     add_row(hosts);
		if (!row)
			return;
		row->peer = asked->row[i].peer;
		strcpy(row->state, "asking");
	}
	t->hosts = hosts->count;
	t->negotiations = asked->count;
}

static void read_table(struct top *t)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_table table = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_msg m;

	t->driver = false;
	if (!c)
		return;
	ipsec_msg_init(&m, IPSECDRV_CMD_TABLE_GET, 0);
	t->driver = !ipsec_ask(c, &m, ipsec_table_fields, &table, &err);
	t->filters = table.filters.v;
}

void top_read(struct top *t)
{
	int view;

	for (view = 0; view < TOP_VIEWS; view++)
		t->rows[view].count = 0;
	t->sas = t->softs = 0;
	t->out = t->in = t->packets = t->drops = 0;
	t->failed[0] = '\0';
	read_table(t);
	if (t->driver) {
		read_dump(t, IPSECDRV_CMD_SA_DUMP, "SAs", on_sa);
		read_dump(t, IPSECDRV_CMD_SOFT_DUMP, "soft SAs", on_soft);
		read_dump(t, IPSECDRV_CMD_ACQUIRE_DUMP, "negotiations",
			  on_acquire);
		read_drops(t);
	} else {
		/* It may come back, and then is another family. */
		ctl_client_close();
	}
	read_daemon(t);
	make_hosts(t);
	forget(t, false);
	t->when = ctl_now_ms();
	top_sort(t);
}

void top_free(struct top *t)
{
	int view;

	forget(t, true);
	for (view = 0; view < TOP_VIEWS; view++)
		free(t->rows[view].row);
}

static double key_of(const struct top_row *row, enum top_sort sort)
{
	switch (sort) {
	case TOP_BY_OUT:
		return row->out;
	case TOP_BY_IN:
		return row->in;
	case TOP_BY_DROPS:
		return row->drops;
	case TOP_BY_SAS:
		return (double)row->number;
	case TOP_BY_AGE:
		return (double)row->age;
	default:
		return row->out + row->in;
	}
}

/* The greatest first, but for names; equals in the order of totals and peers. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct top_row *one = a, *other = b;
	const struct top *t = ctx;
	double x = key_of(one, t->sort), y = key_of(other, t->sort);
	int rc = 0;

	if (t->sort == TOP_BY_PEER)
		rc = by_peer(one, other) ?: strcmp(one->name, other->name);
	else if (x != y)
		rc = x > y ? -1 : 1;
	if (!rc && one->total != other->total)
		rc = one->total > other->total ? -1 : 1;
	if (!rc)
		rc = by_peer(one, other) ?: strcmp(one->name, other->name);
	if (!rc && one->number != other->number)
		rc = one->number < other->number ? -1 : 1;
	return t->reverse ? -rc : rc;
}

void top_sort(struct top *t)
{
	int view;

	for (view = 0; view < TOP_VIEWS; view++)
		if (t->rows[view].count)
			qsort_r(t->rows[view].row, t->rows[view].count,
				sizeof(struct top_row), compare, t);
}
