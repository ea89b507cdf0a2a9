/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_REQUEST_H
#define IPSECD_REQUEST_H

#include "engine.h"

/*
 * A request of the control socket that the engine answers: JSON in, JSON out
 * (malloc), NULL without memory. engine may be NULL: there is no policy yet.
 */
char *ipsecd_request_run(struct ike_engine *engine, struct ike_blob json);
/* {"version": 1, "error": text}, as JSON. */
char *ipsecd_request_error(const char *text);

#endif
