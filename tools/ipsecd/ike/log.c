// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>

#include "engine.h"

void ike_log_peer(const struct ike_sa *sa, char *buf, size_t size)
{
	char addr[48], id[IKE_ID_STRLEN];

	ipsec_addr_print(&sa->path.remote, addr, sizeof(addr));
	if (sa->remote_id.type)
		snprintf(buf, size, "%s (%s)", addr,
			 ike_id_text(&sa->remote_id, id, sizeof(id)));
	else
		snprintf(buf, size, "%s", addr);
}

static void log_sa(const struct ike_sa *sa, enum ike_log_level level,
		   const char *fmt, va_list args)
{
	const struct ike_env *env = sa->engine->env;
	char peer[IKE_ID_STRLEN + 64], text[1024];
	struct ike_record record = {
		.level = level,
		.story = sa->story,
		.peer = peer,
		.rule = sa->rule ? sa->rule->name : "",
		.text = text,
		.reason = "",
	};

	if (level > sa->policy->log_level)
		return;
	ike_log_peer(sa, peer, sizeof(peer));
	vsnprintf(text, sizeof(text), fmt, args);
	env->log(env->ctx, &record);
}

void ike_log(const struct ike_sa *sa, enum ike_log_level level, const char *fmt,
	     ...)
{
	va_list args;

	va_start(args, fmt);
	log_sa(sa, level, fmt, args);
	va_end(args);
}

void ike_log_engine(const struct ike_engine *engine, enum ike_log_level level,
		    const char *fmt, ...)
{
	const struct ike_env *env = engine->env;
	char text[1024];
	struct ike_record record = {
		.level = level,
		.peer = "",
		.rule = "",
		.text = text,
		.reason = "",
	};
	va_list args;

	if (level > engine->policy->log_level)
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	env->log(env->ctx, &record);
}
