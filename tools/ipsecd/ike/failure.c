// SPDX-License-Identifier: GPL-2.0-or-later
/* The last negotiations that failed, and why: for programs that ask. */
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "wire.h"

static const char *const words[] = {
#define IKE_CAUSE(name, word) [IKE_CAUSE_##name] = word,
	IKE_CAUSES(IKE_CAUSE)
#undef IKE_CAUSE
};

static void note(struct ike_engine *engine, const struct ike_path *path,
		 const struct ike_sa *sa, enum ike_cause cause,
		 const char *text)
{
	struct ike_failure *f =
		&engine->failure[engine->failures++ % IKE_FAILURES];

	*f = (struct ike_failure){
		.story = sa ? sa->story : 0,
		.when = ike_now(engine),
		.cause = cause,
		.initiator = sa && sa->initiator,
		.remote = path->remote,
	};
	snprintf(f->rule, sizeof(f->rule), "%s",
		 sa && sa->rule ? sa->rule->name : "");
	snprintf(f->text, sizeof(f->text), "%s", text);
}

void ike_failure_note(const struct ike_sa *sa, enum ike_cause cause,
		      const char *text)
{
	note(sa->engine, &sa->path, sa, cause, text);
}

void ike_failure_note_peer(struct ike_engine *engine,
			   const struct ike_path *path, enum ike_cause cause,
			   const char *text)
{
	note(engine, path, NULL, cause, text);
}

static const struct ike_failure *at(const struct ike_engine *engine,
				    unsigned int i)
{
	return &engine->failure[i % IKE_FAILURES];
}

static unsigned int oldest(const struct ike_engine *engine)
{
	return engine->failures > IKE_FAILURES ?
		       engine->failures - IKE_FAILURES :
		       0;
}

const struct ike_failure *ike_failure_find(const struct ike_engine *engine,
					   uint64_t story)
{
	unsigned int i;

	for (i = oldest(engine); i < engine->failures; i++)
		if (at(engine, i)->story == story)
			return at(engine, i);
	return NULL;
}

json_t *ike_failure_json(const struct ike_engine *engine,
			 const struct ike_failure *f)
{
	char remote[48];

	return json_pack("{s:I, s:s, s:s, s:s, s:b, s:s, s:I}", "story",
			 (json_int_t)f->story, "rule", f->rule, "remote",
			 ipsec_addr_print(&f->remote, remote, sizeof(remote)),
			 "cause", words[f->cause], "initiator", f->initiator,
			 "text", f->text, "age",
			 (json_int_t)((ike_now(engine) - f->when) / 1000));
}

json_t *ike_engine_failures_json(const struct ike_engine *engine)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = oldest(engine); i < engine->failures; i++)
		json_array_append_new(list,
				      ike_failure_json(engine, at(engine, i)));
	return json_pack("{s:i, s:o}", "version", 1, "failures", list);
}

enum ike_cause ike_cause_of_proof(const struct ike_sa *sa)
{
	static const enum ike_cause cause[] = {
		[IKE_TRUST_OK] = IKE_CAUSE_AUTH_FAILED,
		[IKE_TRUST_NO_CHAIN] = IKE_CAUSE_CERT_UNTRUSTED,
		[IKE_TRUST_EXPIRED] = IKE_CAUSE_CERT_EXPIRED,
		[IKE_TRUST_NOT_YET] = IKE_CAUSE_CERT_NOT_YET,
		[IKE_TRUST_REVOKED] = IKE_CAUSE_CERT_REVOKED,
		[IKE_TRUST_NO_CRL] = IKE_CAUSE_CERT_NO_CRL,
		[IKE_TRUST_USAGE] = IKE_CAUSE_CERT_USAGE,
		[IKE_TRUST_ID] = IKE_CAUSE_CERT_IDENTITY,
		[IKE_TRUST_OCSP] = IKE_CAUSE_CERT_NO_CRL,
		[IKE_TRUST_BAD] = IKE_CAUSE_CERT_UNREADABLE,
		[IKE_TRUST_WEAK] = IKE_CAUSE_CERT_WEAK,
	};

	return cause[sa->trust];
}

enum ike_cause ike_cause_of_notify(unsigned int version, uint16_t type,
				   bool child)
{
	bool two = version == 2;

	if (type == (two ? IKEV2_NO_PROPOSAL_CHOSEN :
			   IKEV1_NO_PROPOSAL_CHOSEN) ||
	    (two && type == IKEV2_INVALID_KE_PAYLOAD))
		return child ? IKE_CAUSE_NO_CHILD_PROPOSAL :
			       IKE_CAUSE_NO_PROPOSAL;
	if (two ? type == IKEV2_TS_UNACCEPTABLE :
		  child && type == IKEV1_INVALID_ID_INFORMATION)
		return IKE_CAUSE_SELECTORS;
	if (type ==
	    (two ? IKEV2_AUTHENTICATION_FAILED : IKEV1_AUTHENTICATION_FAILED))
		return IKE_CAUSE_AUTH_REFUSED;
	return IKE_CAUSE_REFUSED;
}
