/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TEST_PAIR_H
#define TEST_PAIR_H

#include "net.h"

/*
 * Two peers, of version 2 unless a rule says 1: red (10.0.0.1) and blue (10.0.0.2), with one rule
 * each. more is YAML for the rule, lines of four blanks that end with '\n',
 * or NULL; the filters and a PSK are there unless it names others.
 */
extern struct net net;
extern struct net_host *red, *blue;

void pair_begin(const char *more_red, const char *more_blue);
/* The same words for both. */
void pair_same(const char *more);
/* The policy anew, which may be the same. */
void pair_reload(struct net_host *host, const char *more);
/* Packets between the two addresses ask for a pair. */
void pair_acquire(struct net_host *host);
/* Red asks for a Child SA of its nth filter, on the IKE SA that it has. */
void pair_ask(unsigned int nth);
/* Red asks, and both have a pair; else the test ends. */
void pair_establish(void);
void pair_end(void);
/* "" when each has one IKE SA and one live SA pair and both can send. */
const char *pair_state(void);
/* Pairs that were not replaced. */
unsigned int pair_live(const struct net_host *host);
/* Red's newest pair is to be rekeyed. */
void pair_soft(struct net_host *host);
void pair_hard(struct net_host *host);
unsigned int pair_established(const struct net_host *host);

#endif
