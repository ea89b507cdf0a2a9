/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_OCSP_H
#define TEST_OCSP_H

#include "net.h"

/*
 * Peers that ask an OCSP responder about each other's certificate, which is the
 * same one of both. They live at MINT_NOW.
 */
#define OCSP_AUTH                                                            \
	"    auth:\n      - cert: leaf.pem\n        key: leaf.key\n"         \
	"        ca: ca.pem\n        ocsp: yes\n        crl-check: strict\n" \
	"        local-id: leaf.example\n"

/* What the rule names; gone after net_files_free() and mint_end(). */
void ocsp_files(void);
/* What the host has asked for: V_OCSP_CERTSTATUS_*; < 0: no answer comes. */
void ocsp_answer(struct net_host *host, int status);

#endif
