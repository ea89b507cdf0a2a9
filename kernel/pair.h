/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the SADB share: a pair from its making to its end.
 */
#ifndef IPD_PAIR_H
#define IPD_PAIR_H

#include <linux/netlink.h>

#include "sadb.h"

struct ipd_filter;

/* RFC 4303 section 2.1: 1 to 255 are reserved, 0 is for local use. */
#define IPD_SPI_MIN	256

/* The text is not a literal, or belongs to a table of checks. */
static inline int ipd_sadb_refuse(struct netlink_ext_ack *extack, int err, const char *text)
{
	NL_SET_ERR_MSG_FMT(extack, "%s", text);
	return err;
}

/* Bytes of the replay windows of a pair of @n protocols. */
static inline u32 ipd_pair_windows(unsigned int n, u32 window)
{
	return n * ipd_replay_size(window);
}

/* sadb.c, the mutex. */
void ipd_spi_key_init(struct ipd_spi_key *key, u8 proto, u8 family,
		      const struct in6_addr *daddr, u32 spi);
int ipd_sadb_reserve(struct ipd_net *in, struct ipd_larval *larval);
void ipd_sadb_unreserve(struct ipd_net *in, struct ipd_larval *larval);
int ipd_sadb_check_room(struct ipd_net *in, const struct ipd_pair_spec *spec,
			struct netlink_ext_ack *extack);
int ipd_sadb_publish(struct ipd_pair *pair, struct netlink_ext_ack *extack);
void ipd_sadb_unpublish(struct ipd_pair *pair);
int ipd_sadb_move(struct ipd_pair *pair, const struct in6_addr *remote, u16 encap_remote,
		  struct netlink_ext_ack *extack);
/* larval.c, the mutex. */
void ipd_larval_mature(struct ipd_net *in, struct ipd_larval *larval);
void ipd_larvals_free(struct ipd_net *in);
void ipd_larval_work(struct work_struct *work);
/* spec.c, the mutex. */
int ipd_spec_check(const struct ipd_net *in, const struct ipd_pair_spec *spec,
		   struct netlink_ext_ack *extack);
int ipd_spec_resolve(struct ipd_net *in, const struct ipd_pair_spec *spec,
		     struct ipd_filter **filter, struct ipd_selector *sel,
		     struct netlink_ext_ack *extack);
bool ipd_spec_encrypts(const struct ipd_protection *prot);
const char *ipd_spec_check_remote(u8 family, const struct in6_addr *addr);
/* pair.c, the mutex. */
struct ipd_pair *ipd_pair_new(struct ipd_net *in, const struct ipd_pair_spec *spec,
			      const struct ipd_selector *sel, struct netlink_ext_ack *extack);
void ipd_pair_free(struct ipd_pair *pair);
/* limit.c, the mutex. */
void ipd_pair_limits_init(struct ipd_pair *pair);
void ipd_pair_start(struct ipd_pair *pair);
void ipd_pair_set_limits(struct ipd_pair *pair, const struct ipd_limits *limits);
void ipd_pair_set_keepalive(struct ipd_pair *pair, u16 seconds);
void ipd_pair_replace(struct ipd_pair *pair);
void ipd_pair_drain(struct ipd_pair *pair);
void ipd_pair_supersede(struct ipd_pair *pair);
void ipd_pair_listen(struct ipd_pair *pair);
void ipd_pair_take_over(struct ipd_pair *pair);
void ipd_pair_mark_dead(struct ipd_pair *pair);
void ipd_due_work(struct work_struct *work);

#endif /* IPD_PAIR_H */
