// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Negotiations that wait for an OCSP answer. It is fetched outside; meanwhile
 * everything else goes on.
 */
#include <errno.h>
#include <string.h>

#include "engine.h"

static uint32_t fresh_id(struct ike_engine *engine)
{
	if (!++engine->fetches)
		engine->fetches = 1;
	return engine->fetches;
}

int ike_sa_fetch(struct ike_sa *sa, struct ike_trust *trust,
		 struct ike_ocsp *ocsp)
{
	const struct ike_env *env = sa->engine->env;
	const struct ike_blob none = { 0 };
	uint32_t id = fresh_id(sa->engine);
	int rc = -EOPNOTSUPP;

	if (env->ocsp)
		rc = env->ocsp(env->ctx, id, ocsp);
	if (rc) {
		ike_trust_ocsp_answer(trust, ocsp, none, env->wall(env->ctx));
		ike_ocsp_free(ocsp);
		return rc;
	}
	ike_log(sa, IKE_LOG_INFO, "asks %s about the peer's certificate",
		ocsp->url);
	ike_sa_fetch_end(sa);
	sa->fetch = id;
	sa->fetch_trust = trust;
	sa->ocsp = *ocsp;
	memset(ocsp, 0, sizeof(*ocsp));
	return 0;
}

void ike_sa_fetch_end(struct ike_sa *sa)
{
	ike_ocsp_free(&sa->ocsp);
	memset(&sa->ocsp, 0, sizeof(sa->ocsp));
	sa->fetch = 0;
	sa->fetch_trust = NULL;
}

void ike_engine_ocsp(struct ike_engine *engine, uint32_t id,
		     struct ike_blob answer)
{
	const struct ike_env *env = engine->env;
	struct ike_sa *sa;
	int rc;

	TAILQ_FOREACH(sa, &engine->list, link)
		if (id && sa->fetch == id)
			break;
	if (!sa)
		return;
	rc = ike_trust_ocsp_answer(sa->fetch_trust, &sa->ocsp, answer,
				   env->wall(env->ctx));
	ike_log(sa, IKE_LOG_INFO, "OCSP: %s",
		rc ? "no answer that can be believed" : "answered");
	ike_sa_fetch_end(sa);
	if (sa->ops->resume)
		sa->ops->resume(sa);
}
