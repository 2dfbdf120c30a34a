/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first and only program of the guest: a static program of its own, /init of the
 * initramfs. It does the jobs of RK_VM_JOBS one after the other, each in a child with a
 * time limit, and tells the host on the second serial port (protocol.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "lib/vm/protocol.h"
#include "lib/vm/vm.h"

enum {
	MAX_JOBS = 65536,
	NAME_SIZE = 64, /* MODULE_NAME_LEN is less */
	POLL_MS = 200,
	REAP_MS = 1, /* between a child's last word and its end */
};

/* What a job's child reports; empty if it dies. */
struct outcome {
	int error;            /* errno, or 0 */
	int unload_error;     /* of try */
	char name[NAME_SIZE]; /* of the module, "" if it is not loaded */
};

struct job_kind;

struct job {
	const struct job_kind *kind;
	char *args;
	bool finished;
	struct outcome outcome;
};

struct job_kind {
	const char *verb;
	void (*run)(struct job *job, struct outcome *outcome); /* in the child */
	/* Before it: true if there is nothing to do. NULL: there is. */
	bool (*is_skipped)(const struct job *job);
};

/* One guest, one program, one thread. */
static struct {
	int port;
	int kmsg;
	unsigned int seq;
	char nonce[RK_VM_NONCE_LEN + 1];
	int limit_ms;
	struct job *jobs;
	size_t n_jobs;
	bool load_failed;
} guest = {.port = -1, .kmsg = -1};

/* ---- talking to the host ---- */

static void write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
}

static size_t escape(char *to, const char *from, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	char *start = to;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)from[i];

		if (c >= ' ' && c < 127 && c != '\\') {
			*to++ = (char)c;
			continue;
		}
		*to++ = '\\';
		*to++ = 'x';
		*to++ = digits[c >> 4];
		*to++ = digits[c & 15];
	}
	return (size_t)(to - start);
}

/* One write per line: nothing comes between. */
static void say_bytes(const char *type, const char *text, size_t size)
{
	static char line[64 + RK_VM_KMSG_MAX * 4];
	size_t len;

	if (size > RK_VM_KMSG_MAX)
		size = RK_VM_KMSG_MAX;
	len = (size_t)snprintf(line, 64, RK_VM_GREETING " %s %u %s ", guest.nonce,
			       guest.seq++, type);
	len += escape(line + len, text, size);
	line[len++] = '\n';
	write_all(guest.port, line, len);
}

__attribute__((format(printf, 2, 3))) static void say(const char *type, const char *fmt,
						      ...)
{
	char text[1024];
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	if (len >= (int)sizeof(text))
		len = (int)sizeof(text) - 1;
	say_bytes(type, text, (size_t)len);
}

/* -no-reboot makes QEMU end; power-off would need ACPI in the kernel. */
__attribute__((noreturn)) static void leave(void)
{
	tcdrain(guest.port);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

/* Without the port there is only the console. */
__attribute__((noreturn)) static void give_up(const char *what)
{
	int console = open("/dev/console", O_WRONLY | O_CLOEXEC);

	dprintf(console, "rkmod guest: %s: %s\n", what, strerror(errno));
	tcdrain(console);
	leave();
}

/* ---- small files ---- */

/* Up to size - 1 bytes, NUL-terminated. Return: their number, or -1. */
static ssize_t read_small(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	if (fd < 0)
		return -1;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	close(fd);
	buf[len] = '\0';
	return n < 0 ? -1 : (ssize_t)len;
}

static unsigned long read_taint(void)
{
	char text[32] = "";

	read_small("/proc/sys/kernel/tainted", text, sizeof(text));
	return strtoul(text, NULL, 10);
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000;
}

/* ---- the kernel log ---- */

/*
 * Hands on what is there. A record is "prio,seq,usec,flags;text\n", then lines of a
 * dictionary. EPIPE: records were overwritten; the host sees it by their numbers.
 */
static void pass_kmsg(void)
{
	char record[RK_VM_KMSG_MAX + 1];

	for (;;) {
		ssize_t n = read(guest.kmsg, record, sizeof(record) - 1);

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue;
		if (n <= 0)
			return;
		record[n] = '\0';
		say_bytes("kmsg", record, strcspn(record, "\n"));
	}
}

/* ---- the jobs' work, in a child ---- */

/* The list begins with the module that came last. */
static void read_newest_name(char name[NAME_SIZE])
{
	char text[NAME_SIZE] = "";

	read_small("/proc/modules", text, sizeof(text));
	text[strcspn(text, " \n")] = '\0';
	snprintf(name, NAME_SIZE, "%s", text);
}

static void load_file(const char *path, const char *params, int flags,
		      struct outcome *outcome)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, params, flags) < 0) {
		outcome->error = errno;
		return;
	}
	read_newest_name(outcome->name);
}

static void run_load(struct job *job, struct outcome *outcome)
{
	char *params = job->args + strcspn(job->args, " ");

	if (*params)
		*params++ = '\0';
	load_file(job->args, params, 0, outcome);
}

static void run_try(struct job *job, struct outcome *outcome)
{
	char *path = job->args;
	int flags = (int)strtoul(path, &path, 0);
	char *params;

	path += strspn(path, " ");
	params = path + strcspn(path, " ");
	if (*params)
		*params++ = '\0';
	load_file(path, params, flags, outcome);
	if (outcome->error == 0 &&
	    syscall(SYS_delete_module, outcome->name, O_NONBLOCK) < 0)
		outcome->unload_error = errno;
}

static const struct job *find_target(const struct job *job)
{
	size_t index = job->args[0] == '@' ? strtoul(job->args + 1, NULL, 10) : MAX_JOBS;

	return index < guest.n_jobs ? &guest.jobs[index] : NULL;
}

static bool is_unload_skipped(const struct job *job)
{
	const struct job *target = find_target(job);

	return !target || !target->finished || target->outcome.name[0] == '\0';
}

static void run_unload(struct job *job, struct outcome *outcome)
{
	const struct job *target = find_target(job);

	snprintf(outcome->name, sizeof(outcome->name), "%s", target->outcome.name);
	if (syscall(SYS_delete_module, outcome->name, O_NONBLOCK) < 0)
		outcome->error = errno;
}

/* A script for a module that is not there would only confuse. */
static bool is_exec_skipped(const struct job *job)
{
	(void)job;
	return guest.load_failed;
}

static void run_exec(struct job *job, struct outcome *outcome)
{
	char *const argv[] = {(char *)"sh", job->args, NULL};
	char *const env[] = {(char *)"PATH=/bin:/usr/bin", (char *)"HOME=/", NULL};

	if (chdir(RK_VM_USER_HOME) < 0 && chdir("/") < 0)
		_exit(126);
	execve("/bin/busybox", argv, env);
	outcome->error = errno;
}

static const struct job_kind kinds[] = {
	{"load", run_load, NULL},
	{"try", run_try, NULL},
	{"exec", run_exec, is_exec_skipped},
	{"unload", run_unload, is_unload_skipped},
};

/* ---- one job after the other ---- */

struct child {
	pid_t pid;
	int outcome_fd; /* close-on-exec: ends with the child, or when it execs */
	int out_fd;
	bool exited;
	int status;
};

/* In the new process. */
__attribute__((noreturn)) static void be_child(struct job *job, int outcome_fd,
					       int out_fd)
{
	struct outcome outcome = {0};

	setsid();
	dup2(out_fd, 1);
	dup2(out_fd, 2);
	close(guest.port);
	close(guest.kmsg);
	job->kind->run(job, &outcome);
	write_all(outcome_fd, (const char *)&outcome, sizeof(outcome));
	_exit(0);
}

static bool start_child(struct job *job, struct child *child)
{
	int outcome[2];
	int out[2];

	if (pipe2(outcome, O_CLOEXEC) < 0 || pipe2(out, O_CLOEXEC) < 0)
		return false;
	child->pid = fork();
	if (child->pid == 0)
		be_child(job, outcome[1], out[1]);
	close(outcome[1]);
	close(out[1]);
	child->outcome_fd = outcome[0];
	child->out_fd = out[0];
	fcntl(child->out_fd, F_SETFL, O_NONBLOCK);
	return child->pid > 0;
}

/* Return: false at its end. */
static bool pass_output(const struct child *child)
{
	char chunk[RK_VM_OUT_MAX];
	ssize_t n = read(child->out_fd, chunk, sizeof(chunk));

	if (n > 0)
		say_bytes("out", chunk, (size_t)n);
	return n > 0;
}

/* Also what others left behind: the first program inherits it. */
static void reap(struct child *child)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != child->pid)
			continue;
		child->exited = true;
		child->status = status;
	}
}

/* Until the child ended or its time is over. */
static void watch_child(struct child *child)
{
	long end_ms = now_ms() + guest.limit_ms;
	struct pollfd fds[3] = {
		{.fd = guest.kmsg, .events = POLLIN},
		{.fd = child->out_fd, .events = POLLIN},
		{.fd = child->outcome_fd, .events = 0},
	};

	while (!child->exited && (!guest.limit_ms || now_ms() < end_ms)) {
		poll(fds, 3, fds[1].fd < 0 && fds[2].fd < 0 ? REAP_MS : POLL_MS);
		pass_kmsg();
		if ((fds[1].revents & (POLLIN | POLLHUP)) && !pass_output(child))
			fds[1].fd = -1;
		if (fds[2].revents & POLLHUP)
			fds[2].fd = -1; /* it is about to end, or became the script */
		reap(child);
	}
	while (pass_output(child))
		;
	pass_kmsg();
}

static const char *judge(const struct child *child, int *ret_value)
{
	*ret_value = 0;
	if (!child->exited)
		return "timeout";
	if (WIFSIGNALED(child->status)) {
		*ret_value = WTERMSIG(child->status);
		return "killed";
	}
	*ret_value = WEXITSTATUS(child->status);
	return "done";
}

static void end_child(struct child *child, struct job *job)
{
	ssize_t n = 0;

	if (child->exited)
		n = read(child->outcome_fd, &job->outcome, sizeof(job->outcome));
	if (n != (ssize_t)sizeof(job->outcome))
		memset(&job->outcome, 0, sizeof(job->outcome));
	job->finished = child->exited;
	close(child->outcome_fd);
	close(child->out_fd);
}

/* Return: true if the next job can be tried. */
static bool run_job(struct job *job)
{
	const size_t index = (size_t)(job - guest.jobs);
	struct child child = {.outcome_fd = -1, .out_fd = -1};
	long start_ms = now_ms();
	unsigned long taint;
	const char *how;
	int value = 0;

	if (job->kind->is_skipped && job->kind->is_skipped(job)) {
		say("end", "job=%zu how=skipped", index);
		return true;
	}
	pass_kmsg();
	say("begin", "%zu", index);
	if (start_child(job, &child))
		watch_child(&child);
	end_child(&child, job);
	how = judge(&child, &value);
	taint = read_taint();
	if (job->kind->run == run_load && job->outcome.name[0] == '\0')
		guest.load_failed = true;
	say("end", "job=%zu how=%s errno=%d unload=%d value=%d ms=%ld taint=%lu name=%s",
	    index, how, job->outcome.error, job->outcome.unload_error, value,
	    now_ms() - start_ms, taint, job->outcome.name);
	if (!child.exited)
		say("fault", "no answer within %d ms", guest.limit_ms);
	else if (taint & RK_VM_TAINT_DIE) /* perhaps with the module mutex taken */
		say("fault", "the kernel reported an oops");
	return child.exited && !(taint & RK_VM_TAINT_DIE);
}

/* ---- start ---- */

static void add_job(char *line)
{
	char *args = line + strcspn(line, " ");

	if (*args)
		*args++ = '\0';
	if (strcmp(line, "nonce") == 0)
		snprintf(guest.nonce, sizeof(guest.nonce), "%s", args);
	if (strcmp(line, "limit") == 0)
		guest.limit_ms = (int)strtol(args, NULL, 10);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(line, kinds[i].verb) == 0 && guest.n_jobs < MAX_JOBS)
			guest.jobs[guest.n_jobs++] =
				(struct job){.kind = &kinds[i], .args = args};
}

static void read_jobs(void)
{
	struct stat st;
	char *save = NULL;
	char *text;

	if (stat(RK_VM_JOBS, &st) < 0)
		give_up(RK_VM_JOBS);
	text = malloc((size_t)st.st_size + 1); /* never freed: used to the end */
	guest.jobs = calloc(MAX_JOBS, sizeof(*guest.jobs));
	if (!text || !guest.jobs ||
	    read_small(RK_VM_JOBS, text, (size_t)st.st_size + 1) < 0)
		give_up(RK_VM_JOBS);
	/* The nonce is nobody else's. */
	unlink(RK_VM_JOBS);
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		add_job(line);
}

static void open_port(void)
{
	struct termios mode;

	guest.port = open(RK_VM_PORT, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (guest.port < 0 || tcgetattr(guest.port, &mode) < 0)
		give_up(RK_VM_PORT);
	cfmakeraw(&mode);
	cfsetspeed(&mode, B115200);
	if (tcsetattr(guest.port, TCSANOW, &mode) < 0)
		give_up(RK_VM_PORT);
}

static void mount_all(void)
{
	static const struct {
		const char *path;
		const char *type;
	} mounts[] = {
		{"/proc", "proc"},
		{"/sys", "sysfs"},
		{"/dev", "devtmpfs"},
		{"/sys/kernel/debug", "debugfs"},
		{"/sys/kernel/security", "securityfs"},
		{"/tmp", "tmpfs"},
	};

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++) {
		mkdir(mounts[i].path, 0755);
		/* A small kernel has not all of them. */
		mount(mounts[i].type, mounts[i].path, mounts[i].type, 0, NULL);
	}
}

static int give_to_user(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return lchown(path, RK_VM_USER_ID, RK_VM_USER_ID);
}

/* The archive's files belong to uid 0. */
static void give_home(void)
{
	nftw(RK_VM_USER_HOME, give_to_user, 16, FTW_PHYS);
}

static bool has_script(void)
{
	for (size_t i = 0; i < guest.n_jobs; i++)
		if (guest.jobs[i].kind->run == run_exec)
			return true;
	return false;
}

/* The names of busybox's programs as links in /bin. */
static void install_busybox(void)
{
	char *const argv[] = {(char *)"busybox", (char *)"--install", (char *)"-s",
			      (char *)"/bin", NULL};
	pid_t pid = fork();

	if (pid == 0) {
		execv("/bin/busybox", argv);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

int main(void)
{
	char version[512] = "";

	mount_all();
	read_jobs();
	open_port();
	guest.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (guest.kmsg < 0)
		give_up("/dev/kmsg");
	lseek(guest.kmsg, 0, SEEK_END);
	read_small("/proc/version", version, sizeof(version));
	version[strcspn(version, "\n")] = '\0';
	say("hello", "%s", version);
	give_home();
	if (has_script())
		install_busybox();
	for (size_t i = 0; i < guest.n_jobs; i++)
		if (!run_job(&guest.jobs[i]))
			break;
	say("bye", "%s", "");
	leave();
}
