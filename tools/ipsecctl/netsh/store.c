// SPDX-License-Identifier: GPL-2.0-or-later
/* The policy store. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/input.h"
#include "../../lib/replace.h"
#include "../ike_client.h"
#include "../ipsecd_run.h"

#define STATE "/var/lib/ipsecd"
#define STORE_MAX (64U << 20)

static struct {
	enum netsh_location location;
	json_t *root; /* while it is open */
	json_t *pending; /* what was saved, and is not written yet */
	int lock; /* of the folder, -1: not held */
	bool batch;
	bool assign; /* what is open, or pending, is to be in force */
	bool detached;
} store = { .lock = -1 };

void netsh_state_path(const char *name, char path[NETSH_PATH_SIZE])
{
	const char *dir = getenv("IPSECD_STATE");

	snprintf(path, NETSH_PATH_SIZE, "%s/%s", dir && *dir ? dir : STATE,
		 name);
}

static void store_path(char path[NETSH_PATH_SIZE])
{
	netsh_state_path(store.location == NETSH_LOCAL ? "static.yaml" :
							 "persistent.yaml",
			 path);
}

const char *netsh_store_name(void)
{
	return store.location == NETSH_LOCAL ? "local" : "persistent";
}

int netsh_store_locate(enum netsh_location location)
{
	bool batch = store.batch;
	int rc = location == store.location ? CTL_OK : netsh_store_batch(false);

	store.batch = batch;
	if (!rc)
		store.location = location;
	return rc;
}

static int fail(const char *path)
{
	fprintf(stderr, "ipsecctl: %s: %s\n", path, strerror(errno));
	return CTL_FAILED;
}

int netsh_state_make(char dir[NETSH_PATH_SIZE])
{
	netsh_state_path(".", dir);
	dir[strlen(dir) - 2] = '\0';
	return mkdir(dir, 0700) && errno != EEXIST ? fail(dir) : CTL_OK;
}

/* Two commands at once would lose what one of them did. */
static int lock(void)
{
	char dir[NETSH_PATH_SIZE];

	if (netsh_state_make(dir))
		return CTL_FAILED;
	store.lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return store.lock < 0 || flock(store.lock, LOCK_EX) ? fail(dir) : 0;
}

void netsh_store_drop(void)
{
	json_decref(store.root);
	store.root = NULL;
	/* Others wait as long as something is pending. */
	if (store.pending)
		return;
	store.assign = false;
	if (store.lock >= 0)
		close(store.lock);
	store.lock = -1;
}

static json_t *new_root(void)
{
	return json_pack("{s:s, s:[], s:[], s:[]}", "version", "1",
			 "filter-lists", "filter-actions", "policies");
}

static json_t *read_store(void)
{
	struct ipsec_input in = { 0 };
	struct ipsec_err err = { 0 };
	char path[NETSH_PATH_SIZE];
	json_t *root = NULL;

	store_path(path);
	if (access(path, F_OK) && errno == ENOENT)
		return new_root();
	if (!ipsec_input_read(&in, path, STORE_MAX, &err))
		root = tree_read(in.text, in.len, &err);
	ipsec_input_free(&in);
	if (root)
		return root;
	err.file = path;
	ctl_fail(&err);
	return NULL;
}

json_t *netsh_store_open(void)
{
	if (store.root)
		return store.root;
	if (store.pending)
		store.root = json_deep_copy(store.pending);
	else if (store.detached)
		store.root = new_root();
	else if (!lock())
		store.root = read_store();
	if (!store.root)
		netsh_store_drop();
	return store.root;
}

/* The text in memory, NULL: no memory. */
static char *to_text(size_t *len)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, len);

	if (!to)
		return NULL;
	tree_write(to, store.root);
	if (fclose(to)) {
		free(text);
		return NULL;
	}
	return text;
}

/* By ipsecd itself, which finds it beside the files that it may name. */
int netsh_store_check(const char *path, const char *text, size_t len)
{
	char temp[NETSH_PATH_SIZE + 16];
	struct ipsec_err err = { 0 };
	json_t *good;

	snprintf(temp, sizeof(temp), "%s.check", path);
	if (ipsec_file_replace(temp, text, len, &err))
		return ctl_fail(&err);
	good = ctl_ipsecd_check(temp);
	unlink(temp);
	json_decref(good);
	return good ? CTL_OK : CTL_FAILED;
}

/* Does "assigned" lead to this store? */
static bool in_force(const char *path)
{
	char link[NETSH_PATH_SIZE], target[NETSH_PATH_SIZE];
	ssize_t len;

	if (store.location != NETSH_LOCAL)
		return true;
	netsh_state_path("assigned", link);
	len = readlink(link, target, sizeof(target) - 1);
	if (len < 0)
		return false;
	target[len] = '\0';
	return !strcmp(target, path);
}

static int ask_daemon(const char *path)
{
	json_t *answer =
		store.location == NETSH_LOCAL ?
			ctl_ike_send(json_pack("{s:s, s:s}", "command", "apply",
					       "path", path)) :
			ctl_ike_ask("reload", NULL);

	if (!answer)
		return CTL_FAILED;
	json_decref(answer);
	return CTL_OK;
}

/* The daemon takes it now, or finds it when it starts. */
static int put_in_force(const char *path, bool assign)
{
	struct ipsec_err err = { 0 };
	char link[NETSH_PATH_SIZE];

	if (ctl_ike_runs())
		return ask_daemon(path);
	if (!assign)
		return CTL_OK;
	netsh_state_path("assigned", link);
	if (ipsec_link_replace(link, path, &err))
		return ctl_fail(&err);
	ctl_warn("ipsecd does not run; the store is taken when it starts");
	return CTL_OK;
}

/* What was there is put back if the daemon does not take the new one. */
static int replace(const char *path, const char *text, size_t len, bool assign)
{
	struct ipsec_err err = { 0 };
	struct ipsec_input old = { 0 };
	bool had = !ipsec_input_read(&old, path, STORE_MAX, &err);
	int rc = ipsec_file_replace(path, text, len, &err);

	if (rc) {
		ctl_fail(&err);
	} else if (assign || in_force(path)) {
		rc = put_in_force(path, assign);
		if (rc && had)
			ipsec_file_replace(path, old.text, old.len, &err);
		else if (rc)
			ipsec_file_remove(path, &err);
	}
	ipsec_input_free(&old);
	return rc ? CTL_FAILED : CTL_OK;
}

static int write_out(void)
{
	char path[NETSH_PATH_SIZE], *text;
	size_t len;
	int rc;

	store_path(path);
	text = to_text(&len);
	if (!text)
		return CTL_FAILED;
	rc = netsh_store_check(path, text, len);
	if (rc)
		fputs("ipsecctl: nothing was changed\n", stderr);
	else
		rc = replace(path, text, len, store.assign);
	explicit_bzero(text, len);
	free(text);
	return rc;
}

void netsh_store_assign(void)
{
	store.assign = true;
}

int netsh_store_save(void)
{
	int rc;

	netsh_settle(store.root);
	if (store.detached || store.batch) {
		json_decref(store.pending);
		store.pending = store.root;
		store.root = NULL;
		return CTL_OK;
	}
	rc = write_out();
	netsh_store_drop();
	return rc;
}

int netsh_store_batch(bool on)
{
	store.batch = on;
	if (on || !store.pending || store.detached)
		return CTL_OK;
	json_decref(store.root);
	store.root = store.pending;
	store.pending = NULL;
	return netsh_store_save();
}

void netsh_store_detach(void)
{
	netsh_store_drop();
	store.detached = true;
}

bool netsh_store_detached(void)
{
	return store.detached;
}

json_t *netsh_store_take(void)
{
	json_t *root = netsh_store_open();

	store.root = NULL;
	return root;
}
