/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells: one per CPU, a queue of protected packets and a NAPI instance that verifies
 * them and hands what comes out to GRO.
 */
#ifndef IPD_CELL_H
#define IPD_CELL_H

#include <linux/skbuff.h>

bool ipd_cell_queue(struct sk_buff *skb);
void ipd_cells_flush(void);

int ipd_cell_init(void);
void ipd_cell_exit(void);

#endif /* IPD_CELL_H */
