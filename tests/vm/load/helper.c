// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What busybox is too slow for, or has not:
 *
 *   helper swap A B TIMES MSEC   exchanges two files
 *   helper with-cap NUMBER UID COMMAND...   as that user, with one capability
 *   helper signal SIGNAL first|all|it N COMMAND...   when one of its processes is about
 * to make the Nth of the calls in steps[], the signal is sent to the first process, to
 *       all of them, or to that one. Exit status 3: there was no such step
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int swap(char **argv)
{
	for (long i = strtol(argv[2], NULL, 10); i > 0; i--) {
		if (renameat2(AT_FDCWD, argv[0], AT_FDCWD, argv[1], RENAME_EXCHANGE) <
		    0) {
			perror("renameat2");
			return 1;
		}
		usleep((useconds_t)strtol(argv[3], NULL, 10) * 1000);
	}
	return 0;
}

static int run_with_cap(char **argv)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};
	int cap = (int)strtol(argv[0], NULL, 10);
	uid_t uid = (uid_t)strtol(argv[1], NULL, 10);

	data[CAP_TO_INDEX(cap)].effective = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].permitted = CAP_TO_MASK(cap);
	data[CAP_TO_INDEX(cap)].inheritable = CAP_TO_MASK(cap);
	if (prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0) == 0 &&
	    setresuid(uid, uid, uid) == 0 && syscall(SYS_capset, &header, data) == 0 &&
	    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == 0)
		execvp(argv[2], argv + 2);
	perror("with-cap");
	return 1;
}

/* ---- a signal at a step ---- */

/* What rkmod does to the kernel, and what its processes say to each other. */
#define STEP(number)                                                                     \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),                               \
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE)

static struct sock_filter steps[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	STEP(SYS_memfd_create),
	STEP(SYS_finit_module),
	STEP(SYS_delete_module),
	STEP(SYS_sendmsg),
	STEP(SYS_recvmsg),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

struct tracer {
	pid_t pids[64]; /* of all that were seen; the first is the command */
	int n_pids;
	long left; /* steps until the signal; 0: it was sent */
	int signal;
	const char *victim;
};

static void note_pid(struct tracer *tracer, pid_t pid)
{
	for (int i = 0; i < tracer->n_pids; i++)
		if (tracer->pids[i] == pid)
			return;
	if (tracer->n_pids < (int)(sizeof(tracer->pids) / sizeof(tracer->pids[0])))
		tracer->pids[tracer->n_pids++] = pid;
}

static void send_it(struct tracer *tracer, pid_t pid)
{
	if (strcmp(tracer->victim, "it") == 0)
		kill(pid, tracer->signal);
	else if (strcmp(tracer->victim, "first") == 0)
		kill(tracer->pids[0], tracer->signal);
	else
		for (int i = 0; i < tracer->n_pids; i++)
			kill(tracer->pids[i], tracer->signal);
}

/* Return: the signal that it is to get when it goes on. */
static int look_at(struct tracer *tracer, pid_t pid, int status)
{
	const int number = WSTOPSIG(status);
	const int event = status >> 16;

	if (event == PTRACE_EVENT_SECCOMP && tracer->left > 0 && --tracer->left == 0)
		send_it(tracer, pid);
	/* SIGSTOP is how the tracing of a new process begins. */
	return event || number == SIGTRAP || number == SIGSTOP ? 0 : number;
}

static int trace(struct tracer *tracer)
{
	const long options =
		PTRACE_O_TRACESECCOMP | PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE;
	int status = 0;
	pid_t pid;

	if (waitpid(tracer->pids[0], &status, 0) < 0 || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, tracer->pids[0], 0L, options) < 0 ||
	    ptrace(PTRACE_CONT, tracer->pids[0], 0L, 0L) < 0)
		return 1;
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
		if (pid < 0 || !WIFSTOPPED(status))
			continue;
		note_pid(tracer, pid);
		ptrace(PTRACE_CONT, pid, 0L, (long)look_at(tracer, pid, status));
	}
	return tracer->left ? 3 : 0;
}

static int signal_at(char **argv)
{
	struct tracer tracer = {.signal = (int)strtol(argv[0], NULL, 10),
				.victim = argv[1],
				.left = strtol(argv[2], NULL, 10)};
	const struct sock_fprog program = {.len = sizeof(steps) / sizeof(steps[0]),
					   .filter = steps};
	pid_t pid = fork();

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0L, 0L);
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
			execvp(argv[3], argv + 3);
		_exit(127);
	}
	note_pid(&tracer, pid);
	return pid > 0 ? trace(&tracer) : 1;
}

int main(int argc, char **argv)
{
	if (argc == 6 && strcmp(argv[1], "swap") == 0)
		return swap(argv + 2);
	if (argc > 4 && strcmp(argv[1], "with-cap") == 0)
		return run_with_cap(argv + 2);
	if (argc > 5 && strcmp(argv[1], "signal") == 0)
		return signal_at(argv + 2);
	return 2;
}
