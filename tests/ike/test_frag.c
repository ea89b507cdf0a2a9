// SPDX-License-Identifier: GPL-2.0-or-later
/* Reassembly: verification I-40 to I-45 and I-47. */
#include <stdlib.h>
#include <time.h>

#include "frag.h"
#include "rnd.h"
#include "tap.h"

#define D IKE_FRAG_DONE
#define M IKE_FRAG_MORE
#define I IKE_FRAG_IGNORED
#define B IKE_FRAG_BAD
#define STEPS 8

struct step {
	uint32_t id;
	unsigned int number, total;
	bool last;
	const char *data;
	int want; /* with data NULL: the end */
};

static void test_table(void)
{
	static const struct {
		const char *what;
		struct step step[STEPS];
		const char *whole; /* after the last one */
	} t[] = {
		{ "in order",
		  { { 1, 1, 3, 0, "ab", M },
		    { 1, 2, 3, 0, "cd", M },
		    { 1, 3, 3, 0, "e", D } },
		  "abcde" },
		{ "backwards",
		  { { 1, 3, 3, 0, "e", M },
		    { 1, 2, 3, 0, "cd", M },
		    { 1, 1, 3, 0, "ab", D } },
		  "abcde" },
		{ "only one", { { 1, 1, 1, 0, "abc", D } }, "abc" },
		{ "an empty one",
		  { { 1, 1, 2, 0, "", M }, { 1, 2, 2, 0, "x", D } },
		  "x" },
		{ "a duplicate",
		  { { 1, 1, 2, 0, "a", M },
		    { 1, 1, 2, 0, "a", I },
		    { 1, 2, 2, 0, "b", D } },
		  "ab" },
		{ "the first of two contents",
		  { { 1, 1, 2, 0, "a", M },
		    { 1, 1, 2, 0, "XXXX", I },
		    { 1, 2, 2, 0, "b", D } },
		  "ab" },
		{ "late ones",
		  { { 1, 1, 2, 0, "a", M },
		    { 1, 2, 2, 0, "b", D },
		    { 1, 2, 2, 0, "b", I },
		    { 1, 1, 2, 0, "a", I },
		    { 0, 1, 2, 0, "a", I } },
		  "ab" },
		{ "a late one of the message before",
		  { { 2, 1, 2, 0, "a", M },
		    { 1, 2, 2, 0, "XX", I },
		    { 2, 2, 2, 0, "b", D } },
		  "ab" },
		{ "the next message",
		  { { 1, 1, 2, 0, "XX", M },
		    { 2, 1, 2, 0, "a", M },
		    { 1, 2, 2, 0, "XX", I },
		    { 2, 2, 2, 0, "b", D } },
		  "ab" },
		{ "a larger total",
		  { { 1, 1, 2, 0, "XX", M },
		    { 1, 1, 3, 0, "a", M },
		    { 1, 2, 2, 0, "XX", I },
		    { 1, 2, 3, 0, "b", M },
		    { 1, 3, 3, 0, "c", D } },
		  "abc" },
		{ "a smaller total",
		  { { 1, 1, 3, 0, "a", M },
		    { 1, 2, 2, 0, "XX", I },
		    { 1, 2, 3, 0, "b", M },
		    { 1, 3, 3, 0, "c", D } },
		  "abc" },
		{ "the highest message ID",
		  { { UINT32_MAX, 1, 2, 0, "a", M },
		    { 0, 2, 2, 0, "XX", I },
		    { UINT32_MAX, 2, 2, 0, "b", D } },
		  "ab" },
		{ "number 0",
		  { { 1, 1, 2, 0, "a", M },
		    { 1, 0, 2, 0, "x", B },
		    { 1, 2, 2, 0, "b", M } },
		  NULL },
		{ "a number beyond the total",
		  { { 1, 1, 2, 0, "a", M }, { 1, 3, 2, 0, "x", B } },
		  NULL },
		{ "a total of 256", { { 1, 1, 256, 0, "a", B } }, NULL },
		{ "a total of 65535", { { 1, 1, 65535, 0, "a", B } }, NULL },
		{ "a number of 65535",
		  { { 1, 65535, 65535, 0, "a", B } },
		  NULL },
		{ "last says nothing in version 2",
		  { { 1, 1, 2, 1, "a", M }, { 1, 2, 2, 0, "b", D } },
		  "ab" },

		{ "v1: in order",
		  { { 1, 1, 0, 0, "ab", M },
		    { 1, 2, 0, 0, "cd", M },
		    { 1, 3, 0, 1, "e", D } },
		  "abcde" },
		{ "v1: the last one first",
		  { { 1, 3, 0, 1, "e", M },
		    { 1, 1, 0, 0, "ab", M },
		    { 1, 2, 0, 0, "cd", D } },
		  "abcde" },
		{ "v1: only one", { { 1, 1, 0, 1, "abc", D } }, "abc" },
		{ "v1: a duplicate",
		  { { 1, 1, 0, 0, "a", M },
		    { 1, 1, 0, 0, "XX", I },
		    { 1, 2, 0, 1, "b", D } },
		  "ab" },
		{ "v1: the last one twice",
		  { { 1, 2, 0, 1, "b", M },
		    { 1, 2, 0, 1, "b", I },
		    { 1, 1, 0, 0, "a", D } },
		  "ab" },
		{ "v1: two last ones",
		  { { 1, 3, 0, 1, "c", M },
		    { 1, 2, 0, 1, "b", B },
		    { 1, 1, 0, 0, "a", M } },
		  NULL },
		{ "v1: beyond the last",
		  { { 1, 2, 0, 1, "b", M }, { 1, 3, 0, 0, "c", B } },
		  NULL },
		{ "v1: the last before another",
		  { { 1, 3, 0, 0, "c", M }, { 1, 2, 0, 1, "b", B } },
		  NULL },
		{ "v1: number 0", { { 1, 0, 0, 0, "a", B } }, NULL },
		{ "v1: number 256", { { 1, 256, 0, 0, "a", B } }, NULL },
		{ "v1: the next ID",
		  { { 1, 1, 0, 0, "XX", M },
		    { 2, 1, 0, 0, "a", M },
		    { 1, 2, 0, 1, "XX", I },
		    { 2, 2, 0, 1, "b", D } },
		  "ab" },
		{ "v1: the IDs go round",
		  { { 65535, 1, 0, 0, "XX", M },
		    { 0, 1, 0, 0, "a", M },
		    { 65535, 2, 0, 1, "XX", I },
		    { 0, 2, 0, 1, "b", D } },
		  "ab" },
		{ "v1: the same ID for the next message",
		  { { 1, 1, 0, 0, "XX", M },
		    { 1, 2, 0, 1, "YY", D },
		    { 1, 1, 0, 0, "a", M },
		    { 1, 2, 0, 1, "b", D } },
		  "ab" },
		{ "v1: a lower ID once it is whole",
		  { { 9, 1, 0, 1, "XX", D }, { 1, 1, 0, 1, "ab", D } },
		  "ab" },
	};
	unsigned int i, j;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct ike_frag *set = NULL;
		bool good = true;
		int rc = B;

		for (j = 0; j < STEPS && t[i].step[j].data; j++) {
			const struct step *s = &t[i].step[j];
			size_t len = strlen(s->data);
			/* On the heap, for the sanitizer. */
			char *data = malloc(len ? len : 1);

			memcpy(data, s->data, len);
			rc = ike_frag_add(&set, s->id, s->number, s->total,
					  s->last, 33, data, len);
			free(data);
			if (rc != s->want) {
				printf("# step %u: %d\n", j, rc);
				good = false;
			}
			if (rc == B)
				good = good && !set;
		}
		ok(good, "%s", t[i].what);
		if (t[i].whole && set) {
			uint8_t first;
			size_t len;
			const uint8_t *p = ike_frag_data(set, &len, &first);

			ok(p && len == strlen(t[i].whole) && first == 33 &&
				   !memcmp(p, t[i].whole, len),
			   "%s: the message", t[i].what);
		}
		ike_frag_free(&set);
		ok(!set, "%s: freed", t[i].what);
		ike_frag_free(&set);
	}
}

static uint8_t data[IKE_FRAG_BYTES_MAX + 1];

static void test_bytes(void)
{
	struct ike_frag *set = NULL;
	unsigned int i;
	int rc = M;
	uint8_t first;
	size_t len;

	/* 255 * 257 is 65535. */
	for (i = 1; i <= 255 && rc == M; i++)
		rc = ike_frag_add(&set, 1, i, 255, false, 0, data, 257);
	ok(rc == D && i == 256 && ike_frag_data(set, &len, &first) &&
		   len == IKE_FRAG_BYTES_MAX,
	   "as many fragments and bytes as may be");
	ike_frag_free(&set);
	for (i = 1, rc = M; i <= 254 && rc == M; i++)
		rc = ike_frag_add(&set, 1, i, 255, false, 0, data, 257);
	ok(ike_frag_add(&set, 1, 1, 255, false, 0, data, 300) == I && set,
	   "a duplicate does not count");
	ok(ike_frag_add(&set, 1, 255, 255, false, 0, data, 258) == B && !set,
	   "one byte more");
	ok(ike_frag_add(&set, 1, 1, 2, false, 0, data, sizeof(data)) == B &&
		   !set,
	   "a fragment of more bytes than a message");
	ok(ike_frag_add(&set, 1, 1, 1, false, 0, data, sizeof(data) - 1) == D,
	   "one of as many");
	ike_frag_free(&set);
}

/* The type of the first payload is in fragment 1, in whatever order. */
static void test_first(void)
{
	struct ike_frag *set = NULL;
	uint8_t first;
	size_t len;

	ike_frag_add(&set, 1, 2, 2, false, 0, "b", 1);
	ok(ike_frag_add(&set, 1, 1, 2, false, 35, "a", 1) == D &&
		   ike_frag_data(set, &len, &first) && first == 35,
	   "the first payload's type, last");
	ok(ike_frag_add(&set, 2, 1, 2, false, 36, "a", 1) == M &&
		   ike_frag_add(&set, 2, 2, 2, false, 0, "b", 1) == D &&
		   ike_frag_data(set, &len, &first) && first == 36,
	   "the first payload's type, first");
	ike_frag_free(&set);
}

static void shuffle(unsigned int *order, unsigned int n)
{
	unsigned int i, j, swap;

	for (i = 0; i < n; i++)
		order[i] = i + 1;
	while (i-- > 1) {
		j = rnd(i + 1);
		swap = order[i];
		order[i] = order[j];
		order[j] = swap;
	}
}

/* Random messages, cut anywhere, in any order, with duplicates. */
static bool round_trip(bool v2, uint32_t id, struct ike_frag **set)
{
	unsigned int n = 1 + rnd(IKE_FRAGMENTS_MAX), order[IKE_FRAGMENTS_MAX];
	size_t start[IKE_FRAGMENTS_MAX + 1], len, got;
	unsigned int i, times;
	const uint8_t *p;
	uint8_t first;
	int rc = M;

	start[0] = 0;
	for (i = 1; i <= n; i++)
		start[i] = start[i - 1] + rnd(IKE_FRAG_BYTES_MAX / n);
	len = start[n];
	rnd_bytes(data, len);
	shuffle(order, n);
	for (i = 0; i < n; i++) {
		unsigned int k = order[i];

		if (rc != M)
			return false;
		for (times = rnd(3) ? 1 : 2; times && rc != D; times--)
			rc = ike_frag_add(set, id, k, v2 ? n : 0, k == n, 1,
					  data + start[k - 1],
					  start[k] - start[k - 1]);
		if (rc == I)
			rc = M;
	}
	if (rc != D)
		return false;
	p = ike_frag_data(*set, &got, &first);
	return got == len && !memcmp(p, data, len);
}

static void test_random(void)
{
	struct ike_frag *set = NULL;
	unsigned int i, good = 0;

	for (i = 0; i < 300; i++)
		good += round_trip(i % 5, i, &set);
	ok(good == i, "%u random messages are put together", i);
	ike_frag_free(&set);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* n fragments of one byte, duplicates of the same ones. */
static double cost(unsigned int n)
{
	struct ike_frag *set = NULL;
	double start = seconds();
	unsigned int i;

	for (i = 0; i < n; i++)
		ike_frag_add(&set, 1, 1 + i % 254, 255, false, 0, data, 200);
	ike_frag_free(&set);
	return seconds() - start;
}

/* n fragments, each of a message of its own. */
static double cost_new(unsigned int n)
{
	struct ike_frag *set = NULL;
	double start = seconds();
	unsigned int i;

	for (i = 0; i < n; i++)
		ike_frag_add(&set, i, 1, 255, false, 0, data, 200);
	ike_frag_free(&set);
	return seconds() - start;
}

static void test_cost(void)
{
	double few = cost(20000) + cost_new(20000);
	double many = cost(200000) + cost_new(200000);

	printf("# %.1f ms for 20000, %.1f ms for 200000\n", few * 1e3,
	       many * 1e3);
	ok(many < 30 * few, "ten times as many cost ten times as much");
}

int main(void)
{
	rnd_seed();
	test_table();
	test_bytes();
	test_first();
	test_random();
	test_cost();
	return tap_done();
}
