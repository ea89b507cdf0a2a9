// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Policies are applied, confirmed and taken back.
 *
 * The store is written first, then the driver, then the worker is told. A crash
 * in between leaves a store that says what is to be in force; the next start
 * brings it about. While a policy waits to be confirmed, the store has the one
 * before and a record of the deadline, so that it comes back also when no
 * daemon lives until then.
 */
#include "apply.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "diff.h"
#include "log.h"
#include "parent.h"

#define RETRY_MS 1000 /* when the old policy cannot be put back */

static int arm(struct ipsecd_apply *a, uint64_t when)
{
	const struct itimerspec at = {
		.it_value = { .tv_sec = (time_t)(when / 1000),
			      .tv_nsec = (long)(when % 1000) * 1000000 + 1 },
	};

	return timerfd_settime(a->timer_fd, TFD_TIMER_ABSTIME, &at, NULL) ?
		       -errno :
		       0;
}

static void disarm(struct ipsecd_apply *a)
{
	if (a->timer)
		event_free(a->timer);
	if (a->timer_fd)
		close(a->timer_fd);
	a->timer = NULL;
	a->timer_fd = 0;
}

static void settled(struct ipsecd_apply *a)
{
	disarm(a);
	ipsecd_compiled_free(&a->old);
	a->waiting = false;
}

/* The link of what is in force now: to its file, if that still says the same. */
static int assign_old(struct ipsecd_apply *a, struct ipsec_err *err)
{
	const struct ipsecd_compiled *now = &a->force->now;
	const struct ipsecd_files *kept =
		&now->bundle.layer[IPSECD_LAYER_POLICY];
	struct ipsec_err ignored = { 0 };
	struct ipsecd_files files;
	struct policy *policy;
	bool same = false;

	if (!ipsecd_files_read(&files, now->path, &policy, &ignored)) {
		same = ipsecd_files_same(&files, kept);
		policy_put(policy);
		ipsecd_files_free(&files);
	}
	a->force->now.restored = !same;
	return ipsecd_store_assign(
		a->force->store, same ? now->path : IPSECD_STORE_PREVIOUS, err);
}

/*
 * Driver first: as long as the store says that a policy waits, a start finishes
 * what was begun here.
 */
static int roll_back(struct ipsecd_apply *a, struct ipsec_err *err)
{
	int rc = 0;

	if (a->old.policy) {
		rc = ipsecd_force_use(a->force, &a->old, err);
		if (rc)
			return rc;
		/* Used up: what it has now is the one that was taken back. */
		ipsecd_compiled_free(&a->old);
	}
	rc = assign_old(a, err);
	if (!rc)
		rc = ipsecd_store_settle(a->force->store, err);
	if (rc)
		return rc;
	if (!a->force->now.restored)
		ipsecd_store_forget(a->force->store);
	settled(a);
	ipsecd_log_policy("rolled-back",
			  "the policy before is in force again: %s%s",
			  a->force->now.path,
			  a->force->now.restored ? ", as it was" : "");
	return 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct ipsecd_apply *a = arg;
	struct ipsec_err err = { 0 };

	(void)fd;
	(void)what;
	ipsecd_log_line(IKE_LOG_ERROR,
			"the policy was not confirmed in time: %s",
			a->force->now.path);
	if (!roll_back(a, &err))
		return;
	ipsecd_log_error(&err);
	arm(a, ipsecd_boottime() + RETRY_MS);
}

static int wait_for(struct ipsecd_apply *a, uint64_t deadline,
		    struct ipsec_err *err)
{
	disarm(a);
	a->timer_fd =
		timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (a->timer_fd < 0) {
		a->timer_fd = 0;
		return ipsec_err_code(err, errno, "cannot make a timer: %s",
				      strerror(errno));
	}
	a->timer = event_new(a->force->base, a->timer_fd, EV_READ | EV_PERSIST,
			     on_timer, a);
	if (!a->timer || event_add(a->timer, NULL) || arm(a, deadline)) {
		disarm(a);
		return ipsec_err_code(err, ENOMEM, "out of memory");
	}
	a->deadline = deadline;
	return 0;
}

static int compile_assigned(struct ipsecd_apply *a, struct ipsecd_compiled *c,
			    struct ipsec_err *err)
{
	static char target[IPSECD_PATH_SIZE]; /* err may point to it */
	int rc;

	if (a->fixed)
		return ipsecd_force_compile(a->force, a->fixed, c, err);
	rc = ipsecd_store_assigned(a->force->store, target, err);
	if (rc)
		return rc;
	if (!strcmp(target, IPSECD_STORE_PREVIOUS))
		return ipsecd_force_compile_kept(a->force, c, err);
	return ipsecd_force_compile(
		a->force, *target ? target : IPSECD_DEFAULT_POLICY, c, err);
}

static int use_assigned(struct ipsecd_apply *a, struct ipsec_err *err)
{
	struct ipsecd_compiled c;
	int rc = compile_assigned(a, &c, err);

	if (rc)
		return rc;
	rc = ipsecd_force_use(a->force, &c, err);
	ipsecd_compiled_free(&c);
	return rc;
}

/* A torn record counts as one whose time is up: it was not confirmed. */
static uint64_t time_left(struct ipsecd_apply *a, bool *pending)
{
	struct ipsecd_pending record;
	struct ipsec_err err = { 0 };
	char boot[40];
	int rc = ipsecd_store_pending(a->force->store, &record, &err);

	*pending = rc != -ENOENT;
	if (rc && *pending)
		ipsecd_log_line(IKE_LOG_ERROR,
				"%s/pending: %s; the policy "
				"before comes back",
				a->force->store->folder, err.text);
	if (rc || ipsecd_boot_id(boot))
		return 0;
	a->deadline = record.deadline;
	return ipsecd_pending_left(&record, boot, ipsecd_boottime());
}

/* A disk that cannot be written is no reason to leave the host alone. */
static int start_rolled_back(struct ipsecd_apply *a, struct ipsec_err *err)
{
	struct ipsec_err why = { 0 };

	if (!roll_back(a, &why))
		return 0;
	if (a->old.policy) {
		*err = why;
		return -err->code;
	}
	ipsecd_log_error(&why);
	return wait_for(a, ipsecd_boottime() + RETRY_MS, err);
}

/* The store says that a policy waits. */
static int start_waiting(struct ipsecd_apply *a, uint64_t left,
			 struct ipsec_err *err)
{
	struct ipsec_err why = { 0 };

	if (ipsecd_force_compile_kept(a->force, &a->old, &why)) {
		ipsecd_log_error(&why);
		ipsecd_log_line(IKE_LOG_ERROR, "the policy before cannot come "
					       "back; the one applied stays");
		ipsecd_store_settle(a->force->store, &why);
		return use_assigned(a, err);
	}
	a->waiting = true;
	if (left && !use_assigned(a, &why) && !wait_for(a, a->deadline, &why)) {
		ipsecd_log_line(IKE_LOG_NOTICE,
				"%s waits to be confirmed, %u s are left",
				a->force->now.path,
				(unsigned int)(left / 1000));
		return 0;
	}
	if (left)
		ipsecd_log_error(&why);
	else
		ipsecd_log_line(IKE_LOG_ERROR,
				"a policy was not confirmed in time");
	return start_rolled_back(a, err);
}

/* As if no policy was assigned: what is always in force is in force. */
static int start_alone(struct ipsecd_apply *a, struct ipsec_err *err)
{
	struct ipsec_err why = { 0 };
	struct ipsecd_compiled c;
	int rc = ipsecd_force_compile_alone(a->force, &c, &why);

	if (rc)
		return -err->code;
	ipsecd_log_error(err);
	*err = (struct ipsec_err){ 0 };
	rc = ipsecd_force_use(a->force, &c, err);
	ipsecd_compiled_free(&c);
	if (rc)
		return rc;
	/* What waited is not in force, and cannot be confirmed. */
	settled(a);
	ipsecd_log_line(IKE_LOG_ERROR,
			"the assigned policy cannot be used: only the "
			"persistent rules are in force, and boot mode goes on; "
			"mend it and say 'ipsecctl ike reload'");
	return 0;
}

int ipsecd_apply_start(struct ipsecd_apply *a, struct ipsec_err *err)
{
	bool pending = false;
	uint64_t left = a->fixed ? 0 : time_left(a, &pending);
	int rc = pending ? start_waiting(a, left, err) : use_assigned(a, err);

	return rc && !a->fixed ? start_alone(a, err) : rc;
}

int ipsecd_apply_reload(struct ipsecd_apply *a, struct ipsec_err *err)
{
	return use_assigned(a, err);
}

void ipsecd_apply_free(struct ipsecd_apply *a)
{
	settled(a);
}

struct sas {
	struct ipsecd_kept *kept;
	json_t *stay;
	json_t *end;
};

/* One of another program is of no filter here. */
static int add_sa(struct sas *sas, const struct nlmsghdr *nlh,
		  struct ipsec_err *err)
{
	const struct policy_rule *rule;
	struct ipsec_sa sa = { 0 };
	char address[IPSEC_NET_STRLEN];
	int rc = ipsec_get_msg(nlh, ipsec_sa_fields, &sa, err);
	bool stays;

	if (rc)
		return rc;
	stays = ipsecd_kept_has(sas->kept, sa.filter.v, &rule);
	if (!rule)
		return 0;
	return json_array_append_new(
		stays ? sas->stay : sas->end,
		json_pack("{s:I, s:s, s:s}", "pair", (json_int_t)sa.id.v,
			  "rule", rule->name, "peer",
			  ipsec_addr_print(&sa.remote, address,
					   sizeof(address))));
}

/* What of the driver's pairs the new policy ends; null: it cannot be told. */
static json_t *sas_json(struct ipsecd_apply *a, const struct policy *new)
{
	struct sas sas = { .kept = ipsecd_kept_new(a->force->now.policy, new),
			   .stay = json_array(),
			   .end = json_array() };
	struct ipsec_dump d = { 0 };
	struct ipsec_err err = { 0 };
	const struct nlmsghdr *nlh;
	json_t *json =
		json_pack("{s:o, s:o}", "stay", sas.stay, "end", sas.end);
	size_t pos = 0;
	int rc = sas.kept && json ? ipsec_dump(a->force->driver,
					       IPSECDRV_CMD_SA_DUMP, &d, &err) :
				    -ENOMEM;

	while (!rc && (nlh = ipsec_dump_next(&d, &pos)))
		rc = add_sa(&sas, nlh, &err);
	ipsec_dump_free(&d);
	ipsecd_kept_free(sas.kept);
	if (!rc)
		return json;
	json_decref(json);
	return json_null();
}

static json_t *difference(struct ipsecd_apply *a,
			  const struct ipsecd_compiled *next, size_t limit)
{
	json_t *json =
		ipsecd_diff_json(a->force->now.policy, next->policy, limit);

	if (json)
		json_object_set_new(json, "sas", sas_json(a, next->policy));
	return json;
}

struct wish {
	const char *path;
	bool dry_run;
	uint64_t confirm; /* seconds; 0: at once */
	size_t limit; /* of each list in the answer */
};

static int read_wish(const json_t *request, struct wish *w,
		     struct ipsec_err *err)
{
	const json_t *confirm = json_object_get(request, "confirm");
	json_int_t seconds = json_integer_value(confirm);
	const json_t *limit = json_object_get(request, "limit");

	w->path = json_string_value(json_object_get(request, "path"));
	w->dry_run = json_is_true(json_object_get(request, "dry_run"));
	if (!w->path || *w->path != '/' || strlen(w->path) >= IPSECD_PATH_SIZE)
		return ipsec_err_code(err, EINVAL,
				      "an absolute path is needed");
	if (confirm && (seconds < 1 || seconds > IPSECD_CONFIRM_MAX))
		return ipsec_err_code(err, EINVAL,
				      "confirm takes 1 to %d seconds",
				      IPSECD_CONFIRM_MAX);
	w->confirm = (uint64_t)seconds;
	w->limit = SIZE_MAX;
	if (limit && json_integer_value(limit) < 0)
		return ipsec_err_code(err, EINVAL, "limit is 0 or more");
	if (limit)
		w->limit = (size_t)json_integer_value(limit);
	return 0;
}

static int may_apply(const struct ipsecd_apply *a, const struct wish *w,
		     struct ipsec_err *err)
{
	if (a->fixed)
		return ipsec_err_code(err, EPERM,
				      "ipsecd was started with -p, which fixes "
				      "its policy; change %s and reload, or "
				      "start it without -p",
				      a->fixed);
	if (a->waiting)
		return ipsec_err_code(err, EBUSY,
				      "%s waits to be confirmed; 'ipsecctl "
				      "confirm' keeps it, 'ipsecctl rollback' "
				      "takes it back",
				      a->force->now.path);
	/* It would be a policy of no rules that ends boot mode. */
	if (w->confirm && a->force->now.alone)
		return ipsec_err_code(err, EBUSY,
				      "the assigned policy cannot be used, "
				      "there is none to go back to; apply "
				      "without --confirm");
	return 0;
}

static int keep_old(struct ipsecd_apply *a, uint64_t deadline,
		    struct ipsec_err *err)
{
	const struct ipsecd_compiled *now = &a->force->now;
	int rc = ipsecd_store_keep(a->force->store,
				   &now->bundle.layer[IPSECD_LAYER_POLICY],
				   now->path, err);

	if (!rc)
		rc = ipsecd_store_pend(a->force->store, deadline, err);
	if (!rc)
		rc = wait_for(a, deadline, err);
	return rc;
}

/* Everything, or nothing: what was written is as it was before. */
static int commit(struct ipsecd_apply *a, struct ipsecd_compiled *next,
		  uint64_t confirm, struct ipsec_err *err)
{
	const struct ipsecd_store *store = a->force->store;
	char before[IPSECD_PATH_SIZE];
	struct ipsec_err ignored;
	int rc = ipsecd_store_assigned(store, before, err);

	if (rc)
		return rc;
	if (confirm)
		rc = keep_old(a, ipsecd_boottime() + confirm * 1000, err);
	if (!rc)
		rc = ipsecd_store_assign(store, next->path, err);
	if (!rc) {
		rc = ipsecd_force_use(a->force, next, err);
		if (rc)
			ipsecd_store_assign(store, before, &ignored);
	}
	if (rc) {
		disarm(a);
		ipsecd_store_settle(store, &ignored);
	}
	/* Who has it in force links to it. */
	if (rc ? strcmp(before, IPSECD_STORE_PREVIOUS) : !confirm)
		ipsecd_store_forget(store);
	return rc;
}

static int put_in_force(struct ipsecd_apply *a, struct ipsecd_compiled *next,
			uint64_t confirm, struct ipsec_err *err)
{
	int rc = commit(a, next, confirm, err);

	if (rc)
		return rc;
	if (confirm) {
		a->waiting = true;
		ipsecd_compiled_move(&a->old, next);
	}
	ipsecd_log_policy("applied", "applied: %s%s", a->force->now.path,
			  confirm ? ", which waits to be confirmed" : "");
	return 0;
}

json_t *ipsecd_apply_apply(struct ipsecd_apply *a, const json_t *request,
			   struct ipsec_err *err)
{
	struct ipsecd_compiled next;
	json_t *answer;
	struct wish w = { 0 };
	int rc = read_wish(request, &w, err);

	if (!rc && !w.dry_run)
		rc = may_apply(a, &w, err);
	if (rc || ipsecd_force_compile(a->force, w.path, &next, err))
		return NULL;
	answer = difference(a, &next, w.limit);
	if (!answer)
		ipsec_err_code(err, ENOMEM, "out of memory");
	else if (!w.dry_run)
		rc = put_in_force(a, &next, w.confirm, err);
	ipsecd_compiled_free(&next);
	if (!rc)
		return answer;
	json_decref(answer);
	return NULL;
}

static json_t *done(void)
{
	return json_pack("{s:i, s:b}", "version", 1, "ok", 1);
}

static int must_wait(const struct ipsecd_apply *a, struct ipsec_err *err)
{
	return a->waiting ? 0 :
			    ipsec_err_code(err, ENOENT,
					   "no policy waits to be confirmed");
}

json_t *ipsecd_apply_confirm(struct ipsecd_apply *a, struct ipsec_err *err)
{
	if (must_wait(a, err) || ipsecd_store_settle(a->force->store, err))
		return NULL;
	ipsecd_store_forget(a->force->store);
	settled(a);
	ipsecd_log_policy("confirmed", "confirmed: %s", a->force->now.path);
	return done();
}

json_t *ipsecd_apply_rollback(struct ipsecd_apply *a, struct ipsec_err *err)
{
	return must_wait(a, err) || roll_back(a, err) ? NULL : done();
}

static json_t *pending_json(const struct ipsecd_apply *a)
{
	uint64_t now = ipsecd_boottime();
	uint64_t left = a->deadline > now ? a->deadline - now : 0;

	if (!a->waiting)
		return json_null();
	return json_pack("{s:I, s:s}", "seconds",
			 (json_int_t)((left + 999) / 1000), "before",
			 a->old.policy ? a->old.path : a->force->now.path);
}

json_t *ipsecd_apply_policy(const struct ipsecd_apply *a)
{
	const struct ipsecd_compiled *now = &a->force->now;

	return json_pack("{s:i, s:s, s:s, s:b, s:b, s:i, s:i, s:i, s:o}",
			 "version", 1, "path", now->path, "name",
			 now->policy->assigned, "fixed", a->fixed != NULL,
			 "restored", now->restored, "serial",
			 (int)a->force->serial, "rules",
			 (int)now->policy->rules, "filters",
			 (int)ipsecd_force_filters(now->policy), "pending",
			 pending_json(a));
}
