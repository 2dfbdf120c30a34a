/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/pipeline/diagnose.h"
#include "tests/unit/tap.h"

static const char symvers_text[] =
	"0x00000000\t_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
	"0x00000000\t_RNvNtCsb5MLIFMWygY_6kernel5print11call_printk\tvmlinux\tEXPORT_SYMBOL_"
	"GPL\t\n";
static const char text_1_85[] =
	"rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)";

/* A pipeline after a build on Fedora, for a kernel that gcc and rustc 1.85.1 made. */
struct run {
	struct rk_machine machine;
	struct rk_request request;
	struct rk_pipeline pipeline;
	struct rk_kernel kernel;
	struct rk_toolchain toolchain;
	struct rk_rustc rustcs[2];
	struct rk_metadata metadata;
	char dir[32]; /* the tree; its folder "set" is the metadata */
	char *set;
};

static void write_file(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_write(path, text, strlen(text), 0644, &err), 0);
}

static void make_dir(const char *dir, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(dir, name, &path, &err), 0);
	EXPECT_INT(mkdir(path, 0755), 0);
}

static void make_tree(struct run *run)
{
	struct rk_error err = RK_ERROR_INIT;

	strcpy(run->dir, "/tmp/rkmod-test.XXXXXX");
	EXPECT(mkdtemp(run->dir) != NULL);
	make_dir(run->dir, "usr");
	make_dir(run->dir, "etc");
	make_dir(run->dir, "set");
	make_dir(run->dir, "set/rust");
	write_file(run->dir, "etc/os-release", "ID=fedora\n");
	write_file(run->dir, "set/rust/libkernel.rmeta", "x");
	EXPECT_INT(rk_path_join(run->dir, "set", &run->set, &err), 0);
	EXPECT_INT(rk_root_open(&run->machine, run->dir, &run->pipeline.root, &err), 0);
}

static void set_config(struct run *run, const char *config)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_kconfig_free(run->kernel.config);
	EXPECT_INT(rk_kconfig_parse(config, strlen(config), &run->kernel.config, &err),
		   0);
}

static void set_symvers(struct run *run, const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_symvers_free(run->kernel.symvers);
	rk_buf_adds(&buf, text);
	EXPECT_INT(rk_symvers_parse(&buf, &run->kernel.symvers, &err), 0);
}

static void start(struct run *run)
{
	memset(run, 0, sizeof(*run));
	rk_pipeline_init(&run->pipeline, &run->machine, &run->request);
	make_tree(run);
	run->request.dir = run->dir;
	run->kernel.release = (char *)"7.2.0-test";
	run->kernel.kdir_real = (char *)"/usr/src/k";
	run->kernel.rustc_text = (char *)text_1_85;
	run->kernel.cc_text = (char *)"gcc-14 (Mine) 14.2.0";
	set_config(run, "CONFIG_CC_IS_GCC=y\n");
	set_symvers(run, symvers_text);
	run->metadata = (struct rk_metadata){.origin = RK_METADATA_KDIR, .dir = run->set};
	run->rustcs[0] = (struct rk_rustc){.path = (char *)"/usr/bin/rustc",
					   .text = (char *)"rustc 1.95.0 (x)"};
	run->rustcs[1] = (struct rk_rustc){.path = (char *)"/usr/bin/rustc-1.85",
					   .text = (char *)text_1_85};
	run->toolchain =
		(struct rk_toolchain){.wanted = (char *)text_1_85,
				      .wanted_from = (char *)"CONFIG_RUSTC_VERSION_TEXT",
				      .candidates = run->rustcs,
				      .n_candidates = 2,
				      .rustc = &run->rustcs[0],
				      .llvm = (char *)"",
				      .cc = (char *)""};
	run->pipeline.kernel = &run->kernel;
	run->pipeline.toolchain = &run->toolchain;
	run->pipeline.metadata = &run->metadata;
}

static void finish(struct run *run)
{
	struct rk_error err = RK_ERROR_INIT;

	run->pipeline.kernel = NULL;
	run->pipeline.toolchain = NULL;
	run->pipeline.metadata = NULL;
	rk_pipeline_release(&run->pipeline);
	rk_kconfig_free(run->kernel.config);
	rk_symvers_free(run->kernel.symvers);
	free(run->set);
	EXPECT_INT(rk_dir_remove(run->dir, &err), 0);
}

/* The only finding of a text. */
static const struct rk_finding *diagnose(struct run *run, const char *text)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	static const struct rk_finding none;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
	rk_recogniser_feed(recogniser, text, strlen(text));
	EXPECT_INT(rk_pipeline_diagnose(&run->pipeline, recogniser, &err), 0);
	if (!EXPECT_INT(run->pipeline.findings.n_items, 1))
		return &none;
	return &run->pipeline.findings.items[0];
}

/* @prepare changes the facts; then @text is @code, with @why and @fix in its words. */
static void expect(void (*prepare)(struct run *run), const char *text, const char *code,
		   const char *why, const char *fix)
{
	const struct rk_finding *finding;
	struct run run;

	start(&run);
	if (prepare)
		prepare(&run);
	finding = diagnose(&run, text);
	EXPECT_STR(finding->kind ? finding->kind->code : "", code);
	EXPECT_HAS(finding->why, why);
	EXPECT_HAS(finding->fix, fix);
	finish(&run);
}

static void without_rust(struct run *run)
{
	set_symvers(run, "0x00000000\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n");
}

static void with_clang(struct run *run)
{
	set_config(run, "CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=190107\n");
	run->kernel.cc_text = (char *)"clang version 19.1.7";
}

static void with_llvm_asked(struct run *run)
{
	struct rk_setting *llvm = &run->request.settings[RK_SETTING_LLVM];

	llvm->value = (char *)"1";
	llvm->origin_text = (char *)"command line";
}

static void with_the_right_rustc(struct run *run)
{
	run->toolchain.rustc = &run->rustcs[1];
}

static void with_cached_metadata(struct run *run)
{
	run->metadata.origin = RK_METADATA_CACHE;
}

#define UNDEFINED(symbol) "ERROR: modpost: \"" symbol "\" [a.ko] undefined!"

static void a_rust_symbol_of_another_compiler_is_told_by_its_hash(void)
{
	expect(NULL, UNDEFINED("_RNvNtCshGpAVYOtgW1_4core9panicking5panic"),
	       "rust-compiler", "CshGpAVYOtgW1 in the module and Cs2lKf6AS60Zg",
	       "rust-1.85");
}

static void a_rust_symbol_of_a_kernel_without_rust_is_told(void)
{
	expect(without_rust, UNDEFINED("_RNvNtCshGpAVYOtgW1_4core9panicking5panic"),
	       "rust-off", "no Rust symbol at all", "CONFIG_RUST=y");
}

static void a_rust_symbol_with_the_kernel_s_hash_is_not_exported(void)
{
	expect(NULL, UNDEFINED("_RNvNtCsb5MLIFMWygY_6kernel5print5other"), "rust-symbol",
	       "the compiler fits", "7.2.0-test");
}

static void a_crate_that_the_kernel_does_not_have(void)
{
	expect(NULL, "error[E0463]: can't find crate for `serde`", "metadata-crate",
	       "no libserde.rmeta", "'mod'");
}

static void a_crate_of_another_build(void)
{
	expect(with_cached_metadata, "error[E0463]: can't find crate for `kernel`",
	       "metadata-crate", "another build", "rkmod prepare --again");
}

#define E0514(made)                                                                       \
	"error[E0514]: found crate `core` compiled by an incompatible version of rustc\n" \
	"  crate `core` compiled by " made ": /k/libcore.rmeta\n"                         \
	"  help: please recompile that crate using this compiler (rustc 1.95.0 (x))"

static void the_compiler_that_made_the_metadata_is_here(void)
{
	expect(NULL,
	       E0514("rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"),
	       "metadata-rustc", "this is 'rustc 1.95.0 (x)'",
	       "--rustc /usr/bin/rustc-1.85");
}

static void the_compiler_that_made_the_metadata_is_not_here(void)
{
	expect(NULL, E0514("rustc 1.82.0 (f6e511eec 2024-10-15) (Fedora 1.82.0-1.fc41)"),
	       "metadata-rustc", "rustc 1.82.0", "dnf install");
}

static void metadata_of_another_target_json(void)
{
	expect(with_cached_metadata,
	       "error[E0461]: couldn't find crate `core` with expected target triple t",
	       "metadata-target", "target.json of", "rkmod prepare --again");
}

static void headers_without_symvers_name_their_package(void)
{
	expect(NULL, "WARNING: /k/Module.symvers is missing.", "symvers-missing",
	       "'/usr/src/k' has no Module.symvers",
	       "dnf install kernel-devel-7.2.0-test");
}

static void clang_on_a_kernel_of_gcc(void)
{
	expect(with_llvm_asked, "clang: error: unknown argument: '-fconserve-stack'",
	       "cc-needs-gcc", "built with 'gcc-14 (Mine) 14.2.0'", "(command line)");
	expect(NULL, "clang: error: unknown argument: '-fconserve-stack'", "cc-needs-gcc",
	       "gcc-14", "leave CC=clang");
}

static void gcc_on_a_kernel_of_clang(void)
{
	expect(with_clang,
	       "gcc: error: unrecognized command-line option '-mretpoline-external-thunk'",
	       "cc-needs-clang", "clang version 19.1.7", "leave CC= and --llvm out");
	expect(NULL, "gcc: error: unrecognized command-line option '-fnew'",
	       "cc-needs-clang", "gcc-14", "use that gcc");
}

static void llvm_tools_are_named_with_the_kernel_s_version(void)
{
	expect(with_clang, "/bin/sh: 1: clang: not found", "llvm-missing", "LLVM=1",
	       "dnf install clang");
	expect(with_clang, "/bin/sh: 1: ld.lld: not found", "llvm-missing", "LLVM=1",
	       "dnf install lld");
	expect(with_clang, "/bin/sh: 1: llvm-nm: not found", "llvm-missing", "LLVM=1",
	       "dnf install llvm");
	expect(with_llvm_asked, "/bin/sh: 1: ld.lld: not found", "llvm-missing", "gcc-14",
	       "leave LLVM '1' out");
}

static void a_flag_that_only_the_kernel_s_rustc_knows(void)
{
	expect(NULL, "error: unknown unstable option: `no-jump-tables`", "rustc-flag",
	       "this is 'rustc 1.95.0 (x)'", "install");
	expect(with_the_right_rustc, "error: unknown unstable option: `no-jump-tables`",
	       "rustc-flag", "the kernel's own compiler", "KRUSTFLAGS");
}

#define TOO_NEW(tool, used)                                                              \
	"*** Rust " tool " 'x' is too new. This may or may not work.\n"                  \
	"***   Your version:     " used "\n***   Expected version: 1.62.0"

static void too_new_is_harmless_if_it_is_the_kernel_s_own(void)
{
	struct run run;

	start(&run);
	EXPECT_INT(diagnose(&run, TOO_NEW("compiler", "1.85.1"))->severity,
		   RK_SEVERITY_NOTE);
	finish(&run);
	expect(NULL, TOO_NEW("compiler", "1.85.1"), "rustc-too-new",
	       "harmless: kernel 7.2.0-test", "");
	expect(NULL, TOO_NEW("compiler", "1.85"), "rustc-too-new", "not harmless",
	       "install");
	expect(NULL, TOO_NEW("compiler", "1.95.0"), "rustc-too-new",
	       "was built with 'rustc 1.85.1", "install");
	expect(NULL, TOO_NEW("bindings generator", "1.85.1"), "rustc-too-new",
	       "bindgen is not needed", "nothing for a module");
}

static void permission_denied_in_the_module_s_folder_is_not_kdir_s(void)
{
	struct run run;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const struct rk_finding *finding;

	start(&run);
	rk_buf_addf(&text, "error: could not write output to %s/a.o: Permission denied",
		    run.dir);
	finding = diagnose(&run, rk_buf_str(&text));
	EXPECT_STR(finding->kind->code, "dir-not-writable");
	finish(&run);
	expect(NULL, "error: could not write output to a.rcgu.o: Permission denied",
	       "out-dir-missing", "KDIR", "rkmod build");
}

static void drift_names_the_kernel(void)
{
	expect(NULL, "error: expected square brackets", "api-drift",
	       "(this is 7.2.0-test)", "authors: [");
}

static const struct test tests[] = {
	TEST(a_rust_symbol_of_another_compiler_is_told_by_its_hash),
	TEST(a_rust_symbol_of_a_kernel_without_rust_is_told),
	TEST(a_rust_symbol_with_the_kernel_s_hash_is_not_exported),
	TEST(a_crate_that_the_kernel_does_not_have),
	TEST(a_crate_of_another_build),
	TEST(the_compiler_that_made_the_metadata_is_here),
	TEST(the_compiler_that_made_the_metadata_is_not_here),
	TEST(metadata_of_another_target_json),
	TEST(headers_without_symvers_name_their_package),
	TEST(clang_on_a_kernel_of_gcc),
	TEST(gcc_on_a_kernel_of_clang),
	TEST(llvm_tools_are_named_with_the_kernel_s_version),
	TEST(a_flag_that_only_the_kernel_s_rustc_knows),
	TEST(too_new_is_harmless_if_it_is_the_kernel_s_own),
	TEST(permission_denied_in_the_module_s_folder_is_not_kdir_s),
	TEST(drift_names_the_kernel),
};
TAP_MAIN(tests)
