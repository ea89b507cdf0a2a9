// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy in force. */
#include "force.h"

#include <errno.h>
#include <stdlib.h>

#include "crypto.h"
#include "log.h"
#include "parent.h"
#include "table.h"

#define PIECE 32768

void ipsecd_force_init(struct ipsecd_force *force, const char *path)
{
	force->path = path;
	ipsecd_files_init(&force->files);
}

void ipsecd_force_free(struct ipsecd_force *force)
{
	policy_put(force->policy);
	force->policy = NULL;
	ipsecd_files_free(&force->files);
}

unsigned int ipsecd_force_filters(const struct policy *policy)
{
	unsigned int i, filters = 0;

	for (i = 0; i < policy->rules; i++)
		filters += policy->rule[i].filters;
	return filters;
}

/* What is allowed, and yet not wise. */
static void warn(const char *path, const struct policy *policy)
{
	if (policy->exposed)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s:%u: warning: a secret is written in the "
				"policy; use psk-file",
				path, policy->exposed);
	if (policy->keylog[0])
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s: warning: all keys are written to %s", path,
				policy->keylog);
}

int ipsecd_check(const struct ipsecd_options *options)
{
	struct ipsecd_files files;
	struct policy *policy;
	struct ipsec_err err = { 0 };

	if (ike_crypto_init()) {
		fputs("ipsecd: libcrypto cannot be used\n", stderr);
		return 1;
	}
	if (ipsecd_files_read(&files, options->policy, &policy, &err)) {
		ipsecd_log_error(&err);
		return 1;
	}
	warn(options->policy, policy);
	printf("%s: good: %u rules, %u filters\n", options->policy,
	       policy->rules, ipsecd_force_filters(policy));
	policy_put(policy);
	ipsecd_files_free(&files);
	return 0;
}

/* Back to the ports of the policy in force, if there is one. */
static void move_back(struct ipsecd_force *force,
		      struct ipsecd_sockets *sockets, struct event_base *base)
{
	struct ipsec_err err = { 0 };

	ipsecd_sockets_close(sockets);
	if (force->policy &&
	    ipsecd_sockets_open(sockets, base, force->policy->port,
				force->policy->natt_port, &err))
		ipsecd_log_error(&err);
}

static int use(struct ipsecd_force *force, const struct policy *policy,
	       struct ipsec_client *driver, struct ipsecd_sockets *sockets,
	       struct event_base *base, struct ipsec_err *err)
{
	bool move =
		!ipsecd_sockets_serve(sockets, policy->port, policy->natt_port);
	int rc = 0;

	if (move) {
		ipsecd_sockets_close(sockets);
		rc = ipsecd_sockets_open(sockets, base, policy->port,
					 policy->natt_port, err);
	}
	/* Last: the driver takes it as a whole, or refuses it as a whole. */
	if (!rc)
		rc = ipsecd_table_load(driver, policy, force->path, err);
	if (rc && move)
		move_back(force, sockets, base);
	return rc;
}

int ipsecd_force_load(struct ipsecd_force *force, struct ipsec_client *driver,
		      struct ipsecd_sockets *sockets, struct event_base *base,
		      struct ipsec_err *err)
{
	struct ipsecd_files files;
	struct policy *policy;
	int rc = ipsecd_files_read(&files, force->path, &policy, err);

	if (rc)
		return rc;
	rc = use(force, policy, driver, sockets, base, err);
	if (rc) {
		policy_put(policy);
		ipsecd_files_free(&files);
		return rc;
	}
	ipsecd_force_free(force);
	force->policy = policy;
	force->files = files; /* never empty: it has the policy's text */
	force->serial++;
	warn(force->path, policy);
	return 0;
}

static void send_file(struct ipsecd_process *process,
		      const struct ipsecd_file *f)
{
	size_t at = 0;

	do {
		size_t now = f->len - at < PIECE ? f->len - at : PIECE;
		const struct ipsecd_message m = {
			.type = IPSECD_FILE,
			.flags = at + now == f->len ? IPSECD_FLAG_LAST : 0,
			.part = { ipsecd_text(f->name),
				  { f->len ? f->data + at : NULL, now } },
		};

		ipsecd_process_send(process, &m);
		at += now;
	} while (at < f->len);
}

/* The text, the files, then what makes a policy of them. */
void ipsecd_force_send(const struct ipsecd_force *force,
		       struct ipsecd_process *process)
{
	const struct ipsecd_message load = { .type = IPSECD_LOAD,
					     .id = force->serial };
	const struct ipsecd_file *f;

	for (f = force->files.first; f; f = f->next)
		send_file(process, f);
	ipsecd_process_send(process, &load);
}
