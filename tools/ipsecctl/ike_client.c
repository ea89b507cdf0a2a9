// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket of ipsecd: a line of JSON there, one back. */
#include "ike_client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_RUN "/run/ipsecd"
#define PATIENCE 30 /* seconds */

static json_t *fail(const char *path, int code)
{
	fflush(stdout);
	if (code == ENOENT || code == ECONNREFUSED)
		fprintf(stderr,
			"ipsecctl: ipsecd does not run (nobody listens on %s); "
			"start it, or set IPSECD_RUN to its folder\n",
			path);
	else
		fprintf(stderr, "ipsecctl: %s: %s\n", path, strerror(code));
	return NULL;
}

/* -1 prints why. */
static int open_socket(struct sockaddr_un *a)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	const char *run = getenv("IPSECD_RUN");
	int fd, len;

	a->sun_family = AF_UNIX;
	len = snprintf(a->sun_path, sizeof(a->sun_path), "%s/control",
		       run && *run ? run : DEFAULT_RUN);
	if (len >= (int)sizeof(a->sun_path)) {
		fail(run, ENAMETOOLONG);
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			   sizeof(patience));
		if (!connect(fd, (const struct sockaddr *)a, sizeof(*a)))
			return fd;
	}
	fail(a->sun_path, errno);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* The answer, up to the end of its line. NULL and errno. */
static char *read_line(int fd)
{
	size_t len = 0, size = 65536;
	char *text = malloc(size), *grown;
	ssize_t got;

	while (text) {
		got = recv(fd, text + len, size - len - 1, 0);
		if (got <= 0) {
			errno = got ? errno : ECONNRESET;
			break;
		}
		len += (size_t)got;
		text[len] = '\0';
		if (text[len - 1] == '\n')
			return text;
		if (len + 1 < size)
			continue;
		grown = realloc(text, 2 * size);
		if (!grown)
			break;
		text = grown;
		size *= 2;
	}
	free(text);
	return NULL;
}

static json_t *check(json_t *answer)
{
	const char *error = json_string_value(json_object_get(answer, "error"));

	if (json_is_object(answer) && !error)
		return answer;
	fflush(stdout);
	fprintf(stderr, "ipsecctl: %s\n",
		error ? error : "ipsecd gave no answer that can be read");
	json_decref(answer);
	return NULL;
}

json_t *ctl_ike_ask(const char *command, const char *rule)
{
	struct sockaddr_un a = { 0 };
	json_t *request =
		json_pack("{s:s, s:s*}", "command", command, "rule", rule);
	char *line = request ? json_dumps(request, JSON_COMPACT) : NULL;
	char *text = NULL;
	json_t *answer = NULL;
	int fd = -1;

	json_decref(request);
	if (!line)
		fputs("ipsecctl: the rule's name is not UTF-8\n", stderr);
	else
		fd = open_socket(&a);
	if (fd >= 0) {
		if (send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_MORE) >=
			    0 &&
		    send(fd, "\n", 1, MSG_NOSIGNAL) >= 0)
			text = read_line(fd);
		if (!text)
			fail(a.sun_path, errno);
		close(fd);
	}
	if (text)
		answer = check(json_loads(text, 0, NULL));
	free(text);
	free(line);
	return answer;
}
