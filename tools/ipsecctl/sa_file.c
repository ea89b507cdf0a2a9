// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl driver sa add and mirror: the commands that read SA files. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/input.h"
#include "../lib/text.h"
#include "secret.h"

#define SAS_MAX 65536

struct sa_list {
	struct ipsec_sa *sa;
	unsigned int *line;
	size_t count;
	size_t size;
};

static void list_free(struct sa_list *l)
{
	if (l->sa)
		explicit_bzero(l->sa, l->count * sizeof(*l->sa));
	free(l->sa);
	free(l->line);
}

/* Copied by hand, since realloc() would leave keys behind. */
static int list_grow(struct sa_list *l, struct ipsec_err *err)
{
	size_t size = l->size ? 2 * l->size : 16;
	struct sa_list bigger = { calloc(size, sizeof(*l->sa)),
				  calloc(size, sizeof(*l->line)), l->count,
				  size };

	if (!bigger.sa || !bigger.line) {
		bigger.count = 0;
		list_free(&bigger);
		return ipsec_err_code(err, ENOMEM, "out of memory");
	}
	if (l->count) {
		memcpy(bigger.sa, l->sa, l->count * sizeof(*l->sa));
		memcpy(bigger.line, l->line, l->count * sizeof(*l->line));
	}
	list_free(l);
	*l = bigger;
	return 0;
}

static int read_item(void *ctx, const char *section,
		     const struct ipsec_node *node, struct ipsec_err *err)
{
	struct sa_list *l = ctx;
	int rc = 0;

	if (!strcmp(section, "version"))
		return node->kind == IPSEC_SCALAR && !strcmp(node->text, "1") ?
			       0 :
			       ipsec_err_at(err, node->line,
					    "this command reads 'version: 1' "
					    "only");
	if (strcmp(section, "sas"))
		return ipsec_err_at(err, node->line,
				    "unknown section '%.40s'; known are sas, "
				    "version",
				    section);
	if (l->count == SAS_MAX)
		return ipsec_err_at(err, node->line,
				    "more than %d SAs in one file", SAS_MAX);
	if (l->count == l->size)
		rc = list_grow(l, err);
	if (rc)
		return rc;
	l->line[l->count] = node->line;
	return ipsec_sa_parse(node, &l->sa[l->count++], err);
}

static int read_file(const char *path, struct sa_list *l, struct ipsec_err *err)
{
	struct ipsec_input in;
	int rc = ipsec_input_read(&in, path, IPSEC_SECRET_MAX, err);

	if (rc)
		return rc;
	if (in.exposed)
		ctl_warn("%s: users other than its owner can read these keys; "
			 "run 'chmod 600 %s'",
			 in.name, in.name);
	rc = ipsec_doc_read(in.text, in.len, "sas", read_item, l, err);
	ipsec_input_free(&in);
	return rc;
}

static int add_one(struct ipsec_client *c, const struct ipsec_sa *sa,
		   struct ipsec_sa *answer, struct ipsec_err *err)
{
	struct ipsec_msg m;
	int rc;

	ipsec_msg_init(&m, IPSECDRV_CMD_SA_ADD, 0);
	ipsec_put(&m, ipsec_sa_fields, sa);
	rc = ipsec_ask(c, &m, ipsec_sa_fields, answer, err);
	explicit_bzero(&m, sizeof(m));
	return rc;
}

static void print_added(const struct ctl_args *args,
			const struct ipsec_sa *answer)
{
	if (args->json)
		ctl_list_item(args, ipsec_json(ipsec_sa_fields, answer,
					       IPSEC_PRINT_ALL));
	else
		printf("sa %" PRIu64 " slot %" PRIu64 "\n", answer->id.v,
		       answer->slot.v);
}

static int add_all(const struct ctl_args *args, const struct sa_list *l,
		   struct ipsec_err *err)
{
	struct ipsec_client *c = ctl_client();
	size_t i;
	int rc = 0;

	if (!c)
		return CTL_FAILED;
	ctl_list_begin(args, "sas");
	for (i = 0; i < l->count && !rc; i++) {
		struct ipsec_sa answer = { 0 };

		rc = add_one(c, &l->sa[i], &answer, err);
		if (!rc)
			print_added(args, &answer);
	}
	ctl_list_end(args);
	if (!rc)
		return CTL_OK;
	/* Each pair stands alone, so those before this one are in force. */
	err->line = l->line[i - 1];
	return ctl_fail(err);
}

static int need_file(const struct ctl_args *args)
{
	int i;

	for (i = 0; i < args->argc; i++)
		if (strstr(args->argv[i], "key"))
			return ctl_usage(args,
					 "keys are not taken from the command "
					 "line, where every user can see them; "
					 "write them into a file (mode 600) or "
					 "to standard input ('-')");
	return args->argc == 1 ?
		       CTL_OK :
		       ctl_usage(args, "one file is needed, or '-'; an SA is "
				       "not described by words here");
}

static void checked(const struct ctl_args *args, const char *name, size_t count)
{
	if (args->json)
		ctl_json(json_pack("{s:s, s:I}", "file", name, "sas",
				   (json_int_t)count));
	else
		printf("%s: %zu SA pair%s, no error found\n", name, count,
		       ipsec_plural(count));
}

int ctl_sa_add(struct ctl_args *args)
{
	struct sa_list l = { 0 };
	struct ipsec_err err = { 0 };
	int rc = need_file(args);

	if (rc)
		return rc;
	ctl_secret_begin();
	if (read_file(args->argv[0], &l, &err))
		rc = ctl_fail(&err);
	else if (!(args->given & CTL_OPT_CHECK))
		rc = add_all(args, &l, &err);
	else
		checked(args, err.file, l.count);
	list_free(&l);
	return rc;
}

static void swap_addr(struct ipsec_addr *a, struct ipsec_addr *b)
{
	struct ipsec_addr tmp = *a;

	*a = *b;
	*b = tmp;
}

static void swap_num(struct ipsec_num *a, struct ipsec_num *b)
{
	struct ipsec_num tmp = *a;

	*a = *b;
	*b = tmp;
}

static void swap_key(struct ipsec_key *a, struct ipsec_key *b)
{
	struct ipsec_key tmp = *a;

	*a = *b;
	*b = tmp;
	explicit_bzero(&tmp, sizeof(tmp));
}

static void mirror_selector(struct ipsec_selector *s)
{
	struct ipsec_net net = s->src;

	s->src = s->dst;
	s->dst = net;
	swap_num(&s->sport[0], &s->dport[0]);
	swap_num(&s->sport[1], &s->dport[1]);
}

/* Slot, owner and replaces are of this host alone. */
void ctl_sa_swap(struct ipsec_sa *sa)
{
	unsigned int i;

	mirror_selector(&sa->sel);
	swap_addr(&sa->local, &sa->remote);
	swap_num(&sa->encap_local, &sa->encap_remote);
	for (i = 0; i < sa->protections; i++) {
		struct ipsec_protection *p = &sa->protection[i];

		swap_num(&p->spi_in, &p->spi_out);
		swap_key(&p->encr_key_in, &p->encr_key_out);
		swap_key(&p->integ_key_in, &p->integ_key_out);
	}
	sa->slot.set = sa->owner.set = sa->replaces.set = false;
	sa->flags.v ^= sa->flags.set ? IPSECDRV_SA_FLAGS_RESPONDER : 0;
}

int ctl_sa_mirror(struct ctl_args *args)
{
	struct sa_list l = { 0 };
	struct ipsec_err err = { 0 };
	size_t i;
	int rc;

	if (args->argc != 1)
		return ctl_usage(args, "one file is needed, or '-'");
	ctl_secret_begin();
	if (read_file(args->argv[0], &l, &err)) {
		rc = ctl_fail(&err);
	} else {
		for (i = 0; i < l.count; i++)
			ctl_sa_swap(&l.sa[i]);
		rc = ctl_secret_write(args, l.sa, l.count);
	}
	list_free(&l);
	return rc;
}
