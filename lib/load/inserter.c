/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that may change the kernel. Everything here is done with CAP_SYS_MODULE:
 * no path, no parsing, no memory that is not of fixed size.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/load/split.h"
#include "lib/load/wire.h"

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 8U /* Linux 6.3 */
#endif

enum {
	NAME_SIZE = 56, /* MODULE_NAME_LEN */
	REAP_TRIES = 200,
	REAP_MS = 5,
};

struct inserter {
	int socket;
	int files[RK_WIRE_MAX_FILES];
	uint32_t n_files;
	struct {
		struct rk_wire_request header;
		char text[RK_WIRE_TEXT_MAX];
	} request;
};

/* What the process that makes the system call says of it. */
struct answer {
	int32_t sys_errno;
	uint32_t usec;
};

static int64_t usec_since(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - start->tv_sec) * 1000000 +
	       (now.tv_nsec - start->tv_nsec) / 1000;
}

static uint32_t to_usec(int64_t usec)
{
	return usec < UINT32_MAX ? (uint32_t)usec : UINT32_MAX;
}

/* In a process of its own: an oops kills who makes the call. */
__attribute__((noreturn)) static void call_kernel(const struct inserter *inserter,
						  int answer_fd)
{
	const struct rk_wire_request *request = &inserter->request.header;
	struct answer answer = {0};
	struct timespec start;
	long r;

	/* An interrupt at the terminal is for the other processes. */
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (request->verb == RK_WIRE_INSERT)
		r = syscall(SYS_finit_module, inserter->files[request->index],
			    inserter->request.text, 0);
	else
		r = syscall(SYS_delete_module, inserter->request.text, O_NONBLOCK);
	if (r < 0)
		answer.sys_errno = errno;
	answer.usec = to_usec(usec_since(&start));
	r = write(answer_fd, &answer, sizeof(answer));
	_exit(r == (long)sizeof(answer) ? 0 : 1);
}

/* Until the pipe's other end is gone or the time is over. */
static bool wait_for_end(int fd, uint32_t timeout_ms, struct answer *ret, bool *ret_said)
{
	struct timespec start;
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		int64_t past_ms = usec_since(&start) / 1000;
		int left_ms = past_ms < timeout_ms ? (int)(timeout_ms - past_ms) : 0;
		int n = poll(&poll_fd, 1, left_ms);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		*ret_said = read(fd, ret, sizeof(*ret)) == (ssize_t)sizeof(*ret);
		return true;
	}
}

/* One that died in the kernel is reaped at once; one that hangs, never. */
static void reap(pid_t pid)
{
	const struct timespec pause = {.tv_nsec = REAP_MS * 1000000L};

	for (int i = 0; i < REAP_TRIES && waitpid(pid, NULL, WNOHANG) == 0; i++)
		nanosleep(&pause, NULL);
}

static void ask_kernel(const struct inserter *inserter, struct rk_wire_reply *reply)
{
	struct answer answer = {0};
	bool said = false;
	bool ended;
	int fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		reply->sys_errno = errno;
		return;
	}
	pid = fork();
	if (pid == 0)
		call_kernel(inserter, fds[1]);
	close(fds[1]);
	ended = pid > 0 &&
		wait_for_end(fds[0], inserter->request.header.timeout_ms, &answer, &said);
	close(fds[0]);
	if (pid < 0)
		return;
	if (!ended)
		kill(pid, SIGKILL);
	reap(pid);
	reply->how = !ended ? RK_WIRE_TIMEOUT : said ? RK_WIRE_DONE : RK_WIRE_KILLED;
	reply->sys_errno = answer.sys_errno;
	reply->usec = answer.usec;
}

/* ---- requests ---- */

static int make_file(struct inserter *inserter, struct rk_wire_reply *reply)
{
	int fd;

	if (inserter->n_files == RK_WIRE_MAX_FILES) {
		reply->sys_errno = EMFILE;
		return -1;
	}
	/* What is not asked for, newer kernels may be told to refuse (vm.memfd_noexec).
	 */
	fd = memfd_create("module", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);
	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("module", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0) {
		reply->sys_errno = errno;
		return -1;
	}
	reply->how = RK_WIRE_DONE;
	reply->index = inserter->n_files;
	inserter->files[inserter->n_files++] = fd;
	return fd;
}

static bool is_sealed(const struct inserter *inserter, uint32_t index)
{
	const int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	int seals = index < inserter->n_files ? fcntl(inserter->files[index], F_GET_SEALS)
					      : -1;

	return seals >= 0 && (seals & all) == all;
}

static bool is_name(const char *name)
{
	size_t len = strlen(name);

	for (const char *c = name; *c; c++)
		if (*c <= ' ' || *c > '~' || *c == '/')
			return false;
	return len > 0 && len < NAME_SIZE;
}

/* Return: a descriptor to be sent along, or -1. */
static int answer(struct inserter *inserter, struct rk_wire_reply *reply)
{
	const struct rk_wire_request *request = &inserter->request.header;

	switch (request->verb) {
	case RK_WIRE_NEW:
		return make_file(inserter, reply);
	case RK_WIRE_INSERT:
		if (is_sealed(inserter, request->index))
			ask_kernel(inserter, reply);
		break;
	case RK_WIRE_REMOVE:
		if (is_name(inserter->request.text))
			ask_kernel(inserter, reply);
		break;
	default:
		break;
	}
	return -1;
}

/* Return: false at the end. */
static bool receive(struct inserter *inserter, bool *ret_valid)
{
	const struct rk_wire_request *header = &inserter->request.header;
	struct iovec iov = {.iov_base = &inserter->request,
			    .iov_len = sizeof(inserter->request)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	do
		n = recvmsg(inserter->socket, &message, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return false;
	*ret_valid = !(message.msg_flags & MSG_TRUNC) && (size_t)n > sizeof(*header) &&
		     memchr(inserter->request.text, '\0', (size_t)n - sizeof(*header)) ==
			     inserter->request.text + (size_t)n - sizeof(*header) - 1 &&
		     header->timeout_ms <= RK_WIRE_MAX_TIMEOUT_MS;
	return true;
}

static bool reply_with(int socket, struct rk_wire_reply *reply, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = reply, .iov_len = sizeof(*reply)};
	struct msghdr message = {.msg_iov = &iov, .msg_iovlen = 1};
	struct cmsghdr *cmsg;

	if (fd >= 0) {
		message.msg_control = control.space;
		message.msg_controllen = sizeof(control.space);
		cmsg = CMSG_FIRSTHDR(&message);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*reply);
}

void rk_inserter_serve(int socket)
{
	static struct inserter inserter;
	bool valid = false;

	inserter.socket = socket;
	while (receive(&inserter, &valid)) {
		struct rk_wire_reply reply = {.how = RK_WIRE_REFUSED};
		int fd = valid ? answer(&inserter, &reply) : -1;

		if (!reply_with(socket, &reply, fd))
			return;
	}
}
