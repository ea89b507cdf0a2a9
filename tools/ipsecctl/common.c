// SPDX-License-Identifier: GPL-2.0-or-later
/* What most commands start with. */
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "../lib/text.h"
#include "ctl.h"

static struct ipsec_client client;

void ctl_client_close(void)
{
	if (client.family)
		ipsec_close(&client);
	client.family = 0;
}

struct ipsec_client *ctl_client(void)
{
	struct ipsec_err err = { 0 };

	if (client.family)
		return &client;
	if (ipsec_open(&client, &err)) {
		ctl_fail(&err);
		return NULL;
	}
	return &client;
}

int ctl_words(struct ctl_args *args, const struct ipsec_field *fields,
	      void *obj)
{
	struct ipsec_arena arena = { 0 };
	struct ipsec_err err = { 0 };
	struct ipsec_node *map;
	int rc =
		ipsec_words(&arena, args->argc, args->argv, fields, &map, &err);

	if (!rc)
		rc = ipsec_parse(map, fields, obj, &err);
	ipsec_arena_reset(&arena);
	return rc ? ctl_usage(args, "%s", err.text) : CTL_OK;
}

int ctl_signal_fd(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

void ctl_program_folder(char folder[PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", folder, PATH_MAX - 1);
	char *slash;

	folder[len > 0 ? len : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	else
		strcpy(folder, ".");
}

int64_t ctl_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

bool ctl_take_id(struct ctl_args *args, uint64_t *id)
{
	int skip = args->argc > 1 && !strcmp(args->argv[0], "id");

	if (args->argc <= skip ||
	    !ipsec_uint(args->argv[skip], 1, UINT32_MAX, id))
		return false;
	args->argc -= skip + 1;
	args->argv += skip + 1;
	return true;
}

int ctl_show_message(const struct ctl_args *args, const struct ctl_kind *kind,
		     const struct nlmsghdr *nlh, struct ipsec_err *err)
{
	union {
		struct ipsec_acquire acquire;
		struct ipsec_sa sa;
		struct ipsec_soft soft;
	} obj;
	json_t *drops = NULL, *map;
	int rc;

	memset(&obj, 0, sizeof(obj));
	rc = ipsec_get_msg(nlh, kind->fields, &obj, err);
	if (rc)
		return rc;
	if (kind->drops)
		drops = ctl_drops_json(nlh, 0, kind->drops);
	if (args->json) {
		map = ipsec_json(kind->fields, &obj, IPSEC_PRINT_ALL);
		if (drops)
			json_object_set(map, "drops", drops);
		ctl_list_item(args, map);
	} else {
		kind->text(&obj);
		ctl_drops_text(drops, 4);
	}
	json_decref(drops);
	return 0;
}

int ctl_show_all(struct ctl_args *args, const struct ctl_kind *kind)
{
	struct ipsec_client *c = ctl_client();
	struct ipsec_err err = { 0 };
	struct ipsec_dump d = { 0 };
	const struct nlmsghdr *nlh;
	size_t pos = 0;
	int rc;

	if (!c)
		return CTL_FAILED;
	rc = ipsec_dump(c, kind->dump, &d, &err);
	if (!rc)
		ctl_list_begin(args, kind->list);
	while (!rc && (nlh = ipsec_dump_next(&d, &pos)))
		rc = ctl_show_message(args, kind, nlh, &err);
	if (!rc)
		ctl_list_end(args);
	ipsec_dump_free(&d);
	return rc ? ctl_fail(&err) : CTL_OK;
}
