// SPDX-License-Identifier: GPL-2.0-or-later
/* The control socket of ipsecd: a line of JSON there, one back. */
#include "ike_client.h"

#include <errno.h>
#include <fcntl.h>
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
		fprintf(stderr, "ipsecctl: %s: %s%s\n", path, strerror(code),
			code == EACCES ? "; run it as root" : "");
	return NULL;
}

/* -1 and errno. */
static int connect_to(struct sockaddr_un *a)
{
	const struct timeval patience = { .tv_sec = PATIENCE };
	const char *run = getenv("IPSECD_RUN");
	int fd, len, code;

	a->sun_family = AF_UNIX;
	len = snprintf(a->sun_path, sizeof(a->sun_path), "%s/control",
		       run && *run ? run : DEFAULT_RUN);
	if (len >= (int)sizeof(a->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (!connect(fd, (const struct sockaddr *)a, sizeof(*a)))
		return fd;
	code = errno;
	close(fd);
	errno = code;
	return -1;
}

/* -1 prints why. */
static int open_socket(struct sockaddr_un *a)
{
	int fd = connect_to(a);

	if (fd < 0)
		fail(a->sun_path, errno);
	return fd;
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

int ctl_ike_listen(void)
{
	static const char request[] = "{\"command\":\"events\"}\n";
	struct sockaddr_un a = { 0 };
	int fd = connect_to(&a);

	if (fd < 0)
		return -1;
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK)) {
		close(fd);
		return -1;
	}
	return fd;
}

bool ctl_ike_runs(void)
{
	struct sockaddr_un a = { 0 };
	int fd = connect_to(&a);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static json_t *send_line(const char *line)
{
	struct sockaddr_un a = { 0 };
	char *text = NULL;
	json_t *answer = NULL;
	int fd = open_socket(&a);

	if (fd < 0)
		return NULL;
	if (send(fd, line, strlen(line), MSG_NOSIGNAL | MSG_MORE) >= 0 &&
	    send(fd, "\n", 1, MSG_NOSIGNAL) >= 0)
		text = read_line(fd);
	if (text)
		answer = check(json_loads(text, 0, NULL));
	else
		fail(a.sun_path, errno);
	close(fd);
	free(text);
	return answer;
}

json_t *ctl_ike_send(json_t *request)
{
	char *line = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_t *answer = NULL;

	json_decref(request);
	if (line)
		answer = send_line(line);
	else
		fputs("ipsecctl: a word is not UTF-8\n", stderr);
	/* It may have a key. */
	if (line)
		explicit_bzero(line, strlen(line));
	free(line);
	return answer;
}

json_t *ctl_ike_ask(const char *command, const char *rule)
{
	return ctl_ike_send(
		json_pack("{s:s, s:s*}", "command", command, "rule", rule));
}
