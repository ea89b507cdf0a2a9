// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records of the kernel's audit log, of the types that libaudit has for key
 * daemons, in the words that others use.
 */
#include "audit.h"

#include <errno.h>
#include <libaudit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../lib/event.h"
#include "event.h"
#include "log.h"
#include "rate.h"

#define FAILURES_PER_SECOND 100 /* more are counted, not written */

static int fd = -1;

void ipsecd_audit_enable(bool on)
{
	if (on && fd < 0) {
		fd = audit_open();
		if (fd < 0)
			ipsecd_log_line(IKE_LOG_ERROR,
					"the audit log cannot be written, "
					"though the policy wants it: %s",
					strerror(errno));
	} else if (!on && fd >= 0) {
		audit_log_user_message(fd, AUDIT_USER_MAC_CONFIG_CHANGE,
				       "op=audit-off", NULL, NULL, NULL, 1);
		audit_close(fd);
		fd = -1;
	}
}

bool ipsecd_audit_enabled(void)
{
	return fd >= 0;
}

/* " rule=x", in hex where the value could be taken for something else. */
static void put(FILE *to, const json_t *event, const char *member,
		const char *name)
{
	const char *value = ipsec_member(event, member);
	char *pair = *value ? audit_encode_nv_string(name, value, 0) : NULL;

	if (pair)
		fprintf(to, " %s", pair);
	free(pair);
}

/* Of our own making: neither spaces nor quotes. */
static void put_plain(FILE *to, const json_t *event, const char *member,
		      const char *name)
{
	const char *value = ipsec_member(event, member);

	if (*value)
		fprintf(to, " %s=%s", name, value);
}

static void put_sa(FILE *to, const json_t *event)
{
	fprintf(to, " direction=%s ike-version=%" JSON_INTEGER_FORMAT,
		json_is_true(json_object_get(event, "initiator")) ?
			"initiator" :
			"responder",
		json_integer_value(json_object_get(event, "ike_version")));
	put(to, event, "rule", "conn-name");
	put(to, event, "peer", "peer");
	put_plain(to, event, "local", "laddr");
	put_plain(to, event, "remote", "raddr");
	put_plain(to, event, "mode", "mode");
	put_plain(to, event, "protocol", "protocol");
	put_plain(to, event, "spi_in", "in-spi");
	put_plain(to, event, "spi_out", "out-spi");
	put(to, event, "reason", "reason");
}

static void write_record(int type, const char *op, const json_t *event,
			 bool good)
{
	const char *remote = ipsec_member(event, "remote");
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);

	if (!file)
		return;
	fprintf(file, "op=%s", op);
	if (type == AUDIT_USER_MAC_POLICY_LOAD)
		put(file, event, "text", "policy");
	else
		put_sa(file, event);
	if (!fclose(file) &&
	    audit_log_user_message(fd, type, text, NULL,
				   *remote ? remote : NULL, NULL, good) <= 0)
		ipsecd_log_line(IKE_LOG_ERROR,
				"the audit log does not take a record: %s",
				strerror(errno));
	free(text);
}

/*
 * Whoever can send a datagram can make a negotiation fail: that must neither
 * fill the log nor let us wait for the kernel, which takes each record by
 * itself. For what else there is a record the peer needs keys.
 */
static bool may_record_failure(void)
{
	static struct ipsecd_rate rate;
	unsigned int left_out;
	bool may = ipsecd_rate_take(&rate, time(NULL), FAILURES_PER_SECOND,
				    &left_out);
	char text[64];

	if (left_out) {
		snprintf(text, sizeof(text), "op=left-out failures=%u",
			 left_out);
		audit_log_user_message(fd, AUDIT_CRYPTO_IKE_SA, text, NULL,
				       NULL, NULL, 0);
	}
	return may;
}

void ipsecd_audit(const json_t *event)
{
	static const struct {
		const char *action;
		const char *op;
		bool good;
	} ops[] = {
		{ "made", "start", true },
		{ "rekeyed", "rekey", true },
		{ "failed", "start", false },
		{ "ended", "destroy", true },
	};
	const char *name = ipsec_member(event, "event");
	const char *action = ipsec_member(event, "action");
	size_t i;

	if (fd < 0)
		return;
	if (!strcmp(name, "policy")) {
		write_record(AUDIT_USER_MAC_POLICY_LOAD, action, event, true);
		return;
	}
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (!strcmp(ops[i].action, action) &&
		    (ops[i].good || may_record_failure()))
			write_record(strcmp(name, "ike-sa") ?
					     AUDIT_CRYPTO_IPSEC_SA :
					     AUDIT_CRYPTO_IKE_SA,
				     ops[i].op, event, ops[i].good);
}
