/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/base/kmsg.h"
#include "lib/base/log.h"
#include "lib/vm/boot.h"
#include "lib/vm/lines.h"
#include "lib/vm/protocol.h"

enum {
	DEFAULT_KVM_MS = 120000,
	DEFAULT_TCG_MS = 300000,
	CONSOLE_LIMIT = 256 << 10, /* bytes kept; what is older goes */
	LOG_LIMIT = 8 << 20,       /* bytes kept; what is newer goes */
	OOPS_LINES = 12,
	LAST_LINES = 4,
};

enum job_kind {
	JOB_LOAD,
	JOB_EXEC,
	JOB_UNLOAD,
};

struct job {
	enum job_kind kind;
	size_t module; /* index in the request */
	bool begun;
	bool ended;
};

struct run {
	const struct rk_vm_request *request;
	struct rk_vm_result *result;
	struct rk_error *err;
	char nonce[RK_VM_NONCE_LEN + 1];
	struct job *jobs;
	size_t n_jobs;
	/* What came so far. */
	struct rk_vm_reader reader;
	const struct job *current; /* between begin and end */
	struct rk_buf line;        /* scratch: the text of one line */
	struct rk_buf record;      /* scratch: of one kernel log record */
	struct rk_buf log;         /* kernel log of the current job */
	struct rk_buf whole_log;   /* of all jobs */
	struct rk_buf output;      /* of the script */
	struct rk_buf console;
	uint64_t next_record;
	bool has_record;
	int64_t start_ms;
	bool up; /* the guest program spoke */
	bool finished;
	bool failed; /* err is set */
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- the job list ---- */

static int make_nonce(char nonce[RK_VM_NONCE_LEN + 1], struct rk_error *err)
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
		return rk_error_sys(err, errno, "getrandom");
	snprintf(nonce, RK_VM_NONCE_LEN + 1, "%016llx", (unsigned long long)number);
	return 0;
}

/* Loads, the script, unloads in reverse order. */
static int plan_jobs(struct run *run, struct rk_error *err)
{
	const struct rk_vm_request *r = run->request;
	struct job *jobs = calloc(2 * r->n_modules + 1, sizeof(*jobs));

	if (!jobs)
		return rk_error_nomem(err);
	run->jobs = jobs;
	for (size_t i = 0; i < r->n_modules; i++)
		jobs[run->n_jobs++] = (struct job){.kind = JOB_LOAD, .module = i};
	if (r->script)
		jobs[run->n_jobs++] = (struct job){.kind = JOB_EXEC};
	for (size_t i = r->n_modules; !r->keep_loaded && i > 0; i--)
		jobs[run->n_jobs++] = (struct job){.kind = JOB_UNLOAD, .module = i - 1};
	return 0;
}

static int write_load(const struct rk_vm_module *module, size_t index,
		      struct rk_buf *text, struct rk_error *err)
{
	cleanup_free char *inside = NULL;

	if (strchr(module->params, '\n'))
		return rk_error_set(err, RK_EFORMAT,
				    "the parameters of '%s' have a newline",
				    module->path);
	if (rk_vm_module_path(index, &inside, err) < 0)
		return -(int)err->code;
	rk_buf_addf(text, "load %s %s\n", inside, module->params);
	return 0;
}

static int write_jobs(const struct run *run, int limit_ms, struct rk_buf *text,
		      struct rk_error *err)
{
	rk_buf_addf(text, "nonce %s\nlimit %d\n", run->nonce, limit_ms);
	for (size_t i = 0; i < run->n_jobs; i++) {
		const struct job *job = &run->jobs[i];

		if (job->kind == JOB_EXEC)
			rk_buf_adds(text, "exec " RK_VM_SCRIPT "\n");
		else if (job->kind == JOB_UNLOAD)
			rk_buf_addf(text, "unload @%zu\n", job->module);
		else if (write_load(&run->request->modules[job->module], job->module,
				    text, err) < 0)
			return -(int)err->code;
	}
	return rk_buf_check(text, err);
}

/* ---- what the guest program says ---- */

/* Results come in the order of the request: loads are the first jobs. */
static struct rk_vm_module_result *find_result(struct run *run, const struct job *job)
{
	struct rk_vm_result *result = run->result;

	return job->module < result->n_modules ? &result->modules[job->module] : NULL;
}

static void begin_load(struct run *run, const struct job *job)
{
	const struct rk_vm_module *module = &run->request->modules[job->module];
	struct rk_vm_module_result *result =
		&run->result->modules[run->result->n_modules];

	*result = (struct rk_vm_module_result){.is_dependency = module->is_dependency,
					       .load_errno = -1,
					       .unload_errno = -1};
	/* Until the kernel's own name is known. */
	if (rk_strdup(module->path, &result->path, run->err) < 0 ||
	    rk_strdup(rk_path_base(module->path), &result->name, run->err) < 0)
		run->failed = true;
	else
		result->name[strcspn(result->name, ".")] = '\0';
	run->result->n_modules++;
}

static void take_begin(struct run *run)
{
	const char *text = rk_buf_str(&run->line);
	size_t index = strtoul(text, NULL, 10);
	struct job *job = index < run->n_jobs ? &run->jobs[index] : NULL;

	if (!job || job->begun ||
	    (job->kind == JOB_LOAD && job->module != run->result->n_modules)) {
		rk_error_set(run->err, RK_ETOOL,
			     "the guest began job '%s', which was not its turn", text);
		run->failed = true;
		return;
	}
	job->begun = true;
	run->current = job;
	rk_buf_truncate(&run->log, 0);
	if (job->kind == JOB_LOAD)
		begin_load(run, job);
}

static void keep_log(struct run *run, char **ret)
{
	if (!*ret && rk_strdup(rk_buf_str(&run->log), ret, run->err) < 0)
		run->failed = true;
}

static void end_load(struct run *run, struct rk_vm_module_result *module,
		     const struct rk_vm_end *end)
{
	char *name = NULL;

	module->load_ms = end->ms;
	if (end->how == RK_VM_DONE)
		module->load_errno = end->error;
	if (end->name[0] == '\0')
		return;
	if (rk_strdup(end->name, &name, run->err) < 0) {
		run->failed = true;
		return;
	}
	free(module->name);
	module->name = name;
}

static void take_end(struct run *run)
{
	struct rk_vm_module_result *module;
	struct rk_vm_end end;
	struct job *job;

	if (rk_vm_end_read(rk_buf_str(&run->line), run->n_jobs, &end, run->err) < 0) {
		run->failed = true;
		return;
	}
	job = &run->jobs[end.job];
	job->ended = true;
	run->current = NULL;
	if (end.how == RK_VM_SKIPPED)
		return;
	run->result->taint = end.taint;
	if (end.how == RK_VM_TIMEOUT)
		run->result->timed_out = true;
	if (job->kind == JOB_EXEC) {
		if (end.how == RK_VM_DONE)
			run->result->script_status = end.error ? 127 : end.value;
		return;
	}
	module = find_result(run, job);
	if (!module)
		return;
	if (job->kind == JOB_LOAD) {
		end_load(run, module, &end);
		keep_log(run, &module->log);
		return;
	}
	if (end.how == RK_VM_DONE)
		module->unload_errno = end.error;
	keep_log(run, &module->unload_log);
}

/* Hands out line by line; the last one may lack its newline. */
static void emit(const struct run *run, struct rk_buf *text, bool is_kernel)
{
	char *save = NULL;

	if (!run->request->on_line || !text->data)
		return;
	for (char *line = strtok_r(text->data, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		run->request->on_line(run->request->data, line, is_kernel);
}

static void add_line(struct rk_buf *to, const char *line)
{
	if (to->len > LOG_LIMIT)
		return;
	if (to->len)
		rk_buf_addc(to, '\n');
	rk_buf_adds(to, line);
}

static void take_kmsg(struct run *run)
{
	uint64_t seq;

	if (rk_kmsg_read(rk_buf_str(&run->line), &seq, &run->record, run->err) < 0) {
		run->failed = true;
		return;
	}
	if (run->has_record && seq != run->next_record)
		rk_log(RK_LOG_WARNING, "%llu lines of the guest's kernel log were lost",
		       (unsigned long long)(seq - run->next_record));
	run->has_record = true;
	run->next_record = seq + 1;
	add_line(&run->log, rk_buf_str(&run->record));
	add_line(&run->whole_log, rk_buf_str(&run->record));
	emit(run, &run->record, true);
}

static void take_hello(struct run *run)
{
	if (run->up)
		return;
	run->up = true;
	run->result->boot_ms = (unsigned int)(now_ms() - run->start_ms);
	if (rk_strdup(rk_buf_str(&run->line), &run->result->proc_version, run->err) < 0)
		run->failed = true;
}

static void take_out(struct run *run)
{
	if (run->output.len <= LOG_LIMIT)
		rk_buf_add(&run->output, run->line.data, run->line.len);
	emit(run, &run->line, false);
}

static void take_fault(struct run *run)
{
	rk_log(RK_LOG_DEBUG, "the guest stops: %s", rk_buf_str(&run->line));
}

static void take_bye(struct run *run)
{
	run->finished = true;
}

static void take_guest_line(struct run *run, const char *line)
{
	static void (*const handlers[])(struct run *) = {
		[RK_VM_LINE_HELLO] = take_hello, [RK_VM_LINE_BEGIN] = take_begin,
		[RK_VM_LINE_KMSG] = take_kmsg,   [RK_VM_LINE_OUT] = take_out,
		[RK_VM_LINE_END] = take_end,     [RK_VM_LINE_FAULT] = take_fault,
		[RK_VM_LINE_BYE] = take_bye,
	};
	enum rk_vm_line_type type;

	if (rk_vm_line_read(&run->reader, line, &type, &run->line, run->err) < 0)
		run->failed = true;
	else if (type == RK_VM_LINE_FOREIGN)
		rk_log(RK_LOG_DEBUG, "guest, not understood: %s", line);
	else
		handlers[type](run);
}

static void take_console(struct run *run, const char *line)
{
	rk_log(RK_LOG_DEBUG, "guest console: %s", line);
	rk_buf_adds(&run->console, line);
	rk_buf_addc(&run->console, '\n');
	if (run->console.len > CONSOLE_LIMIT) {
		size_t half = run->console.len / 2;

		memmove(run->console.data, run->console.data + half,
			run->console.len - half);
		rk_buf_truncate(&run->console, run->console.len - half);
	}
}

/* After a failure nothing is believed any more; QEMU's end is still waited for. */
static void on_line(void *data, const char *line, size_t len, bool is_console)
{
	struct run *run = data;

	if (is_console)
		take_console(run, line);
	else if (!run->failed)
		take_guest_line(run, line);
}

/* ---- what it comes to ---- */

/* The first @n_lines lines of @text, without carriage returns and console times. */
static int take_lines(const char *text, size_t n_lines, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	for (size_t i = 0; i < n_lines && *text; i++) {
		size_t len;

		text = rk_vm_skip_time(text);
		len = strcspn(text, "\r\n");
		if (len && buf.len)
			rk_buf_addc(&buf, '\n');
		rk_buf_add(&buf, text, len);
		text += len;
		text += strspn(text, "\r\n");
	}
	return rk_buf_take(&buf, ret, err);
}

static const char *last_lines(const char *text, size_t n_lines)
{
	const char *at = text + strlen(text);

	while (at > text && n_lines) {
		at--;
		if (at > text && at[-1] == '\n')
			n_lines--;
	}
	return at;
}

/* A module can print "Oops" and nothing happened: it needs the kernel's own word. */
static int find_oops(struct run *run, struct rk_error *err)
{
	struct rk_vm_result *result = run->result;
	const bool reset = !run->finished && !result->timed_out;
	const char *log = rk_buf_str(&run->log);
	const char *console = rk_buf_str(&run->console);
	const char *at;

	result->oops = reset || (result->taint & RK_VM_TAINT_DIE);
	if (!result->oops)
		return rk_strdup("", &result->oops_text, err);
	at = rk_vm_oops_find(log);
	if (!at)
		at = rk_vm_oops_find(console);
	if (at)
		return take_lines(at, OOPS_LINES, &result->oops_text, err);
	if (reset)
		return rk_strdup("the guest was reset without a word", &result->oops_text,
				 err);
	return take_lines(last_lines(log, OOPS_LINES), OOPS_LINES, &result->oops_text,
			  err);
}

static int report_no_boot(const struct run *run, const struct rk_spawn_result *spawned,
			  struct rk_error *err)
{
	cleanup_free char *text = NULL;

	if (take_lines(last_lines(rk_buf_str(&run->console), LAST_LINES), LAST_LINES,
		       &text, err) < 0)
		return -(int)err->code;
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = *c == '\n' ? '|' : '?';
	rk_error_set(err, RK_ETOOL, "the guest did not come up (QEMU %s %d)%s%s",
		     spawned->timed_out ? "was ended by the time limit, status"
					: "ended with status",
		     spawned->status, *text ? "; its last words: " : "", text);
	return rk_error_cure(
		err, "vm-no-boot",
		spawned->timed_out
			? "give it more time with --timeout, or look at its console with -v"
			: "look at its console with -v; --accel tcg needs nothing from the machine");
}

static int conclude(struct run *run, const struct rk_spawn_result *spawned,
		    struct rk_error *err)
{
	if (run->failed)
		return rk_error_cure(
			err, "vm-protocol",
			"run it again; if it stays, report it with the output of -v");
	if (!run->up)
		return report_no_boot(run, spawned, err);
	run->result->timed_out |= spawned->timed_out;
	run->result->total_ms = (unsigned int)(now_ms() - run->start_ms);
	for (size_t i = 0; i < run->result->n_modules; i++)
		keep_log(run, &run->result->modules[i].log);
	if (run->failed || rk_buf_take(&run->whole_log, &run->result->log, err) < 0 ||
	    rk_buf_take(&run->output, &run->result->script_output, err) < 0)
		return -(int)err->code;
	return find_oops(run, err);
}

static int boot(struct run *run, const struct rk_machine *machine, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result spawned = RK_SPAWN_RESULT_INIT;
	const struct rk_vm_request *request = run->request;
	cleanup_buf struct rk_buf jobs = RK_BUF_INIT;
	struct rk_vm_boot how = {.request = request, .on_line = on_line, .data = run};
	cleanup_close int fd = -1;

	how.timeout_ms = request->timeout_ms;
	if (rk_vm_choose_accel(machine, request, &how.accel, err) < 0)
		return -(int)err->code;
	run->result->accel = how.accel;
	if (how.timeout_ms == 0)
		how.timeout_ms =
			how.accel == RK_VM_ACCEL_KVM ? DEFAULT_KVM_MS : DEFAULT_TCG_MS;
	if (write_jobs(run,
		       request->job_timeout_ms ? request->job_timeout_ms
					       : how.timeout_ms / 2,
		       &jobs, err) < 0 ||
	    rk_vm_initramfs(machine, request, rk_buf_str(&jobs), &fd, err) < 0)
		return -(int)err->code;
	how.initramfs_fd = fd;
	run->start_ms = now_ms();
	if (rk_vm_boot(&how, &spawned, err) < 0)
		return -(int)err->code;
	return conclude(run, &spawned, err);
}

static int prepare(struct run *run, struct rk_error *err)
{
	struct rk_vm_result *result = run->result;

	if (run->request->script && !run->request->busybox) {
		rk_error_set(err, RK_ENOTFOUND, "a script needs busybox");
		return rk_error_cure(err, "busybox-missing",
				     "install the package 'busybox-static'");
	}
	result->modules = calloc(run->request->n_modules + 1, sizeof(*result->modules));
	if (!result->modules)
		return rk_error_nomem(err);
	if (make_nonce(run->nonce, err) < 0)
		return -(int)err->code;
	run->reader.nonce = run->nonce;
	return plan_jobs(run, err);
}

int rk_vm_run(const struct rk_machine *machine, const struct rk_vm_request *request,
	      struct rk_vm_result *ret, struct rk_error *err)
{
	struct rk_vm_result result = {.script_status = -1};
	struct run run = {.request = request, .result = &result, .err = err};
	int r = prepare(&run, err);

	if (r == 0)
		r = boot(&run, machine, err);
	free(run.jobs);
	rk_buf_release(&run.line);
	rk_buf_release(&run.record);
	rk_buf_release(&run.log);
	rk_buf_release(&run.whole_log);
	rk_buf_release(&run.output);
	rk_buf_release(&run.console);
	if (r < 0)
		rk_vm_result_release(&result);
	else
		*ret = result;
	return r;
}

void rk_vm_result_release(struct rk_vm_result *result)
{
	for (size_t i = 0; i < result->n_modules; i++) {
		free(result->modules[i].path);
		free(result->modules[i].name);
		free(result->modules[i].log);
		free(result->modules[i].unload_log);
	}
	free(result->modules);
	free(result->proc_version);
	free(result->script_output);
	free(result->log);
	free(result->oops_text);
	memset(result, 0, sizeof(*result));
}
