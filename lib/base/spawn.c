/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/spawn.h"

enum {
	KILL_GRACE_MS = 3000,
	DEFAULT_CAPTURE_LIMIT = 16 << 20,
	LINE_LIMIT = 64 << 10,
};

/* Written once by the run that was interrupted, read by main. */
static volatile sig_atomic_t interrupted_by;

int rk_spawn_interrupted(void)
{
	return interrupted_by;
}

void rk_spawn_result_release(struct rk_spawn_result *result)
{
	rk_buf_release(&result->out);
	rk_buf_release(&result->err);
}

/* ---- the child's side ---- */

static bool is_named(const char *entry, const char *name)
{
	size_t len = strcspn(name, "=");

	return strncmp(entry, name, len) == 0 && entry[len] == '=';
}

static bool is_replaced(const char *entry, const struct rk_strv *names)
{
	for (size_t i = 0; names && i < names->n_items; i++)
		if (is_named(entry, names->items[i]))
			return true;
	return false;
}

static int make_environment(const struct rk_spawn *spawn, struct rk_strv *env,
			    struct rk_error *err)
{
	for (char **entry = environ; !spawn->env_clear && *entry; entry++)
		if (!is_replaced(*entry, spawn->env_remove) &&
		    !is_replaced(*entry, spawn->env_set))
			rk_strv_add(env, *entry);
	if (spawn->env_set)
		rk_strv_add_strv(env, spawn->env_set);
	return rk_strv_check(env, err);
}

struct child_plan {
	const struct rk_spawn *spawn;
	char *program;
	char **env;
	int out_fd; /* -1: inherited */
	int err_fd;
	int report_fd; /* close-on-exec; carries errno if exec fails */
	pid_t parent;
	sigset_t mask; /* what the parent had before */
};

static int clear_cloexec(const int *fds, size_t n_fds)
{
	for (size_t i = 0; i < n_fds; i++)
		if (fcntl(fds[i], F_SETFD, 0) < 0)
			return -1;
	return 0;
}

static void become(const struct child_plan *plan)
{
	int in = plan->spawn->stdin_fd;

	if (setpgid(0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		return;
	if (getppid() != plan->parent)
		_exit(127);
	if (in < 0)
		in = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (in < 0 || dup2(in, 0) < 0)
		return;
	if (in == 0)
		fcntl(0, F_SETFD, 0);
	if (plan->out_fd >= 0 && dup2(plan->out_fd, 1) < 0)
		return;
	if (plan->err_fd >= 0 && dup2(plan->err_fd, 2) < 0)
		return;
	if (clear_cloexec(plan->spawn->keep_fds, plan->spawn->n_keep_fds) < 0)
		return;
	if (plan->spawn->cwd && chdir(plan->spawn->cwd) < 0)
		return;
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &plan->mask, NULL);
	execve(plan->program, plan->spawn->argv->items, plan->env);
}

static void run_child(const struct child_plan *plan)
{
	int code;

	become(plan);
	code = errno;
	if (write(plan->report_fd, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

/* ---- the parent's side ---- */

struct stream {
	int fd;             /* -1 once it ended */
	struct rk_buf *out; /* capture: all of it; lines: the unfinished line */
};

struct run {
	const struct rk_spawn *spawn;
	struct rk_spawn_result *result;
	pid_t pid;
	int signal_fd;
	struct stream streams[2];
	bool exited;
	bool too_long;
	int64_t deadline_ms; /* 0: none */
	int64_t kill_ms;     /* when SIGKILL follows SIGTERM, 0: not ending */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void end_group(struct run *run)
{
	if (run->kill_ms)
		return;
	if (run->spawn->end)
		run->spawn->end(run->spawn->end_data, run->pid);
	else
		kill(-run->pid, SIGTERM);
	run->kill_ms = now_ms() + KILL_GRACE_MS;
}

static void emit_lines(struct run *run, struct stream *stream, bool at_end)
{
	struct rk_buf *buf = stream->out;
	bool is_stderr = stream == &run->streams[1];
	size_t start = 0;

	while (start < buf->len) {
		char *line = buf->data + start;
		char *newline = memchr(line, '\n', buf->len - start);
		size_t len = newline ? (size_t)(newline - line) : buf->len - start;

		if (!newline && !at_end && len < LINE_LIMIT)
			break;
		if (newline)
			*newline = '\0';
		run->spawn->on_line(run->spawn->data, line, len, is_stderr);
		start += len + (newline ? 1 : 0);
	}
	if (start) {
		memmove(buf->data, buf->data + start, buf->len - start);
		rk_buf_truncate(buf, buf->len - start);
	}
}

static void read_stream(struct run *run, struct stream *stream)
{
	size_t limit = run->spawn->capture_limit ? run->spawn->capture_limit
						 : (size_t)DEFAULT_CAPTURE_LIMIT;
	char chunk[65536];
	ssize_t n = read(stream->fd, chunk, sizeof(chunk));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0)
		rk_buf_add(stream->out, chunk, (size_t)n);
	if (run->spawn->output == RK_SPAWN_LINES)
		emit_lines(run, stream, n <= 0);
	if (stream->out->len > limit) {
		run->too_long = true;
		end_group(run);
		rk_buf_truncate(stream->out, limit);
	}
	if (n <= 0) {
		close(stream->fd);
		stream->fd = -1;
	}
}

static void reap(struct run *run)
{
	int status;

	if (waitpid(run->pid, &status, WNOHANG) != run->pid)
		return;
	run->exited = true;
	if (WIFEXITED(status)) {
		run->result->status = WEXITSTATUS(status);
	} else if (WIFSIGNALED(status)) {
		run->result->signal = WTERMSIG(status);
		run->result->status = 128 + run->result->signal;
	}
}

static void take_signal(struct run *run)
{
	struct signalfd_siginfo info;

	while (read(run->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		interrupted_by = (sig_atomic_t)info.ssi_signo;
		end_group(run);
	}
	reap(run);
}

/* How long poll() may sleep; -1 for ever. */
static int next_timeout(const struct run *run)
{
	int64_t until = run->kill_ms ? run->kill_ms : run->deadline_ms;
	int64_t left;

	if (!until)
		return -1;
	left = until - now_ms();
	return left < 0 ? 0 : (int)left;
}

static void check_clock(struct run *run)
{
	int64_t now = now_ms();

	if (run->kill_ms && now >= run->kill_ms) {
		kill(-run->pid, SIGKILL);
		run->kill_ms = now + KILL_GRACE_MS;
	} else if (!run->kill_ms && run->deadline_ms && now >= run->deadline_ms) {
		run->result->timed_out = true;
		end_group(run);
	}
}

/*
 * Until the child is gone and both streams ended. A grandchild that keeps a stream
 * open after an interrupt is ended with its group; one that left the group is not
 * waited for longer than the grace.
 */
static void watch(struct run *run)
{
	int64_t orphans_ms = 0;

	while (!run->exited || run->streams[0].fd >= 0 || run->streams[1].fd >= 0) {
		struct pollfd fds[3] = {
			{.fd = run->signal_fd, .events = POLLIN},
			{.fd = run->streams[0].fd, .events = POLLIN},
			{.fd = run->streams[1].fd, .events = POLLIN},
		};

		if (run->exited && run->kill_ms) {
			if (!orphans_ms)
				orphans_ms = now_ms() + KILL_GRACE_MS + 500;
			if (now_ms() > orphans_ms)
				break;
		}
		if (poll(fds, 3, next_timeout(run)) < 0 && errno != EINTR)
			break;
		if (fds[0].revents)
			take_signal(run);
		for (size_t i = 0; i < 2; i++)
			if (fds[i + 1].revents)
				read_stream(run, &run->streams[i]);
		check_clock(run);
	}
	for (size_t i = 0; i < 2; i++)
		if (run->streams[i].fd >= 0)
			close(run->streams[i].fd);
}

static int report_exec(int fd, const char *program, struct rk_error *err)
{
	int code = 0;
	ssize_t n;

	do
		n = read(fd, &code, sizeof(code));
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return 0;
	return rk_error_sys(err, code, "cannot run '%s'", program);
}

static int open_streams(const struct rk_spawn *spawn, int out[2], int errs[2],
			struct rk_error *err)
{
	if (spawn->output == RK_SPAWN_PASS)
		return 0;
	if (spawn->output == RK_SPAWN_NULL) {
		out[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
		errs[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
		return out[1] < 0 || errs[1] < 0 ? rk_error_sys(err, errno, "/dev/null")
						 : 0;
	}
	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(errs, O_CLOEXEC) < 0)
		return rk_error_sys(err, errno, "pipe");
	return 0;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(struct run *run, struct child_plan *plan, struct rk_error *err)
{
	cleanup_close int report_read = -1;
	int report[2];

	if (pipe2(report, O_CLOEXEC) < 0)
		return rk_error_sys(err, errno, "pipe");
	report_read = report[0];
	plan->report_fd = report[1];
	run->pid = fork();
	if (run->pid == 0)
		run_child(plan);
	close(report[1]);
	if (run->pid < 0)
		return rk_error_sys(err, errno, "fork");
	setpgid(run->pid,
		run->pid); /* also here: a signal may come before the child ran */
	if (report_exec(report_read, plan->program, err) < 0) {
		waitpid(run->pid, NULL, 0);
		return -(int)err->code;
	}
	return 0;
}

static int outcome(const struct run *run, struct rk_error *err)
{
	if (interrupted_by) {
		rk_error_set(err, RK_EREFUSED, "interrupted");
		err->sys_errno = EINTR;
		return -RK_EREFUSED;
	}
	if (run->too_long)
		return rk_error_set(err, RK_EFORMAT, "'%s' printed more than is read",
				    run->spawn->argv->items[0]);
	if (rk_buf_check(&run->result->out, err) < 0)
		return -(int)err->code;
	return rk_buf_check(&run->result->err, err);
}

static int run_watched(struct run *run, struct child_plan *plan, struct rk_error *err)
{
	int out[2] = {-1, -1};
	int errs[2] = {-1, -1};
	int r = open_streams(run->spawn, out, errs, err);

	if (r == 0) {
		plan->out_fd = out[1];
		plan->err_fd = errs[1];
		r = start(run, plan, err);
	}
	close_fd(&out[1]);
	close_fd(&errs[1]);
	if (r < 0) {
		close_fd(&out[0]);
		close_fd(&errs[0]);
		return r;
	}
	run->streams[0] = (struct stream){.fd = out[0], .out = &run->result->out};
	run->streams[1] = (struct stream){.fd = errs[0], .out = &run->result->err};
	if (run->spawn->timeout_ms)
		run->deadline_ms = now_ms() + run->spawn->timeout_ms;
	watch(run);
	return outcome(run, err);
}

static int with_signals(struct run *run, struct child_plan *plan, struct rk_error *err)
{
	sigset_t watched;
	int r;

	sigemptyset(&watched);
	sigaddset(&watched, SIGCHLD);
	sigaddset(&watched, SIGINT);
	sigaddset(&watched, SIGTERM);
	sigaddset(&watched, SIGHUP);
	sigprocmask(SIG_BLOCK, &watched, &plan->mask);
	run->signal_fd = signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
	if (run->signal_fd < 0) {
		r = rk_error_sys(err, errno, "signalfd");
	} else {
		r = run_watched(run, plan, err);
		close(run->signal_fd);
	}
	sigprocmask(SIG_SETMASK, &plan->mask, NULL);
	return r;
}

int rk_spawn_run(const struct rk_spawn *spawn, struct rk_spawn_result *result,
		 struct rk_error *err)
{
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	cleanup_free char *program = NULL;
	struct run run = {.spawn = spawn, .result = result};
	struct child_plan plan = {.spawn = spawn, .parent = getpid()};

	if (rk_strv_check(spawn->argv, err) < 0 ||
	    rk_spawn_find(spawn->argv->items[0], NULL, &program, err) < 0 ||
	    make_environment(spawn, &env, err) < 0)
		return -(int)err->code;
	rk_strv_add_strv(&env, &(struct rk_strv)RK_STRV_INIT);
	plan.program = program;
	plan.env = env.items ? env.items : (char *[]){NULL};
	return with_signals(&run, &plan, err);
}

const char *rk_spawn_last_line(struct rk_buf *text)
{
	char *newline;

	while (text->len && strchr("\r\n\t ", text->data[text->len - 1]))
		rk_buf_truncate(text, text->len - 1);
	newline = text->len ? strrchr(text->data, '\n') : NULL;
	return newline ? newline + 1 : rk_buf_str(text);
}

int rk_spawn_take(struct rk_spawn_result *result, const char *program, char **ret,
		  struct rk_error *err)
{
	if (result->timed_out)
		return rk_error_set(err, RK_ETOOL, "'%s' did not end in time", program);
	if (result->status != 0)
		return rk_error_set(err, RK_ETOOL, "'%s' ended with status %d: %s",
				    program, result->status,
				    rk_spawn_last_line(&result->err));
	while (result->out.len && result->out.data[result->out.len - 1] == '\n')
		rk_buf_truncate(&result->out, result->out.len - 1);
	return rk_buf_take(&result->out, ret, err);
}

int rk_spawn_capture(const struct rk_strv *argv, char **ret, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	struct rk_spawn spawn = {.argv = argv,
				 .env_set = &env,
				 .stdin_fd = -1,
				 .output = RK_SPAWN_CAPTURE,
				 .timeout_ms = 60000};

	rk_strv_add(&env, "LC_ALL=C");
	if (rk_strv_check(&env, err) < 0 || rk_spawn_run(&spawn, &result, err) < 0)
		return -(int)err->code;
	return rk_spawn_take(&result, argv->items[0], ret, err);
}

static bool is_program(const char *path)
{
	struct stat st;

	return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

int rk_spawn_find(const char *name, const char *path, char **ret, struct rk_error *err)
{
	if (strchr(name, '/'))
		return rk_strdup(name, ret, err);
	if (!path)
		path = getenv("PATH");
	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	while (*path) {
		cleanup_free char *candidate = NULL;
		size_t len = strcspn(path, ":");

		if (rk_format(&candidate, err, "%.*s/%s", (int)len, path, name) < 0)
			return -(int)err->code;
		if (candidate[0] == '/' && len && is_program(candidate)) {
			*ret = RK_STEAL(candidate);
			return 0;
		}
		path += len;
		path += *path == ':';
	}
	return rk_error_set(err, RK_ENOTFOUND, "no program '%s' in PATH", name);
}
