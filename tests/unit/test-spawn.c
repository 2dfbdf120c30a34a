/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/base/spawn.h"
#include "tests/unit/tap.h"

/* Runs sh -c SCRIPT: the test's own text, never one that is put together. */
static int run_script(const char *script, struct rk_spawn spawn,
		      struct rk_spawn_result *result, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;

	rk_strv_add_all(&argv, "sh", "-c", script, NULL);
	spawn.argv = &argv;
	spawn.stdin_fd = -1;
	return rk_spawn_run(&spawn, result, err);
}

static void captures_both_streams_and_the_status(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.output = RK_SPAWN_CAPTURE};

	EXPECT_INT(run_script("echo out; echo err >&2; exit 3", spawn, &result, &err), 0);
	EXPECT_INT(result.status, 3);
	EXPECT_STR(rk_buf_str(&result.out), "out\n");
	EXPECT_STR(rk_buf_str(&result.err), "err\n");
}

static void tells_the_signal_that_ended_it(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.output = RK_SPAWN_NULL};

	EXPECT_INT(run_script("kill -KILL $$", spawn, &result, &err), 0);
	EXPECT_INT(result.signal, SIGKILL);
	EXPECT_INT(result.status, 128 + SIGKILL);
}

static void a_missing_program_is_not_found(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.argv = &argv, .stdin_fd = -1};

	rk_strv_add(&argv, "rkmod-no-such-program");
	EXPECT_INT(rk_spawn_run(&spawn, &result, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "no program 'rkmod-no-such-program' in PATH");
}

static void the_program_named_by_a_path_may_be_missing_too(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.argv = &argv, .stdin_fd = -1};

	rk_strv_add(&argv, "/no/such/program");
	EXPECT_INT(rk_spawn_run(&spawn, &result, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "cannot run '/no/such/program'");
}

static void more_than_the_limit_fails_and_ends_it(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.output = RK_SPAWN_CAPTURE, .capture_limit = 100000};

	EXPECT_INT(run_script("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxx; done", spawn,
			      &result, &err),
		   -RK_EFORMAT);
	EXPECT_INT(result.out.len, 100000);
}

struct lines {
	struct rk_buf text;
	size_t n_stderr;
};

static void add_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct lines *lines = data;

	EXPECT_INT(strlen(line), len);
	rk_buf_addf(&lines->text, "<%s>", line);
	lines->n_stderr += is_stderr;
}

static void lines_come_whole_and_the_last_without_newline(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct lines lines = {0};
	struct rk_spawn spawn = {
		.output = RK_SPAWN_LINES, .on_line = add_line, .data = &lines};

	EXPECT_INT(run_script("printf 'a\\nb'; sleep 0.1; printf 'c\\n\\nd'", spawn,
			      &result, &err),
		   0);
	EXPECT_STR(rk_buf_str(&lines.text), "<a><bc><><d>");
	EXPECT_INT(lines.n_stderr, 0);
	rk_buf_release(&lines.text);
}

static void environment_is_added_to_and_taken_from(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv set = RK_STRV_INIT;
	cleanup_strv struct rk_strv gone = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {
		.output = RK_SPAWN_CAPTURE, .env_set = &set, .env_remove = &gone};

	setenv("RK_TEST_GONE", "1", 1);
	setenv("RK_TEST_KEPT", "2", 1);
	rk_strv_add(&set, "RK_TEST_NEW=3");
	rk_strv_add(&set, "RK_TEST_KEPT=4");
	rk_strv_add(&gone, "RK_TEST_GONE");
	EXPECT_INT(run_script("echo $RK_TEST_GONE-$RK_TEST_NEW-$RK_TEST_KEPT", spawn,
			      &result, &err),
		   0);
	EXPECT_STR(rk_buf_str(&result.out), "-3-4\n");
}

/* Gone, or a zombie that nobody reaps. */
static bool is_dead(pid_t pid)
{
	cleanup_fclose FILE *stat = NULL;
	char path[64];
	char state = 'Z';

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	stat = fopen(path, "re");
	if (stat && fscanf(stat, "%*d (%*[^)]) %c", &state) != 1)
		return false;
	return state == 'Z' || state == 'X';
}

static void the_time_limit_ends_grandchildren_too(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.output = RK_SPAWN_CAPTURE, .timeout_ms = 200};
	time_t start = time(NULL);
	pid_t grandchild;

	EXPECT_INT(run_script("sleep 60 & echo $!; wait", spawn, &result, &err), 0);
	EXPECT(result.timed_out);
	EXPECT(time(NULL) - start < 10);
	grandchild = (pid_t)strtol(rk_buf_str(&result.out), NULL, 10);
	EXPECT(grandchild > 0);
	for (int i = 0; i < 50 && !is_dead(grandchild); i++)
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	EXPECT(is_dead(grandchild));
}

/* In a child process: an interrupt is remembered for the life of a process. */
static void an_interrupt_ends_the_child_and_is_told(void)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
		struct rk_error err = RK_ERROR_INIT;
		struct rk_spawn spawn = {.output = RK_SPAWN_NULL};
		int r = run_script("kill -INT $PPID; sleep 60", spawn, &result, &err);

		_exit(r == -RK_EREFUSED && err.sys_errno == EINTR &&
				      rk_spawn_interrupted() == SIGINT
			      ? 0
			      : 1);
	}
	EXPECT_INT(waitpid(pid, &status, 0), pid);
	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void descriptors_do_not_leak(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.output = RK_SPAWN_CAPTURE};
	cleanup_close int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cleanup_close int other = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char script[64];

	spawn.keep_fds = &kept;
	spawn.n_keep_fds = 1;
	snprintf(script, sizeof(script),
		 "test -e /proc/$$/fd/%d && test ! -e /proc/$$/fd/%d", kept, other);
	EXPECT_INT(run_script(script, spawn, &result, &err), 0);
	EXPECT_INT(result.status, 0);
}

static void capture_fails_with_the_last_line_of_stderr(void)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char *text = NULL;

	rk_strv_add_all(&argv, "sh", "-c", "echo a >&2; echo the cause >&2; exit 4",
			NULL);
	EXPECT_INT(rk_spawn_capture(&argv, &text, &err), -RK_ETOOL);
	EXPECT_STR(err.msg, "'sh' ended with status 4: the cause");
}

static const struct test tests[] = {
	TEST(captures_both_streams_and_the_status),
	TEST(tells_the_signal_that_ended_it),
	TEST(a_missing_program_is_not_found),
	TEST(the_program_named_by_a_path_may_be_missing_too),
	TEST(more_than_the_limit_fails_and_ends_it),
	TEST(lines_come_whole_and_the_last_without_newline),
	TEST(environment_is_added_to_and_taken_from),
	TEST(the_time_limit_ends_grandchildren_too),
	TEST(an_interrupt_ends_the_child_and_is_told),
	TEST(descriptors_do_not_leak),
	TEST(capture_fails_with_the_last_line_of_stderr),
};
TAP_MAIN(tests)
