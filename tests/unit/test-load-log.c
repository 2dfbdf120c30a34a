/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/socket.h>

#include "lib/load/log.h"
#include "tests/unit/tap.h"

/* A socket of packets reads like /dev/kmsg: a record at a time. */
static int fds[2] = {-1, -1};

static void begin(void)
{
	EXPECT_INT(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
			      fds),
		   0);
}

static void end(void)
{
	close(fds[0]);
	close(fds[1]);
}

static void record(const char *text)
{
	EXPECT(write(fds[1], text, strlen(text)) == (ssize_t)strlen(text));
}

static void read_log(struct rk_kernel_log *log)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_kernel_log_read(log, fds[0], &err), 0);
}

static void tells_the_modules_lines_from_others(void)
{
	struct rk_kernel_log log = {.module = "my_mod"};

	begin();
	record("6,10,1,-;my_mod: hello\n SUBSYSTEM=x\n");
	record("6,11,1,-;my_module: not mine\n");
	record("6,12,1,-;my-mod: also mine\n");
	record("4,13,1,-;my_mod: loading out-of-tree module taints kernel.\n");
	record("6,14,1,-;my_mod\n");
	read_log(&log);
	end();
	if (!EXPECT_INT(log.n_items, 5))
		return;
	EXPECT_STR(log.items[0].text, "my_mod: hello");
	EXPECT_INT(log.items[0].kind, RK_LINE_MODULE);
	EXPECT_INT(log.items[1].kind, RK_LINE_KERNEL);
	EXPECT_INT(log.items[2].kind, RK_LINE_MODULE);
	EXPECT_INT(log.items[3].kind, RK_LINE_HARMLESS);
	EXPECT(log.items[3].note != NULL);
	EXPECT_INT(log.items[4].kind, RK_LINE_KERNEL);
	EXPECT_STR(rk_kernel_log_reason(&log), "my-mod: also mine");
	EXPECT_INT(log.n_lost, 0);
	rk_kernel_log_release(&log);
}

static void counts_records_that_were_overwritten(void)
{
	struct rk_kernel_log log = {.module = "m"};

	begin();
	record("6,10,1,-;m: one\n");
	record("6,15,1,-;m: two\n");
	read_log(&log);
	EXPECT_INT(log.n_lost, 4);
	/* Also from one time to the next. */
	record("6,17,1,-;m: three\n");
	read_log(&log);
	EXPECT_INT(log.n_lost, 5);
	end();
	rk_kernel_log_release(&log);
}

static void leaves_out_what_is_no_record(void)
{
	struct rk_kernel_log log = {.module = "m"};

	begin();
	record("no record at all");
	record(";");
	record("6,10,1,-;");
	read_log(&log);
	end();
	EXPECT_INT(log.n_items, 1);
	EXPECT_STR(log.items[0].text, "");
	rk_kernel_log_release(&log);
}

static void keeps_the_modules_lines_in_a_flood(void)
{
	struct rk_kernel_log log = {.module = "m"};
	char text[64];
	size_t n_own = 0;

	begin();
	for (int i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "6,%d,1,-;%s: line\n", i,
			 i % 1000 ? "flood" : "m");
		record(text);
		read_log(&log);
	}
	end();
	for (size_t i = 0; i < log.n_items; i++)
		n_own += log.items[i].kind == RK_LINE_MODULE;
	EXPECT_INT(n_own, 5);
	EXPECT_INT(log.n_items + log.n_dropped, 5000);
	EXPECT(log.n_dropped > 0);
	rk_kernel_log_release(&log);
}

static void leaves_no_controls_for_a_terminal(void)
{
	struct rk_kernel_log log = RK_KERNEL_LOG_INIT;

	begin();
	record("6,1,1,-;m: a\\x1b[2J\\x07b\\x0atwo\\x09c\n");
	read_log(&log);
	end();
	EXPECT_INT(log.n_items, 1);
	EXPECT_STR(log.items[0].text, "m: a?[2J?b\ntwo\tc");
	rk_kernel_log_release(&log);
}

static void a_new_start_is_no_loss(void)
{
	struct rk_kernel_log log = RK_KERNEL_LOG_INIT;

	begin();
	record("6,1,1,-;m: here\n");
	read_log(&log);
	rk_kernel_log_start(&log, -1);
	record("6,7,1,-;m: gone\n");
	read_log(&log);
	end();
	EXPECT_INT(log.n_items, 2);
	EXPECT_INT(log.n_lost, 0);
	rk_kernel_log_release(&log);
}

static void without_a_log_there_is_no_reason(void)
{
	struct rk_kernel_log log = RK_KERNEL_LOG_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_kernel_log_start(&log, -1);
	EXPECT_INT(rk_kernel_log_read(&log, -1, &err), 0);
	EXPECT(rk_kernel_log_reason(&log) == NULL);
	rk_kernel_log_release(&log);
}

static const struct test tests[] = {
	TEST(tells_the_modules_lines_from_others),
	TEST(counts_records_that_were_overwritten),
	TEST(leaves_out_what_is_no_record),
	TEST(keeps_the_modules_lines_in_a_flood),
	TEST(leaves_no_controls_for_a_terminal),
	TEST(a_new_start_is_no_loss),
	TEST(without_a_log_there_is_no_reason),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
