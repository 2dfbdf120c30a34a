/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that may change the kernel, asked by one that may not be trusted. Without
 * CAP_SYS_MODULE the kernel answers EPERM (ENOSYS where it has no modules): so what
 * reaches it shows.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "lib/load/channel.h"
#include "lib/load/wire.h"
#include "tests/unit/tap.h"

static bool is_no(int sys_errno)
{
	return sys_errno == EPERM || sys_errno == ENOSYS;
}

static struct rk_rights rights = RK_RIGHTS_NONE;
static pid_t pid;

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	if (syscall(SYS_capset, &header, data) < 0)
		_exit(1);
}

static void begin(void)
{
	int sockets[2];

	EXPECT_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		close(sockets[1]);
		drop_capabilities();
		rk_inserter_serve(sockets[0]);
		_exit(0);
	}
	close(sockets[0]);
	rights.socket = sockets[1];
}

/* It ends when nobody asks any more. */
static void end(void)
{
	int status = -1;

	close(rights.socket);
	EXPECT_INT(waitpid(pid, &status, 0), pid);
	EXPECT_INT(status, 0);
}

static int insert(uint32_t index, const char *params, struct rk_call *call)
{
	struct rk_kernel_log log = RK_KERNEL_LOG_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_insertion insertion = {
		.index = index, .params = params, .timeout_ms = 5000};
	int r = rk_channel_insert(&rights, &insertion, &log, call, &err);

	rk_kernel_log_release(&log);
	return r;
}

static int remove_module(const char *name, struct rk_call *call)
{
	struct rk_kernel_log log = RK_KERNEL_LOG_INIT;
	struct rk_error err = RK_ERROR_INIT;
	int r = rk_channel_remove(&rights, name, 5000, &log, call, &err);

	rk_kernel_log_release(&log);
	return r;
}

static int new_file(uint32_t *index)
{
	struct rk_error err = RK_ERROR_INIT;
	int fd = -1;

	EXPECT_INT(rk_channel_new_file(&rights, &fd, index, &err), 0);
	return fd;
}

static void asks_the_kernel_for_what_is_sealed(void)
{
	const int all = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	struct rk_call call = {0};
	uint32_t index = 7;
	int fd;

	begin();
	fd = new_file(&index);
	EXPECT_INT(index, 0);
	EXPECT(write(fd, "x", 1) == 1);
	EXPECT_INT(fcntl(fd, F_ADD_SEALS, all), 0);
	EXPECT_INT(insert(index, "a=1", &call), 0);
	EXPECT_INT(call.result, RK_CALL_DONE);
	EXPECT(is_no(call.sys_errno));
	close(fd);
	end();
}

static void refuses_what_is_not_sealed(void)
{
	static const int seals[] = {
		0,
		F_SEAL_SEAL,
		F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE,
		F_SEAL_SEAL | F_SEAL_GROW | F_SEAL_WRITE,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_WRITE,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW,
	};
	struct rk_call call = {0};
	uint32_t index = 0;

	begin();
	for (size_t i = 0; i < RK_ARRAY_LEN(seals); i++) {
		int fd = new_file(&index);

		EXPECT(write(fd, "x", 1) == 1);
		EXPECT_INT(fcntl(fd, F_ADD_SEALS, seals[i]), 0);
		EXPECT_INT(insert(index, "", &call), -RK_EREFUSED);
		close(fd);
	}
	end();
}

static void refuses_files_that_it_did_not_make(void)
{
	struct rk_call call = {0};

	begin();
	EXPECT_INT(insert(0, "", &call), -RK_EREFUSED);
	EXPECT_INT(insert(UINT32_MAX, "", &call), -RK_EREFUSED);
	end();
}

static void makes_only_so_many_files(void)
{
	struct rk_error err = RK_ERROR_INIT;
	uint32_t index = 0;
	int fd = -1;

	begin();
	for (int i = 0; i < RK_WIRE_MAX_FILES; i++)
		close(new_file(&index));
	EXPECT(rk_channel_new_file(&rights, &fd, &index, &err) < 0);
	end();
}

static void refuses_names_that_are_none(void)
{
	static const char *const names[] = {
		"",     "a/b",
		"a b",  "a\nb",
		"\x7f", "a23456789b123456789c123456789d123456789e123456789f123456"};
	struct rk_call call = {0};

	begin();
	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		EXPECT_INT(remove_module(names[i], &call), -RK_EREFUSED);
	EXPECT_INT(remove_module("no_such_module", &call), 0);
	EXPECT(is_no(call.sys_errno));
	end();
}

/* Bytes as they are: what the client never sends. */
static void expect_refused(const void *data, size_t size)
{
	struct rk_wire_reply reply = {0};

	EXPECT(send(rights.socket, data, size, 0) == (ssize_t)size);
	EXPECT(recv(rights.socket, &reply, sizeof(reply), 0) == (ssize_t)sizeof(reply));
	EXPECT_INT(reply.how, RK_WIRE_REFUSED);
}

static void refuses_damaged_requests(void)
{
	static char text[sizeof(struct rk_wire_request) + RK_WIRE_TEXT_MAX + 64];
	struct {
		struct rk_wire_request header;
		char text[8];
	} request = {.header = {.verb = RK_WIRE_REMOVE}};

	begin();
	expect_refused("x", 1);
	expect_refused(&request, sizeof(request.header)); /* no text at all */
	memcpy(request.text, "abcdefgh", 8);              /* and no end */
	expect_refused(&request, sizeof(request));
	memcpy(request.text, "ab\0cdef", 8); /* two ends */
	expect_refused(&request, sizeof(request));
	memcpy(request.text, "module\0", 8);
	request.header.timeout_ms = UINT32_MAX;
	expect_refused(&request, sizeof(request.header) + 7);
	request.header = (struct rk_wire_request){.verb = 99};
	expect_refused(&request, sizeof(request.header) + 7);
	memset(text, 'x', sizeof(text));
	memcpy(text, &(struct rk_wire_request){.verb = RK_WIRE_INSERT},
	       sizeof(struct rk_wire_request));
	text[sizeof(text) - 1] = '\0';
	expect_refused(text, sizeof(text)); /* longer than it takes */
	end();
}

static void says_that_the_parameters_are_too_long(void)
{
	static char params[RK_WIRE_TEXT_MAX + 1];
	struct rk_call call = {0};

	memset(params, 'x', sizeof(params) - 1);
	begin();
	EXPECT_INT(insert(0, params, &call), -RK_EFORMAT);
	end();
}

static void offers_the_command_for_sudo(void)
{
	char load[] = "load";
	char file[] = "it's.ko";
	char *const words[] = {load, file, NULL};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_rights_missing(words, &err), -RK_EREFUSED);
	EXPECT_STR(err.id, "not-privileged");
	EXPECT_HAS(err.cure, "run: sudo /");
	EXPECT_HAS(err.cure, " load 'it'\\''s.ko'");
}

static const struct test tests[] = {
	TEST(asks_the_kernel_for_what_is_sealed),    TEST(refuses_what_is_not_sealed),
	TEST(refuses_files_that_it_did_not_make),    TEST(makes_only_so_many_files),
	TEST(refuses_names_that_are_none),           TEST(refuses_damaged_requests),
	TEST(says_that_the_parameters_are_too_long), TEST(offers_the_command_for_sudo),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
