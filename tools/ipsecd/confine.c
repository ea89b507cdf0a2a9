// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Confining the worker. The order matters: mounts and the root need privileges,
 * changing the user takes them, and the filter of system calls comes last.
 */
#include "confine.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define USER "ipsecd"
#define NOBODY 65534

static int failed(struct ipsec_err *err, const char *what)
{
	int code = errno ? errno : EPERM;

	return ipsec_err_code(err, code, "%s: %s", what, strerror(code));
}

int ipsecd_hold_memory(void)
{
	struct rlimit none = { 0, 0 };
	struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };

	prctl(PR_SET_DUMPABLE, 0);
	setrlimit(RLIMIT_CORE, &none);
	/*
	 * Best effort: a small machine must not be without its daemon. Under
	 * a limit all memory that comes later would be refused, not unlocked.
	 */
	if (mlockall(setrlimit(RLIMIT_MEMLOCK, &all) ?
			     MCL_CURRENT :
			     MCL_CURRENT | MCL_FUTURE))
		return -errno;
	return 0;
}

/* A file system of our own with nothing in it, over an empty folder. */
static int enter_empty(const char *empty, struct ipsec_err *err)
{
	if (unshare(CLONE_NEWNS))
		return failed(err, "cannot leave the mount namespace");
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return failed(err, "cannot make mounts private");
	if (mount("none", empty, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "size=4k,mode=555"))
		return failed(err, "cannot mount an empty file system");
	if (chdir(empty))
		return failed(err, "cannot enter the empty folder");
	/* Refused where the root is an initramfs: then chroot has to do. */
	if (!syscall(SYS_pivot_root, ".", ".")) {
		if (umount2(".", MNT_DETACH))
			return failed(err, "cannot let go of the old root");
	}
	if (chroot(".") || chdir("/"))
		return failed(err, "cannot change the root");
	if (mount(NULL, "/", NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV |
			  MS_NOEXEC,
		  NULL))
		return failed(err, "cannot make the root read-only");
	return 0;
}

static int drop_privileges(uid_t uid, gid_t gid, struct ipsec_err *err)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_change_id((int)uid, (int)gid,
			    CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING))
		return failed(err, "cannot drop privileges");
	/* Changing the user made it dumpable as the system says, and forgot
	 * what is to happen when the parent ends.
	 */
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return failed(err, "cannot give up new privileges");
	return 0;
}

/* What an event loop on open sockets, malloc and libcrypto need. */
static const int allowed[] = {
	SCMP_SYS(read),
	SCMP_SYS(write),
	SCMP_SYS(readv),
	SCMP_SYS(writev),
	SCMP_SYS(recvmsg),
	SCMP_SYS(sendmsg),
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(epoll_wait),
	SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_pwait2),
	SCMP_SYS(epoll_ctl),
	SCMP_SYS(clock_gettime),
	SCMP_SYS(gettimeofday),
	SCMP_SYS(time),
	SCMP_SYS(getrandom),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(brk),
	SCMP_SYS(madvise),
	SCMP_SYS(mlock),
	SCMP_SYS(munlock),
	SCMP_SYS(futex),
	SCMP_SYS(close),
	SCMP_SYS(getpid),
	SCMP_SYS(gettid),
	SCMP_SYS(tgkill),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

/* Memory, but none that code could be put into. */
static int allow_memory(scmp_filter_ctx ctx)
{
	struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				  no_exec);

	return rc ? rc :
		    seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				     no_exec);
}

/* Checks of certificates ask for the local time: not of a file, later on. */
static void settle_time_zone(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
}

static int filter_calls(struct ipsec_err *err)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = ctx ? allow_memory(ctx) : -ENOMEM;
	size_t i;

	for (i = 0; !rc && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!rc)
		rc = seccomp_load(ctx);
	if (ctx)
		seccomp_release(ctx);
	if (!rc)
		return 0;
	errno = -rc;
	return failed(err, "cannot filter system calls");
}

int ipsecd_confine(const char *empty, struct ipsec_err *err)
{
	const struct passwd *user = getpwnam(USER);
	uid_t uid = user ? user->pw_uid : NOBODY;
	gid_t gid = user ? user->pw_gid : NOBODY;
	int rc;

	settle_time_zone();
	rc = enter_empty(empty, err);
	if (!rc)
		rc = drop_privileges(uid, gid, err);
	return rc ? rc : filter_calls(err);
}
