// SPDX-License-Identifier: GPL-2.0-only
/*
 * See csum.h.
 */

#include "csum.h"

#if IPD_VECTORS

#include <linux/init.h>
#include <linux/jump_label.h>
#include <linux/kasan-checks.h>
#include <linux/module.h>
#include <net/checksum.h>

#include <asm/cpufeature.h>
#include <asm/fpu/api.h>

#include <kunit/visibility.h>

static DEFINE_STATIC_KEY_FALSE(ipd_csum_possible);

static bool ipd_csum_enabled = true;
module_param_named(csum, ipd_csum_enabled, bool, 0644);
MODULE_PARM_DESC(csum, "checksums of segments by AVX2, where the processor has it (default: yes)");

bool ipd_csum_begin(void)
{
	/* Segments are allocated meanwhile, which may sleep on a real-time kernel. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT) || !static_branch_likely(&ipd_csum_possible) ||
	    !READ_ONCE(ipd_csum_enabled) || !irq_fpu_usable())
		return false;
	kernel_fpu_begin();
	return true;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_csum_begin);

void ipd_csum_end(void)
{
	kernel_fpu_end();
}
EXPORT_SYMBOL_IF_KUNIT(ipd_csum_end);

static __wsum ipd_csum_part(u8 *to, const u8 *from, unsigned int len)
{
	/* Nothing looks at what the code for vectors does. */
	kasan_check_read(from, len);
	kasan_check_write(to, len);
	return (__force __wsum)ipd_csum_avx2(to, from, len);
}

/**
 * ipd_csum_copy() - copy and sum a part of a packet
 * @skb: packet without a list of fragments
 * @off: from its data on
 * @to: not in @skb
 * @len: at most 64 KiB; there are so many bytes
 *
 * After ipd_csum_begin().
 *
 * Return: what skb_copy_and_csum_bits() would, or another number that folds to the same.
 */
__wsum ipd_csum_copy(const struct sk_buff *skb, unsigned int off, u8 *to, unsigned int len)
{
	unsigned int start = skb_headlen(skb), pos = 0, i, n;
	__wsum csum = 0;

	if (off < start) {
		pos = min(len, start - off);
		csum = ipd_csum_part(to, skb->data + off, pos);
	}
	for (i = 0; pos < len; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		unsigned int at = off + pos - start;

		if (at < skb_frag_size(frag)) {
			/* Without high memory, so that one address leads to all of it. */
			n = min(len - pos, skb_frag_size(frag) - at);
			csum = csum_block_add(csum, ipd_csum_part(to + pos,
								  skb_frag_address(frag) + at, n),
					      pos);
			pos += n;
		}
		start += skb_frag_size(frag);
	}
	return csum;
}
EXPORT_SYMBOL_IF_KUNIT(ipd_csum_copy);

/** ipd_csum_init() - find out what can be used */
void __init ipd_csum_init(void)
{
	if (boot_cpu_has(X86_FEATURE_AVX2) &&
	    cpu_has_xfeatures(XFEATURE_MASK_SSE | XFEATURE_MASK_YMM, NULL))
		static_branch_enable(&ipd_csum_possible);
}

#endif /* IPD_VECTORS */
