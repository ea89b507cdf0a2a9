/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_JOURNAL_H
#define IPSECD_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

/*
 * The journal's own protocol. It is used from here on if standard error goes to
 * the journal, or always, if there is one.
 */
void ipsecd_journal_open(bool always);
/* Whether entries go there. */
bool ipsecd_journal_used(void);
/*
 * A line, and as fields what fields has. False: there is no journal, or it does
 * not take it.
 */
bool ipsecd_journal_send(int priority, const char *text, const char *id,
			 const json_t *fields);

#endif
