/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/metadata/needs.h"
#include "lib/metadata/sources.h"
#include "lib/pipeline/analyzer.h"
#include "lib/repo/macro.h"
#include "lib/root/distro.h"

enum {
	CFG_LIMIT = 16 << 20,
	MAKEFILE_LIMIT = 4 << 20,
	MAX_CRATES = 48,
	EDITION_SIZE = 8,
};

void rk_analyzer_result_release(struct rk_analyzer_result *result)
{
	rk_json_free(result->project);
	rk_strv_release(&result->roots);
	free(result->sources);
	free(result->library);
	memset(result, 0, sizeof(*result));
}

/* ---- the kernel's crates ---- */

enum crate_kind {
	CRATE_LIBRARY,   /* of rustc: core/src/lib.rs */
	CRATE_PLAIN,     /* of the kernel */
	CRATE_GENERATED, /* bindings in it: bindgen's are in the sources' folder */
	CRATE_KERNEL, /* with the kernel's configuration; its parts are in the metadata */
	CRATE_MACRO,  /* a proc-macro: the metadata has it compiled */
};

/*
 * Which there can be, each behind those that it needs; kernels have some of them. Deps
 * are as in scripts/generate_rust_analyzer.py, for all kernels in one: those that are
 * not there are left out.
 */
static const struct crate {
	const char *name;
	const char *root; /* below the library, or below rust/ */
	enum crate_kind kind;
	const char *deps;
} crates[] = {
	{"core", "core/src/lib.rs", CRATE_LIBRARY, ""},
	{"compiler_builtins", "compiler_builtins.rs", CRATE_PLAIN, "core"},
	{"alloc", "alloc/lib.rs", CRATE_PLAIN, "core compiler_builtins"},
	{"macros", "macros/lib.rs", CRATE_MACRO, ""},
	{"zerocopy_derive", "zerocopy-derive/lib.rs", CRATE_MACRO, ""},
	{"pin_init_internal", "pin-init/internal/src/lib.rs", CRATE_MACRO, ""},
	{"build_error", "build_error.rs", CRATE_PLAIN, "core compiler_builtins"},
	{"pin_init", "pin-init/src/lib.rs", CRATE_PLAIN,
	 "core compiler_builtins pin_init_internal macros"},
	{"ffi", "ffi.rs", CRATE_PLAIN, "core compiler_builtins"},
	{"zerocopy", "zerocopy/src/lib.rs", CRATE_PLAIN, "core compiler_builtins"},
	{"bindings", "bindings/lib.rs", CRATE_GENERATED, "core ffi pin_init"},
	{"uapi", "uapi/lib.rs", CRATE_GENERATED, "core ffi pin_init"},
	{"kernel", "kernel/lib.rs", CRATE_KERNEL,
	 "core alloc macros build_error pin_init ffi bindings uapi zerocopy zerocopy_derive"},
};

/* One project on its way. */
struct work {
	struct rk_pipeline *pipeline;
	struct rk_analyzer_result *result;
	struct rk_buf makefile;     /* rust/Makefile; "" if it is not there */
	struct rk_strv cfgs;        /* include/generated/rustc_cfg */
	struct rk_strv externs;     /* crates that modules are given */
	char edition[EDITION_SIZE]; /* of core */
	struct rk_json *list;
	char *names[MAX_CRATES]; /* of the crates in it, by index */
	size_t n_crates;
};

static void release_work(struct work *work)
{
	rk_buf_release(&work->makefile);
	rk_strv_release(&work->cfgs);
	rk_strv_release(&work->externs);
	rk_json_free(work->list);
	for (size_t i = 0; i < work->n_crates; i++)
		free(work->names[i]);
}

/* ---- reading ---- */

void rk_analyzer_words(const char *makefile, const char *name, struct rk_strv *ret)
{
	size_t len = strlen(name);
	const char *at = makefile;

	while (strncmp(at, name, len) != 0 || strncmp(at + len, " :=", 3) != 0) {
		at = strchr(at, '\n');
		if (!at)
			return;
		at++;
	}
	for (at += len + 3; *at && *at != '\n';) {
		size_t word = strcspn(at, " \t\\\n");

		if (word && !memchr(at, '$', word) && !memchr(at, ')', word))
			rk_strv_addf(ret, "%.*s", (int)word, at);
		at += word;
		/* A line that goes on. */
		if (at[0] == '\\' && at[1] == '\n')
			at += 2;
		else if (*at && *at != '\n')
			at++;
	}
}

void rk_analyzer_edition(const char *toml, char ret[EDITION_SIZE])
{
	static const char key[] = "\nedition = \"";
	const char *at = strstr(toml, key);
	size_t len = at ? strspn(at + strlen(key), "0123456789") : 0;

	snprintf(ret, EDITION_SIZE, "%.*s", len == 4 ? 4 : 0,
		 len == 4 ? at + strlen(key) : "");
	if (len != 4)
		snprintf(ret, EDITION_SIZE, "2021");
}

/* "--cfg=CONFIG_X=\"y\"" a line. */
static int read_cfgs(struct work *work, struct rk_error *err)
{
	static const char option[] = "--cfg=";
	const struct rk_kernel *kernel = work->pipeline->kernel;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->kdir_real, "include/generated/rustc_cfg", &path, err) <
		    0 ||
	    rk_root_read(kernel->root, path, CFG_LIMIT, &text, err) < 0)
		return -(int)err->code;
	for (const char *line = rk_buf_str(&text); *line;) {
		size_t len = strcspn(line, "\n");

		if (strncmp(line, option, strlen(option)) == 0)
			rk_strv_addf(&work->cfgs, "%.*s", (int)(len - strlen(option)),
				     line + strlen(option));
		line += len + (line[len] == '\n');
	}
	return rk_strv_check(&work->cfgs, err);
}

static int read_externs(struct work *work, struct rk_error *err)
{
	const struct rk_kernel *kernel = work->pipeline->kernel;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (rk_path_join(kernel->kdir_real, "scripts/Makefile.build", &path, err) < 0 ||
	    rk_root_read(kernel->root, path, MAKEFILE_LIMIT, &text, err) < 0)
		return -(int)err->code;
	rk_strv_add(&work->externs, "core");
	rk_needs_add_externs(rk_buf_str(&text), &work->externs);
	return rk_strv_check(&work->externs, err);
}

static int fail_library(const struct work *work, struct rk_error *err)
{
	const struct rk_rustc *rustc = work->pipeline->toolchain->rustc;
	const struct rk_need need = {RK_NEED_RUST_SRC, rustc->text};

	rk_error_set(err, RK_ENOTFOUND,
		     "the library sources of '%s' are not here: core is read from them",
		     rustc->path);
	return rk_distro_cure(work->pipeline->root, &need, "rust-src-missing",
			      "install rust-src of the same version", err);
}

/* /usr/bin/rustc -> /usr */
static size_t sysroot_len(const char *rustc)
{
	const char *bin = strstr(rustc, "/bin/rustc");

	return bin ? (size_t)(bin - rustc) : 0;
}

static int find_library(struct work *work, struct rk_error *err)
{
	const struct rk_root *root = work->pipeline->root;
	const char *rustc = work->pipeline->toolchain->rustc->path;
	cleanup_buf struct rk_buf toml = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	cleanup_free char *real = NULL;
	cleanup_free char *manifest = NULL;

	if (rk_format(&path, err, "%.*s/lib/rustlib/src/rust/library",
		      (int)sysroot_len(rustc), rustc) < 0)
		return -(int)err->code;
	if (!rk_root_exists(root, path))
		return fail_library(work, err);
	if (rk_root_real(root, path, &real, err) < 0 ||
	    rk_path_join(real, "core/Cargo.toml", &manifest, err) < 0)
		return -(int)err->code;
	if (rk_root_read(root, manifest, MAKEFILE_LIMIT, &toml, err) < 0)
		return fail_library(work, err);
	rk_analyzer_edition(rk_buf_str(&toml), work->edition);
	return rk_root_host_path(root, real, &work->result->library, err);
}

static int read_makefile(struct work *work, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(work->result->sources, "rust/Makefile", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, MAKEFILE_LIMIT, &work->makefile, err) < 0 &&
	    err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return 0;
}

/* ---- writing ---- */

static bool find_index(const struct work *work, const char *name, size_t len, size_t *ret)
{
	for (size_t i = 0; i < work->n_crates; i++) {
		if (strlen(work->names[i]) != len ||
		    strncmp(work->names[i], name, len) != 0)
			continue;
		*ret = i;
		return true;
	}
	return false;
}

/* @names: with blanks between */
static struct rk_json *json_deps(const struct work *work, const char *names)
{
	struct rk_json *deps = rk_json_new_array();

	while (*names) {
		size_t len = strcspn(names, " ");
		size_t index;

		if (find_index(work, names, len, &index)) {
			struct rk_json *dep = rk_json_new_object();

			rk_json_add_int(dep, "crate", (int64_t)index);
			rk_json_add_string(dep, "name", work->names[index]);
			rk_json_add(deps, NULL, dep);
		}
		names += len;
		names += *names == ' ';
	}
	return deps;
}

static void add_words(struct rk_json *to, const struct rk_strv *words)
{
	for (size_t i = 0; i < words->n_items; i++)
		rk_json_add_string(to, NULL, words->items[i]);
}

/* What rust/Makefile gives this crate: "core-cfgs". */
static int json_cfg(const struct work *work, const char *name, bool kernels,
		    struct rk_json **ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv words = RK_STRV_INIT;
	cleanup_free char *variable = NULL;
	struct rk_json *cfg;

	if (rk_format(&variable, err, "%s-cfgs", name) < 0)
		return -(int)err->code;
	rk_analyzer_words(rk_buf_str(&work->makefile), variable, &words);
	if (rk_strv_check(&words, err) < 0)
		return -(int)err->code;
	cfg = rk_json_new_array();
	add_words(cfg, &words);
	if (kernels)
		add_words(cfg, &work->cfgs);
	*ret = cfg;
	return 0;
}

/* "CARGO_PKG_VERSION=0.8.54" of zerocopy-envs, and what all of them get. */
static int json_env(const struct work *work, const char *name, const char *objtree,
		    struct rk_json **ret, struct rk_error *err)
{
	cleanup_strv struct rk_strv words = RK_STRV_INIT;
	cleanup_free char *variable = NULL;
	struct rk_json *env;

	if (rk_format(&variable, err, "%s-envs", name) < 0)
		return -(int)err->code;
	rk_analyzer_words(rk_buf_str(&work->makefile), variable, &words);
	if (rk_strv_check(&words, err) < 0)
		return -(int)err->code;
	env = rk_json_new_object();
	rk_json_add_string(env, "RUST_MODFILE", name);
	if (objtree)
		rk_json_add_string(env, "OBJTREE", objtree);
	for (size_t i = 0; i < words.n_items; i++) {
		char *value = strchr(words.items[i], '=');

		if (!value)
			continue;
		*value = '\0';
		rk_json_add_string(env, words.items[i], value + 1);
	}
	*ret = env;
	return 0;
}

/* What is said of a crate. */
struct entry {
	const char *name;
	const char *root; /* host path */
	const char *deps;
	const char *edition;
	const char *objtree;  /* OBJTREE for it, or NULL */
	const char *more_dir; /* besides the root's own folder, or NULL */
	const char *dylib;    /* of a proc-macro, or NULL */
	bool kernels_cfg;
	bool member; /* of the workspace: looked at as the user's own */
};

static void add_source(struct rk_json *to, const struct entry *entry)
{
	struct rk_json *source = rk_json_new_object();
	struct rk_json *dirs = rk_json_new_array();
	cleanup_free char *own = strndup(
		entry->root, (size_t)(rk_path_base(entry->root) - entry->root - 1));

	rk_json_add_string(dirs, NULL, own);
	rk_json_add_string(dirs, NULL, entry->more_dir);
	rk_json_add(source, "include_dirs", dirs);
	rk_json_add(source, "exclude_dirs", rk_json_new_array());
	rk_json_add(to, "source", source);
}

static int add_crate(struct work *work, const struct entry *entry, struct rk_error *err)
{
	struct rk_json *item = NULL;
	struct rk_json *cfg = NULL;
	struct rk_json *env = NULL;

	if (work->n_crates == MAX_CRATES)
		return rk_error_set(err, RK_EREFUSED, "these are more than %d crates",
				    MAX_CRATES);
	if (json_cfg(work, entry->name, entry->kernels_cfg, &cfg, err) < 0)
		return -(int)err->code;
	if (json_env(work, entry->name, entry->objtree, &env, err) < 0 ||
	    rk_strdup(entry->name, &work->names[work->n_crates], err) < 0) {
		rk_json_free(cfg);
		rk_json_free(env);
		return -(int)err->code;
	}
	item = rk_json_new_object();
	rk_json_add_string(item, "display_name", entry->name);
	rk_json_add_string(item, "root_module", entry->root);
	rk_json_add_string(item, "edition", entry->edition);
	rk_json_add_bool(item, "is_workspace_member", entry->member);
	rk_json_add(item, "deps", json_deps(work, entry->deps));
	rk_json_add(item, "cfg", cfg);
	rk_json_add(item, "env", env);
	if (entry->dylib) {
		rk_json_add_bool(item, "is_proc_macro", true);
		rk_json_add_string(item, "proc_macro_dylib_path", entry->dylib);
	}
	if (entry->more_dir)
		add_source(item, entry);
	rk_json_add(work->list, NULL, item);
	work->n_crates++;
	return 0;
}

static bool is_readable(const char *path)
{
	return access(path, R_OK) == 0;
}

/* In the metadata's rust/: libmacros.so. */
static int add_macro(struct work *work, struct entry *entry, struct rk_error *err)
{
	const char *dir = work->pipeline->metadata->dir;
	cleanup_free char *dylib = NULL;
	int r;

	if (rk_format(&dylib, err, "%s/rust/lib%s.so", dir, entry->name) < 0)
		return -(int)err->code;
	if (!is_readable(dylib))
		return 0;
	entry->dylib = dylib;
	r = add_crate(work, entry, err);
	entry->dylib = NULL;
	return r;
}

static int add_kernels(struct work *work, const struct crate *crate, struct rk_error *err)
{
	const struct rk_analyzer_result *result = work->result;
	bool library = crate->kind == CRATE_LIBRARY;
	cleanup_free char *root = NULL;
	cleanup_free char *rust = NULL;
	struct entry entry = {.name = crate->name,
			      .deps = crate->deps,
			      .edition = library ? work->edition : "2021"};

	if (rk_path_join(result->sources, "rust", &rust, err) < 0 ||
	    rk_path_join(library ? result->library : rust, crate->root, &root, err) < 0)
		return -(int)err->code;
	if (!is_readable(root))
		return 0;
	entry.root = root;
	entry.kernels_cfg = crate->kind == CRATE_KERNEL || crate->kind == CRATE_GENERATED;
	if (crate->kind == CRATE_GENERATED)
		entry.objtree = result->sources;
	else if (crate->kind == CRATE_KERNEL)
		entry.objtree = work->pipeline->metadata->dir;
	if (entry.objtree)
		entry.more_dir = entry.objtree;
	return crate->kind == CRATE_MACRO ? add_macro(work, &entry, err)
					  : add_crate(work, &entry, err);
}

/* "my-driver.rs" is crate my_driver. */
static int name_module(const char *file, char **ret, struct rk_error *err)
{
	const char *base = rk_path_base(file);

	if (rk_format(ret, err, "%.*s", (int)strcspn(base, "."), base) < 0)
		return -(int)err->code;
	for (char *c = *ret; *c; c++)
		if (*c == '-')
			*c = '_';
	return 0;
}

static int add_module(struct work *work, const char *root, struct rk_error *err)
{
	cleanup_buf struct rk_buf deps = RK_BUF_INIT;
	cleanup_free char *name = NULL;
	struct entry entry = {.root = root,
			      .edition = "2021",
			      .objtree = work->pipeline->metadata->dir,
			      .kernels_cfg = true,
			      .member = true};

	for (size_t i = 0; i < work->externs.n_items; i++)
		rk_buf_addf(&deps, "%s%s", i ? " " : "", work->externs.items[i]);
	if (rk_buf_check(&deps, err) < 0 || name_module(root, &name, err) < 0)
		return -(int)err->code;
	entry.name = name;
	entry.deps = rk_buf_str(&deps);
	return add_crate(work, &entry, err);
}

static int find_roots(struct work *work, struct rk_error *err)
{
	const char *dir = work->pipeline->request->dir;
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_strv *roots = &work->result->roots;

	if (rk_repo_rust_files(dir, &files, err) < 0)
		return -(int)err->code;
	if (files.n_items == 0) {
		rk_error_set(err, RK_ENOTFOUND,
			     "'%s' has no Kbuild or Makefile that names a Rust file",
			     dir);
		return rk_error_cure(err, "no-kbuild", "give the folder of the module");
	}
	for (size_t i = 0; i < files.n_items; i++)
		rk_strv_addf(roots, "%s/%s", dir, files.items[i]);
	return rk_strv_check(roots, err);
}

static int add_all(struct work *work, struct rk_error *err)
{
	work->list = rk_json_new_array();
	rk_strv_add(&work->cfgs, "MODULE");
	for (size_t i = 0; i < RK_ARRAY_LEN(crates); i++)
		if (add_kernels(work, &crates[i], err) < 0)
			return -(int)err->code;
	for (size_t i = 0; i < work->result->roots.n_items; i++)
		if (add_module(work, work->result->roots.items[i], err) < 0)
			return -(int)err->code;
	return 0;
}

static int finish(struct work *work, struct rk_error *err)
{
	const struct rk_pipeline *p = work->pipeline;
	const char *rustc = p->toolchain->rustc->path;
	cleanup_free char *inside = NULL;
	cleanup_free char *sysroot = NULL;

	if (rk_format(&inside, err, "%.*s", (int)sysroot_len(rustc), rustc) < 0 ||
	    rk_root_host_path(p->root, inside, &sysroot, err) < 0)
		return -(int)err->code;
	work->result->n_crates = work->n_crates;
	work->result->project = rk_json_new_object();
	rk_json_add_string(work->result->project, "sysroot", sysroot);
	rk_json_add(work->result->project, "crates", RK_STEAL(work->list));
	return 0;
}

int rk_pipeline_analyzer(struct rk_pipeline *pipeline, unsigned int jobs, bool prepare,
			 struct rk_analyzer_result *result, struct rk_error *err)
{
	cleanup(release_work) struct work work = {.pipeline = pipeline, .result = result};
	struct rk_pipeline *p = pipeline;

	*result = (struct rk_analyzer_result){0};
	if (find_roots(&work, err) < 0 ||
	    rk_pipeline_require(p, jobs, prepare, err) < 0 ||
	    rk_sources_find(p->machine, p->kernel, p->metadata, &result->sources, err) <
		    0 ||
	    find_library(&work, err) < 0 || read_makefile(&work, err) < 0 ||
	    read_cfgs(&work, err) < 0 || read_externs(&work, err) < 0 ||
	    add_all(&work, err) < 0)
		return -(int)err->code;
	return finish(&work, err);
}
