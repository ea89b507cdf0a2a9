// SPDX-License-Identifier: GPL-2.0-or-later
/* A policy's text and files as bytes that can be kept. */
#include "pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crypto.h"

#define HASH_LEN 32
#define FILE_HEADER (4 + 4 + 1)

static const char magic[] = "ipsecd policy 1\n";

static bool hash(const void *data, size_t len, uint8_t *out)
{
	const struct iovec iov = { (void *)data, len };

	return !ike_hash(IKE_HASH_SHA2_256, &iov, 1, out);
}

static size_t packed_size(const struct ipsecd_files *files, const char *path)
{
	size_t size = sizeof(magic) - 1 + 4 + strlen(path) + HASH_LEN;
	const struct ipsecd_file *f;

	for (f = files->first; f; f = f->next)
		size += FILE_HEADER + strlen(f->name) + f->len;
	return size;
}

static void write_file(struct ipsec_writer *w, const struct ipsecd_file *f)
{
	ipsec_write_u32(w, (uint32_t)strlen(f->name));
	ipsec_write_u32(w, (uint32_t)f->len);
	ipsec_write_u8(w, f->exposed);
	ipsec_write(w, f->name, strlen(f->name));
	if (f->len)
		ipsec_write(w, f->data, f->len);
}

uint8_t *ipsecd_pack(const struct ipsecd_files *files, const char *path,
		     size_t *len)
{
	size_t size = packed_size(files, path);
	uint8_t *data = malloc(size);
	const struct ipsecd_file *f;
	struct ipsec_writer w;

	if (!data)
		return NULL;
	ipsec_writer_init(&w, data, size);
	ipsec_write(&w, magic, sizeof(magic) - 1);
	ipsec_write_u32(&w, (uint32_t)strlen(path));
	ipsec_write(&w, path, strlen(path));
	for (f = files->first; f; f = f->next)
		write_file(&w, f);
	if (!hash(data, w.len, data + w.len)) {
		explicit_bzero(data, size);
		free(data);
		return NULL;
	}
	*len = size;
	return data;
}

static int read_file(struct ipsec_reader *r, struct ipsecd_files *files)
{
	char name[IPSECD_PATH_SIZE];
	uint32_t name_len = ipsec_read_u32(r), len = ipsec_read_u32(r);
	uint8_t exposed = ipsec_read_u8(r);
	const uint8_t *data;

	if (name_len >= sizeof(name))
		return -EBADMSG;
	ipsec_read_copy(r, name, name_len);
	name[name_len] = '\0';
	data = ipsec_read(r, len);
	if (r->failed || exposed > 1)
		return -EBADMSG;
	if (ipsecd_files_append(files, name, data, len))
		return -ENOMEM;
	ipsecd_files_find(files, name)->exposed = exposed;
	return 0;
}

static int read_all(struct ipsec_reader *r, struct ipsecd_files *files,
		    char *path)
{
	const uint8_t *start = ipsec_read(r, sizeof(magic) - 1);
	uint32_t len = ipsec_read_u32(r);
	int rc = 0;

	if (r->failed || memcmp(start, magic, sizeof(magic) - 1) ||
	    len >= IPSECD_PATH_SIZE)
		return -EBADMSG;
	ipsec_read_copy(r, path, len);
	path[len] = '\0';
	while (r->left && !rc)
		rc = read_file(r, files);
	return r->failed || !ipsecd_files_find(files, "") ? -EBADMSG : rc;
}

int ipsecd_unpack(struct ipsecd_files *files, char *path, const void *data,
		  size_t len, struct ipsec_err *err)
{
	uint8_t sum[HASH_LEN];
	struct ipsec_reader r;
	int rc = -EBADMSG;

	if (len >= HASH_LEN && hash(data, len - HASH_LEN, sum) &&
	    !memcmp(sum, (const uint8_t *)data + len - HASH_LEN, HASH_LEN)) {
		ipsec_reader_init(&r, data, len - HASH_LEN);
		rc = read_all(&r, files, path);
	}
	if (!rc)
		return 0;
	ipsecd_files_free(files);
	if (rc == -ENOMEM)
		return ipsec_err_code(err, ENOMEM, "out of memory");
	return ipsec_err_code(err, EBADMSG,
			      "it is torn or was changed; remove it");
}
