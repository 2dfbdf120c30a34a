/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/pipeline/diagnose.h"
#include "lib/root/distro.h"
#include "lib/toolchain/crateid.h"

/* One finding that facts may make more exact. */
struct case_ {
	struct rk_pipeline *pipeline;
	const struct rk_recognised *item;
	struct rk_finding *finding;
};

#define WHY(c, ...) rk_finding_why(&(c)->pipeline->findings, (c)->finding, __VA_ARGS__)
#define FIX(c, ...) rk_finding_fix(&(c)->pipeline->findings, (c)->finding, __VA_ARGS__)

static const char *part(const struct case_ *c, const char *name)
{
	return rk_recognised_part(c->item, name);
}

/* The text tells less than the facts: it is this one. */
static void becomes(const struct case_ *c, const char *code)
{
	c->finding->kind = rk_finding_kind(code);
	c->finding->severity = c->finding->kind->severity;
}

/* The distribution's command that installs it; without one the cure stays. */
static void install(const struct case_ *c, enum rk_need_kind kind, const char *arg)
{
	const struct rk_need need = {.kind = kind, .arg = arg};
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *advice = NULL;

	if (rk_distro_advice(c->pipeline->root, &need, 1, &advice, &ignored) == 0)
		FIX(c, "%s", advice);
}

/* ---- metadata ---- */

static bool has_crate(const struct rk_metadata *metadata, const char *crate)
{
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	return rk_format(&path, &ignored, "%s/rust/lib%s.rmeta", metadata->dir, crate) ==
		       0 &&
	       access(path, F_OK) == 0;
}

/* rustc says the same of a crate that nobody has and of one from another build. */
static void of_crate(const struct case_ *c)
{
	const struct rk_pipeline *p = c->pipeline;
	const char *crate = part(c, "crate");

	if (!crate || !p->metadata->dir)
		return;
	if (!has_crate(p->metadata, crate)) {
		WHY(c,
		    "there is no lib%s.rmeta in '%s/rust': a module has the kernel's "
		    "crates and no others",
		    crate, p->metadata->dir);
		FIX(c, "do without it, or take its source into the module with 'mod'");
		return;
	}
	WHY(c,
	    "lib%s.rmeta is in '%s/rust', but was made in another build than the "
	    "crates that refer to it, or than those it refers to",
	    crate, p->metadata->dir);
	if (rk_metadata_is_set(p->metadata))
		FIX(c, "run 'rkmod prepare --again'");
	else
		install(c, RK_NEED_METADATA, p->kernel->release);
}

static const struct rk_rustc *find_rustc(const struct rk_toolchain *toolchain,
					 const char *text)
{
	for (size_t i = 0; i < toolchain->n_candidates; i++)
		if (strcmp(toolchain->candidates[i].text, text) == 0)
			return &toolchain->candidates[i];
	return NULL;
}

static void of_other_rustc(const struct case_ *c)
{
	const struct rk_toolchain *toolchain = c->pipeline->toolchain;
	const char *made = part(c, "made");
	const struct rk_rustc *rustc;

	if (!made)
		made = c->pipeline->kernel->rustc_text;
	if (!made[0] || (toolchain && strcmp(toolchain->rustc->text, made) == 0))
		return;
	rustc = toolchain ? find_rustc(toolchain, made) : NULL;
	if (rustc)
		FIX(c, "use '%s', which is that compiler: --rustc %s", rustc->path,
		    rustc->path);
	else
		install(c, RK_NEED_RUSTC, made);
}

static void of_target(const struct case_ *c)
{
	const struct rk_metadata *metadata = c->pipeline->metadata;

	WHY(c,
	    "the target.json of '%s' is not the one that its rust/*.rmeta were made "
	    "with",
	    metadata->dir);
	if (rk_metadata_is_set(metadata))
		FIX(c, "run 'rkmod prepare --again'");
	else
		install(c, RK_NEED_METADATA, c->pipeline->kernel->release);
}

static void of_headers(const struct case_ *c)
{
	WHY(c,
	    "'%s' has no Module.symvers: it was prepared and not built, or its package is "
	    "damaged; modpost cannot tell which symbols exist, nor their checksums",
	    c->pipeline->kernel->kdir_real);
	install(c, RK_NEED_HEADERS, c->pipeline->kernel->release);
}

/* ---- symbols ---- */

static bool is_of_other_compiler(const struct rk_kernel *kernel, const char *symbol,
				 const char *crate, char ret_symbol[RK_CRATE_TAG_SIZE],
				 char ret_kernel[RK_CRATE_TAG_SIZE])
{
	return rk_crate_tag_of(symbol, crate, ret_symbol) &&
	       rk_crate_tag_of_kernel(kernel->symvers, crate, ret_kernel) &&
	       strcmp(ret_symbol, ret_kernel) != 0;
}

static void of_other_compiler(const struct case_ *c, const char *crate,
			      const char *symbol_tag, const char *kernel_tag)
{
	const struct rk_pipeline *p = c->pipeline;

	becomes(c, "rust-compiler");
	WHY(c,
	    "crate %s has the hash %s in the module and %s in the kernel: two compilers; "
	    "the %s is '%s'",
	    crate, symbol_tag, kernel_tag, p->toolchain ? "module's" : "kernel's",
	    p->toolchain ? p->toolchain->rustc->text : p->kernel->rustc_text);
	install(c, RK_NEED_RUSTC, p->kernel->rustc_text);
}

static void of_rust_symbol(const struct case_ *c)
{
	const struct rk_kernel *kernel = c->pipeline->kernel;
	const char *symbol = part(c, "symbol");
	static const char *const crates[] = {"core", "kernel", "bindings"};
	char kernel_tag[RK_CRATE_TAG_SIZE];
	char tag[RK_CRATE_TAG_SIZE];

	/* What it exports is missing elsewhere: that is another kernel. */
	if (!kernel->symvers || !symbol || rk_symvers_find(kernel->symvers, symbol))
		return;
	if (!rk_crate_tag_of_kernel(kernel->symvers, "core", kernel_tag)) {
		becomes(c, "rust-off");
		WHY(c, "Module.symvers of kernel %s has no Rust symbol at all",
		    kernel->release);
		FIX(c,
		    "use a kernel with CONFIG_RUST=y; 'rkmod kernels' lists what is here");
		return;
	}
	for (size_t i = 0; i < RK_ARRAY_LEN(crates); i++)
		if (is_of_other_compiler(kernel, symbol, crates[i], tag, kernel_tag)) {
			of_other_compiler(c, crates[i], tag, kernel_tag);
			return;
		}
	becomes(c, "rust-symbol");
	WHY(c,
	    "the compiler fits, but Module.symvers of kernel %s has no such symbol: the "
	    "metadata is from another release or configuration, or the function is not "
	    "exported",
	    kernel->release);
	FIX(c, "use what kernel %s exports", kernel->release);
}

/* ---- compilers ---- */

static bool is_clang_kernel(const struct case_ *c)
{
	return rk_kconfig_is_yes(c->pipeline->kernel->config, "CONFIG_CC_IS_CLANG");
}

static void say_built_with(const struct case_ *c)
{
	const struct rk_kernel *kernel = c->pipeline->kernel;

	WHY(c, "kernel %s was built with '%s', and its configuration gives the flags",
	    kernel->release, kernel->cc_text);
}

/* gcc does not know a flag. */
static void of_gcc(const struct case_ *c)
{
	say_built_with(c);
	if (is_clang_kernel(c))
		FIX(c,
		    "leave CC= and --llvm out: rkmod gives make the LLVM= of this kernel");
	else
		FIX(c, "use that gcc: the one that ran is another, or older");
}

/* clang does not know a flag. */
static void of_clang(const struct case_ *c)
{
	const struct rk_setting *llvm = &c->pipeline->request->settings[RK_SETTING_LLVM];

	say_built_with(c);
	if (is_clang_kernel(c))
		FIX(c, "use that clang: the one that ran is another, or older");
	else if (llvm->value && llvm->origin_text)
		FIX(c, "leave LLVM '%s' out (%s)", llvm->value, llvm->origin_text);
	else
		FIX(c,
		    "leave CC=clang and LLVM= out, behind -- and in the module's makefiles");
}

static void of_llvm(const struct case_ *c)
{
	long version =
		rk_kconfig_number(c->pipeline->kernel->config, "CONFIG_CLANG_VERSION", 0);
	char major[24];

	if (!is_clang_kernel(c)) {
		of_clang(c);
		return;
	}
	snprintf(major, sizeof(major), "%ld", version / 10000);
	if (strstr(c->finding->what, "lld"))
		install(c, RK_NEED_LLD, major);
	else if (strstr(c->finding->what, "clang"))
		install(c, RK_NEED_CLANG, major);
	else
		install(c, RK_NEED_LLVM, major);
}

/* rustc does not know a flag, a feature, or the form of target.json. */
static void of_rustc(const struct case_ *c)
{
	const struct rk_toolchain *toolchain = c->pipeline->toolchain;
	const char *used = toolchain->rustc->text;

	if (strcmp(used, toolchain->wanted) == 0) {
		WHY(c,
		    "'%s' is the kernel's own compiler, so it does not come from the kernel",
		    used);
		FIX(c, "look for it in KRUSTFLAGS and in rustflags-y of the module");
		return;
	}
	WHY(c, "kernel %s was built with '%s' (%s), this is '%s'",
	    c->pipeline->kernel->release, toolchain->wanted, toolchain->wanted_from,
	    used);
	install(c, RK_NEED_RUSTC, toolchain->wanted);
}

/* "1.63.0" is that of "rustc 1.63.0" and of "rustc 1.63.0 (...)". */
static bool is_version_of(const char *version, const char *text)
{
	size_t len = strlen(version);

	return strncmp(text, "rustc ", 6) == 0 && strncmp(text + 6, version, len) == 0 &&
	       (text[6 + len] == '\0' || text[6 + len] == ' ');
}

/* The kernel's script, which no build of a module runs, has asked about a tool. */
static void of_too_new(const struct case_ *c)
{
	const struct rk_kernel *kernel = c->pipeline->kernel;
	const char *used = part(c, "used");

	if (part(c, "bindgen")) {
		c->finding->severity = RK_SEVERITY_NOTE;
		return;
	}
	if (!used || !kernel->rustc_text[0])
		return;
	if (is_version_of(used, kernel->rustc_text)) {
		c->finding->severity = RK_SEVERITY_NOTE;
		WHY(c, "harmless: kernel %s was built with '%s'", kernel->release,
		    kernel->rustc_text);
		FIX(c, "%s", "");
		return;
	}
	WHY(c, "not harmless: kernel %s was built with '%s', this is %s", kernel->release,
	    kernel->rustc_text, used);
	install(c, RK_NEED_RUSTC, kernel->rustc_text);
}

/* ---- the module ---- */

/* Its own folder, not KDIR, cannot be written. */
static void of_out_dir(const struct case_ *c)
{
	const char *dir = c->pipeline->request->dir;
	const char *file = part(c, "file");
	size_t len = strlen(dir);
	bool below = file && strncmp(file, dir, len) == 0 && file[len] == '/';

	if (!below && access(dir, W_OK) == 0)
		return;
	becomes(c, "dir-not-writable");
	WHY(c,
	    "'%s' is in the module's folder: left by a build as uid 0, or the folder "
	    "belongs to somebody else",
	    file ? file : dir);
	FIX(c, "chown -R it to yourself: '%s'", dir);
}

static void of_drift(const struct case_ *c)
{
	WHY(c, "%s (this is %s)", c->finding->why, c->pipeline->kernel->release);
}

static const struct refinement {
	const char *code;
	void (*refine)(const struct case_ *c);
	bool by_kernel; /* asks the kernel alone: not how the build was made */
} refinements[] = {
	{"api-drift", of_drift, true},
	{"cc-needs-clang", of_gcc, true},
	{"cc-needs-gcc", of_clang, false},
	{"llvm-missing", of_llvm, false},
	{"metadata-crate", of_crate, false},
	{"metadata-rustc", of_other_rustc, true},
	{"metadata-target", of_target, false},
	{"out-dir-missing", of_out_dir, false},
	{"rust-symbol-unresolved", of_rust_symbol, true},
	{"rustc-feature", of_rustc, false},
	{"rustc-flag", of_rustc, false},
	{"rustc-target", of_rustc, false},
	{"rustc-too-new", of_too_new, true},
	{"symvers-missing", of_headers, false},
};

static void refine(const struct case_ *c, bool by_kernel)
{
	const char *code = rk_recognised_code(c->item);

	for (size_t i = 0; i < RK_ARRAY_LEN(refinements); i++)
		if (strcmp(refinements[i].code, code) == 0 &&
		    (refinements[i].by_kernel || !by_kernel))
			refinements[i].refine(c);
}

static int add_findings(struct rk_pipeline *pipeline, struct rk_recogniser *recogniser,
			bool by_kernel, struct rk_error *err)
{
	const struct rk_recognised *items;
	size_t n_items;

	if (rk_recogniser_finish(recogniser, &items, &n_items, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < n_items; i++) {
		const struct case_ c = {
			.pipeline = pipeline,
			.item = &items[i],
			.finding = rk_recognised_add(&items[i], &pipeline->findings),
		};

		if (!pipeline->findings.failed)
			refine(&c, by_kernel);
	}
	return rk_findings_check(&pipeline->findings, err);
}

int rk_pipeline_diagnose(struct rk_pipeline *pipeline, struct rk_recogniser *recogniser,
			 struct rk_error *err)
{
	return add_findings(pipeline, recogniser, false, err);
}

int rk_pipeline_explain(struct rk_pipeline *pipeline, struct rk_recogniser *recogniser,
			struct rk_error *err)
{
	return add_findings(pipeline, recogniser, true, err);
}
