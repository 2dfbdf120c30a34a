/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/file.h"
#include "lib/load/channel.h"
#include "lib/load/wire.h"

static int send_request(const struct rk_rights *rights,
			const struct rk_wire_request *request, const char *text,
			struct rk_error *err)
{
	size_t size = strlen(text) + 1;
	struct iovec iov[] = {
		{.iov_base = (void *)request, .iov_len = sizeof(*request)},
		{.iov_base = (void *)text, .iov_len = size},
	};
	const struct msghdr message = {.msg_iov = iov, .msg_iovlen = RK_ARRAY_LEN(iov)};

	if (size > RK_WIRE_TEXT_MAX)
		return rk_error_set(
			err, RK_EFORMAT,
			"parameters of %zu bytes are more than the %d that can be given",
			size - 1, RK_WIRE_TEXT_MAX - 1);
	while (sendmsg(rights->socket, &message, MSG_NOSIGNAL) < 0)
		if (errno != EINTR)
			return rk_error_sys(err, errno,
					    "the process that inserts modules is gone");
	return 0;
}

/* @ret_fd: NULL where none is expected. */
static int receive(const struct rk_rights *rights, struct rk_wire_reply *reply,
		   int *ret_fd, struct rk_error *err)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec iov = {.iov_base = reply, .iov_len = sizeof(*reply)};
	struct msghdr message = {.msg_iov = &iov,
				 .msg_iovlen = 1,
				 .msg_control = control.space,
				 .msg_controllen = sizeof(control.space)};
	const struct cmsghdr *cmsg;
	ssize_t n;

	do
		n = recvmsg(rights->socket, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(*reply))
		return rk_error_set(err, RK_ESYS,
				    "the process that inserts modules is gone");
	cmsg = CMSG_FIRSTHDR(&message);
	if (ret_fd && cmsg && cmsg->cmsg_type == SCM_RIGHTS)
		memcpy(ret_fd, CMSG_DATA(cmsg), sizeof(*ret_fd));
	return 0;
}

int rk_channel_new_file(const struct rk_rights *rights, int *ret_fd, uint32_t *ret_index,
			struct rk_error *err)
{
	const struct rk_wire_request request = {.verb = RK_WIRE_NEW};
	struct rk_wire_reply reply;
	cleanup_close int fd = -1;

	if (send_request(rights, &request, "", err) < 0 ||
	    receive(rights, &reply, &fd, err) < 0)
		return -(int)err->code;
	if (reply.how != RK_WIRE_DONE || fd < 0)
		return rk_error_sys(err, reply.sys_errno, "memfd_create");
	*ret_fd = rk_steal_fd(&fd);
	*ret_index = reply.index;
	return 0;
}

/* Reads the kernel's log until there is an answer. */
static int wait_for_reply(const struct rk_rights *rights, struct rk_kernel_log *log,
			  struct rk_error *err)
{
	struct pollfd fds[] = {{.fd = rights->socket, .events = POLLIN},
			       {.fd = rights->kmsg, .events = POLLIN}};

	do {
		if (poll(fds, RK_ARRAY_LEN(fds), -1) < 0 && errno != EINTR)
			return rk_error_sys(err, errno, "poll");
		if (rk_kernel_log_read(log, rights->kmsg, err) < 0)
			return -(int)err->code;
	} while (!fds[0].revents);
	return 0;
}

static int call(const struct rk_rights *rights, const struct rk_wire_request *request,
		const char *text, struct rk_kernel_log *log, struct rk_call *ret,
		struct rk_error *err)
{
	static const enum rk_call_result results[] = {
		[RK_WIRE_DONE] = RK_CALL_DONE,
		[RK_WIRE_KILLED] = RK_CALL_KILLED,
		[RK_WIRE_TIMEOUT] = RK_CALL_TIMEOUT,
	};
	struct rk_wire_reply reply;

	rk_kernel_log_start(log, rights->kmsg);
	if (send_request(rights, request, text, err) < 0 ||
	    wait_for_reply(rights, log, err) < 0 ||
	    receive(rights, &reply, NULL, err) < 0 ||
	    rk_kernel_log_read(log, rights->kmsg, err) < 0)
		return -(int)err->code;
	if (reply.how < RK_WIRE_DONE || reply.how > RK_WIRE_TIMEOUT)
		return rk_error_set(err, RK_EREFUSED,
				    "the process that inserts modules refused");
	*ret = (struct rk_call){.result = results[reply.how],
				.sys_errno = reply.sys_errno,
				.usec = reply.usec};
	return 0;
}

int rk_channel_insert(const struct rk_rights *rights,
		      const struct rk_insertion *insertion, struct rk_kernel_log *log,
		      struct rk_call *ret, struct rk_error *err)
{
	const struct rk_wire_request request = {.verb = RK_WIRE_INSERT,
						.index = insertion->index,
						.timeout_ms =
							(uint32_t)insertion->timeout_ms};

	return call(rights, &request, insertion->params, log, ret, err);
}

int rk_channel_remove(const struct rk_rights *rights, const char *name, int timeout_ms,
		      struct rk_kernel_log *log, struct rk_call *ret,
		      struct rk_error *err)
{
	const struct rk_wire_request request = {.verb = RK_WIRE_REMOVE,
						.timeout_ms = (uint32_t)timeout_ms};

	return call(rights, &request, name, log, ret, err);
}

/* ---- who may not ---- */

/* As a shell reads it back. */
static void add_word(struct rk_buf *buf, const char *word)
{
	bool plain = *word != '\0';

	for (const char *c = word; *c; c++)
		plain &= isalnum((unsigned char)*c) || strchr("_./=,:+-@%", *c) != NULL;
	rk_buf_addc(buf, ' ');
	if (plain) {
		rk_buf_adds(buf, word);
		return;
	}
	rk_buf_addc(buf, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			rk_buf_adds(buf, "'\\''");
		else
			rk_buf_addc(buf, *word);
	}
	rk_buf_addc(buf, '\'');
}

int rk_rights_missing(char *const *words, struct rk_error *err)
{
	cleanup_buf struct rk_buf command = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *self = NULL;

	/* sudo looks in a PATH of its own. */
	if (rk_path_real("/proc/self/exe", &self, &ignored) < 0)
		self = NULL;
	rk_buf_adds(&command, "sudo");
	add_word(&command, self ? self : "rkmod");
	for (; *words; words++)
		add_word(&command, *words);
	rk_error_set(
		err, RK_EREFUSED,
		"only who has CAP_SYS_MODULE, as uid 0 has, may load and unload modules");
	return rk_error_cure(err, "not-privileged", "run: %s", rk_buf_str(&command));
}
