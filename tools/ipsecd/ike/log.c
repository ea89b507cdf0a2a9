// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "engine.h"

#define LINE 1024

/* "10.0.0.2 (fqdn:blue)", as much as is known. */
static void peer_text(const struct ike_sa *sa, char *buf, size_t size)
{
	char addr[48], id[IKE_ID_STRLEN];

	ipsec_addr_print(&sa->path.remote, addr, sizeof(addr));
	if (sa->remote_id.type)
		snprintf(buf, size, "%s (%s)", addr,
			 ike_id_text(&sa->remote_id, id, sizeof(id)));
	else
		snprintf(buf, size, "%s", addr);
}

static void log_text(const struct ike_sa *sa, enum ike_log_level level,
		     bool last, const char *text)
{
	const struct ike_env *env = sa->engine->env;
	char peer[IKE_ID_STRLEN + 64];
	struct ike_record record = {
		.level = level,
		.story = sa->story,
		.last = last,
		.peer = peer,
		.rule = sa->rule ? sa->rule->name : "",
		.text = text,
	};

	if (level > sa->policy->log_level)
		return;
	peer_text(sa, peer, sizeof(peer));
	env->log(env->ctx, &record);
}

bool ike_logs(const struct ike_sa *sa, enum ike_log_level level)
{
	return level <= sa->policy->log_level;
}

void ike_log(const struct ike_sa *sa, enum ike_log_level level, const char *fmt,
	     ...)
{
	char text[LINE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	log_text(sa, level, false, text);
}

void ike_log_failure(const struct ike_sa *sa, enum ike_cause cause,
		     const char *fmt, ...)
{
	char text[LINE];
	va_list args;

	sa->engine->counters.negotiation_failures++;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ike_failure_note(sa, cause, text);
	log_text(sa, IKE_LOG_NOTICE, true, text);
}

void ike_log_engine(const struct ike_engine *engine, enum ike_log_level level,
		    const char *fmt, ...)
{
	const struct ike_env *env = engine->env;
	char text[LINE];
	struct ike_record record = {
		.level = level,
		.peer = "",
		.rule = "",
		.text = text,
	};
	va_list args;

	if (level > engine->policy->log_level)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	env->log(env->ctx, &record);
}
