// SPDX-License-Identifier: GPL-2.0-or-later
/* ipsecctl top: hosts, SAs, negotiations and drops, again and again. */
#include <ctype.h>
#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "top.h"

#define INTERVAL 2 /* seconds */
#define FIRST_MS 1000 /* until there are rates */

static int64_t interval_ms(const struct ctl_args *args)
{
	return 1000 * (int64_t)(args->given & CTL_OPT_INTERVAL ?
					args->interval :
					INTERVAL);
}

static void print_frame(const struct ctl_args *args, const struct top *t)
{
	char line[TOP_WIDTH + 1];
	unsigned int n;

	if (args->json) {
		json_t *frame = top_json(t);

		json_dumpf(frame, stdout, JSON_PRESERVE_ORDER);
		json_decref(frame);
	} else {
		for (n = 0; n < TOP_HEAD + t->rows[t->view].count; n++) {
			top_line(t, n, line);
			puts(line);
		}
	}
	putchar('\n');
	fflush(stdout);
}

/* False: it is to end. */
static bool pause_until(int fd, int64_t end)
{
	struct pollfd p = { fd, POLLIN, 0 };
	int64_t left;

	while ((left = end - ctl_now_ms()) > 0) {
		if (poll(&p, 1, (int)left) < 0 && errno != EINTR)
			return false;
		if (p.revents)
			return false;
	}
	return true;
}

static int batch(const struct ctl_args *args, struct top *t)
{
	int64_t next = ctl_now_ms() + FIRST_MS;
	int fd = ctl_signal_fd();
	uint64_t frames = 0;

	top_read(t);
	while (pause_until(fd, next)) {
		top_read(t);
		print_frame(args, t);
		if (args->given & CTL_OPT_COUNT && ++frames >= args->count)
			break;
		next += interval_ms(args);
	}
	close(fd);
	return CTL_OK;
}

static void draw(const struct top *t)
{
	char line[TOP_WIDTH + 1];
	int y, rows, columns;

	getmaxyx(stdscr, rows, columns);
	erase();
	for (y = 0; y < rows; y++) {
		top_line(t, (unsigned int)y, line);
		attrset(y == TOP_HEAD - 1 ? A_REVERSE : A_NORMAL);
		mvaddnstr(y, 0, line, columns);
	}
	attrset(A_NORMAL);
	refresh();
}

static void scroll_by(struct top *t, int lines)
{
	unsigned int last = t->rows[t->view].count;
	int64_t to = (int64_t)t->from + lines;

	last = last ? last - 1 : 0;
	t->from = to < 0 ? 0 : to > last ? last : (unsigned int)to;
}

static bool set_view(struct top *t, int key)
{
	int view;

	for (view = 0; view < TOP_VIEWS; view++) {
		if (key != top_views[view][0])
			continue;
		t->view = (enum top_view)view;
		t->from = 0;
		return true;
	}
	return false;
}

/* False: the end. */
static bool on_key(struct top *t, int key)
{
	int page = LINES > TOP_HEAD ? LINES - TOP_HEAD : 1;

	switch (key) {
	case 'q':
	case 'Q':
		return false;
	case 'p':
	case ' ':
		t->paused = !t->paused;
		break;
	case 'v':
		t->reverse = !t->reverse;
		top_sort(t);
		break;
	case 'r':
		t->sort = (t->sort + 1) % TOP_SORTS;
		top_sort(t);
		break;
	case KEY_UP:
		scroll_by(t, -1);
		break;
	case KEY_DOWN:
		scroll_by(t, 1);
		break;
	case KEY_PPAGE:
		scroll_by(t, -page);
		break;
	case KEY_NPAGE:
		scroll_by(t, page);
		break;
	default:
		set_view(t, tolower(key));
	}
	return true;
}

/* A size that has changed is a key, too. */
static bool take_keys(struct top *t)
{
	int key;

	while ((key = getch()) != ERR)
		if (!on_key(t, key))
			return false;
	draw(t);
	return true;
}

static void run(const struct ctl_args *args, struct top *t, int signals)
{
	struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 },
				{ signals, POLLIN, 0 } };
	int64_t next = 0, left;
	uint64_t frames = 0;

	for (;;) {
		if (!t->paused && ctl_now_ms() >= next) {
			if (args->given & CTL_OPT_COUNT && frames > args->count)
				return;
			top_read(t);
			next = ctl_now_ms() +
			       (frames++ ? interval_ms(args) : FIRST_MS);
			scroll_by(t, 0);
			draw(t);
		}
		left = next > ctl_now_ms() ? next - ctl_now_ms() : 0;
		if (poll(fds, 2, t->paused ? -1 : (int)left) < 0 &&
		    errno != EINTR)
			return;
		if (fds[1].revents || fds[0].revents & (POLLHUP | POLLERR))
			return;
		if (!take_keys(t))
			return;
	}
}

static int screen(const struct ctl_args *args, struct top *t)
{
	int signals = ctl_signal_fd();
	SCREEN *terminal;

	terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ?
			   newterm(NULL, stdout, stdin) :
			   NULL;
	if (!terminal) {
		fputs("ipsecctl: this is no terminal that can be drawn on; use "
		      "--batch, or set TERM\n",
		      stderr);
		return CTL_FAILED;
	}
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	run(args, t, signals);
	endwin();
	delscreen(terminal);
	close(signals);
	return CTL_OK;
}

static bool find(const char *const names[], int count, const char *word,
		 int *index)
{
	for (*index = 0; *index < count; ++*index)
		if (!strcmp(names[*index], word))
			return true;
	return false;
}

static int read_words(struct ctl_args *args, struct top *t)
{
	int i, index;

	for (i = 0; i < args->argc; i++) {
		if (find(top_views, TOP_VIEWS, args->argv[i], &index))
			t->view = (enum top_view)index;
		else if (strcmp(args->argv[i], "sort"))
			return ctl_usage(args, "'%.40s' is nothing to be shown",
					 args->argv[i]);
		else if (++i == args->argc ||
			 !find(top_sorts, TOP_SORTS, args->argv[i], &index))
			return ctl_usage(args, "sort by rate, out, in, drops, "
					       "sas, age or peer");
		else
			t->sort = (enum top_sort)index;
	}
	if (args->given & CTL_OPT_INTERVAL &&
	    (!args->interval || args->interval > 3600))
		return ctl_usage(args, "an interval is 1 to 3600 seconds");
	return CTL_OK;
}

int ctl_top(struct ctl_args *args)
{
	struct top t = { .sort = TOP_BY_RATE };
	int rc = read_words(args, &t);

	if (rc)
		return rc;
	/* What is down is shown as that. */
	ctl_be_quiet();
	rc = args->json || args->given & CTL_OPT_BATCH ? batch(args, &t) :
							 screen(args, &t);
	top_free(&t);
	return rc;
}
