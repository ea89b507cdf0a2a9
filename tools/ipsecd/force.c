// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy in force. */
#include "force.h"

#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit.h"
#include "log.h"
#include "persistent.h"
#include "table.h"

#define PIECE 32768

void ipsecd_force_init(struct ipsecd_force *force)
{
	ipsecd_bundle_init(&force->now.bundle);
}

void ipsecd_compiled_free(struct ipsecd_compiled *c)
{
	policy_put(c->policy);
	c->policy = NULL;
	ipsecd_bundle_free(&c->bundle);
}

void ipsecd_force_free(struct ipsecd_force *force)
{
	ipsecd_compiled_free(&force->now);
	ipsecd_responses_free(&force->responses);
}

unsigned int ipsecd_force_filters(const struct policy *policy)
{
	unsigned int i, filters = 0;

	for (i = 0; i < policy->rules; i++)
		filters += policy->rule[i].filters;
	return filters;
}

/* What is allowed, and yet not wise. */
void ipsecd_force_warn(const struct ipsecd_compiled *c)
{
	const struct policy *policy = c->policy;

	if (policy->exposed)
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s:%u: warning: a secret is written in the "
				"policy; use psk-file",
				c->path, policy->exposed);
	if (policy->keylog[0])
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s: warning: all keys are written to %s",
				c->path, policy->keylog);
}

/* What was set while the daemon runs holds for another policy, too. */
static int keep_settings(const struct ipsecd_force *force,
			 struct ipsecd_compiled *c, struct ipsec_err *err)
{
	char word[16];

	ipsecd_bundle_crl_check(&force->now.bundle, word);
	if (!*word || !ipsecd_bundle_set_crl_check(&c->bundle, word))
		return 0;
	return ipsec_err_code(err, ENOMEM, "out of memory");
}

/* The first part is there; on failure nothing is left. */
static int add_persistent(const struct ipsecd_force *force,
			  struct ipsecd_compiled *c, struct policy *part[],
			  struct ipsec_err *err)
{
	static char path[IPSECD_PATH_SIZE]; /* err may point to it */
	int rc = keep_settings(force, c, err);

	ipsecd_store_path(force->store, "persistent.yaml", path);
	if (!rc)
		rc = ipsecd_persistent_read(
			&c->bundle.layer[IPSECD_LAYER_PERSISTENT], path,
			&part[IPSECD_LAYER_PERSISTENT], err);
	if (rc) {
		policy_put(part[IPSECD_LAYER_POLICY]);
	} else {
		err->file = path;
		rc = ipsecd_bundle_merge(&c->bundle, part, &c->policy, err);
	}
	if (rc)
		ipsecd_compiled_free(c);
	else
		err->file = NULL;
	return rc;
}

int ipsecd_force_compile(const struct ipsecd_force *force, const char *path,
			 struct ipsecd_compiled *c, struct ipsec_err *err)
{
	struct policy *part[IPSECD_LAYERS] = { NULL };
	int rc;

	*c = (struct ipsecd_compiled){ .policy = NULL };
	ipsecd_bundle_init(&c->bundle);
	rc = ipsecd_files_read(&c->bundle.layer[IPSECD_LAYER_POLICY], path,
			       &part[IPSECD_LAYER_POLICY], err);
	if (rc)
		return rc;
	strcpy(c->path, path);
	return add_persistent(force, c, part, err);
}

int ipsecd_force_compile_kept(const struct ipsecd_force *force,
			      struct ipsecd_compiled *c, struct ipsec_err *err)
{
	struct ipsecd_files *files = &c->bundle.layer[IPSECD_LAYER_POLICY];
	struct policy *part[IPSECD_LAYERS] = { NULL };
	static char name[IPSECD_PATH_SIZE]; /* err points to it */
	int rc;

	*c = (struct ipsecd_compiled){ .restored = true };
	ipsecd_bundle_init(&c->bundle);
	ipsecd_store_path(force->store, IPSECD_STORE_PREVIOUS, name);
	err->file = name;
	rc = ipsecd_store_kept(force->store, files, c->path, err);
	if (!rc)
		rc = ipsecd_files_parse(files, &part[IPSECD_LAYER_POLICY], err);
	if (rc) {
		ipsecd_bundle_free(&c->bundle);
		return rc;
	}
	return add_persistent(force, c, part, err);
}

int ipsecd_force_compile_alone(const struct ipsecd_force *force,
			       struct ipsecd_compiled *c, struct ipsec_err *err)
{
	int rc;

	*c = (struct ipsecd_compiled){ .alone = true };
	ipsecd_bundle_init(&c->bundle);
	ipsecd_store_path(force->store, "persistent.yaml", c->path);
	rc = ipsecd_persistent_alone(&c->bundle, c->path, &c->policy, err);
	if (!rc && !c->policy)
		rc = ipsec_err_code(err, ENOENT,
				    "there are no persistent rules");
	if (rc)
		ipsecd_compiled_free(c);
	return rc;
}

/* Back to the ports of the policy in force, if there is one. */
static void move_back(struct ipsecd_force *force)
{
	const struct policy *p = force->now.policy;
	struct ipsec_err err = { 0 };

	ipsecd_sockets_close(force->sockets);
	if (p && ipsecd_sockets_open(force->sockets, force->base, p->port,
				     p->natt_port, &err))
		ipsecd_log_error(&err);
}

/*
 * With what the default response has made, if it would make it again. Without
 * a policy we are not yet the agent that boot mode waits for.
 */
static int load_table(struct ipsecd_force *force,
		      const struct ipsecd_compiled *c, struct ipsec_err *err)
{
	struct ipsecd_responses made;
	int rc = ipsecd_responses_read(&made, force->driver, c->policy, err);

	if (!rc)
		rc = ipsecd_table_load(force->driver, c->policy, &made, c->path,
				       !c->alone, err);
	if (rc) {
		ipsecd_responses_free(&made);
		return rc;
	}
	ipsecd_responses_free(&force->responses);
	force->responses = made;
	return 0;
}

static int set_system(struct ipsecd_force *force,
		      const struct ipsecd_compiled *c, struct ipsec_err *err)
{
	const struct policy *p = c->policy;
	bool move =
		!ipsecd_sockets_serve(force->sockets, p->port, p->natt_port);
	int rc = 0;

	if (move) {
		ipsecd_sockets_close(force->sockets);
		rc = ipsecd_sockets_open(force->sockets, force->base, p->port,
					 p->natt_port, err);
	}
	/* Last: the driver takes it as a whole, or refuses it as a whole. */
	if (!rc)
		rc = load_table(force, c, err);
	if (rc && move)
		move_back(force);
	return rc;
}

/* Lists have a pointer to where they begin. */
static void move_files(struct ipsecd_files *to, struct ipsecd_files *from)
{
	*to = *from;
	if (!to->first)
		to->last = &to->first;
}

void ipsecd_compiled_move(struct ipsecd_compiled *to,
			  struct ipsecd_compiled *from)
{
	unsigned int i;

	*to = *from;
	for (i = 0; i < IPSECD_LAYERS; i++)
		move_files(&to->bundle.layer[i], &from->bundle.layer[i]);
	from->policy = NULL;
	ipsecd_bundle_init(&from->bundle);
}

/* What the words of the policy stand for is followed, and kept over a restart. */
static void follow(struct ipsecd_force *force)
{
	const struct policy *p = force->now.policy;
	int rc = ipsecd_addresses_follow(force->addresses, p->word, p->words);

	if (rc)
		ipsecd_log_line(IKE_LOG_ERROR,
				"changes of addresses are not followed: %s",
				strerror(-rc));
}

int ipsecd_force_use(struct ipsecd_force *force, struct ipsecd_compiled *c,
		     struct ipsec_err *err)
{
	struct ipsecd_compiled old;
	int rc = set_system(force, c, err);

	if (rc)
		return rc;
	ipsecd_compiled_move(&old, &force->now);
	ipsecd_compiled_move(&force->now, c);
	ipsecd_compiled_move(c, &old);
	force->serial++;
	ipsecd_log_set_level(force->verbose ? IKE_LOG_DEBUG :
					      force->now.policy->log_level);
	ipsecd_audit_enable(force->now.policy->audit);
	ipsecd_force_warn(&force->now);
	follow(force);
	if (force->taken)
		ipsecd_force_send(force);
	return 0;
}

/* Is what one of the texts was parsed with still so? */
static bool is_bound(const struct ipsecd_force *force, const char *text)
{
	const struct policy *p = force->now.policy;
	const struct ipsecd_file *f;
	unsigned int i;

	for (i = 0; i < IPSECD_LAYERS; i++) {
		f = ipsecd_files_find(&force->now.bundle.layer[i],
				      POLICY_BINDINGS);
		if (f && !ipsecd_addresses_same(text, (const char *)f->data,
						f->len, p->word, p->words))
			return false;
	}
	return true;
}

static int rebind(struct ipsecd_force *force, struct ipsec_err *err)
{
	struct ipsecd_compiled c = { .restored = force->now.restored,
				     .alone = force->now.alone };
	int rc;

	strcpy(c.path, force->now.path);
	ipsecd_bundle_init(&c.bundle);
	if (ipsecd_bundle_copy(&c.bundle, &force->now.bundle))
		return ipsec_err_code(err, ENOMEM, "out of memory");
	rc = ipsecd_bundle_parse(&c.bundle, &c.policy, err);
	if (!rc)
		rc = ipsecd_force_use(force, &c, err);
	ipsecd_compiled_free(&c);
	return rc;
}

int ipsecd_force_rebind(struct ipsecd_force *force, bool *changed,
			struct ipsec_err *err)
{
	const struct policy *p = force->now.policy;
	char *text = ipsecd_addresses_text(force->addresses, p->word, p->words);
	int rc = 0;

	if (!text)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	*changed = !is_bound(force, text);
	if (*changed)
		rc = rebind(force, err);
	if (*changed && !rc)
		ipsecd_addresses_save(force->addresses, text);
	free(text);
	return rc;
}

static void send_file(struct ipsecd_process *process, unsigned int layer,
		      const struct ipsecd_file *f)
{
	size_t at = 0;

	do {
		size_t now = f->len - at < PIECE ? f->len - at : PIECE;
		const struct ipsecd_message m = {
			.type = IPSECD_FILE,
			.flags = at + now == f->len ? IPSECD_FLAG_LAST : 0,
			.id = layer,
			.part = { ipsecd_text(f->name),
				  { f->len ? f->data + at : NULL, now } },
		};

		ipsecd_process_send(process, &m);
		at += now;
	} while (at < f->len);
}

/* Of a worker before this one; it has a policy by then. */
static void send_responses(const struct ipsecd_responses *list,
			   struct ipsecd_process *process)
{
	unsigned int i;

	for (i = 0; i < list->count; i++) {
		struct ipsec_msg netlink;
		struct ipsecd_message m = {
			.type = IPSECD_RESPONSE,
			.flags = i + 1 == list->count ? IPSECD_FLAG_LAST : 0,
		};

		ipsec_msg_init(&netlink, IPSECDRV_CMD_FILTER_ADD, 0);
		ipsec_put(&netlink, ipsec_filter_message, &list->filter[i]);
		m.part[0] = (struct ike_blob){ (const uint8_t *)netlink.nlh,
					       netlink.nlh->nlmsg_len };
		ipsecd_process_send(process, &m);
	}
}

/* The texts, the files, then what makes a policy of them. */
void ipsecd_force_send(const struct ipsecd_force *force)
{
	const struct ipsecd_message load = { .type = IPSECD_LOAD,
					     .id = force->serial };
	const struct ipsecd_file *f;
	unsigned int i;

	for (i = 0; i < IPSECD_LAYERS; i++)
		for (f = force->now.bundle.layer[i].first; f; f = f->next)
			send_file(force->process, i, f);
	ipsecd_process_send(force->process, &load);
	send_responses(&force->responses, force->process);
}
