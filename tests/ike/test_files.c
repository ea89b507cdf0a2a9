// SPDX-License-Identifier: GPL-2.0-or-later
/* Which files a policy may name, and that they are read once. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto.h"
#include "files.h"
#include "tap.h"

#define POLICY                                                     \
	"rules:\n  - name: x\n    filters: [{from: 10.0.0.1, to: " \
	"10.0.0.2}]\n    psk-file: "

static char folder[] = "/tmp/ipsecd-files-XXXXXX";

static const char *path_of(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void put(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(path_of(name), "w");

	if (!f || fputs(text, f) < 0 || fclose(f) ||
	    chmod(path_of(name), mode)) {
		printf("Bail out! %s\n", path_of(name));
		exit(1);
	}
}

/* Of a policy that names a secret. */
static int reads(const char *secret, struct ipsecd_files *files,
		 struct ipsec_err *err)
{
	struct policy *policy;
	char text[512];
	int rc;

	snprintf(text, sizeof(text), POLICY "%s\n", secret);
	put("policy.yaml", text, 0644);
	memset(err, 0, sizeof(*err));
	rc = ipsecd_files_read(files, path_of("policy.yaml"), &policy, err);
	if (!rc)
		policy_put(policy);
	return rc;
}

static void good(void)
{
	struct ipsecd_files files;
	struct policy *policy;
	struct ipsec_err err;

	put("secret", "open sesame\n", 0600);
	ok(!reads("secret", &files, &err), "a file beside the policy");
	unlink(path_of("secret"));
	ok(!ipsecd_files_parse(&files, &policy, &err) &&
		   policy->rule[0].auth[0].psk_len == 11,
	   "read once, it is there for the next worker");
	policy_put(policy);
	ok(ipsecd_files_find(&files, "secret") &&
		   !ipsecd_files_find(&files, "other"),
	   "by the name in the policy");
	ipsecd_files_free(&files);
	put("secret", "open sesame\n", 0400);
	ok(!reads(path_of("secret"), &files, &err), "by an absolute name");
	ipsecd_files_free(&files);
}

static void refused(const char *secret, const char *want, const char *what)
{
	struct ipsecd_files files;
	struct ipsec_err err;

	ok(reads(secret, &files, &err) && strstr(err.text, want) &&
		   err.line == 2 && err.file,
	   "refused: %s", what);
	if (!strstr(err.text, want))
		printf("# %s\n", err.text);
	ok(!files.first, "and nothing is kept");
}

static void bad(void)
{
	static char large[IPSECD_FILE_MAX + 2];

	refused("nowhere", "No such file", "what is not there");
	put("shown", "x\n", 0640);
	refused("shown", "chmod 600", "a secret that a group can read");
	put("open", "x\n", 0602);
	refused("open", "chmod go-w", "what others can write to");
	if (symlink("shown", path_of("link")))
		exit(1);
	refused("link", "symbolic link", "a link");
	if (mkfifo(path_of("fifo"), 0600))
		exit(1);
	refused("fifo", "no regular file", "a FIFO, without waiting");
	refused("/dev/zero", "no regular file", "a device");
	refused("/tmp", "no regular file", "a folder");
	memset(large, 'x', sizeof(large) - 1);
	put("large", large, 0600);
	refused("large", "larger than 1 MiB", "a large file");
}

static void policy_file(void)
{
	struct ipsecd_files files;
	struct policy *policy;
	struct ipsec_err err = { 0 };

	ok(ipsecd_files_read(&files, path_of("none.yaml"), &policy, &err) &&
		   !strcmp(err.file, path_of("none.yaml")),
	   "no policy: its name is told");
	put("policy.yaml", "rules: []\n", 0666);
	ok(ipsecd_files_read(&files, path_of("policy.yaml"), &policy, &err),
	   "a policy that others can write to");
	put("policy.yaml", "", 0600);
	ok(ipsecd_files_read(&files, path_of("policy.yaml"), &policy, &err),
	   "an empty one");
}

int main(void)
{
	char command[256];

	if (ike_crypto_init() || !mkdtemp(folder))
		return 1;
	good();
	bad();
	policy_file();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command) ? 1 : tap_done();
}
