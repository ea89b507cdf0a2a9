/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSEC_ALG_H
#define IPSEC_ALG_H

#include <stdbool.h>
#include <stdint.h>

/* Bytes of key that an algorithm takes, salt included; max 0: no key. */
struct ipsec_alg {
	uint8_t min;
	uint8_t max;
	uint8_t step;
	uint8_t salt;
	bool aead; /* encrypts and authenticates, or authenticates alone */
};

const struct ipsec_alg *ipsec_alg_encr(uint64_t encr);
const struct ipsec_alg *ipsec_alg_integ(uint64_t integ);
bool ipsec_alg_takes(const struct ipsec_alg *alg, unsigned int bytes);

#endif
