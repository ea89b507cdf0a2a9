// SPDX-License-Identifier: GPL-2.0-or-later
/* What ipsecd says, for people. */
#include <string.h>

#include "ike_client.h"

const char *ctl_member_text(const json_t *map, const char *key)
{
	const char *value = json_string_value(json_object_get(map, key));

	return value ? value : "?";
}

long long ctl_member_number(const json_t *map, const char *key)
{
	return (long long)json_integer_value(json_object_get(map, key));
}

bool ctl_member_flag(const json_t *map, const char *key)
{
	return json_is_true(json_object_get(map, key));
}

static void print_protection(const json_t *p)
{
	const char *integ = json_string_value(json_object_get(p, "integrity"));
	const char *encr = json_string_value(json_object_get(p, "encryption"));

	printf("      %s in %s out %s", ctl_member_text(p, "protocol"),
	       ctl_member_text(p, "spi_in"), ctl_member_text(p, "spi_out"));
	if (encr)
		printf(" %s", encr);
	if (encr && ctl_member_number(p, "key_bits"))
		printf("-%lld", ctl_member_number(p, "key_bits"));
	if (integ)
		printf(" %s", integ);
	putchar('\n');
}

static void print_child(const json_t *child)
{
	const json_t *list = json_object_get(child, "protections"), *p;
	size_t i;

	printf("    %s %s pair %lld %s <-> %s age %lld s%s\n",
	       ctl_member_text(child, "state"), ctl_member_text(child, "mode"),
	       ctl_member_number(child, "pair"),
	       ctl_member_text(child, "local"),
	       ctl_member_text(child, "remote"),
	       ctl_member_number(child, "age"),
	       ctl_member_flag(child, "esn") ? " esn" : "");
	json_array_foreach(list, i, p) {
		print_protection(p);
	}
}

static void print_sa(const json_t *sa)
{
	const json_t *children = json_object_get(sa, "children"), *child;
	size_t i;

	printf("%s IKEv%lld %s %s:%lld (%s) <-> %s:%lld (%s) age %lld s%s%s\n",
	       ctl_member_text(sa, "rule"), ctl_member_number(sa, "version"),
	       ctl_member_text(sa, "state"), ctl_member_text(sa, "local"),
	       ctl_member_number(sa, "local_port"),
	       ctl_member_text(sa, "local_id"), ctl_member_text(sa, "remote"),
	       ctl_member_number(sa, "remote_port"),
	       ctl_member_text(sa, "remote_id"), ctl_member_number(sa, "age"),
	       ctl_member_flag(sa, "nat_local") ? ", we are behind a NAT" : "",
	       ctl_member_flag(sa, "nat_remote") ?
		       ", the peer is behind a NAT" :
		       "");
	printf("  %s %s_i %s_r %s\n",
	       ctl_member_flag(sa, "initiator") ? "initiator" : "responder",
	       ctl_member_text(sa, "spi_i"), ctl_member_text(sa, "spi_r"),
	       ctl_member_text(sa, "proposal"));
	json_array_foreach(children, i, child) {
		print_child(child);
	}
}

void ctl_ike_print_sas(const json_t *answer)
{
	const json_t *sas = json_object_get(answer, "sas"), *one;
	const json_t *adopted = json_object_get(answer, "adopted");
	const json_t *soft = json_object_get(answer, "soft");
	size_t i;

	json_array_foreach(sas, i, one) {
		print_sa(one);
	}
	json_array_foreach(adopted, i, one) {
		printf("%s adopted from an ipsecd before\n",
		       ctl_member_text(one, "rule"));
		print_child(one);
	}
	json_array_foreach(soft, i, one) {
		printf("%s soft: %s in clear for %lld s (%s), %lld s left, "
		       "slot %lld\n",
		       ctl_member_text(one, "rule"),
		       ctl_member_text(one, "remote"),
		       ctl_member_number(one, "age"),
		       ctl_member_text(one, "reason"),
		       ctl_member_number(one, "left"),
		       ctl_member_number(one, "slot"));
	}
}

bool ctl_ike_has_child(const json_t *answer, const char *rule)
{
	const json_t *sas = json_object_get(answer, "sas"), *sa, *child;
	size_t i, j;

	json_array_foreach(sas, i, sa) {
		const json_t *children = json_object_get(sa, "children");

		json_array_foreach(children, j, child) {
			if (!strcmp(ctl_member_text(child, "rule"), rule) &&
			    ctl_member_number(child, "pair"))
				return true;
		}
	}
	return false;
}

static void print_line(const json_t *line)
{
	long long story = ctl_member_number(line, "story");
	const char *peer = ctl_member_text(line, "peer"),
		   *rule = ctl_member_text(line, "rule");

	printf("%s ", ctl_member_text(line, "time"));
	if (story)
		printf("[%lld] ", story);
	printf("%s%s%s%s%s\n", rule, *rule && *peer ? " " : "", peer,
	       *rule || *peer ? ": " : "", ctl_member_text(line, "text"));
}

/* The lines of a negotiation together, where it began. */
static void print_story(const json_t *log, size_t from, long long story)
{
	size_t i;

	for (i = from; i < json_array_size(log); i++)
		if (ctl_member_number(json_array_get(log, i), "story") == story)
			print_line(json_array_get(log, i));
}

static bool told_before(const json_t *log, size_t until, long long story)
{
	size_t i;

	for (i = 0; i < until; i++)
		if (ctl_member_number(json_array_get(log, i), "story") == story)
			return true;
	return false;
}

/* A negotiation is of a rule from the line on that knows it. */
static bool is_of(const json_t *log, long long story, const char *rule)
{
	const json_t *line;
	size_t i;

	json_array_foreach(log, i, line) {
		if (ctl_member_number(line, "story") == story &&
		    !strcmp(ctl_member_text(line, "rule"), rule))
			return true;
	}
	return false;
}

void ctl_ike_print_log(const json_t *answer, const char *rule)
{
	const json_t *log = json_object_get(answer, "log"), *line;
	size_t i;

	json_array_foreach(log, i, line) {
		long long story = ctl_member_number(line, "story");

		if (rule && (!story || !is_of(log, story, rule)))
			continue;
		if (!story)
			print_line(line);
		else if (!told_before(log, i, story))
			print_story(log, i, story);
	}
}

void ctl_ike_print_map(const json_t *map)
{
	const json_t *value;
	const char *key;

	json_object_foreach((json_t *)map, key, value) {
		if (!strcmp(key, "version"))
			continue;
		printf("%-26s ", key);
		if (json_is_string(value))
			puts(json_string_value(value));
		else if (json_is_boolean(value))
			puts(json_is_true(value) ? "yes" : "no");
		else
			printf("%lld\n", (long long)json_integer_value(value));
	}
}
