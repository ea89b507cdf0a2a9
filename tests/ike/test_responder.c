// SPDX-License-Identifier: GPL-2.0-or-later
/* Which OCSP responders may be asked, and that each question has an end. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "responder.h"
#include "tap.h"

static bool allowed(const char *text)
{
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, text, &four.sin_addr) == 1)
		return ipsecd_responder_allowed((struct sockaddr *)&four);
	inet_pton(AF_INET6, text, &six.sin6_addr);
	return ipsecd_responder_allowed((struct sockaddr *)&six);
}

static void addresses(void)
{
	static const char *const bad[] = {
		"127.0.0.1",
		"127.255.255.254",
		"0.0.0.0",
		"0.1.2.3",
		"169.254.169.254",
		"224.0.0.1",
		"255.255.255.255",
		"240.0.0.1",
		"::",
		"::1",
		"fe80::1",
		"ff02::1",
		"::ffff:127.0.0.1",
		"::ffff:169.254.0.1",
		"::127.0.0.1",
	};
	static const char *const good[] = {
		"10.0.0.1", "192.0.2.1",	"2001:db8::1",
		"fd00::1",  "::ffff:192.0.2.1",
	};
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ok(!allowed(bad[i]), "%s is not asked", bad[i]);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ok(allowed(good[i]), "%s may be", good[i]);
}

static unsigned int answers, bytes;
static uint32_t last;

static void done(void *arg, uint32_t id, struct ike_blob answer)
{
	(void)arg;
	answers++;
	bytes += answer.len;
	last = id;
}

static void refused(struct ipsecd_responders *r, const char *url)
{
	static uint32_t id;
	unsigned int before = answers;

	ipsecd_fetch(r, ++id,
		     (struct ike_blob){ (const uint8_t *)url, strlen(url) },
		     (struct ike_blob){ (const uint8_t *)"x", 1 });
	event_base_loop(r->base, EVLOOP_NONBLOCK);
	ok(answers == before + 1 && last == id && !bytes && !r->count,
	   "no answer from %s", url);
}

static void questions(void)
{
	struct ipsecd_responders r = { .base = event_base_new(), .done = done };

	ipsecd_responders_init(&r);
	refused(&r, "http://127.0.0.1:80/");
	refused(&r, "http://0.0.0.0/");
	refused(&r, "http://169.254.169.254/latest");
	refused(&r, "https://192.0.2.1/");
	refused(&r, "file:///etc/shadow");
	refused(&r, "http://user@192.0.2.1/");
	refused(&r, "http:///path");
	refused(&r, "192.0.2.1");
	refused(&r, "");
	ipsecd_responders_free(&r);
	event_base_free(r.base);
}

int main(void)
{
	addresses();
	questions();
	return tap_done();
}
