/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_COUNTERS_H
#define IKE_COUNTERS_H

#include <stdint.h>

/*
 * The main-mode statistics of Windows Server 2003 with their meaning
 * (Documentation/counters.rst), and a counter for every reason a message is
 * dropped. X(name, what it counts)
 */
#define IKE_COUNTERS(X)                                                  \
	X(acquire_failures, "acquires that ended without an SA pair")    \
	X(receive_failures, "errors while receiving")                    \
	X(send_failures, "errors while sending")                         \
	X(authentication_failures, "peers that failed authentication")   \
	X(negotiation_failures, "main or quick modes that failed")       \
	X(invalid_cookies, "messages for an IKE SA that is not there")   \
	X(total_acquires, "acquires of the driver")                      \
	X(total_get_spi, "SPIs asked of the driver")                     \
	X(key_additions, "outbound SAs installed")                       \
	X(key_updates, "inbound SAs installed")                          \
	X(get_spi_failures, "SPIs that the driver refused")              \
	X(key_addition_failures, "outbound SAs that the driver refused") \
	X(key_update_failures, "inbound SAs that the driver refused")    \
	X(main_modes, "IKE SAs established")                             \
	X(quick_modes, "Child SAs established")                          \
	X(soft_associations, "soft SAs: negotiations that fell back")    \
	X(invalid_packets, "messages that cannot be parsed")             \
	X(received, "messages received")                                 \
	X(sent, "messages sent")                                         \
	X(retransmitted, "requests sent again")                          \
	X(answered_again, "responses sent again")                        \
	X(cookies_sent, "requests answered by a cookie")                 \
	X(limited, "negotiations refused for there are too many")        \
	X(no_rule, "messages of peers that no rule names")               \
	X(not_authentic, "messages whose integrity check failed")        \
	X(wrong_id, "messages with an unexpected message ID")            \
	X(wrong_version, "messages of another major version")            \
	X(unexpected, "messages that the state does not allow")          \
	X(fragments, "fragments received")                               \
	X(fragments_dropped, "fragments dropped")                        \
	X(ike_rekeys, "IKE SAs rekeyed")                                 \
	X(child_rekeys, "Child SAs rekeyed")                             \
	X(hints_sent, "answers that an IKE SA is not known")             \
	X(hints, "answers of peers that do not know the IKE SA")         \
	X(restarts, "negotiations begun anew with a peer that forgot")   \
	X(dead_peers, "IKE SAs ended for the peer did not answer")       \
	X(pair_changes, "SA pairs whose peer or state was changed")      \
	X(pair_change_failures, "changes of SA pairs that the driver refused")

/* What there is now. */
#define IKE_GAUGES(X)                                                      \
	X(active_acquires, "acquires whose packets wait for an SA pair")   \
	X(active_receives, "negotiations that peers began and that go on") \
	X(acquire_heap_size, "acquires kept, waiting or served")           \
	X(receive_heap_size, "messages kept: fragments, and what waits")   \
	X(isadb_list_size, "IKE SAs in any state")                         \
	X(connection_list_size, "Child SAs in any state")

struct ike_counters {
#define IKE_COUNTER(name, doc) uint64_t name;
	IKE_COUNTERS(IKE_COUNTER)
#undef IKE_COUNTER
};

#endif
