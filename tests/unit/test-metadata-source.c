/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/metadata/check.h"
#include "lib/metadata/kbuild.h"
#include "lib/metadata/makelog.h"
#include "lib/metadata/source.h"

#include "tap.h"

/* ---- versions ---- */

static void expect_version(const char *makefile, const char *expected)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *got = NULL;

	EXPECT_INT(rk_source_makefile_version(makefile, &got, &err),
		   expected ? 0 : -RK_EFORMAT);
	EXPECT_STR(got, expected);
}

static void reads_the_version_of_a_top_makefile(void)
{
	expect_version("# SPDX\nVERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 11\n"
		       "EXTRAVERSION =\nNAME = X\n",
		       "7.2.11");
	expect_version("VERSION = 7\nPATCHLEVEL = 3\nSUBLEVEL = 0\nEXTRAVERSION = -rc4\n",
		       "7.3.0-rc4");
	expect_version("KERNELVERSION = 9\nVERSION=6\nPATCHLEVEL\t=\t1\nSUBLEVEL = 0",
		       "6.1.0");
}

static void refuses_a_makefile_without_version(void)
{
	expect_version("", NULL);
	expect_version("VERSION = 7\nPATCHLEVEL = 2\n", NULL);
	expect_version("VERSION = 7\nPATCHLEVEL = $(shell id)\nSUBLEVEL = 1\n", NULL);
	expect_version("VERSION = \nPATCHLEVEL = 2\nSUBLEVEL = 1\n", NULL);
}

/* ---- which files ---- */

static void unpacks_what_prepare_reads(void)
{
	static const char *const needed[] = {
		"Makefile",
		"Kbuild",
		"drivers/net/ethernet/intel/e1000/Kconfig",
		"arch/mips/Kconfig",
		"arch/x86/tools/relocs.c",
		"arch/arm64/include/asm/io.h",
		"include/linux/fs.h",
		"rust/kernel/lib.rs",
		"scripts/generate_rust_target.rs",
		"kernel/bounds.c",
		"tools/objtool/check.c",
		"drivers/base/base.h",
		"drivers/android/binder/rust_binder.h",
		"mm/slab.h",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(needed); i++)
		if (!rk_source_is_needed(needed[i], "x86"))
			EXPECT_STR("not needed", needed[i]);
}

static void leaves_the_bulk_in_the_archive(void)
{
	static const char *const bulk[] = {
		"drivers/gpu/drm/amd/include/asic_reg/nbio/x.h",
		"drivers/base/core.c",
		"fs/ext4/inode.c",
		"sound/soc/codecs/x.h",
		"arch/arm64/kernel/setup.c",
		"arch/x86_64/x.c",
		"arch/arm64/boot/dts/x.h",
		"tools/perf/builtin-top.c",
		"tools/testing/selftests/x.c",
		"Documentation/x.rst",
		"includes/x.c",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(bulk); i++)
		if (rk_source_is_needed(bulk[i], "x86"))
			EXPECT_STR("needed", bulk[i]);
}

/* ---- configurations ---- */

static void expect_config(const char *wanted, const char *got, const char *words)
{
	struct rk_root root = {
		.is_host = true, .path = (char[]){"/"}, .name = (char[]){""}};
	struct rk_kernel kernel = {
		.root = &root, .release = (char[]){"7.2.11"}, .cc_text = (char[]){"gcc"}};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_check_config(&kernel, wanted, got, &err), words ? -RK_EREFUSED : 0);
	if (words) {
		EXPECT_STR(err.id, "source-config");
		EXPECT_HAS(err.msg, words);
	}
}

static void tolerates_only_version_texts_and_pahole(void)
{
	expect_config("# a\nCONFIG_A=y\nCONFIG_CC_VERSION_TEXT=\"gcc 1\"\n",
		      "# b\nCONFIG_CC_VERSION_TEXT=\"gcc 2\"\nCONFIG_A=y\n", NULL);
	expect_config("CONFIG_PAHOLE_VERSION=125\nCONFIG_A=y\n",
		      "CONFIG_A=y\nCONFIG_PAHOLE_VERSION=130\n", NULL);
	expect_config("CONFIG_A=y\nCONFIG_PAHOLE_VERSIONS=1\n",
		      "CONFIG_A=y\nCONFIG_PAHOLE_VERSIONS=2\n", "PAHOLE_VERSIONS");
	expect_config("CONFIG_A=y\nCONFIG_GCC_VERSION=140200\n",
		      "CONFIG_A=y\nCONFIG_GCC_VERSION=150000\n",
		      "lines: 2): -CONFIG_GCC_VERSION=140200, "
		      "+CONFIG_GCC_VERSION=150000");
}

static void counts_a_line_that_is_not_set(void)
{
	expect_config("CONFIG_A=y\n# CONFIG_B is not set\n", "CONFIG_A=y\n",
		      "lines: 1): -# CONFIG_B is not set");
	expect_config("CONFIG_A=y\n", "CONFIG_A=y\n# CONFIG_B is not set", "+# CONFIG_B");
	expect_config("", "", "empty");
}

/* ---- exports ---- */

static void knows_rust_symbols(void)
{
	EXPECT(rk_check_is_rust_symbol("_RNvNtCs2lKf6AS60Zg_4core9panicking5panic"));
	EXPECT(rk_check_is_rust_symbol("rust_helper_mutex_lock"));
	EXPECT(!rk_check_is_rust_symbol("rust_fmt_argument"));
	EXPECT(!rk_check_is_rust_symbol("printk"));
}

struct objtree {
	char dir[32];
	struct rk_symvers *symvers;
};

static void put(const struct objtree *tree, const char *name, const char *data,
		size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	EXPECT_INT(rk_path_join(tree->dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_write(path, data, size, 0600, &err), 0);
}

static void objtree_make(struct objtree *tree, const char *symvers)
{
	struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *helpers = NULL;

	strcpy(tree->dir, "/tmp/rkmod-test-XXXXXX");
	EXPECT(mkdtemp(tree->dir) != NULL);
	EXPECT_INT(rk_path_join(tree->dir, "rust/helpers", &helpers, &err), 0);
	EXPECT_INT(rk_dir_make(helpers, 0700, &err), 0);
	rk_buf_adds(&text, symvers);
	EXPECT_INT(rk_symvers_parse(&text, &tree->symvers, &err), 0);
}

static void objtree_remove(struct objtree *tree)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_remove(tree->dir, &err), 0);
	rk_symvers_free(tree->symvers);
}

static void expect_exports(const struct objtree *tree, bool modversions, size_t n,
			   const char *id)
{
	struct rk_kernel kernel = {.release = (char[]){"7.2.11"},
				   .kdir_real = (char[]){"/kdir"},
				   .rustc_text = (char[]){"rustc 1.85.1"},
				   .symvers = tree->symvers,
				   .modversions = modversions};
	struct rk_error err = RK_ERROR_INIT;
	size_t n_exports = 0;

	EXPECT_INT(rk_check_exports(&kernel, tree->dir, &n_exports, &err),
		   id ? -RK_EREFUSED : 0);
	EXPECT_INT(n_exports, n);
	if (id)
		EXPECT_STR(err.id, id);
}

#define SYMVERS                                                                          \
	"0x00000000\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n"                                 \
	"0x0123abcd\t_RNva\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"                              \
	"0x00000042\trust_helper_b\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
#define EXPORT(name) "EXPORT_SYMBOL_RUST_GPL(" name ");\n"

static void counts_exports_of_crates_and_helpers(void)
{
	cleanup(objtree_remove) struct objtree tree = {.symvers = NULL};

	objtree_make(&tree, SYMVERS);
	put(&tree, "rust/exports_core_generated.h", EXPORT("_RNva"),
	    strlen(EXPORT("_RNva")));
	expect_exports(&tree, false, 2, "metadata-exports");
	put(&tree, "rust/exports_helpers_generated.h", EXPORT("rust_helper_b"),
	    strlen(EXPORT("rust_helper_b")));
	expect_exports(&tree, false, 2, NULL);
}

static void finds_helpers_that_export_themselves(void)
{
	static const char object[] = "\177ELF\0__ksymtab_rust_helper_bb\0"
				     "x__export_symbol_rust_helper_b\0";
	cleanup(objtree_remove) struct objtree tree = {.symvers = NULL};

	objtree_make(&tree, SYMVERS);
	put(&tree, "rust/exports_core_generated.h", EXPORT("_RNva"),
	    strlen(EXPORT("_RNva")));
	put(&tree, "rust/helpers.o", object, 20);
	expect_exports(&tree, false, 2, "metadata-exports");
	put(&tree, "rust/helpers.o", object, sizeof(object));
	expect_exports(&tree, false, 2, NULL);
}

static void compares_checksums_under_modversions(void)
{
	static const char exports[] = EXPORT("_RNva") EXPORT("rust_helper_b");
	static const char core[] = "savedcmd := x\n#SYMVER _RNva 0x0123abcd\n";
	static const char wrong[] = "x\n#SYMVER rust_helper_b 0x00000043\n";
	static const char right[] = "x\n#SYMVER rust_helper_b 0x00000042\n";
	cleanup(objtree_remove) struct objtree tree = {.symvers = NULL};

	objtree_make(&tree, SYMVERS);
	put(&tree, "rust/exports_core_generated.h", exports, strlen(exports));
	put(&tree, "rust/.core.o.cmd", core, strlen(core));
	put(&tree, "rust/helpers/.helpers.o.cmd", wrong, strlen(wrong));
	expect_exports(&tree, false, 2, NULL);
	expect_exports(&tree, true, 2, "metadata-crc");
	put(&tree, "rust/helpers/.helpers.o.cmd", right, strlen(right));
	expect_exports(&tree, true, 2, NULL);
	put(&tree, "rust/helpers/.helpers.o.cmd", "", 0);
	expect_exports(&tree, true, 2, "metadata-crc");
}

static void no_checksum_is_the_checksum_0(void)
{
	static const char exports[] = EXPORT("_RNva") EXPORT("_RNvab");
	static const char core[] = "x\n#SYMVER _RNvab 0x00000007\n";
	cleanup(objtree_remove) struct objtree tree = {.symvers = NULL};

	objtree_make(&tree, "0x00000000\t_RNva\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
			    "0x00000007\t_RNvab\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
	put(&tree, "rust/exports_core_generated.h", exports, strlen(exports));
	put(&tree, "rust/.core.o.cmd", core, strlen(core));
	expect_exports(&tree, true, 2, NULL);
}

static void a_kernel_without_rust_symbols_proves_nothing(void)
{
	cleanup(objtree_remove) struct objtree tree = {.symvers = NULL};

	objtree_make(&tree, "0x00000000\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n");
	expect_exports(&tree, false, 0, "metadata-exports");
}

/* ---- make ---- */

static void reads_the_compiler_of_a_gcc_text(void)
{
	struct rk_error err = RK_ERROR_INIT;
	static const char *const cases[][3] = {
		{"x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0",
		 "x86_64-linux-gnu-gcc-14", "x86_64-linux-gnu-"},
		{"gcc (GCC) 15.1.1", "gcc", ""},
		{"Debian clang version 19.1.7", "", ""},
		{"/opt/evil/gcc 1", "", ""},
		{"", "", ""},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(cases); i++) {
		cleanup_free char *name = NULL;
		cleanup_free char *prefix = NULL;

		EXPECT_INT(rk_kbuild_cc_name(cases[i][0], &name, &err), 0);
		EXPECT_STR(name, cases[i][1]);
		EXPECT_INT(rk_kbuild_cross_prefix(cases[i][0], &prefix, &err), 0);
		EXPECT_STR(prefix, cases[i][2]);
	}
}

static void say(struct rk_makelog *log, const char *line, bool is_stderr)
{
	rk_makelog_line(log, line, strlen(line), is_stderr);
}

static void a_log_knows_why_make_failed(void)
{
	cleanup(rk_makelog_release) struct rk_makelog log;

	rk_makelog_init(&log, -1);
	say(&log, "  RUSTC L rust/core.o", false);
	say(&log, "error[E0463]: can't find crate for `x`", true);
	say(&log, "make: *** [Makefile:1: x] Error 1", true);
	EXPECT_STR(log.reason, "error[E0463]: can't find crate for `x`");
	EXPECT_STR(log.tool, NULL);
	EXPECT(!log.full);
	EXPECT_INT(log.percent, 8);
	say(&log, "fatal: write: No space left on device", true);
	EXPECT(log.full);
}

static void a_log_names_a_missing_program(void)
{
	static const char *const lines[] = {
		"/bin/sh: 1: flex: not found",
		"make[2]: flex: No such file or directory",
		"sh: line 1: flex: command not found",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++) {
		cleanup(rk_makelog_release) struct rk_makelog log;

		rk_makelog_init(&log, -1);
		say(&log, lines[i], true);
		EXPECT_STR(log.tool, "flex");
	}
}

static void a_missing_header_is_no_missing_program(void)
{
	cleanup(rk_makelog_release) struct rk_makelog log;

	rk_makelog_init(&log, -1);
	say(&log, "a.c:1:10: fatal error: gelf.h: No such file or directory", true);
	EXPECT_STR(log.tool, NULL);
}

static const struct test tests[] = {
	TEST(reads_the_version_of_a_top_makefile),
	TEST(refuses_a_makefile_without_version),
	TEST(unpacks_what_prepare_reads),
	TEST(leaves_the_bulk_in_the_archive),
	TEST(tolerates_only_version_texts_and_pahole),
	TEST(counts_a_line_that_is_not_set),
	TEST(knows_rust_symbols),
	TEST(counts_exports_of_crates_and_helpers),
	TEST(finds_helpers_that_export_themselves),
	TEST(compares_checksums_under_modversions),
	TEST(no_checksum_is_the_checksum_0),
	TEST(a_kernel_without_rust_symbols_proves_nothing),
	TEST(reads_the_compiler_of_a_gcc_text),
	TEST(a_log_knows_why_make_failed),
	TEST(a_log_names_a_missing_program),
	TEST(a_missing_header_is_no_missing_program),
};

TAP_MAIN(tests)
