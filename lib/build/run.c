/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/build/internal.h"
#include "lib/root/distro.h"

void rk_build_result_release(struct rk_build_result *result)
{
	rk_strv_release(&result->modules);
	rk_strv_release(&result->extra);
	free(result->log);
	memset(result, 0, sizeof(*result));
}

/* ---- what can be known beforehand ---- */

static int check_path(const char *path, const char *what, struct rk_error *err)
{
	if (rk_build_is_plain_path(path))
		return 0;
	rk_error_set(err, RK_EREFUSED,
		     "%s '%s' has a blank or one of :%%$#\\'\"&;*?<>()[|` in its path",
		     what, path);
	return rk_error_cure(err, "module-path",
			     "rename it: make and Kbuild cannot take such a path");
}

static bool has_file(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct stat st;

	return rk_path_join(dir, name, &path, &err) == 0 && stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode);
}

static int check_module(const char *dir, struct rk_error *err)
{
	if (check_path(dir, "the module's folder", err) < 0)
		return -(int)err->code;
	if (has_file(dir, "Kbuild") || has_file(dir, "Makefile"))
		return 0;
	rk_error_set(err, RK_EREFUSED, "'%s' has neither Kbuild nor Makefile", dir);
	return rk_error_cure(
		err, "no-kbuild",
		"give the folder of the module, or write a Kbuild with 'obj-m := NAME.o' there");
}

int rk_build_check(const struct rk_build_request *request, struct rk_error *err)
{
	if (check_module(request->dir, err) < 0 || rk_build_out_check(request, err) < 0)
		return -(int)err->code;
	return rk_makeline_check(request->make_args, err);
}

static int find_make(const struct rk_root *root, char **ret, struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "make"};

	if (rk_root_find_program(root, "make", ret, err) == 0)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	err->code = RK_ETOOL;
	return rk_distro_cure(root, &need, NULL, "install make", err);
}

int rk_build_check_tools(const struct rk_machine *machine, const struct rk_kernel *kernel,
			 struct rk_error *err)
{
	cleanup_free char *make = NULL;
	cleanup_free char *base = NULL;

	if (check_path(kernel->kdir_real, "KDIR", err) < 0 ||
	    find_make(kernel->root, &make, err) < 0 ||
	    rk_root_check_run(kernel->root, err) < 0 ||
	    rk_build_shim_check(machine, err) < 0)
		return -(int)err->code;
	return rk_build_shim_base(machine, &base, err);
}

static int make_kernel_key(const struct rk_kernel *kernel, char ret[RK_KEY_SIZE],
			   struct rk_error *err)
{
	struct rk_key key = RK_KEY_INIT;

	if (rk_key_add_kernel(&key, kernel, err) < 0)
		return -(int)err->code;
	rk_key_hex(&key, ret);
	return 0;
}

/* ---- running make ---- */

/* One build on its way. */
struct build {
	const struct rk_build_request *request;
	const struct rk_build_input *input;
	char *shim_base; /* holds all shims: the links of one lead beside it */
	char *shim;
	struct rk_build_out out;
	struct rk_makeline line;
	struct rk_strv extra; /* files that make is to see, too */
	struct rk_build_place place;
	FILE *log;
};

static void release_build(struct build *build)
{
	free(build->shim_base);
	free(build->shim);
	rk_build_out_release(&build->out);
	rk_makeline_release(&build->line);
	rk_strv_release(&build->extra);
	rk_build_place_release(&build->place);
	if (build->log)
		fclose(build->log);
}

static void take_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct build *build = data;

	fwrite(line, 1, len, build->log);
	putc('\n', build->log);
	if (build->request->on_line)
		build->request->on_line(build->request->data, line, len, is_stderr);
}

static bool is_bound(const struct rk_root_bind *binds, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (rk_path_is_below(path, binds[i].host_path))
			return true;
	return false;
}

static void add_bind(struct rk_root_bind *binds, size_t *n, const char *path)
{
	if (!is_bound(binds, *n, path))
		binds[(*n)++] = (struct rk_root_bind){.host_path = path};
}

enum {
	MAX_OWN_BINDS = 6,
};

/* What make reads and writes besides the tree. The writable folder comes first: it may
 * be below others, and those that are below it need none of their own. */
static struct rk_root_bind *list_binds(const struct build *build, size_t *ret_n)
{
	const struct rk_build_request *request = build->request;
	struct rk_root_bind *binds =
		calloc(MAX_OWN_BINDS + build->extra.n_items, sizeof(*binds));
	size_t n = 0;

	if (!binds)
		return NULL;
	binds[n++] = (struct rk_root_bind){.host_path = build->out.dir, .writable = true};
	if (request->top && request->top_writable)
		binds[n++] = (struct rk_root_bind){.host_path = request->top,
						   .writable = true};
	else if (request->top)
		add_bind(binds, &n, request->top);
	add_bind(binds, &n, build->out.source);
	binds[n++] = (struct rk_root_bind){.host_path = build->shim_base};
	if (rk_metadata_is_set(build->input->metadata))
		binds[n++] =
			(struct rk_root_bind){.host_path = build->input->metadata->dir};
	if (build->line.fifo && access(build->line.fifo, F_OK) == 0)
		binds[n++] = (struct rk_root_bind){.host_path = build->line.fifo,
						   .writable = true};
	for (size_t i = 0; i < build->extra.n_items; i++)
		add_bind(binds, &n, build->extra.items[i]);
	*ret_n = n;
	return binds;
}

static int run_make(struct build *build, const struct rk_strv *argv,
		    struct rk_spawn_result *result, struct rk_error *err)
{
	size_t n_binds = 0;
	cleanup_free struct rk_root_bind *binds = list_binds(build, &n_binds);
	struct rk_root_run run = {
		.argv = argv,
		.binds = binds,
		.n_binds = n_binds,
		.confine = build->request->confine,
		.spawn = {.env_remove = &build->line.env_remove,
			  .env_set = &build->line.env_set,
			  .stdin_fd = -1,
			  .output = RK_SPAWN_LINES,
			  .on_line = take_line,
			  .data = build},
	};

	if (!binds)
		return rk_error_nomem(err);
	if (rk_root_run(build->input->kernel->root, &run, result, err) == 0)
		return 0;
	if (err->code == RK_EREFUSED && err->sys_errno == EINTR)
		return rk_error_cure(err, "interrupted", "%s", "");
	return -(int)err->code;
}

/*
 * A build that was cut off may have left an object that looks finished: in a root tree
 * make is killed before it can delete what it was making, objtool may not have run.
 */
static int clean_up(struct build *build, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;

	rk_log(RK_LOG_STEP, "the build before was cut off: everything is built anew");
	rk_strv_add_strv(&argv, &build->line.argv);
	rk_strv_add(&argv, "clean");
	if (rk_strv_check(&argv, err) < 0)
		return -(int)err->code;
	return run_make(build, &argv, &result, err);
}

static int open_log(struct build *build, struct rk_error *err)
{
	int fd = open(build->place.log,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd >= 0)
		build->log = fdopen(fd, "w");
	if (build->log)
		return 0;
	rk_error_sys(err, errno, "'%s'", build->place.log);
	if (fd >= 0)
		close(fd);
	return -(int)err->code;
}

static void close_log(struct build *build)
{
	bool failed = ferror(build->log);

	if (fclose(build->log) != 0 || failed)
		rk_log(RK_LOG_WARNING, "'%s' is incomplete: it could not be written",
		       build->place.log);
	build->log = NULL;
}

/* On the host make got SIGTERM itself and has deleted what it was making. */
static bool ended_by_itself(const struct build *build,
			    const struct rk_spawn_result *result)
{
	return build->input->kernel->root->is_host && result->status >= 0 &&
	       result->signal != SIGKILL;
}

static int run_build(struct build *build, struct rk_build_result *result,
		     struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result made = RK_SPAWN_RESULT_INIT;
	struct rk_error ignored = RK_ERROR_INIT;

	if (open_log(build, err) < 0 ||
	    (build->place.unfinished && clean_up(build, err) < 0))
		return -(int)err->code;
	if (run_make(build, &build->line.argv, &made, err) < 0) {
		if (ended_by_itself(build, &made) &&
		    rk_build_place_finish(&build->place, &ignored) < 0)
			rk_log(RK_LOG_DEBUG, "%s", ignored.msg);
		return -(int)err->code;
	}
	close_log(build);
	if (rk_build_place_finish(&build->place, err) < 0)
		return -(int)err->code;
	result->make_status = made.status;
	if (made.status != 0)
		return 0;
	if (rk_build_list_modules(build->out.dir, &result->modules, err) < 0)
		return -(int)err->code;
	return rk_build_list_extra(build->input->kernel, build->out.dir, &result->extra,
				   err);
}

static int prepare(struct build *build, const struct rk_machine *machine,
		   struct rk_error *err)
{
	cleanup_free char *make = NULL;
	char kernel_key[RK_KEY_SIZE];
	struct rk_makeline_input input = {.kdir = build->input->kernel->kdir_real,
					  .kernel_key = kernel_key,
					  .llvm = build->input->toolchain->llvm,
					  .cc = build->input->toolchain->cc,
					  .llvm_link =
						  rk_build_inlines_helpers(build->input),
					  .out = &build->out,
					  .request = build->request};

	if (find_make(build->input->kernel->root, &make, err) < 0 ||
	    rk_build_shim_base(machine, &build->shim_base, err) < 0 ||
	    rk_build_shim(machine, build->input, &build->shim, err) < 0 ||
	    make_kernel_key(build->input->kernel, kernel_key, err) < 0 ||
	    rk_build_wanted_extra(build->request->make_args, &build->extra, err) < 0)
		return -(int)err->code;
	input.make = make;
	input.shim = build->shim;
	return rk_makeline_init(&input, &build->line, err);
}

int rk_build_run(const struct rk_machine *machine, const struct rk_build_input *input,
		 const struct rk_build_request *request, struct rk_build_result *result,
		 struct rk_error *err)
{
	cleanup(release_build) struct build build = {
		.input = input, .request = request, .place = {.lock_fd = -1}};
	cleanup(rk_build_result_release) struct rk_build_result done = {0};

	if (rk_build_check(request, err) < 0 ||
	    rk_build_check_tools(machine, input->kernel, err) < 0 ||
	    rk_build_out_open(input->kernel, request, &build.out, err) < 0 ||
	    prepare(&build, machine, err) < 0 ||
	    rk_build_place_open(machine, build.out.dir, &build.place, err) < 0 ||
	    rk_build_out_fill(&build.out, err) < 0 ||
	    rk_strdup(build.place.log, &done.log, err) < 0 ||
	    run_build(&build, &done, err) < 0)
		return -(int)err->code;
	*result = done;
	memset(&done, 0, sizeof(done));
	return 0;
}
