/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/metadata/needs.h"
#include "tests/unit/tap.h"

/* ---- pieces of makefiles ---- */

static void finds_the_crates_of_a_command_line(void)
{
	cleanup_strv struct rk_strv crates = RK_STRV_INIT;

	rk_needs_add_externs(
		"\t--extern force:alloc --extern kernel \\\n"
		"\t--extern pin_init --extern kernel --extern $(x) --extern ",
		&crates);
	EXPECT_INT(crates.n_items, 3);
	if (crates.n_items == 3) {
		EXPECT_STR(crates.items[0], "alloc");
		EXPECT_STR(crates.items[1], "kernel");
		EXPECT_STR(crates.items[2], "pin_init");
	}
}

static bool has_path(void *data, const char *path)
{
	return strstr(data, path) != NULL;
}

static void expect_missing(const char *there, const char *expected)
{
	struct rk_needs needs = {.target = NULL};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *missing = NULL;
	cleanup_free char *data = NULL; /* has_path's, which is not const */

	EXPECT_INT(rk_strdup(there, &data, &err), 0);
	rk_strv_add_all(&needs.crates, "core", "macros", NULL);
	EXPECT_INT(rk_strdup("scripts/target.json", &needs.target, &err), 0);
	EXPECT_INT(rk_needs_missing(&needs, has_path, data, &missing, &err), 0);
	EXPECT_STR(missing, expected);
	rk_needs_release(&needs);
}

static void names_the_first_file_that_is_missing(void)
{
	expect_missing("scripts/target.json rust/libcore.rmeta rust/libmacros.so", NULL);
	expect_missing("rust/libcore.rmeta rust/libmacros.so", "scripts/target.json");
	expect_missing("scripts/target.json rust/libmacros.so", "rust/libcore.rmeta");
	expect_missing("scripts/target.json rust/libcore.rmeta", "rust/libmacros.rmeta");
}

static void bitcode_of_the_helpers_can_be_missing(void)
{
	struct rk_needs needs = {.helpers = true};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *missing = NULL;
	char nothing[] = "";
	char all[] = "rust/helpers/helpers_module.bc";

	EXPECT_INT(rk_needs_missing(&needs, has_path, nothing, &missing, &err), 0);
	EXPECT_STR(missing, all);
	free(RK_STEAL(missing));
	EXPECT_INT(rk_needs_missing(&needs, has_path, all, &missing, &err), 0);
	EXPECT_STR(missing, NULL);
}

static void only_the_option_names_a_target_file(void)
{
	EXPECT_STR(rk_needs_find_target("F := --target=$(objtree)/rust/target.json \\\n"),
		   "rust/target.json");
	EXPECT_STR(rk_needs_find_target("F += --target=$(objtree)/scripts/target.json"),
		   "scripts/target.json");
	EXPECT_STR(rk_needs_find_target("F += --target=x86_64-unknown-none\n"
					"F += --target=$(objtree)/scripts/target.json\n"),
		   "scripts/target.json");
	EXPECT_STR(rk_needs_find_target("MRPROPER_FILES += scripts/target.json\n"), NULL);
	EXPECT_STR(rk_needs_find_target("x: $(objtree)/scripts/target.json\n"), NULL);
	EXPECT_STR(rk_needs_find_target("F += --target=aarch64-unknown-none\n"), NULL);
	EXPECT_STR(rk_needs_find_target("F := --target=$(objtree)/rust/target.jsonx"),
		   NULL);
	EXPECT_STR(rk_needs_find_target("F := --target=$(objtree)/"), NULL);
	EXPECT_STR(rk_needs_find_target(""), NULL);
}

static void expect_kernel_externs(const char *makefile, const char *expected)
{
	cleanup_strv struct rk_strv crates = RK_STRV_INIT;
	cleanup_buf struct rk_buf all = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_needs_add_kernel_externs(makefile, &crates, &err), 0);
	for (size_t i = 0; i < crates.n_items; i++)
		rk_buf_addf(&all, "%s%s", i ? " " : "", crates.items[i]);
	EXPECT_STR(rk_buf_str(&all), expected);
}

#define KERNEL_FLAGS "$(obj)/kernel.o: private rustc_target_flags = "

static void only_the_crates_of_kernel_itself_are_taken(void)
{
	expect_kernel_externs("x: --extern quote\n" KERNEL_FLAGS
			      "--extern alloc \\\n    --extern macros\ny: --extern syn\n",
			      "alloc macros");
	expect_kernel_externs(KERNEL_FLAGS "--extern ffi", "ffi");
	expect_kernel_externs(KERNEL_FLAGS "\\\n \\\n\n--extern no", "");
	expect_kernel_externs(KERNEL_FLAGS "--extern a \\", "a");
	expect_kernel_externs(
		"rusttestlib-kernel: private rustc_target_flags = --extern no", "");
	expect_kernel_externs("", "");
}

/* ---- whole kernels ---- */

struct tree {
	char *dir;
	struct rk_machine machine;
	struct rk_root *root;
};

static void put(const struct tree *tree, const char *name, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;
	cleanup_free char *dir = NULL;

	if (rk_format(&path, &err, "%s/usr/src/k/%s", tree->dir, name) < 0 ||
	    rk_strdup(path, &dir, &err) < 0)
		abort();
	*strrchr(dir, '/') = '\0';
	if (rk_dir_make(dir, 0755, &err) < 0 ||
	    rk_file_write(path, text, strlen(text), 0644, &err) < 0)
		abort();
}

static void setup(struct tree *tree)
{
	struct rk_error err = RK_ERROR_INIT;

	*tree = (struct tree){0};
	if (rk_dir_make_temp("/tmp/rk-needs", &tree->dir, &err) < 0 ||
	    rk_machine_init(&tree->machine, &err) < 0)
		abort();
	put(tree, "Makefile", "");
	if (rk_root_open(&tree->machine, tree->dir, &tree->root, &err) < 0)
		abort();
}

static void teardown(struct tree *tree)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_root_free(tree->root);
	rk_machine_release(&tree->machine);
	EXPECT_INT(rk_dir_remove(tree->dir, &err), 0);
	free(tree->dir);
}

/* The crates, joined by blanks, and behind a bar the target file. */
static void expect_needs(const struct tree *tree, const char *arch, const char *config,
			 const char *expected)
{
	char srctree[] = "/usr/src/k";
	struct rk_kernel kernel = {.root = tree->root, .srctree = srctree};
	struct rk_needs needs = {.target = NULL};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_buf struct rk_buf all = RK_BUF_INIT;

	EXPECT_INT(rk_strdup(arch, &kernel.srcarch, &err), 0);
	EXPECT_INT(rk_kconfig_parse(config, strlen(config), &kernel.config, &err), 0);
	EXPECT_INT(rk_needs_read(&kernel, &needs, &err), 0);
	for (size_t i = 0; i < needs.crates.n_items; i++)
		rk_buf_addf(&all, "%s ", needs.crates.items[i]);
	rk_buf_addf(&all, "| %s%s", needs.target ? needs.target : "-",
		    needs.helpers ? " helpers" : "");
	EXPECT_STR(rk_buf_str(&all), expected);
	rk_needs_release(&needs);
	rk_kconfig_free(kernel.config);
	free(kernel.srcarch);
}

#define ALWAYS "core compiler_builtins macros bindings kernel "

static void a_6_1_keeps_its_target_file_in_rust(void)
{
	cleanup(teardown) struct tree tree;

	setup(&tree);
	put(&tree, "Makefile",
	    "KBUILD_RUSTFLAGS := $(rust_common_flags) \\\n"
	    "\t\t    --target=$(objtree)/rust/target.json \\\n\t\t    -Cpanic=abort\n"
	    "MRPROPER_FILES += rust/target.json rust/libmacros.so\n");
	put(&tree, "scripts/Makefile.build",
	    "rust_common_cmd = $(RUSTC) --extern alloc --extern kernel \\\n"
	    "\t-L $(objtree)/rust/\n");
	put(&tree, "rust/Makefile",
	    KERNEL_FLAGS "--extern alloc \\\n"
			 "    --extern macros --extern bindings\n");
	expect_needs(&tree, "x86", "", ALWAYS "alloc | rust/target.json");
}

static void from_6_3_on_it_is_in_scripts(void)
{
	cleanup(teardown) struct tree tree;

	setup(&tree);
	put(&tree, "Makefile", "\t\t    --target=$(objtree)/scripts/target.json \\\n");
	put(&tree, "scripts/Makefile.build", "\t--extern alloc --extern kernel \\\n");
	put(&tree, "rust/Makefile",
	    KERNEL_FLAGS "--extern alloc \\\n    --extern build_error --extern macros "
			 "--extern bindings --extern uapi\n");
	expect_needs(&tree, "x86", "",
		     ALWAYS "alloc build_error uapi | scripts/target.json");
}

static void from_6_9_on_the_architecture_decides(void)
{
	cleanup(teardown) struct tree tree;

	setup(&tree);
	put(&tree, "Makefile", "MRPROPER_FILES += scripts/target.json\n");
	put(&tree, "arch/x86/Makefile",
	    "        KBUILD_RUSTFLAGS += --target=$(objtree)/scripts/target.json\n");
	put(&tree, "arch/x86/Makefile.um",
	    "KBUILD_RUSTFLAGS += --target=$(objtree)/scripts/target.json\n");
	put(&tree, "arch/arm64/Makefile",
	    "KBUILD_RUSTFLAGS += --target=aarch64-unknown-none -Ctarget-feature=\"-neon\"\n");
	put(&tree, "scripts/Makefile.build",
	    "\t-Zunstable-options --extern force:alloc --extern kernel \\\n");
	expect_needs(&tree, "x86", "", ALWAYS "alloc | scripts/target.json");
	expect_needs(&tree, "um", "", ALWAYS "alloc | scripts/target.json");
	expect_needs(&tree, "arm64", "", ALWAYS "alloc | -");
}

static void later_ones_have_no_alloc_and_name_more(void)
{
	cleanup(teardown) struct tree tree;

	setup(&tree);
	put(&tree, "arch/x86/Makefile",
	    "KBUILD_RUSTFLAGS += --target=$(objtree)/scripts/target.json\n"
	    "KBUILD_RUSTFLAGS_OPTION_CHKS += --target=x86_64-unknown-none\n");
	put(&tree, "scripts/Makefile.build",
	    "\t-Zunstable-options --extern pin_init --extern kernel \\\n"
	    "\t--extern zerocopy --extern zerocopy_derive \\\n");
	expect_needs(&tree, "x86", "",
		     ALWAYS "pin_init zerocopy zerocopy_derive | scripts/target.json");
}

static void helpers_count_if_they_are_inlined(void)
{
	static const char on[] = "CONFIG_RUST_INLINE_HELPERS=y\n";
	cleanup(teardown) struct tree tree;

	setup(&tree);
	put(&tree, "scripts/Makefile.build", "\t--extern kernel\n");
	expect_needs(&tree, "x86", on, ALWAYS "| -");
	put(&tree, "scripts/Makefile.build",
	    "\t$(objtree)/rust/helpers/helpers$(if $(part-of-module),_module).bc\n");
	expect_needs(&tree, "x86", "# CONFIG_RUST_INLINE_HELPERS is not set\n",
		     ALWAYS "| -");
	expect_needs(&tree, "x86", on, ALWAYS "| - helpers");
}

static const struct test tests[] = {
	TEST(finds_the_crates_of_a_command_line),
	TEST(names_the_first_file_that_is_missing),
	TEST(bitcode_of_the_helpers_can_be_missing),
	TEST(only_the_option_names_a_target_file),
	TEST(only_the_crates_of_kernel_itself_are_taken),
	TEST(a_6_1_keeps_its_target_file_in_rust),
	TEST(from_6_3_on_it_is_in_scripts),
	TEST(from_6_9_on_the_architecture_decides),
	TEST(later_ones_have_no_alloc_and_name_more),
	TEST(helpers_count_if_they_are_inlined),
};
TAP_MAIN(tests)
