/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rkmod build asks before it runs make, in its order, and what make will run. */
#include <string.h>
#include <sys/statvfs.h>

#include "lib/base/file.h"
#include "lib/pipeline/doctor-lines.h"
#include "lib/root/distro.h"
#include "lib/toolchain/programs.h"

enum {
	MAKING_MIB = 700, /* that making metadata takes on disk, for a while */
	CONFIG_LIMIT = 4 << 20,
};

static const char *setting(const struct rk_doctor_look *look, enum rk_setting_name name)
{
	return rk_request_get(look->pipeline->request, name);
}

static void block(struct rk_doctor_look *look, const char *topic,
		  const struct rk_error *error)
{
	rk_doctor_add_error(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_BUILD, topic, error);
}

static void ok(struct rk_doctor_look *look, const char *topic, const char *what)
{
	rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, topic, NULL, "%s", what);
}

/* ---- the folder ---- */

static void look_at_folder(struct rk_doctor_look *look)
{
	const struct rk_request *request = look->pipeline->request;
	const struct rk_build_request build = {.dir = request->dir, .top = request->top};
	struct rk_error err = RK_ERROR_INIT;

	if (rk_build_check(&build, &err) < 0)
		block(look, "folder", &err);
	else
		ok(look, "folder", request->dir);
}

/* ---- the kernel ---- */

/* Whether its release has anything but a build link that is gone. */
static bool is_installed(const struct rk_root *root, const char *release)
{
	cleanup_free char *kernel = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_format(&kernel, &err, "/lib/modules/%s/kernel", release) == 0 &&
	       rk_root_exists(root, kernel);
}

static void add_kernel(const struct rk_kernel_entry *entry, struct rk_buf *to)
{
	rk_buf_addf(to, "%s%s", to->len ? "; " : "", entry->release);
	if (!entry->kernel)
		rk_buf_addf(to, " (%s)", entry->error.id ? entry->error.id : "failed");
	else if (entry->kernel->rust)
		rk_buf_adds(to, " with Rust");
	else
		rk_buf_addf(to, " without Rust: %s",
			    rk_kernel_why_no_rust(entry->kernel));
}

/* What could be meant instead. */
static void list_kernels(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_kernel_list list = {.items = NULL};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (!p->root || rk_kernel_list(p->machine, p->root, &list, &err) < 0)
		return;
	for (size_t i = 0; i < list.n_items; i++)
		if (list.items[i].kernel)
			add_kernel(&list.items[i], &text);
	if (text.len && !text.failed)
		rk_doctor_add(look, RK_DOCTOR_NOTE, RK_DOCTOR_BUILD, "kernels", NULL,
			      "kernels with headers here: %s", text.data);
	rk_kernel_list_release(&list);
}

/* Nothing names a kernel, so the running one is meant, and it is not on the disk. */
static void explain_running(struct rk_doctor_look *look, struct rk_doctor_line *line)
{
	const struct rk_pipeline *p = look->pipeline;
	const char *release = p->machine->release;

	if (!p->root || !p->root->is_host || setting(look, RK_SETTING_KDIR) ||
	    setting(look, RK_SETTING_KERNEL) || setting(look, RK_SETTING_PACKAGE) ||
	    is_installed(p->root, release))
		return;
	rk_doctor_why(look, line,
		      "/lib/modules has nothing of the running kernel %s: it was "
		      "replaced by an upgrade, or this is a container",
		      release);
	rk_doctor_cure(look, line,
		       "after an upgrade reboot, or name an installed kernel with "
		       "--kernel; else: %s",
		       line->cure);
}

static void explain_rust(struct rk_doctor_look *look, struct rk_doctor_line *line,
			 const struct rk_kconfig *config, const char *version)
{
	const struct rk_rust_obstacle *obstacles[RK_MAX_RUST_OBSTACLES];
	size_t n = rk_rust_obstacles(config, version, obstacles);
	cleanup_buf struct rk_buf why = RK_BUF_INIT;
	cleanup_buf struct rk_buf cure = RK_BUF_INIT;

	rk_buf_addf(&cure, "%s%sto build a kernel with it:", line->cure,
		    line->cure[0] ? "; " : "");
	for (size_t i = 0; i < n; i++) {
		rk_buf_addf(&why, "%s%s", i ? "; " : "", obstacles[i]->why);
		rk_buf_addf(&cure, "%s %s", i ? "," : "", obstacles[i]->cure);
	}
	rk_doctor_why(look, line, "%s", rk_buf_str(&why));
	rk_doctor_cure(look, line, "%s", rk_buf_str(&cure));
}

/* A source tree that was only configured: its .config says whether Rust is on, too. */
static void look_at_config(struct rk_doctor_look *look)
{
	const struct rk_root *root = look->pipeline->root;
	const char *kdir = setting(look, RK_SETTING_KDIR);
	cleanup(rk_kconfig_free_p) struct rk_kconfig *config = NULL;
	cleanup_free char *path = NULL;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (!root || !kdir || rk_path_join(kdir, ".config", &path, &ignored) < 0 ||
	    rk_root_read(root, path, CONFIG_LIMIT, &text, &ignored) < 0 ||
	    rk_kconfig_parse(rk_buf_str(&text), text.len, &config, &ignored) < 0 ||
	    rk_kconfig_is_yes(config, "CONFIG_RUST"))
		return;
	line = rk_doctor_add(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_BUILD, "rust", "rust-off",
			     "'%s' has no CONFIG_RUST=y", path);
	explain_rust(look, line, config, "");
}

static bool look_at_kernel(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (rk_pipeline_kernel(p, &err) < 0) {
		line = rk_doctor_add_error(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_BUILD,
					   "kernel", &err);
		if (err.id && strcmp(err.id, "headers-missing") == 0)
			explain_running(look, line);
		look_at_config(look);
		list_kernels(look);
		return false;
	}
	line = rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, "kernel", NULL,
			     "%s, headers in '%s'", p->kernel->release,
			     p->kernel->kdir_real);
	if (p->kernel->package[0])
		rk_doctor_why(look, line, "package %s %s", p->kernel->package,
			      p->kernel->package_version);
	return true;
}

/* ---- Rust ---- */

static bool look_at_rust(struct rk_doctor_look *look)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (rk_pipeline_rust(look->pipeline, &err) == 0) {
		ok(look, "rust", "CONFIG_RUST=y");
		return true;
	}
	line = rk_doctor_add_error(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_BUILD, "rust", &err);
	explain_rust(look, line, look->pipeline->kernel->config,
		     look->pipeline->kernel->source_version);
	return false;
}

/* ---- metadata ---- */

static void look_at_metadata(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_pipeline_metadata(p, &err) < 0) {
		block(look, "metadata", &err);
		return;
	}
	switch (p->metadata->origin) {
	case RK_METADATA_CACHE:
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, "metadata", NULL,
			      "made and kept, %zu Rust symbols: '%s'",
			      p->metadata->n_exports, p->metadata->dir);
		return;
	case RK_METADATA_SYSTEM:
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, "metadata", NULL,
			      "installed by a package, %zu Rust symbols: '%s'",
			      p->metadata->n_exports, p->metadata->dir);
		return;
	case RK_METADATA_KDIR:
	case RK_METADATA_LINK:
		ok(look, "metadata", "the headers have their own");
		return;
	case RK_METADATA_NONE:
		return;
	}
}

/* ---- rustc ---- */

static void look_at_toolchain(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (rk_pipeline_toolchain(p, &err) < 0) {
		block(look,
		      err.id && strncmp(err.id, "rustc", 5) == 0 ? "rustc" : "compiler",
		      &err);
		return;
	}
	line = rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, "rustc", NULL,
			     "'%s' is '%s'", p->toolchain->rustc->path,
			     p->toolchain->rustc->text);
	rk_doctor_why(look, line, "%s wants it", p->toolchain->wanted_from);
}

/* ---- making metadata ---- */

static void look_at_disk(struct rk_doctor_look *look)
{
	const char *dir = look->pipeline->machine->cache_dir;
	struct rk_doctor_line *line;
	struct statvfs st;
	uint64_t free_mib;

	if (statvfs(dir, &st) < 0)
		return;
	free_mib = (uint64_t)st.f_bavail * st.f_frsize >> 20;
	if (free_mib >= MAKING_MIB)
		return;
	line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD, "disk",
			     "disk-full", "'%s' has only %ju MiB left", dir,
			     (uintmax_t)free_mib);
	rk_doctor_why(look, line, "making Rust metadata takes about %d for a while",
		      MAKING_MIB);
	rk_doctor_cure(look, line, "free space there, or set XDG_CACHE_HOME");
}

/* By CONFIG_BINDGEN_VERSION_TEXT; the kernel's makefiles decide, when it is run. */
static void look_at_bindgen(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	const char *wanted =
		rk_kconfig_get(p->kernel->config, "CONFIG_BINDGEN_VERSION_TEXT");
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (rk_root_find_program(p->kernel->root, "bindgen", &path, &err) < 0 ||
	    rk_program_version(p->machine, p->kernel->root, path, "program-version",
			       &text, &err) < 0)
		return;
	if (!wanted || strcmp(text, wanted) == 0) {
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_BUILD, "bindgen", NULL,
			      "'%s' is '%s'", path, text);
		return;
	}
	line = rk_doctor_add(
		look,
		rk_program_number(text) < rk_program_number(wanted) ? RK_DOCTOR_WARNING
								    : RK_DOCTOR_NOTE,
		RK_DOCTOR_BUILD, "bindgen", "bindgen-unfit", "'%s' is '%s'", path, text);
	rk_doctor_why(look, line, "the kernel was built with '%s'", wanted);
}

/* Where bindgen looks, but for what LIBCLANG_PATH and llvm-config say. */
static bool has_libclang(const struct rk_root *root, const char *dir)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_root_list_dir(root, dir, &names, &err) < 0)
		return false;
	for (size_t i = 0; i < names.n_items; i++)
		if ((strncmp(names.items[i], "libclang.", 9) == 0 ||
		     strncmp(names.items[i], "libclang-", 9) == 0) &&
		    strstr(names.items[i], ".so"))
			return true;
	return false;
}

static bool has_libclang_below(const struct rk_root *root, const char *dir)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_root_list_dir(root, dir, &names, &err) < 0)
		return false;
	for (size_t i = 0; i < names.n_items; i++) {
		cleanup_free char *lib = NULL;
		const char *name = names.items[i];

		if (strncmp(name, "llvm", 4) != 0 && !strstr(name, "-linux-gnu"))
			continue;
		if (rk_format(&lib, &err, "%s/%s%s", dir, name,
			      strncmp(name, "llvm", 4) == 0 ? "/lib" : "") == 0 &&
		    has_libclang(root, lib))
			return true;
	}
	return false;
}

static void look_at_libclang(struct rk_doctor_look *look)
{
	const struct rk_root *root = look->pipeline->kernel->root;
	struct rk_doctor_line *line;

	if ((root->is_host && getenv("LIBCLANG_PATH")) ||
	    has_libclang_below(root, "/usr/lib") || has_libclang(root, "/usr/lib64") ||
	    has_libclang(root, "/usr/lib") || has_libclang(root, "/usr/local/lib"))
		return;
	line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD, "libclang",
			     "bindgen-unfit",
			     "there is no libclang where bindgen usually finds it");
	rk_doctor_cure(look, line,
		       "install it (Debian: libclang-dev), or set LIBCLANG_PATH");
}

/* The first build makes it, if it may. */
static void look_at_making(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	const char *prepare = setting(look, RK_SETTING_PREPARE);
	cleanup_free char *source = NULL;
	struct rk_error err = RK_ERROR_INIT;
	bool good = true;

	if (prepare && strcmp(prepare, "false") == 0) {
		rk_pipeline_fail_metadata(p, &err);
		block(look, "metadata", &err);
		return;
	}
	if (rk_metadata_check_source(p->kernel, setting(look, RK_SETTING_SOURCE), &source,
				     &err) < 0) {
		block(look, "metadata", &err);
		good = false;
	}
	if (rk_metadata_check_tools(p->kernel, p->toolchain, &err) < 0) {
		block(look, "metadata", &err);
		good = false;
	}
	if (good)
		rk_doctor_add(look, RK_DOCTOR_NOTE, RK_DOCTOR_BUILD, "metadata", NULL,
			      "none yet: the first build makes it of '%s', which takes a "
			      "minute or two",
			      source);
	look_at_bindgen(look);
	look_at_libclang(look);
	look_at_disk(look);
}

/* ---- what make runs ---- */

/* What follows the name that it was called by. */
static const char *behind_name(const char *text)
{
	return text + strcspn(text, " ");
}

static void look_at_compiler(struct rk_doctor_look *look,
			     const struct rk_program *program)
{
	const struct rk_kernel *kernel = look->pipeline->kernel;
	bool same = strcmp(behind_name(program->text), behind_name(kernel->cc_text)) == 0;
	struct rk_doctor_line *line;

	if (same || !program->text[0] || !kernel->cc_text[0]) {
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_COMPILE, program->role, NULL,
			      "'%s' is '%s'", program->path, program->text);
		return;
	}
	line = rk_doctor_add(look,
			     rk_program_number(program->text) / 1000000 ==
					     rk_program_number(kernel->cc_text) / 1000000
				     ? RK_DOCTOR_NOTE
				     : RK_DOCTOR_WARNING,
			     RK_DOCTOR_COMPILE, program->role, "cc-differs",
			     "'%s' is '%s'", program->path, program->text);
	rk_doctor_why(look, line, "the kernel was built with '%s'", kernel->cc_text);
}

static void look_at_program(struct rk_doctor_look *look, const struct rk_program *program)
{
	const struct rk_root *root = look->pipeline->kernel->root;
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (program->path[0]) {
		if (program->text[0])
			look_at_compiler(look, program);
		else
			rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_COMPILE,
				      program->role, NULL, "'%s'", program->path);
		return;
	}
	line = rk_doctor_add(look, RK_DOCTOR_BLOCKS, RK_DOCTOR_COMPILE, program->role,
			     "build-tool", "the %s '%s' is not there", program->role,
			     program->name);
	rk_doctor_why(look, line, "Kbuild runs it for every module");
	if (rk_distro_advice(root, &program->need, 1, &advice, &ignored) == 0)
		rk_doctor_cure(look, line, "%s", advice);
}

static void look_at_programs(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_programs programs;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_programs_find(p->machine, p->kernel, p->toolchain, &programs, &err) < 0)
		rk_doctor_add_error(look, RK_DOCTOR_WARNING, RK_DOCTOR_COMPILE,
				    "C compiler", &err);
	else
		for (size_t i = 0; i < programs.n_items; i++)
			look_at_program(look, &programs.items[i]);
	rk_programs_release(&programs);
}

/* modpost reads it; builds go on without it, to a module that nothing is known about. */
static void look_at_symvers(struct rk_doctor_look *look)
{
	const struct rk_kernel *kernel = look->pipeline->kernel;
	struct rk_doctor_line *line;

	if (kernel->symvers)
		return;
	line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_COMPILE, "symbols",
			     "symvers-missing", "'%s' has no Module.symvers",
			     kernel->kdir);
	rk_doctor_why(look, line, "modpost cannot tell which symbols the kernel exports");
	rk_doctor_cure(look, line,
		       "install the headers package, or copy it from the kernel's build");
}

static void look_at_make(struct rk_doctor_look *look)
{
	struct rk_pipeline *p = look->pipeline;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_build_check_tools(p->machine, p->kernel, &err) < 0)
		block(look, "make", &err);
}

void rk_doctor_look_at_build(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;

	look_at_folder(look);
	if (!look_at_kernel(look) || !look_at_rust(look))
		return;
	look_at_metadata(look);
	look_at_toolchain(look);
	if (p->metadata && p->metadata->origin == RK_METADATA_NONE)
		look_at_making(look);
	look_at_make(look);
	look_at_symvers(look);
	look_at_programs(look);
}
