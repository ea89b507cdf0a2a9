/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECCTL_EXPLAIN_H
#define IPSECCTL_EXPLAIN_H

#include "ctl.h"

/* What becomes of this packet? */
struct ctl_question {
	struct ipsec_num dir;
	struct ipsec_selector packet;
	struct ipsec_num protected;
	struct ipsec_num sa;
};

/* Takes source, destination and protocol off the words; an exit code. */
int ctl_question_packet(struct ctl_args *args, struct ctl_question *q);
/* Takes all that are left: type, code, iface, class, sa. */
int ctl_question_words(struct ctl_args *args, struct ctl_question *q);
/* Asks the driver; a failure is told. */
int ctl_question_ask(const struct ctl_question *q, struct ipsec_explain *e);
/* A line about the soft SA that lets it pass, if one does. */
void ctl_explain_soft(const struct ipsec_explain *e);

#endif
