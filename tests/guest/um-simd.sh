#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# um-simd.sh SRC: teach an unpacked linux-source-6.12 tree to build the x86 SIMD crypto
# (AES-NI, VAES, AVX ChaCha20/Poly1305, SHA) for ARCH=um, so that a user-mode kernel
# encrypts at this processor's real speed. For benchmarks only. Edits SRC in place.
set -eu
src=${1:?usage: um-simd.sh SRC}
cd "$src"
grep -q UML_X86 crypto/Kconfig && { echo "um-simd: already applied"; exit 0; }

sed -i 's/^if X86$/if X86 || UML_X86/' crypto/Kconfig
sed -i 's/depends on X86/depends on (X86 || UML_X86)/' arch/x86/crypto/Kconfig

# what the assembler can do (VAES, AVX-512) is asked in a file that ARCH=um does not read
echo 'source "arch/x86/Kconfig.assembler"' >>arch/x86/um/Kconfig

cat > arch/um/include/asm/fpu/api.h <<'EOF'
/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ASM_UM_FPU_API_H
#define _ASM_UM_FPU_API_H
/* A user-mode kernel runs as a host process: the host saves its vector registers. */
#include <asm/cpufeature.h>
#define kernel_fpu_begin() (void)0
#define kernel_fpu_end() (void)0
static inline bool irq_fpu_usable(void) { return true; }
#ifndef X86_VENDOR_INTEL
#define X86_VENDOR_INTEL 0
#define X86_VENDOR_ANY 0xffff
#endif
#define XFEATURE_MASK_SSE 2
#define XFEATURE_MASK_YMM 4
#define XFEATURE_MASK_AVX512 0xe0
#define cpu_has_xfeatures(mask, name) 1
#define x86_match_cpu um_match_cpu
struct x86_cpu_id;
extern const struct x86_cpu_id *um_match_cpu(const struct x86_cpu_id *m);
#endif
EOF

cat >> arch/x86/crypto/aesni-intel_glue.c <<'EOF'

#undef x86_match_cpu
const struct x86_cpu_id *um_match_cpu(const struct x86_cpu_id *m)
{
	for (; m->flags & X86_CPU_ID_FLAG_ENTRY_VALID || m->feature || m->vendor; m++)
		if (m->feature && boot_cpu_has(m->feature))
			return m;
	return NULL;
}
EXPORT_SYMBOL(um_match_cpu);
EOF
sed -i 's/boot_cpu_data.x86_vfm != INTEL_SKYLAKE_X/1/' arch/x86/crypto/poly1305_glue.c
echo "um-simd: applied; enable CONFIG_CRYPTO_AES_NI_INTEL, CONFIG_CRYPTO_CHACHA20_X86_64, CONFIG_CRYPTO_POLY1305_X86_64, CONFIG_CRYPTO_SHA256_SSSE3, CONFIG_CRYPTO_SHA1_SSSE3"
