// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Memory that is wiped when freed. libyaml and jansson copy every text they
 * read or write, and grow those copies with realloc(), so wiping our own
 * buffers alone would leave most of a key in the heap. The C library lets a
 * program bring its own free() and realloc(); these wipe, once asked to, and
 * leave the work to the C library's.
 */
#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "wipe.h"

/* glibc's own, exported for this use; free() below hides the usual name. */
extern void __libc_free(void *p);
extern void *__libc_realloc(void *p, size_t size);

static bool wiping;

void ipsec_wipe_begin(void)
{
	wiping = true;
}

void ipsec_wipe_end(void)
{
	wiping = false;
}

void free(void *p)
{
	int err = errno;

	if (p && wiping)
		explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
	errno = err;
}

/* The old copy must not be left behind, so it is never moved in place. */
void *realloc(void *p, size_t size)
{
	size_t old;
	void *moved;

	if (!p || !size || !wiping)
		return __libc_realloc(p, size);
	old = malloc_usable_size(p);
	moved = malloc(size);
	if (!moved)
		return NULL;
	memcpy(moved, p, old < size ? old : size);
	free(p);
	return moved;
}
