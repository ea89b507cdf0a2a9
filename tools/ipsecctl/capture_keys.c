// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keys for Wireshark: of those that ipsecd writes where its policy asks for
 * it, the ones of the SAs that were captured. Nothing else has any: the driver
 * gives no key away.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/input.h"
#include "../lib/replace.h"
#include "capture.h"
#include "ike_client.h"
#include "secret.h"

#define TABLE_MAX (64U << 20)

static const struct {
	const char *name;
	bool esp;
} tables[] = {
	{ "esp_sa", true },
	{ "ikev2_decryption_table", false },
	{ "ikev1_decryption_table", false },
};

struct keys_set {
	uint64_t *spi;
	size_t count;
};

struct capture_keys {
	const char *to;
	char from[256];
	struct keys_set esp;
	struct keys_set ike;
};

static bool has(const struct keys_set *set, uint64_t spi)
{
	size_t i;

	/* Most packets are of the SA of the one before. */
	for (i = set->count; i--;)
		if (set->spi[i] == spi)
			return true;
	return false;
}

static void add(struct keys_set *set, uint64_t spi)
{
	uint64_t *grown;

	if (has(set, spi))
		return;
	grown = reallocarray(set->spi, set->count + 1, sizeof(*grown));
	if (!grown)
		return;
	set->spi = grown;
	grown[set->count++] = spi;
}

void capture_keys_see(struct capture_keys *keys, uint32_t esp_spi,
		      const uint8_t *ike_spi)
{
	uint64_t spi = 0;
	size_t i;

	if (esp_spi)
		add(&keys->esp, esp_spi);
	if (!ike_spi)
		return;
	for (i = 0; i < CAPTURE_IKE_SPI; i++)
		spi = spi << 8 | ike_spi[i];
	add(&keys->ike, spi);
}

static void free_keys(struct capture_keys *keys)
{
	free(keys->esp.spi);
	free(keys->ike.spi);
	free(keys);
}

static bool is_same_folder(const char *path, const struct stat *other)
{
	struct stat st;

	return !stat(path, &st) && st.st_dev == other->st_dev &&
	       st.st_ino == other->st_ino;
}

/* Wireshark's own tables may lie there. */
static bool has_tables(const char *folder)
{
	char path[512];
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, tables[i].name);
		if (access(path, F_OK))
			continue;
		fprintf(stderr,
			"ipsecctl: %s exists; name another folder for the "
			"keys\n",
			path);
		return true;
	}
	return false;
}

struct capture_keys *capture_keys_begin(const char *folder)
{
	json_t *answer = ctl_ike_ask("keylog", NULL);
	struct capture_keys *keys = NULL;
	const char *from;
	struct stat st;

	if (!answer)
		return NULL;
	from = json_string_value(json_object_get(answer, "folder"));
	if (!from || stat(folder, &st) || !S_ISDIR(st.st_mode))
		fprintf(stderr, "ipsecctl: '%s' is no folder; make it first\n",
			folder);
	else if (is_same_folder(from, &st))
		fprintf(stderr,
			"ipsecctl: ipsecd writes its keys to %s; name another "
			"folder, for those of the capture alone\n",
			folder);
	else if (!has_tables(folder))
		keys = calloc(1, sizeof(*keys));
	if (keys) {
		keys->to = folder;
		snprintf(keys->from, sizeof(keys->from), "%s", from);
	}
	json_decref(answer);
	return keys;
}

/* "0x1234abcd" in the fourth field of esp_sa, or what the line begins with. */
static bool is_wanted(const struct capture_keys *keys, const char *line,
		      bool esp)
{
	const char *at = esp ? strstr(line, "\"0x") : line;
	char text[2 * CAPTURE_IKE_SPI + 1] = "";

	if (!at)
		return false;
	snprintf(text, sizeof(text), "%.*s", esp ? 8 : 2 * CAPTURE_IKE_SPI,
		 esp ? at + 3 : at);
	return has(esp ? &keys->esp : &keys->ike, strtoull(text, NULL, 16));
}

/* A table with the lines that are wanted, if there are any. 0, or said why. */
static int write_table(const struct capture_keys *keys, const char *name,
		       bool esp)
{
	struct ipsec_input in = { 0 };
	struct ipsec_err err = { 0 };
	char path[512], *rest, *line, *out;
	size_t len = 0;
	int rc;

	snprintf(path, sizeof(path), "%s/%s", keys->from, name);
	if (access(path, F_OK) && errno == ENOENT)
		return 0;
	rc = ipsec_input_read(&in, path, TABLE_MAX, &err);
	if (rc)
		return ctl_fail(&err);
	out = rest = in.text;
	/* What is kept moves over what is not. */
	while ((line = strsep(&rest, "\n"))) {
		size_t n = strlen(line);

		if (!rest || !is_wanted(keys, line, esp))
			continue;
		memmove(out + len, line, n);
		len += n;
		out[len++] = '\n';
	}
	snprintf(path, sizeof(path), "%s/%s", keys->to, name);
	if (len)
		rc = ipsec_file_replace(path, out, len, &err);
	ipsec_input_free(&in);
	return rc ? ctl_fail(&err) : 0;
}

int capture_keys_end(struct capture_keys *keys)
{
	int rc = CTL_OK;
	size_t i;

	ctl_secret_begin();
	for (i = 0; !rc && i < sizeof(tables) / sizeof(tables[0]); i++)
		rc = write_table(keys, tables[i].name, tables[i].esp);
	free_keys(keys);
	return rc;
}
