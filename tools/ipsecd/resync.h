/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IPSECD_RESYNC_H
#define IPSECD_RESYNC_H

#include "engine.h"

/* Events were lost: what they would have said, from dumps of the driver. */
void ipsecd_resync(struct ike_engine *engine);

#endif
