// SPDX-License-Identifier: GPL-2.0-or-later
/* Version 2 without memory. */
#include "nomem.h"
#include "tap.h"

int main(void)
{
	nomem_each("a life", "    liveness: 10\n", NULL);
	nomem_each("with PFS and CBC",
		   "    liveness: 10\n    pfs: yes\n    ike: "
		   "aes128-sha256-ecp256\n",
		   NULL);
	nomem_end("version 2", NULL);
	return tap_done();
}
