/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/load/split.h"

enum {
	ANSWER_LIMIT = 1 << 20,
};

/* Who called. */
struct caller {
	uid_t uid;
	gid_t gid;
	bool has_no_gid; /* it is the password database's */
};

/* ---- capabilities ---- */

static bool get_capabilities(uint64_t *ret_effective, uint64_t *ret_permitted)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	*ret_effective = data[0].effective | (uint64_t)data[1].effective << 32;
	*ret_permitted = data[0].permitted | (uint64_t)data[1].permitted << 32;
	return true;
}

/* Of these one, if it is there. Also what a program that is run could get. */
static int keep_capability(int cap, struct rk_error *err)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};
	uint64_t effective;
	uint64_t permitted;

	if (!get_capabilities(&effective, &permitted))
		return rk_error_sys(err, errno, "capget");

	/* Without CAP_SETPCAP the bounding set stays; no_new_privs makes it harmless. */
	for (int i = 0; prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
		if (i != cap)
			prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
	if (permitted & 1ULL << cap) {
		data[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
		data[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return rk_error_sys(err, errno, "no_new_privs");
	if (syscall(SYS_capset, &header, data) < 0)
		return rk_error_sys(err, errno, "capset");
	return 0;
}

/* ---- who called ---- */

/* A plain decimal number; sudo writes no other. */
static bool read_id(const char *text, unsigned int *ret)
{
	uint64_t number = 0;

	if (*text == '\0' || strlen(text) > 10)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (unsigned int)(*text - '0');
	}
	*ret = (unsigned int)number;
	return number < UINT32_MAX;
}

static int find_caller(struct caller *ret, struct rk_error *err)
{
	const char *uid = getenv("SUDO_UID");
	const char *gid = getenv("SUDO_GID");

	*ret = (struct caller){.uid = getuid(), .gid = getgid()};
	if (ret->uid != 0)
		return 0;
	if (!uid) {
		uid = getenv("PKEXEC_UID");
		gid = "0";
		ret->has_no_gid = uid != NULL;
	}
	if (!uid)
		return 0;
	if (read_id(uid, &ret->uid) && gid && read_id(gid, &ret->gid))
		return 0;
	return rk_error_set(err, RK_EREFUSED,
			    "SUDO_UID and SUDO_GID are '%s' and '%s', which name nobody",
			    uid, gid ? gid : "");
}

/* ---- the child ---- */

/* Variables that change how it looks; no others are believed. */
static int clean_environment(const char *home, const char *user, struct rk_error *err)
{
	static const char *const kept[] = {"TERM", "NO_COLOR", "COLUMNS", "LANG"};
	char *values[RK_ARRAY_LEN(kept)] = {NULL};
	int r = 0;

	for (size_t i = 0; i < RK_ARRAY_LEN(kept) && r == 0; i++)
		if (getenv(kept[i]))
			r = rk_strdup(getenv(kept[i]), &values[i], err);
	clearenv();
	for (size_t i = 0; i < RK_ARRAY_LEN(kept); i++)
		if (values[i] && setenv(kept[i], values[i], 1) < 0)
			r = rk_error_nomem(err);
	for (size_t i = 0; i < RK_ARRAY_LEN(kept); i++)
		free(values[i]);
	if (setenv("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", 1) < 0 ||
	    setenv("HOME", home, 1) < 0 || setenv("USER", user, 1) < 0 ||
	    setenv("LOGNAME", user, 1) < 0)
		r = rk_error_nomem(err);
	return r;
}

/* Ids, groups and home by the password database. */
static int become_caller(const struct caller *caller, struct rk_error *err)
{
	const struct passwd *entry = getpwuid(caller->uid);
	gid_t gid = caller->gid;
	int r;

	if (caller->has_no_gid && !entry)
		return rk_error_set(err, RK_EREFUSED,
				    "PKEXEC_UID is '%u', which is nobody", caller->uid);
	if (caller->has_no_gid)
		gid = entry->pw_gid;

	if (caller->uid == 0 || getuid() != 0)
		r = keep_capability(CAP_DAC_READ_SEARCH, err);
	else if ((entry ? initgroups(entry->pw_name, gid) : setgroups(0, NULL)) < 0 ||
		 setresgid(gid, gid, gid) < 0 ||
		 setresuid(caller->uid, caller->uid, caller->uid) < 0)
		r = rk_error_sys(err, errno, "user %u of group %u", caller->uid, gid);
	else
		r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0
			    ? rk_error_sys(err, errno, "no_new_privs")
			    : 0;
	if (r < 0)
		return r;
	return clean_environment(entry ? entry->pw_dir : "/", entry ? entry->pw_name : "",
				 err);
}

static int be_judge(const struct caller *caller, struct rk_rights *rights,
		    struct rk_error *err)
{
	uint64_t effective = 0;
	uint64_t left = 0; /* also what could be taken up again */

	rights->kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	rights->kmsg_errno = rights->kmsg < 0 ? errno : 0;
	if (become_caller(caller, err) < 0)
		return -(int)err->code;
	/* Others of the same user must not be able to change what is judged here. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return rk_error_sys(err, errno, "PR_SET_DUMPABLE");
	if (!get_capabilities(&effective, &left) ||
	    ((effective | left) & ~(1ULL << CAP_DAC_READ_SEARCH)))
		return rk_error_set(err, RK_EREFUSED,
				    "capabilities could not be dropped");
	return 0;
}

/* ---- the parent ---- */

static pid_t judge_pid;

static void pass_signal(int number)
{
	kill(judge_pid, number);
}

static void handle_signals(void (*handler)(int))
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	for (size_t i = 0; i < RK_ARRAY_LEN(numbers); i++)
		sigaction(numbers[i], &action, NULL);
}

/* As the child ended. */
__attribute__((noreturn)) static void end_as_judge(void)
{
	siginfo_t info;
	int status = 0;

	/* When it is reaped, its number may be that of somebody else. */
	while (waitid(P_PID, (id_t)judge_pid, &info, WEXITED | WNOWAIT) < 0)
		if (errno != EINTR)
			_exit(2);
	handle_signals(SIG_IGN);
	if (waitpid(judge_pid, &status, 0) < 0)
		_exit(2);
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* Without CAP_KILL, only who has the child's uid as its real one may pass signals on. It
 * also lets the user end what was started. */
static int share_uid(const struct caller *caller, struct rk_error *err)
{
	if (getuid() != caller->uid && setresuid(caller->uid, (uid_t)-1, (uid_t)-1) < 0)
		return rk_error_sys(err, errno, "setresuid");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return rk_error_sys(err, errno, "PR_SET_DUMPABLE");
	return 0;
}

__attribute__((noreturn)) static void be_inserter(const struct caller *caller, int socket)
{
	struct rk_error err = RK_ERROR_INIT;

	handle_signals(pass_signal);
	if (share_uid(caller, &err) == 0 && keep_capability(CAP_SYS_MODULE, &err) == 0)
		rk_inserter_serve(socket);
	close(socket);
	end_as_judge();
}

/* ---- */

/* What the caller of sudo ignored or blocked: children are to be waited for, and who is
 * interrupted is to end. */
static void reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	signal(SIGCHLD, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int check_descriptors(struct rk_error *err)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			return rk_error_set(
				err, RK_EREFUSED,
				"descriptor %d is closed: what is printed could go into a module",
				fd);
	if (close_range(3, ~0U, 0) < 0)
		return rk_error_sys(err, errno, "close_range");
	return 0;
}

int rk_split(struct rk_rights *ret, struct rk_error *err)
{
	struct caller caller;
	uint64_t permitted = 0;
	uint64_t caps = 0;
	int sockets[2];

	*ret = (struct rk_rights)RK_RIGHTS_NONE;
	if (getauxval(AT_SECURE))
		return rk_error_set(err, RK_EREFUSED,
				    "rkmod is not made to be a set-user-ID program");
	if (!get_capabilities(&caps, &permitted) || !(caps & 1ULL << CAP_SYS_MODULE))
		return 0;
	if (check_descriptors(err) < 0 || find_caller(&caller, err) < 0)
		return -(int)err->code;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		return rk_error_sys(err, errno, "socketpair");
	reset_signals();
	judge_pid = fork();
	if (judge_pid < 0)
		return rk_error_sys(err, errno, "fork");
	if (judge_pid > 0) {
		close(sockets[1]);
		be_inserter(&caller, sockets[0]);
	}
	close(sockets[0]);
	ret->socket = sockets[1];
	return be_judge(&caller, ret, err);
}

/* ---- a call with the caller's rights ---- */

__attribute__((noreturn)) static void
be_worker(const struct caller *caller, int (*work)(void *data, struct rk_buf *answer),
	  void *data, int to)
{
	cleanup_buf struct rk_buf answer = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (become_caller(caller, &err) < 0) {
		fprintf(stderr, "rkmod: %s\n", err.msg);
		_exit(2);
	}
	status = work(data, &answer);
	if (fflush(NULL) != 0 || answer.failed ||
	    rk_file_write_fd(to, rk_buf_str(&answer), answer.len, &err) < 0)
		_exit(2);
	_exit(status);
}

static int wait_for_worker(pid_t pid, int *ret_status, struct rk_error *err)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return rk_error_sys(err, errno, "waitpid");
	if (!WIFEXITED(status))
		return rk_error_set(err, RK_EREFUSED, "ended by signal %d",
				    WTERMSIG(status));
	*ret_status = WEXITSTATUS(status);
	return 0;
}

static int call_worker(const struct caller *caller,
		       int (*work)(void *data, struct rk_buf *answer), void *data,
		       struct rk_buf *answer, int *ret_status, struct rk_error *err)
{
	cleanup_close int from = -1;
	int pipe_fds[2];
	pid_t pid;
	int r;

	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return rk_error_sys(err, errno, "pipe");
	from = pipe_fds[0];
	reset_signals();
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		close(from);
		be_worker(caller, work, data, pipe_fds[1]);
	}
	close(pipe_fds[1]);
	if (pid < 0)
		return rk_error_sys(err, errno, "fork");
	r = rk_file_read_fd(from, ANSWER_LIMIT, answer, err);
	if (r < 0)
		kill(pid, SIGTERM);
	if (wait_for_worker(pid, ret_status, r < 0 ? &(struct rk_error){0} : err) < 0 &&
	    r == 0)
		return -(int)err->code;
	return r;
}

int rk_split_call(int (*work)(void *data, struct rk_buf *answer), void *data,
		  struct rk_buf *answer, int *ret_status, struct rk_error *err)
{
	struct caller caller;

	if (getauxval(AT_SECURE))
		return rk_error_set(err, RK_EREFUSED,
				    "rkmod is not made to be a set-user-ID program");
	if (find_caller(&caller, err) < 0)
		return -(int)err->code;
	if (getuid() == 0 && caller.uid != 0)
		return call_worker(&caller, work, data, answer, ret_status, err);
	*ret_status = work(data, answer);
	return 0;
}
