// SPDX-License-Identifier: GPL-2.0-or-later
/* What becomes of SAs: lines of the log that are events, too. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine.h"

struct telling {
	const struct ike_engine *engine;
	const struct ike_sa *sa; /* NULL: of an adopted child */
	const struct ike_child *child; /* NULL: of the IKE SA, or none yet */
	enum ike_log_level level;
	struct ike_told told;
	enum ike_cause cause; /* of a failure */
	const char *reason;
};

static void fill_child(struct ike_told *told, const struct ike_child *child)
{
	told->pair = child->id;
	told->initiator = child->initiator;
	told->mode = child->mode;
	if (!child->protos)
		return;
	told->proto = child->proto[0].proto;
	told->spi_in = child->proto[0].spi_in;
	told->spi_out = child->proto[0].spi_out;
}

static void fill(struct telling *t)
{
	struct ike_told *told = &t->told;

	if (t->sa) {
		told->initiator = t->sa->initiator;
		told->version = t->sa->version;
		told->path = t->sa->path;
		memcpy(told->spi_i, ike_sa_spi_i(t->sa), IKE_SPI_LEN);
		memcpy(told->spi_r, ike_sa_spi_r(t->sa), IKE_SPI_LEN);
	} else {
		told->path.local = t->child->ours;
		told->path.remote = t->child->peer;
	}
	if (t->child)
		fill_child(told, t->child);
}

static bool is_wanted(const struct telling *t)
{
	const struct policy *policy = t->engine->policy;

	return t->engine->env->listens || policy->audit ||
	       t->level <= policy->log_level;
}

static void tell(struct telling *t, const char *text)
{
	const struct policy_rule *rule = t->sa	  ? t->sa->rule :
					 t->child ? t->child->rule :
						    NULL;
	const struct ike_env *env = t->engine->env;
	char peer[IKE_ID_STRLEN + 64];
	struct ike_record record = {
		.level = t->level,
		.story = t->sa ? t->sa->story : 0,
		.last = t->told.action == IKE_FAILED,
		.peer = peer,
		.rule = rule ? rule->name : "",
		.text = text,
		.told = &t->told,
		.reason = t->reason ? t->reason : "",
	};

	if (!is_wanted(t))
		return;
	fill(t);
	if (t->sa)
		ike_log_peer(t->sa, peer, sizeof(peer));
	else
		ipsec_addr_print(&t->child->peer, peer, sizeof(peer));
	env->log(env->ctx, &record);
}

static void tell_text(struct telling *t, const char *fmt, va_list args)
{
	char text[1024];

	/* Of a failure the reason is kept, too. */
	if (t->told.action != IKE_FAILED && !is_wanted(t))
		return;
	vsnprintf(text, sizeof(text), fmt, args);
	if (t->told.action == IKE_FAILED) {
		t->reason = text;
		ike_failure_note(t->sa, t->cause, text);
	}
	tell(t, text);
}

static struct telling of_sa(const struct ike_sa *sa, enum ike_action action,
			    enum ike_log_level level)
{
	return (struct telling){
		.engine = sa->engine,
		.sa = sa,
		.level = level,
		.told = { .action = action },
	};
}

static struct telling of_child(const struct ike_child *child,
			       enum ike_action action, enum ike_log_level level)
{
	return (struct telling){
		.engine = child->engine,
		.sa = child->sa,
		.child = child,
		.level = level,
		.told = { .action = action, .child = true },
	};
}

void ike_log_begin(struct ike_sa *sa, const char *fmt, ...)
{
	struct telling t = of_sa(sa, IKE_BEGIN, IKE_LOG_INFO);
	va_list args;

	if (sa->begun)
		return;
	sa->begun = true;
	va_start(args, fmt);
	tell_text(&t, fmt, args);
	va_end(args);
}

void ike_log_made(struct ike_sa *sa, bool rekeyed, const char *fmt, ...)
{
	struct telling t =
		of_sa(sa, rekeyed ? IKE_REKEYED : IKE_MADE, IKE_LOG_NOTICE);
	va_list args;

	/* Another method of the rule may have failed before. */
	sa->over = false;
	va_start(args, fmt);
	tell_text(&t, fmt, args);
	va_end(args);
}

void ike_log_failure(struct ike_sa *sa, enum ike_cause cause, const char *fmt,
		     ...)
{
	struct telling t = of_sa(sa, IKE_FAILED, IKE_LOG_NOTICE);
	va_list args;

	t.cause = cause;
	sa->engine->counters.negotiation_failures++;
	/* One that is established has failed in something, but is there. */
	sa->over |= !sa->established;
	va_start(args, fmt);
	tell_text(&t, fmt, args);
	va_end(args);
}

static const char *why_ends(const struct ike_sa *sa)
{
	if (sa->state == IKE_SA_REPLACED)
		return "a newer one has taken its place";
	if (sa->engine->ending)
		return "ipsecd stops";
	if (sa->ended)
		return "an administrator or another policy wants it to";
	return sa->established ? "it is of no use any more" :
				 "the negotiation was given up";
}

void ike_log_end(struct ike_sa *sa, const char *why)
{
	struct telling t = of_sa(sa, sa->established ? IKE_ENDED : IKE_FAILED,
				 sa->state == IKE_SA_REPLACED ? IKE_LOG_INFO :
								IKE_LOG_NOTICE);
	char text[256];

	if (sa->over || sa->engine->stopping ||
	    (!sa->established && !sa->begun))
		return;
	sa->over = true;
	t.reason = why ? why : why_ends(sa);
	snprintf(text, sizeof(text), "%s %s: %s",
		 sa->version == 1 ? "main-mode SA" : "IKE SA",
		 sa->established ? "ended" : "not made", t.reason);
	tell(&t, text);
}

void ike_log_child_begin(struct ike_child *child)
{
	struct telling t = of_child(child, IKE_BEGIN, IKE_LOG_INFO);
	char text[64];

	child->begun = true;
	snprintf(text, sizeof(text), "begins %s%s",
		 child->sa->version == 1 ? "quick mode" : "CREATE_CHILD_SA",
		 child->rekeys ? " to renew an SA" : "");
	tell(&t, text);
}

void ike_log_child_made(struct ike_child *child, const char *fmt, ...)
{
	struct telling t = of_child(
		child, child->rekeys ? IKE_REKEYED : IKE_MADE, IKE_LOG_NOTICE);
	va_list args;

	child->begun = false;
	child->up = true;
	va_start(args, fmt);
	tell_text(&t, fmt, args);
	va_end(args);
}

void ike_log_child_failure(struct ike_sa *sa, struct ike_child *child,
			   enum ike_cause cause, const char *fmt, ...)
{
	struct telling t = of_sa(sa, IKE_FAILED, IKE_LOG_NOTICE);
	va_list args;

	t.cause = cause;
	sa->engine->counters.negotiation_failures++;
	t.told.child = true;
	t.child = child;
	if (child)
		child->begun = false;
	va_start(args, fmt);
	tell_text(&t, fmt, args);
	va_end(args);
}

static const char *child_why_ends(const struct ike_child *child)
{
	if (child->engine->ending)
		return "ipsecd stops";
	if (child->up && child->sa && child->sa->over)
		return "its IKE SA has ended";
	return child->up ? "it is of no use any more" :
			   "the negotiation was given up";
}

void ike_log_child_end(struct ike_child *child, const char *why)
{
	struct telling t =
		of_child(child, child->up ? IKE_ENDED : IKE_FAILED,
			 child->rekeyers ? IKE_LOG_INFO : IKE_LOG_NOTICE);
	bool v1 = child->sa && child->sa->version == 1;
	char text[256], spi[16] = "";

	if ((!child->up && !child->begun) || child->engine->stopping)
		return;
	t.reason = why ? why : child_why_ends(child);
	if (child->protos)
		snprintf(spi, sizeof(spi), " 0x%08x", child->proto[0].spi_in);
	snprintf(text, sizeof(text), "%s SA%s %s: %s",
		 v1 ? "quick-mode" : "Child", spi,
		 child->up ? "ended" : "not made", t.reason);
	child->up = child->begun = false;
	tell(&t, text);
}
