/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_CAUSES_H
#define IKE_CAUSES_H

/*
 * Why a negotiation failed, in words for programs; the log has sentences. Those
 * of certificates follow enum ike_trust_result. X(NAME, word)
 */
#define IKE_CAUSES(X)                                                      \
	X(NO_ANSWER, "no-answer") /* the peer is silent, or fell silent */ \
	X(NO_PROPOSAL, "no-proposal") /* for the IKE SA */                 \
	X(AUTH_REFUSED, "auth-refused") /* the peer does not believe us */ \
	X(AUTH_FAILED, "auth-failed") /* we do not believe the peer */     \
	X(CERT_UNTRUSTED, "certificate-untrusted")                         \
	X(CERT_EXPIRED, "certificate-expired")                             \
	X(CERT_NOT_YET, "certificate-not-yet")                             \
	X(CERT_REVOKED, "certificate-revoked")                             \
	X(CERT_NO_CRL, "certificate-no-crl")                               \
	X(CERT_USAGE, "certificate-usage")                                 \
	X(CERT_IDENTITY, "certificate-identity")                           \
	X(CERT_UNREADABLE, "certificate-unreadable")                       \
	X(CERT_WEAK, "certificate-weak")                                   \
	X(NO_CHILD_PROPOSAL, "no-child-proposal") /* method or mode */     \
	X(SELECTORS, "selectors") /* the peer's traffic is another */      \
	X(DRIVER, "driver") /* it does not take the SA pair */             \
	X(REFUSED, "refused") /* by the peer, for another reason */        \
	X(LOCAL, "local") /* something of ours cannot be made or sent */

enum ike_cause {
#define IKE_CAUSE(name, word) IKE_CAUSE_##name,
	IKE_CAUSES(IKE_CAUSE)
#undef IKE_CAUSE
};

#endif
