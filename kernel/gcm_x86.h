/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * AES-GCM (NIST SP 800-38D) by vectors of one, two or four blocks: included once for each
 * width, with V and its operations defined as the including file has them.
 *
 * GHASH takes the bits of a byte in the other order than the multiplication does. So every
 * block is byte-swapped, and the hash key is multiplied by x once (RFC 8452 appendix A shows
 * why that is the same field): key->powers are those of the result. A product of two then
 * carries a factor x^-128, which is what Montgomery's reduction leaves behind, two
 * multiplications by a constant. The products of several blocks are summed before that.
 *
 * The time this takes depends on lengths alone: no table, no branch on what is secret.
 */

/* The bytes of a block in the other order, for a shuffle. */
#define GCM_SWAPPED \
	_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)

static __always_inline __m128i gcm_load(const void *from)
{
	return _mm_loadu_si128(from);
}

static __always_inline __m128i gcm_swap(__m128i block)
{
	return _mm_shuffle_epi8(block, GCM_SWAPPED);
}

/* lo + mid x^64 + hi x^128, times x^-128 */
static __always_inline __m128i gcm_reduce(__m128i lo, __m128i mid, __m128i hi)
{
	const __m128i poly = _mm_set_epi64x(0xc200000000000000, 1);

	mid = _mm_xor_si128(mid, _mm_clmulepi64_si128(poly, lo, 0x01));
	mid = _mm_xor_si128(mid, _mm_shuffle_epi32(lo, 0x4e));
	hi = _mm_xor_si128(hi, _mm_clmulepi64_si128(poly, mid, 0x01));
	return _mm_xor_si128(hi, _mm_shuffle_epi32(mid, 0x4e));
}

static __always_inline __m128i gcm_multiply(__m128i a, __m128i b)
{
	return gcm_reduce(_mm_clmulepi64_si128(a, b, 0x00),
			  _mm_xor_si128(_mm_clmulepi64_si128(a, b, 0x01),
					_mm_clmulepi64_si128(a, b, 0x10)),
			  _mm_clmulepi64_si128(a, b, 0x11));
}

static __always_inline __m128i gcm_hash_one(const struct ipd_gcm_key *key, __m128i hash,
					    __m128i swapped)
{
	return gcm_multiply(_mm_xor_si128(hash, swapped),
			    gcm_load(key->powers[IPD_GCM_POWERS - 1]));
}

static __always_inline __m128i gcm_aes_one(const struct ipd_gcm_key *key, __m128i block)
{
	unsigned int i;

	block = _mm_xor_si128(block, gcm_load(key->round_keys[0]));
	for (i = 1; i < key->rounds; i++)
		block = _mm_aesenc_si128(block, gcm_load(key->round_keys[i]));
	return _mm_aesenclast_si128(block, gcm_load(key->round_keys[i]));
}

static __always_inline void gcm_aes_rounds(V *block, unsigned int n,
					   const struct ipd_gcm_key *key, unsigned int first,
					   unsigned int count)
{
	unsigned int i, j;

#pragma GCC unroll 16
	for (j = 0; j < count; j++) {
		V round_key = V_REPEAT(gcm_load(key->round_keys[first + j]));

#pragma GCC unroll 16
		for (i = 0; i < n; i++)
			block[i] = V_AESENC(block[i], round_key);
	}
}

static __always_inline V gcm_add(V counter, int n)
{
	return V_ADD32(counter, V_REPEAT(_mm_cvtsi32_si128(n)));
}

/* What goes into AES for a step of @n vectors: the counters, and the first round key. */
static __always_inline void gcm_counters(V *block, V *counter, unsigned int n, V round_key)
{
	unsigned int i;

	if (V_BLOCKS > 1 || n < 8) {
#pragma GCC unroll 16
		for (i = 0; i < n; i++) {
			block[i] = V_XOR(V_SWAP(*counter), round_key);
			*counter = V_ADD32(*counter, V_INCREMENT);
		}
		return;
	}
	/* Data begins with 2, and steps of eight come first: of eight counters 2 to 7 differ in
	 * three bits of one number, 0 and 1 of the next.
	 */
	block[0] = V_XOR(V_SWAP(gcm_add(*counter, -2)), round_key);
	block[6] = V_XOR(V_SWAP(gcm_add(*counter, 6)), round_key);
#pragma GCC unroll 16
	for (i = 8; i-- > 0;)
		block[i] = V_XOR(block[i < 6 ? 0 : 6],
				 V_REPEAT(_mm_set_epi64x((u64)(i + 2) % 8 << 56, 0)));
	*counter = gcm_add(*counter, 8);
}

/* @n vectors of @data are encrypted or decrypted and hashed. All but pointers are constants
 * for the compiler, which makes straight code of it.
 */
static __always_inline __m128i gcm_step(const struct ipd_gcm_key *key, V *counter, __m128i hash,
					u8 *data, unsigned int n, enum ipd_gcm_mode mode)
{
	const u8 *powers = key->powers[IPD_GCM_POWERS - n * V_BLOCKS];
	V block[8], text[8], lo, mid, hi, round_key;
	unsigned int i;

	if (mode != IPD_GCM_AUTHENTICATE) {
		round_key = V_REPEAT(gcm_load(key->round_keys[0]));
		gcm_counters(block, counter, n, round_key);
		gcm_aes_rounds(block, n, key, 1, 9);
		if (key->rounds > 10) {
			gcm_aes_rounds(block, n, key, 10, 2);
			if (key->rounds > 12)
				gcm_aes_rounds(block, n, key, 12, 2);
		}
		/* The last round ends with an addition, and so does the counter mode. */
		round_key = V_REPEAT(gcm_load(key->round_keys[key->rounds]));
	}
#pragma GCC unroll 16
	for (i = 0; i < n; i++) {
		text[i] = V_LOAD(data + i * sizeof(V));
		if (mode != IPD_GCM_AUTHENTICATE) {
			block[i] = V_AESENCLAST(block[i], V_XOR(round_key, text[i]));
			V_STORE(data + i * sizeof(V), block[i]);
		}
		if (mode == IPD_GCM_ENCRYPT)
			text[i] = block[i];
	}

#pragma GCC unroll 16
	for (i = 0; i < n; i++) {
		V power = V_LOAD(powers + i * sizeof(V));
		V one = V_SWAP(text[i]);

		if (!i) {
			one = V_XOR(one, V_EXTEND(hash));
			lo = V_CLMUL(one, power, 0x00);
			mid = V_XOR(V_CLMUL(one, power, 0x01), V_CLMUL(one, power, 0x10));
			hi = V_CLMUL(one, power, 0x11);
			continue;
		}
		lo = V_XOR(lo, V_CLMUL(one, power, 0x00));
		mid = V_XOR3(mid, V_CLMUL(one, power, 0x01), V_CLMUL(one, power, 0x10));
		hi = V_XOR(hi, V_CLMUL(one, power, 0x11));
		/* One after the other: the compiler would run out of registers. */
		asm("" : "+v"(lo), "+v"(mid), "+v"(hi));
	}
	return gcm_reduce(V_FOLD(lo), V_FOLD(mid), V_FOLD(hi));
}

/* @len is 4, 8, 12 or 16. */
static __always_inline __m128i gcm_load_part(const u8 *from, unsigned int len)
{
	if (len == 16)
		return gcm_load(from);
	if (len == 12)
		return _mm_set_epi64x(get_unaligned((const u32 *)(from + 8)),
				      get_unaligned((const u64 *)from));
	if (len == 8)
		return _mm_set_epi64x(0, get_unaligned((const u64 *)from));
	return _mm_cvtsi32_si128(get_unaligned((const u32 *)from));
}

static __always_inline void gcm_store_part(u8 *to, __m128i block, unsigned int len)
{
	if (len == 16)
		_mm_storeu_si128((__m128i *)to, block);
	else if (len == 4)
		put_unaligned((u32)_mm_cvtsi128_si32(block), (u32 *)to);
	else
		put_unaligned((u64)_mm_cvtsi128_si64(block), (u64 *)to);
	if (len == 12)
		put_unaligned((u32)_mm_extract_epi32(block, 2), (u32 *)(to + 8));
}

/* One block or a part of one. */
static __always_inline __m128i gcm_block(const struct ipd_gcm_key *key, __m128i *counter,
					 __m128i hash, u8 *data, unsigned int len,
					 enum ipd_gcm_mode mode)
{
	__m128i text = gcm_load_part(data, len), out;

	if (mode != IPD_GCM_AUTHENTICATE) {
		out = _mm_xor_si128(text, gcm_aes_one(key, gcm_swap(*counter)));
		*counter = _mm_add_epi32(*counter, _mm_cvtsi32_si128(1));
		gcm_store_part(data, out, len);
		/* Of the last one, only what was there counts. */
		if (mode == IPD_GCM_ENCRYPT)
			text = gcm_load_part(data, len);
	}
	return gcm_hash_one(key, hash, gcm_swap(text));
}

/* In GMAC the IV and the data follow the AAD without a gap. */
static __always_inline __m128i gcm_first_block(const struct ipd_gcm_op *op,
					       enum ipd_gcm_mode mode)
{
	__m128i aad = gcm_load(op->aad);

	if (mode != IPD_GCM_AUTHENTICATE)
		return aad;
	if (op->aad_len == 8)
		return _mm_insert_epi64(aad, get_unaligned((const u64 *)op->iv), 1);
	return _mm_insert_epi32(aad, get_unaligned((const u32 *)op->iv), 3);
}

static __always_inline void gcm_run(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op,
				    enum ipd_gcm_mode mode, u8 *tag)
{
	u64 iv = get_unaligned((const u64 *)op->iv);
	__m128i nonce = _mm_set_epi64x(iv >> 32 | 1ULL << 56,
				       iv << 32 | get_unaligned((const u32 *)key->salt));
	unsigned int len = op->len, aad_len = op->aad_len;
	__m128i mask = gcm_aes_one(key, nonce);
	u8 *data = op->data;
	__m128i hash, one;
	V counter;

	hash = gcm_hash_one(key, _mm_setzero_si128(), gcm_swap(gcm_first_block(op, mode)));
	if (mode == IPD_GCM_AUTHENTICATE) {
		aad_len += 8 + len;
		/* What of the IV was not in the first block. */
		data -= op->aad_len - 8;
		len += op->aad_len - 8;
	}

	counter = V_ADD32(V_REPEAT(gcm_swap(nonce)), V_FIRST);
	for (; len >= V_STEP * sizeof(V); len -= V_STEP * sizeof(V), data += V_STEP * sizeof(V))
		hash = gcm_step(key, &counter, hash, data, V_STEP, mode);
	if (len >= V_STEP / 2 * sizeof(V)) {
		hash = gcm_step(key, &counter, hash, data, V_STEP / 2, mode);
		data += V_STEP / 2 * sizeof(V);
		len -= V_STEP / 2 * sizeof(V);
	}
	if (len >= V_STEP / 4 * sizeof(V)) {
		hash = gcm_step(key, &counter, hash, data, V_STEP / 4, mode);
		data += V_STEP / 4 * sizeof(V);
		len -= V_STEP / 4 * sizeof(V);
	}
	one = V_LOW(counter);
	for (; len >= 16; len -= 16, data += 16)
		hash = gcm_block(key, &one, hash, data, 16, mode);
	if (len)
		hash = gcm_block(key, &one, hash, data, len, mode);

	len = mode == IPD_GCM_AUTHENTICATE ? 0 : op->len;
	hash = gcm_hash_one(key, hash, _mm_set_epi64x(aad_len * 8ULL, len * 8ULL));
	_mm_storeu_si128((__m128i *)tag, _mm_xor_si128(gcm_swap(hash), mask));
}

void GCM_NAME(const struct ipd_gcm_key *key, const struct ipd_gcm_op *op,
	      enum ipd_gcm_mode mode, u8 tag[16])
{
	switch (mode) {
	case IPD_GCM_ENCRYPT:
		gcm_run(key, op, IPD_GCM_ENCRYPT, tag);
		break;
	case IPD_GCM_DECRYPT:
		gcm_run(key, op, IPD_GCM_DECRYPT, tag);
		break;
	case IPD_GCM_AUTHENTICATE:
		gcm_run(key, op, IPD_GCM_AUTHENTICATE, tag);
		break;
	}
}
