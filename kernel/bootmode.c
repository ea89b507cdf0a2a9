// SPDX-License-Identifier: GPL-2.0-only
#include "bootmode.h"

#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "answers.h"
#include "boot_exempt.h"
#include "flowtable.h"
#include "hook.h"
#include "names.h"
#include "net.h"
#include "verdict.h"

static char *bootmode = "permit";
module_param(bootmode, charp, 0444);
MODULE_PARM_DESC(bootmode, "while no agent runs: permit (default), stateful or block");

static char *bootexemptions = "UDP:0:68:inbound";
module_param(bootexemptions, charp, 0444);
MODULE_PARM_DESC(bootexemptions, "PROTOCOL:SOURCEPORT:DESTINATIONPORT:DIRECTION,... or none");

/* What every namespace begins with. */
static u8 ipd_boot_first_mode __ro_after_init;
static struct ipd_boot_list ipd_boot_first_list __ro_after_init;

/* Never 0. */
static u32 ipd_boot_now(void)
{
	return ktime_get_seconds() + 1;
}

/**
 * ipd_boot_reason() - what boot mode says of a packet that no filter decides over
 * @in: namespace
 * @mode: in force, not IPSECDRV_BOOT_MODE_PERMIT
 * @key: of the packet
 *
 * Return: one of IPD_REASON_BOOT_*.
 */
u8 ipd_boot_reason(const struct ipd_net *in, u8 mode, const struct ipd_key *key)
{
	const struct ipd_answers *answers = rcu_dereference(in->boot.answers);

	if (mode == IPSECDRV_BOOT_MODE_STATEFUL && key->dir == IPSECDRV_DIR_OUT)
		return IPD_REASON_BOOT_OUT;
	if (ipd_boot_exempt_match(rcu_dereference(in->boot.list), key))
		return IPD_REASON_BOOT_EXEMPT;
	if (mode == IPSECDRV_BOOT_MODE_BLOCK)
		return IPD_REASON_BOOT_BLOCK;
	if (answers && ipd_answers_find(answers, key, ipd_boot_now()))
		return IPD_REASON_BOOT_ANSWER;
	return IPD_REASON_BOOT_STATEFUL;
}

/** ipd_boot_answers() - is something waited for that answers the outbound packet @sent? */
bool ipd_boot_answers(const struct ipd_net *in, const struct ipd_key *sent)
{
	const struct ipd_answers *answers = rcu_dereference(in->boot.answers);

	return answers && ipd_answers_find(answers, sent, ipd_boot_now());
}

/** ipd_boot_sent() - a packet goes out in clear while the mode in force is stateful */
void ipd_boot_sent(struct ipd_net *in, const struct ipd_key *key)
{
	struct ipd_answers *answers = rcu_dereference(in->boot.answers);

	if (answers && ipd_answers_note(answers, key, ipd_boot_now()))
		IPD_STAT_INC(in, boot_evicted);
}

static struct ipd_answers *ipd_boot_answers_locked(const struct ipd_net *in)
{
	return rcu_dereference_protected(in->boot.answers, lockdep_is_held(&in->mutex));
}

/* An agent ends boot mode, and what went out before it came opens nothing any more. */
static void ipd_boot_update(struct ipd_net *in)
{
	struct ipd_answers *answers = ipd_boot_answers_locked(in);
	u8 mode = in->boot.agent ? IPSECDRV_BOOT_MODE_PERMIT : in->config.boot_mode;

	if (mode == in->boot_mode)
		return;
	if (answers)
		ipd_answers_clear(answers);
	WRITE_ONCE(in->boot_mode, mode);
	ipd_flowtable_end();
}

/**
 * ipd_boot_prepare() - get the memory that a mode needs
 * @in: namespace, its mutex held
 * @mode: enum ipsecdrv_boot_mode that ipd_boot_set() will be given
 *
 * When the agent dies is no moment to find that there is none.
 *
 * Return: 0 or -ENOMEM.
 */
int ipd_boot_prepare(struct ipd_net *in, u8 mode)
{
	struct ipd_answers *answers;

	if (mode != IPSECDRV_BOOT_MODE_STATEFUL || ipd_boot_answers_locked(in))
		return 0;
	answers = ipd_answers_create();
	if (!answers)
		return -ENOMEM;
	rcu_assign_pointer(in->boot.answers, answers);
	return 0;
}

/**
 * ipd_boot_set() - set boot mode, which is in force at once if there is no agent
 * @in: namespace, its mutex held
 * @mode: enum ipsecdrv_boot_mode, prepared
 * @list: new exemptions, from now on the namespace's; NULL leaves them
 */
void ipd_boot_set(struct ipd_net *in, u8 mode, struct ipd_boot_list *list)
{
	struct ipd_boot_list *old;

	if (list) {
		old = rcu_replace_pointer(in->boot.list, list, lockdep_is_held(&in->mutex));
		kfree_rcu(old, rcu);
	}
	WRITE_ONCE(in->config.boot_mode, mode);
	ipd_boot_update(in);
	if (mode != IPSECDRV_BOOT_MODE_STATEFUL)
		ipd_answers_free(rcu_replace_pointer(in->boot.answers, NULL,
						     lockdep_is_held(&in->mutex)));
}

/**
 * ipd_boot_may_be_agent() - can a socket be the agent's?
 * @in: namespace, its mutex held
 * @portid: of the socket
 * @extack: for the reason of a refusal
 *
 * Return: 0, or -EBUSY if there is another agent.
 */
int ipd_boot_may_be_agent(const struct ipd_net *in, u32 portid, struct netlink_ext_ack *extack)
{
	if (!in->boot.agent || in->boot.agent == portid)
		return 0;
	NL_SET_ERR_MSG_FMT(extack, "there is an agent (netlink port %u): stop it first",
			   in->boot.agent);
	return -EBUSY;
}

/** ipd_boot_agent() - the agent of socket @portid has put its table in force */
void ipd_boot_agent(struct ipd_net *in, u32 portid)
{
	in->boot.agent = portid;
	ipd_boot_update(in);
}

/** ipd_boot_agent_gone() - the socket @portid was closed */
void ipd_boot_agent_gone(struct ipd_net *in, u32 portid)
{
	if (in->boot.agent != portid)
		return;
	in->boot.agent = 0;
	ipd_boot_update(in);
}

/**
 * ipd_boot_net_init() - what the module's parameters say
 * @in: namespace, all but its /proc ready
 *
 * A mode that drops needs to see the packets from the start.
 *
 * Return: 0 or a negative error.
 */
int ipd_boot_net_init(struct ipd_net *in)
{
	struct ipd_boot_list *list;
	int err;

	list = kmemdup(&ipd_boot_first_list, sizeof(*list), GFP_KERNEL_ACCOUNT);
	if (!list)
		return -ENOMEM;
	mutex_lock(&in->mutex);
	err = ipd_boot_prepare(in, ipd_boot_first_mode);
	if (!err && ipd_boot_first_mode != IPSECDRV_BOOT_MODE_PERMIT)
		err = ipd_hooks_enable(in, NULL);
	if (!err)
		ipd_boot_set(in, ipd_boot_first_mode, list);
	mutex_unlock(&in->mutex);
	if (!err)
		return 0;
	kfree(list);
	ipd_boot_net_exit(in);
	return err;
}

/** ipd_boot_net_exit() - no packet comes any more */
void ipd_boot_net_exit(struct ipd_net *in)
{
	ipd_answers_free(rcu_replace_pointer(in->boot.answers, NULL, true));
	kfree(rcu_replace_pointer(in->boot.list, NULL, true));
}

static int __init ipd_boot_parse_mode(void)
{
	u8 mode;

	for (mode = 0; mode <= IPSECDRV_BOOT_MODE_BLOCK; mode++) {
		if (!strcmp(bootmode, ipd_boot_mode_name(mode))) {
			ipd_boot_first_mode = mode;
			return 0;
		}
	}
	pr_err("ipsecdrv: bootmode=%s: write permit, stateful or block\n", bootmode);
	return -EINVAL;
}

static int __init ipd_boot_parse_words(char *text)
{
	struct ipd_boot_list *list = &ipd_boot_first_list;
	const char *wrong;
	char *word;

	while ((word = strsep(&text, " ,"))) {
		if (!*word)
			continue;
		if (list->n == ARRAY_SIZE(list->exempt))
			wrong = "no more than 32 are possible";
		else
			wrong = ipd_boot_exempt_parse(&list->exempt[list->n++], word);
		if (wrong) {
			pr_err("ipsecdrv: bootexemptions: '%s': %s\n", word, wrong);
			return -EINVAL;
		}
	}
	return 0;
}

static int __init ipd_boot_parse_exemptions(void)
{
	char *text;
	int err;

	if (!strcmp(bootexemptions, "none"))
		return 0;
	text = kstrdup(bootexemptions, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	err = ipd_boot_parse_words(text);
	kfree(text);
	return err;
}

/** ipd_boot_init() - read the parameters, before there is a namespace */
int __init ipd_boot_init(void)
{
	return ipd_boot_parse_mode() ?: ipd_boot_parse_exemptions();
}
