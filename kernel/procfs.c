// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/net/ipsecdrv: filters, sas, soft and stats. Readable by root of the namespace; columns
 * and words are described in Documentation/procfs.rst and only ever added to.
 *
 * A read holds the namespace's mutex for one buffer. Where it goes on is found by a look-up,
 * so that reading a large table is linear.
 */

#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "drop.h"
#include "filter_cursor.h"
#include "names.h"
#include "net.h"
#include "offload.h"
#include "procfs.h"

/**
 * struct walk - a reader's place
 * @p: what seq_file_net() wants, first
 * @seen: objects passed
 * @filter: the last filter passed
 * @id: the last pair or slot passed
 */
struct walk {
	struct seq_net_private p;
	loff_t seen;
	struct ipd_filter_cursor filter;
	u32 id;
};

static void put_addr(struct seq_file *m, u8 family, const struct in6_addr *addr)
{
	if (family == AF_INET)
		seq_printf(m, "%pI4", addr);
	else
		seq_printf(m, "%pI6c", addr);
}

static void put_side(struct seq_file *m, u8 family, const struct in6_addr *first,
		     const struct in6_addr *last, u8 plen)
{
	seq_putc(m, ' ');
	if (!plen) {
		seq_puts(m, "any");
		return;
	}
	put_addr(m, family, first);
	if (plen == IPD_PLEN_RANGE) {
		seq_putc(m, '-');
		put_addr(m, family, last);
	} else {
		seq_printf(m, "/%u", plen);
	}
}

static void put_ports(struct seq_file *m, u16 first, u16 last)
{
	if (first == 0 && last == U16_MAX)
		seq_puts(m, " any");
	else if (first == last)
		seq_printf(m, " %u", first);
	else
		seq_printf(m, " %u-%u", first, last);
}

static void put_selector(struct seq_file *m, const struct ipd_selector *sel)
{
	seq_printf(m, " %s", sel->family == AF_INET ? "ipv4" : "ipv6");
	put_side(m, sel->family, &sel->src, &sel->src_last, sel->src_plen);
	put_side(m, sel->family, &sel->dst, &sel->dst_last, sel->dst_plen);
	if (sel->proto)
		seq_printf(m, " %u", sel->proto);
	else
		seq_puts(m, " any");
	put_ports(m, sel->sport, sel->sport_last);
	put_ports(m, sel->dport, sel->dport_last);
	if (sel->ifname[0])
		seq_printf(m, " dev:%s", sel->ifname);
	else
		seq_printf(m, " %s", ipd_iface_class_name(sel->iface_class));
}

static void put_flags(struct seq_file *m, const struct ipd_filter *filter)
{
	static const struct {
		u32 flag;
		char letter;
	} letters[] = {
		{ IPSECDRV_FILTER_FLAGS_MIRRORED, 'm' },
		{ IPSECDRV_FILTER_FLAGS_INPASS, 'i' },
		{ IPSECDRV_FILTER_FLAGS_SOFT, 's' },
		{ IPSECDRV_FILTER_FLAGS_EXEMPT, 'e' },
		{ IPSECDRV_FILTER_FLAGS_SHADOWED, 'h' },
		{ IPSECDRV_FILTER_FLAGS_TUNNEL, 't' },
		{ IPSECDRV_FILTER_FLAGS_FAST_PATH, 'f' },
	};
	u32 flags = filter->spec.flags;
	unsigned int i;

	if (filter->shadowed_by)
		flags |= IPSECDRV_FILTER_FLAGS_SHADOWED;
	seq_putc(m, ' ');
	if (!flags)
		seq_putc(m, '-');
	for (i = 0; i < ARRAY_SIZE(letters); i++) {
		if (flags & letters[i].flag)
			seq_putc(m, letters[i].letter);
	}
}

static void put_word(struct seq_file *m, const char *word)
{
	seq_putc(m, ' ');
	if (word && word[0])
		seq_escape(m, word, " \t\n\\");
	else
		seq_putc(m, '-');
}

/* The reasons that occurred, or "-". */
static void put_drops(struct seq_file *m, const struct ipd_drops *drops)
{
	char before = ' ';
	unsigned int i;

	for (i = 0; i < IPD_DROP_MAX; i++) {
		u64 packets = ipd_drops_read(drops, i);

		if (!packets)
			continue;
		seq_printf(m, "%c%s:%llu", before, ipd_drop_info(i)->name, packets);
		before = ',';
	}
	if (before == ' ')
		seq_puts(m, " -");
}

static void *walk_filters(struct ipd_net *in, struct walk *walk, const void *seen)
{
	const struct ipd_table *table;

	table = rcu_dereference_protected(in->table, lockdep_is_held(&in->mutex));
	if (seen)
		ipd_filter_cursor_seen(&walk->filter, table, seen);
	return ipd_filter_cursor_next(table, &walk->filter);
}

static void *walk_pairs(struct ipd_net *in, struct walk *walk, const void *seen)
{
	const struct ipd_pair *pair = seen;
	int id;

	if (pair)
		walk->id = pair->id;
	id = walk->id + 1;
	return idr_get_next(&in->sadb.ids, &id);
}

static void *walk_softs(struct ipd_net *in, struct walk *walk, const void *seen)
{
	const struct ipd_slot *passed = seen;
	struct ipd_slot *slot;
	int id;

	if (passed)
		walk->id = passed->id;
	id = walk->id + 1;
	do {
		slot = idr_get_next(&in->acquires.ids, &id);
		id++;
	} while (slot && !ipd_slot_soft(slot));
	return slot;
}

typedef void *(*walk_next_t)(struct ipd_net *in, struct walk *walk, const void *seen);

/* The object at *@pos, where 0 is the header. Usually the one after the last passed. */
static void *walk_start(struct seq_file *m, loff_t pos, walk_next_t next)
{
	struct ipd_net *in = ipd_net(seq_file_net(m));
	struct walk *walk = m->private;
	void *object;

	mutex_lock(&in->mutex);
	if (pos && walk->seen == pos - 1)
		return next(in, walk, NULL);
	walk->seen = 0;
	walk->id = 0;
	memset(&walk->filter, 0, sizeof(walk->filter));
	if (!pos)
		return SEQ_START_TOKEN;
	object = next(in, walk, NULL);
	while (object && walk->seen < pos - 1) {
		object = next(in, walk, object);
		walk->seen++;
	}
	return object;
}

static void *walk_next(struct seq_file *m, void *object, loff_t *pos, walk_next_t next)
{
	struct ipd_net *in = ipd_net(seq_file_net(m));
	struct walk *walk = m->private;

	++*pos;
	if (object == SEQ_START_TOKEN)
		return next(in, walk, NULL);
	walk->seen++;
	return next(in, walk, object);
}

static void walk_stop(struct seq_file *m, void *object)
{
	struct ipd_net *in = ipd_net(seq_file_net(m));

	mutex_unlock(&in->mutex);
}

static void *filters_start(struct seq_file *m, loff_t *pos)
{
	return walk_start(m, *pos, walk_filters);
}

static void *filters_next(struct seq_file *m, void *object, loff_t *pos)
{
	return walk_next(m, object, pos, walk_filters);
}

static int filters_show(struct seq_file *m, void *object)
{
	const struct ipd_filter *filter = object;
	const struct ipd_filter_spec *spec;
	u64 packets, bytes;

	if (object == SEQ_START_TOKEN) {
		seq_puts(m, "id dir action weight flags packets bytes family src dst proto sport dport interface name drops\n");
		return 0;
	}
	spec = &filter->spec;
	ipd_filter_sum(filter, &packets, &bytes);
	seq_printf(m, "%u %s %s %u", spec->id, ipd_dir_name(spec->dir),
		   ipd_action_name(spec->action), filter->weight);
	put_flags(m, filter);
	seq_printf(m, " %llu %llu", packets, bytes);
	put_selector(m, &spec->sel);
	put_word(m, spec->name);
	put_drops(m, READ_ONCE(filter->drops));
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations filters_ops = {
	.start = filters_start,
	.next = filters_next,
	.stop = walk_stop,
	.show = filters_show,
};

static void *sas_start(struct seq_file *m, loff_t *pos)
{
	return walk_start(m, *pos, walk_pairs);
}

static void *sas_next(struct seq_file *m, void *object, loff_t *pos)
{
	return walk_next(m, object, pos, walk_pairs);
}

static void put_protection(struct seq_file *m, struct ipd_pair *pair, unsigned int i)
{
	const struct ipd_sa *out = ipd_pair_out(pair, i);
	const struct ipd_sa *in = ipd_pair_in(pair, i);

	seq_printf(m, " %s 0x%08x 0x%08x %s %s", ipd_proto_name(out->spi.key.proto),
		   ntohl(in->spi.key.spi), ntohl(out->spi.key.spi),
		   ipd_encr_name(out->encr), ipd_integ_name(out->integ));
	seq_printf(m, " %llu %llu %llu %llu", (u64)atomic64_read(&out->seq),
		   (u64)atomic64_read(&out->bytes), (u64)atomic64_read(&in->packets),
		   (u64)atomic64_read(&in->bytes));
}

static void put_offload(struct seq_file *m, const struct ipd_pair *pair)
{
	struct ipd_offload_info info;

	ipd_offload_fill(pair, &info);
	seq_printf(m, " %s", ipd_offload_state_name(info.state));
	put_word(m, info.dev);
	put_word(m, info.reason);
}

/* One line for each protocol of the pair. */
static int sas_show(struct seq_file *m, void *object)
{
	struct ipd_pair *pair = object;
	unsigned int i;

	if (object == SEQ_START_TOKEN) {
		seq_puts(m, "id slot filter state mode local remote encap proto spi-in spi-out encr integ packets-out bytes-out packets-in bytes-in age drops offload offload-dev offload-reason\n");
		return 0;
	}
	for (i = 0; i < pair->n; i++) {
		seq_printf(m, "%u %u %u %s %s ", pair->id, pair->slot ? pair->slot->id : 0,
			   pair->filter_id, ipd_sa_state_name(READ_ONCE(pair->state)),
			   ipd_mode_name(pair->mode));
		put_addr(m, pair->family, &pair->local);
		seq_putc(m, ' ');
		put_addr(m, pair->family, &pair->remote);
		if (pair->encap_local)
			seq_printf(m, " %u:%u", pair->encap_local, pair->encap_remote);
		else
			seq_puts(m, " -");
		put_protection(m, pair, i);
		seq_printf(m, " %llu", ktime_get_boottime_seconds() - pair->installed);
		put_drops(m, READ_ONCE(pair->drops));
		put_offload(m, pair);
		seq_putc(m, '\n');
	}
	return 0;
}

static const struct seq_operations sas_ops = {
	.start = sas_start,
	.next = sas_next,
	.stop = walk_stop,
	.show = sas_show,
};

static void *softs_start(struct seq_file *m, loff_t *pos)
{
	return walk_start(m, *pos, walk_softs);
}

static void *softs_next(struct seq_file *m, void *object, loff_t *pos)
{
	return walk_next(m, object, pos, walk_softs);
}

static int softs_show(struct seq_file *m, void *object)
{
	struct ipd_soft_state state;
	struct ipd_slot *slot = object;
	struct ipd_soft *soft;

	if (object == SEQ_START_TOKEN) {
		seq_puts(m, "slot filter reason age left packets-out bytes-out packets-in bytes-in family src dst proto sport dport interface\n");
		return 0;
	}
	soft = &slot->soft;
	ipd_soft_look(slot, &state);
	seq_printf(m, "%u %u %s %llu %llu", slot->id, slot->filter_id,
		   ipd_refuse_reason_name(state.reason), state.age, state.left);
	seq_printf(m, " %llu %llu %llu %llu",
		   (u64)atomic64_read(&soft->packets[IPSECDRV_DIR_OUT]),
		   (u64)atomic64_read(&soft->bytes[IPSECDRV_DIR_OUT]),
		   (u64)atomic64_read(&soft->packets[IPSECDRV_DIR_IN]),
		   (u64)atomic64_read(&soft->bytes[IPSECDRV_DIR_IN]));
	put_selector(m, &slot->sel);
	seq_putc(m, '\n');
	return 0;
}

static const struct seq_operations softs_ops = {
	.start = softs_start,
	.next = softs_next,
	.stop = walk_stop,
	.show = softs_show,
};

static int stats_show(struct seq_file *m, void *v)
{
	const struct ipd_net *in = ipd_net(seq_file_single_net(m));
	unsigned int i;

	for (i = 0; i < IPD_STAT_MAX; i++)
		seq_printf(m, "%s %llu\n", ipd_stat_infos[i].name, ipd_stat_sum(in, i));
	return 0;
}

/** ipd_procfs_net_init() - make the folder; the last part of a namespace to come */
int ipd_procfs_net_init(struct ipd_net *in)
{
	in->proc = proc_net_mkdir(in->net, "ipsecdrv", in->net->proc_net);
	if (!in->proc)
		return -ENOMEM;
	if (proc_create_net("filters", 0440, in->proc, &filters_ops, sizeof(struct walk)) &&
	    proc_create_net("sas", 0440, in->proc, &sas_ops, sizeof(struct walk)) &&
	    proc_create_net("soft", 0440, in->proc, &softs_ops, sizeof(struct walk)) &&
	    proc_create_net_single("stats", 0440, in->proc, stats_show, NULL))
		return 0;
	ipd_procfs_net_exit(in);
	return -ENOMEM;
}

/** ipd_procfs_net_exit() - the first part of a namespace to go; waits for readers */
void ipd_procfs_net_exit(struct ipd_net *in)
{
	proc_remove(in->proc);
	in->proc = NULL;
}
