/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IKE_NAMES_H
#define IKE_NAMES_H

#include <stdint.h>

/*
 * Names of the wire's numbers as the RFCs have them, for logs; "unknown" for
 * a number without one. Exchanges and payloads of the two versions do not
 * share numbers, notifies do.
 */
const char *ike_exchange_name(uint8_t exchange);
const char *ike_payload_name(uint8_t type);
/* version 1 or 2 */
const char *ike_notify_name(unsigned int version, uint16_t type);
const char *ike_protocol_name(uint8_t proto);

#endif
