/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/kbuild.h"
#include "lib/metadata/makelog.h"
#include "lib/root/distro.h"

/* Where source and objtree are in every run, on every machine. */
static const char inside_source[] = "/rkmod/src";
static const char inside_objtree[] = "/rkmod/out";

enum {
	MAKEFILE_LIMIT = 1 << 20,
};

/* ---- the command line ---- */

int rk_kbuild_cc_name(const char *cc_text, char **ret, struct rk_error *err)
{
	cleanup_free char *name = NULL;
	int r = rk_format(&name, err, "%.*s", (int)strcspn(cc_text, " "), cc_text);

	if (r < 0)
		return r;
	if (!strstr(name, "gcc") || strchr(name, '/'))
		name[0] = '\0';
	*ret = RK_STEAL(name);
	return 0;
}

int rk_kbuild_cross_prefix(const char *cc_text, char **ret, struct rk_error *err)
{
	cleanup_free char *name = NULL;
	int r = rk_kbuild_cc_name(cc_text, &name, err);
	const char *gcc;

	if (r < 0)
		return r;
	gcc = strstr(name, "gcc");
	return rk_format(ret, err, "%.*s", gcc ? (int)(gcc - name) : 0, name);
}

static bool is_native(const struct rk_kbuild *kbuild)
{
	return kbuild->kernel->arch == RK_ARCH_X86_64 &&
	       strcmp(kbuild->machine->arch, "x86_64") == 0;
}

/*
 * The headers' own makefile names the compiler (Debian: .kernelvariables), the source
 * does not. A gcc's version text begins with the name it was called by.
 */
static int add_compilers(struct rk_kbuild *kbuild, struct rk_error *err)
{
	const struct rk_toolchain *toolchain = kbuild->toolchain;
	cleanup_free char *prefix = NULL;
	cleanup_free char *name = NULL;
	const char *cc;

	if (*toolchain->llvm) {
		rk_strv_addf(&kbuild->variables, "LLVM=%s", toolchain->llvm);
		return 0;
	}
	if (rk_kbuild_cc_name(kbuild->kernel->cc_text, &name, err) < 0 ||
	    rk_kbuild_cross_prefix(kbuild->kernel->cc_text, &prefix, err) < 0)
		return -(int)err->code;
	cc = *toolchain->cc ? toolchain->cc : name;
	if (*prefix)
		rk_strv_addf(&kbuild->variables, "CROSS_COMPILE=%s", prefix);
	if (*cc) {
		rk_strv_addf(&kbuild->variables, "CC=%s", cc);
		if (is_native(kbuild))
			rk_strv_addf(&kbuild->variables, "HOSTCC=%s", cc);
	}
	return 0;
}

static int add_variables(struct rk_kbuild *kbuild, struct rk_error *err)
{
	const char *rustc = kbuild->toolchain->rustc->path;

	rk_strv_addf(&kbuild->variables, "ARCH=%s", kbuild->kernel->srcarch);
	rk_strv_addf(&kbuild->variables, "KERNELRELEASE=%s", kbuild->kernel->release);
	rk_strv_addf(&kbuild->variables, "RUSTC=%s", rustc);
	rk_strv_addf(&kbuild->variables, "HOSTRUSTC=%s", rustc);
	if (add_compilers(kbuild, err) < 0)
		return -(int)err->code;
	return rk_strv_check(&kbuild->variables, err);
}

/* ---- the programs ---- */

static const char *const tools[] = {
	"make", "flex", "bison", "bc",     "bindgen",
	"awk",  "perl", "sed",   "pahole", "openssl",
};

/* Those that are not there: all of them, the kernel's C compiler and rust-src. */
struct missing {
	struct rk_need needs[RK_ARRAY_LEN(tools) + 2];
	size_t n_needs;
	struct rk_buf words;
};

/* These two only where the kernel's configuration came about with them. */
static bool is_wanted(const struct rk_kconfig *config, const char *program)
{
	if (strcmp(program, "pahole") == 0)
		return rk_kconfig_number(config, "CONFIG_PAHOLE_VERSION", 0) > 0;
	if (strcmp(program, "openssl") == 0)
		return rk_kconfig_is_yes(config, "CONFIG_OPENSSL_SUPPORTS_ML_DSA");
	return true;
}

static int fail_tools(const struct rk_root *root, const struct missing *missing,
		      struct rk_error *err)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *advice = NULL;

	rk_error_set(err, RK_ENOTFOUND, "making Rust metadata needs %s",
		     rk_buf_str(&missing->words));
	if (rk_distro_advice(root, missing->needs, missing->n_needs, &advice, &ignored) <
	    0)
		return -(int)err->code;
	return rk_error_cure(err, "prepare-tool", "%s", advice);
}

/* @program is borrowed for as long as @missing is used. */
static void look_for(const struct rk_root *root, const char *program,
		     struct missing *missing)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	if (rk_root_find_program(root, program, &path, &ignored) == 0 ||
	    ignored.code != RK_ENOTFOUND)
		return;
	rk_buf_addf(&missing->words, "%s'%s'", missing->n_needs ? ", " : "", program);
	missing->needs[missing->n_needs++] = (struct rk_need){RK_NEED_PROGRAM, program};
}

/* One that only make's log tells of. */
static int fail_tool(const struct rk_kbuild *kbuild, const char *program,
		     struct rk_error *err)
{
	struct missing missing = {.needs = {{RK_NEED_PROGRAM, program}}, .n_needs = 1};
	int r;

	rk_buf_addf(&missing.words, "'%s'", program);
	r = rk_buf_check(&missing.words, err);
	if (r == 0)
		r = fail_tools(kbuild->kernel->root, &missing, err);
	rk_buf_release(&missing.words);
	return r;
}

/* False also where rustc's folders are not those of the Rust project: nobody knows. */
static bool lacks_rust_src(const struct rk_root *root, const struct rk_rustc *rustc)
{
	static const char below[] = "lib/rustlib/src/rust/library";
	cleanup_free char *library = NULL;
	cleanup_free char *rustlib = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	const char *bin = strstr(rustc->path, "/bin/rustc");
	int sysroot_len = bin ? (int)(bin - rustc->path) : 0;

	return bin &&
	       rk_format(&rustlib, &ignored, "%.*s/lib/rustlib", sysroot_len,
			 rustc->path) == 0 &&
	       rk_format(&library, &ignored, "%.*s/%s", sysroot_len, rustc->path,
			 below) == 0 &&
	       rk_root_exists(root, rustlib) && !rk_root_exists(root, library);
}

/* core is compiled from it. */
static void look_for_rust_src(const struct rk_root *root,
			      const struct rk_toolchain *toolchain,
			      struct missing *missing)
{
	const struct rk_rustc *rustc = toolchain->rustc;

	if (!rustc || !lacks_rust_src(root, rustc))
		return;
	rk_buf_addf(&missing->words, "%sthe library sources of '%s'",
		    missing->n_needs ? ", " : "", rustc->path);
	missing->needs[missing->n_needs++] =
		(struct rk_need){RK_NEED_RUST_SRC, rustc->text};
}

int rk_kbuild_check_tools(const struct rk_kernel *kernel,
			  const struct rk_toolchain *toolchain, struct rk_error *err)
{
	struct missing missing = {.words = RK_BUF_INIT};
	cleanup_free char *cc = NULL;
	int r;

	if (rk_kbuild_cc_name(kernel->cc_text, &cc, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(tools); i++)
		if (is_wanted(kernel->config, tools[i]))
			look_for(kernel->root, tools[i], &missing);
	if (*cc && toolchain && !*toolchain->llvm && !*toolchain->cc)
		look_for(kernel->root, cc, &missing);
	if (toolchain)
		look_for_rust_src(kernel->root, toolchain, &missing);
	r = rk_buf_check(&missing.words, err);
	if (r == 0 && missing.n_needs)
		r = fail_tools(kernel->root, &missing, err);
	rk_buf_release(&missing.words);
	return r;
}

/* ---- running make ---- */

/*
 * Nothing of the caller's environment but this: MAKEFLAGS, KCFLAGS, LLVM and the like
 * would steer the makefiles away from what the kernel was built with.
 */
static void add_environment(const struct rk_kbuild *kbuild, struct rk_strv *env)
{
	static const char *const kept[] = {"PATH", "HOME", "LIBCLANG_PATH"};

	rk_strv_add(env, "LC_ALL=C");
	for (size_t i = 0; kbuild->kernel->root->is_host && i < RK_ARRAY_LEN(kept); i++)
		if (getenv(kept[i]))
			rk_strv_addf(env, "%s=%s", kept[i], getenv(kept[i]));
}

static int run_make(struct rk_kbuild *kbuild, const struct rk_strv *argv,
		    struct rk_makelog *log, int *ret_status, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	struct rk_root_bind binds[] = {
		{.host_path = kbuild->source, .inside = inside_source},
		{.host_path = kbuild->objtree,
		 .inside = inside_objtree,
		 .writable = true},
	};
	struct rk_root_run run = {
		.argv = argv,
		.cwd = "/",
		.confine = kbuild->confine,
		.spawn = {.env_clear = true,
			  .env_set = &env,
			  .stdin_fd = -1,
			  .output = RK_SPAWN_LINES,
			  .on_line = log ? rk_makelog_line : NULL,
			  .data = log},
	};

	if (kbuild->confine) {
		run.binds = binds;
		run.n_binds = RK_ARRAY_LEN(binds);
	}
	if (!log)
		run.spawn.output = RK_SPAWN_NULL;
	add_environment(kbuild, &env);
	if (rk_strv_check(&env, err) < 0 ||
	    rk_root_run(kbuild->kernel->root, &run, &result, err) < 0)
		return -(int)err->code;
	*ret_status = result.status;
	return 0;
}

/* On the host's own root bubblewrap is welcome, but not needed. */
static int choose_confinement(struct rk_kbuild *kbuild, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	int status = -1;

	rk_strv_add(&argv, "true");
	if (rk_strv_check(&argv, err) < 0)
		return -(int)err->code;
	kbuild->confine = true;
	if (!kbuild->kernel->root->is_host)
		return 0;
	if (run_make(kbuild, &argv, NULL, &status, &ignored) < 0 || status != 0) {
		rk_log(RK_LOG_DEBUG, "no bubblewrap here (%s): make runs plainly",
		       ignored.msg);
		kbuild->confine = false;
	}
	return 0;
}

int rk_kbuild_init(struct rk_kbuild *kbuild, struct rk_error *err)
{
	if (rk_kbuild_check_tools(kbuild->kernel, kbuild->toolchain, err) < 0 ||
	    add_variables(kbuild, err) < 0 || choose_confinement(kbuild, err) < 0) {
		rk_kbuild_release(kbuild);
		return -(int)err->code;
	}
	return 0;
}

void rk_kbuild_release(struct rk_kbuild *kbuild)
{
	rk_strv_release(&kbuild->variables);
}

static int explain(const struct rk_kbuild *kbuild, const struct rk_makelog *log,
		   const char *target, int status, struct rk_error *err)
{
	if (log->full)
		return rk_error_sys(err, ENOSPC, "making Rust metadata in '%s'",
				    kbuild->objtree);
	if (log->tool)
		return fail_tool(kbuild, log->tool, err);
	rk_error_set(err, RK_ETOOL,
		     "making Rust metadata failed (make %s, status %d): %s", target,
		     status, log->reason ? log->reason : "no reason was given");
	return rk_error_cure(err, "prepare-failed", "read the log '%s'", kbuild->log);
}

/* make TARGET... in the source, the log kept. @targets ends with NULL. */
static int make(struct rk_kbuild *kbuild, const char *const *targets,
		struct rk_error *err)
{
	cleanup_close int fd =
		open(kbuild->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup(rk_makelog_release) struct rk_makelog log;
	int status = -1;

	rk_makelog_init(&log, fd);
	rk_strv_add_all(&argv, "make", "-C",
			kbuild->confine ? inside_source : kbuild->source, NULL);
	rk_strv_addf(&argv, "O=%s", kbuild->confine ? inside_objtree : kbuild->objtree);
	rk_strv_addf(&argv, "-j%u",
		     kbuild->jobs ? kbuild->jobs : kbuild->machine->n_cpus);
	rk_strv_add_strv(&argv, &kbuild->variables);
	for (size_t i = 0; targets[i]; i++)
		rk_strv_add(&argv, targets[i]);
	if (rk_strv_check(&argv, err) < 0 ||
	    run_make(kbuild, &argv, &log, &status, err) < 0)
		return -(int)err->code;
	return status == 0 ? 0 : explain(kbuild, &log, targets[0], status, err);
}

int rk_kbuild_configure(struct rk_kbuild *kbuild, struct rk_error *err)
{
	static const char *const targets[] = {"olddefconfig", NULL};

	return make(kbuild, targets, err);
}

/* ---- leaving out the tools ---- */

static bool file_has(const char *dir, const char *name, const char *text)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	return rk_path_join(dir, name, &path, &ignored) == 0 &&
	       rk_file_read(path, MAKEFILE_LIMIT, &buf, &ignored) == 0 &&
	       strstr(rk_buf_str(&buf), text);
}

/*
 * `prepare` is then prepare0, the tools, a probe that olddefconfig already did, and
 * $(build)=rust, which run-command (since 6.6) can start by itself. An architecture that
 * adds steps of its own to `prepare` gets all of it.
 */
static bool can_skip_tools(const struct rk_kbuild *kbuild)
{
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *arch = NULL;

	if (rk_format(&arch, &ignored, "arch/%s/Makefile", kbuild->kernel->srcarch) < 0)
		return false;
	return file_has(kbuild->source, "Makefile", "$(Q)$(KBUILD_RUN_COMMAND)") &&
	       file_has(kbuild->source, "Makefile", "\n\t$(Q)$(MAKE) $(build)=rust\n") &&
	       !file_has(kbuild->source, arch, "\nprepare:");
}

/* Some configurations run objtool on the crates' objects: the headers package has it. */
static bool borrow_objtool(const struct rk_kbuild *kbuild, struct rk_error *err)
{
	const struct rk_kernel *kernel = kbuild->kernel;
	cleanup_free char *objtool = NULL;
	cleanup_free char *dir = NULL;
	cleanup_free char *link = NULL;

	if (!rk_kconfig_is_yes(kernel->config, "CONFIG_OBJTOOL"))
		return true;
	if (rk_path_join(kernel->kdir_real, "tools/objtool/objtool", &objtool, err) < 0 ||
	    !rk_root_exists(kernel->root, objtool) ||
	    rk_path_join(kbuild->objtree, "tools/objtool", &dir, err) < 0 ||
	    rk_path_join(dir, "objtool", &link, err) < 0)
		return false;
	return rk_dir_make(dir, 0700, err) == 0 &&
	       (symlink(objtool, link) == 0 || errno == EEXIST);
}

int rk_kbuild_prepare(struct rk_kbuild *kbuild, struct rk_error *err)
{
	static const char *const all[] = {"prepare", NULL};
	static const char *const basics[] = {"prepare0", NULL};
	static const char *const crates[] = {"prepare0", "run-command",
					     "KBUILD_RUN_COMMAND=+$(MAKE) $(build)=rust",
					     NULL};

	if (kbuild->plain || !can_skip_tools(kbuild) || !borrow_objtool(kbuild, err)) {
		rk_log(RK_LOG_DEBUG, "make prepare, with its tools");
		return make(kbuild, all, err);
	}
	/* Together the second would start while the first still runs. */
	if (make(kbuild, basics, err) < 0)
		return -(int)err->code;
	return make(kbuild, crates, err);
}
