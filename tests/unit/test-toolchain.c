/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <libgen.h>

#include "lib/base/file.h"
#include "lib/toolchain/toolchain.h"
#include "tests/unit/tap.h"

#define WANTED "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"
#define OTHER  "rustc 1.95.0 (59807616e 2026-04-14)"
/* Nobody's: behind rustup's proxy the machine's own /usr/bin/rustc is looked at too. */
#define MINE "rustc 9.9.9 (mine)"

/* The host's own root with compilers in a temporary folder: PATH is its bin/. */
struct fixture {
	char *dir;
	struct rk_machine machine;
	struct rk_root *root;
	struct rk_kernel kernel;
	struct rk_toolchain *toolchain;
	struct rk_error err;
};

static char *in_dir(const struct fixture *fixture, const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	EXPECT_INT(rk_path_join(fixture->dir, name, &path, &err), 0);
	return path;
}

static void set_config(struct fixture *fixture, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_kconfig_free(fixture->kernel.config);
	fixture->kernel.config = NULL;
	EXPECT_INT(rk_kconfig_parse(text, strlen(text), &fixture->kernel.config, &err),
		   0);
}

static void set_symvers(struct fixture *fixture, const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(&buf, text);
	EXPECT_INT(rk_symvers_parse(&buf, &fixture->kernel.symvers, &err), 0);
}

static void setup(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *bin = NULL;

	*fixture = (struct fixture){0};
	EXPECT_INT(rk_dir_make_temp("/tmp/rk-toolchain", &fixture->dir, &err), 0);
	bin = in_dir(fixture, "bin");
	EXPECT_INT(setenv("PATH", bin, 1), 0);
	EXPECT_INT(rk_machine_init(&fixture->machine, &err), 0);
	free(fixture->machine.cache_dir);
	fixture->machine.cache_dir = in_dir(fixture, "cache");
	free(fixture->machine.home);
	fixture->machine.home = in_dir(fixture, "home");
	free(fixture->machine.rustup_home);
	fixture->machine.rustup_home = NULL;
	EXPECT_INT(rk_root_open(&fixture->machine, NULL, &fixture->root, &err), 0);
	fixture->kernel.root = fixture->root;
	EXPECT_INT(rk_strdup("7.2", &fixture->kernel.release, &err), 0);
	EXPECT_INT(rk_strdup(WANTED, &fixture->kernel.rustc_text, &err), 0);
	EXPECT_INT(rk_strdup("gcc 14", &fixture->kernel.cc_text, &err), 0);
	fixture->kernel.kdir_real = in_dir(fixture, "kdir");
	set_config(fixture, "CONFIG_CC_IS_GCC=y\nCONFIG_CLANG_VERSION=0\n");
}

static void teardown(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_toolchain_free(fixture->toolchain);
	rk_kconfig_free(fixture->kernel.config);
	rk_symvers_free(fixture->kernel.symvers);
	free(fixture->kernel.release);
	free(fixture->kernel.rustc_text);
	free(fixture->kernel.cc_text);
	free(fixture->kernel.kdir_real);
	rk_root_free(fixture->root);
	rk_machine_release(&fixture->machine);
	EXPECT_INT(rk_dir_remove(fixture->dir, &err), 0);
	free(fixture->dir);
}

#define cleanup_fixture cleanup(teardown)

static void put_program(const struct fixture *fixture, const char *name, const char *text)
{
	cleanup_free char *path = in_dir(fixture, name);
	cleanup_free char *dir = in_dir(fixture, name);
	struct rk_error err = RK_ERROR_INIT;

	/* Not by strrchr(): gcc 12 -O3 then sees a dangling pointer that is none. */
	EXPECT_INT(rk_dir_make(dirname(dir), 0755, &err), 0);
	EXPECT_INT(rk_file_write(path, text, strlen(text), 0755, &err), 0);
}

/* Each run leaves a line in the file "runs". */
static void put_rustc(const struct fixture *fixture, const char *name, const char *text)
{
	cleanup_buf struct rk_buf script = RK_BUF_INIT;

	rk_buf_addf(&script, "#!/bin/sh\necho run >>%s/runs\necho '%s'\necho more\n",
		    fixture->dir, text);
	put_program(fixture, name, rk_buf_str(&script));
}

static void put_link(const struct fixture *fixture, const char *name, const char *target)
{
	cleanup_free char *path = in_dir(fixture, name);

	put_program(fixture, name, "");
	EXPECT_INT(unlink(path), 0);
	EXPECT_INT(symlink(target, path), 0);
}

static size_t count_runs(const struct fixture *fixture)
{
	cleanup_free char *path = in_dir(fixture, "runs");
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_read(path, 1000, &buf, &err) < 0)
		return 0;
	return buf.len / strlen("run\n");
}

static int resolve(struct fixture *fixture, const struct rk_toolchain_request *request,
		   const char *wanted)
{
	rk_toolchain_free(fixture->toolchain);
	fixture->toolchain = NULL;
	fixture->err = (struct rk_error)RK_ERROR_INIT;
	return rk_toolchain_resolve(&fixture->machine, &fixture->kernel, request, wanted,
				    &fixture->toolchain, &fixture->err);
}

static const struct rk_toolchain_request nothing;

static void want_mine(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	free(fixture->kernel.rustc_text);
	EXPECT_INT(rk_strdup(MINE, &fixture->kernel.rustc_text, &err), 0);
}

static void expect_rustc(struct fixture *fixture, const char *name,
			 enum rk_rustc_origin origin)
{
	cleanup_free char *path = in_dir(fixture, name);

	EXPECT_INT(resolve(fixture, &nothing, NULL), 0);
	EXPECT_STR(fixture->err.msg, "");
	assert(fixture->toolchain);
	if (!EXPECT(fixture->toolchain->rustc != NULL))
		return;
	EXPECT_STR(fixture->toolchain->rustc->path, path);
	EXPECT_STR(fixture->toolchain->rustc->text, fixture->kernel.rustc_text);
	EXPECT_INT(fixture->toolchain->rustc->origin, origin);
}

static void the_compiler_in_path_that_has_the_text_is_taken(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	expect_rustc(&fixture, "bin/rustc", RK_RUSTC_PATH);
	EXPECT_STR(fixture.toolchain->wanted_from, "CONFIG_RUSTC_VERSION_TEXT");
	EXPECT_STR(fixture.toolchain->llvm, "");
	EXPECT_STR(fixture.toolchain->cc, "");
}

static void a_versioned_name_comes_first(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_rustc(&fixture, "bin/rustc-1.85", WANTED);
	expect_rustc(&fixture, "bin/rustc-1.85", RK_RUSTC_VERSIONED);
	EXPECT_INT(fixture.toolchain->n_candidates, 1);
}

static void the_real_one_of_rustup_is_taken_and_never_the_proxy(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	want_mine(&fixture);
	put_rustc(&fixture, "bin/rustup", MINE);
	put_link(&fixture, "bin/rustc", "rustup");
	put_rustc(&fixture, "home/.rustup/toolchains/nightly/bin/rustc", OTHER);
	put_rustc(&fixture, "home/.rustup/toolchains/stable/bin/rustc", MINE);
	expect_rustc(&fixture, "home/.rustup/toolchains/stable/bin/rustc",
		     RK_RUSTC_RUSTUP);
}

static void a_proxy_that_is_a_hard_link_is_none_too(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup_free char *proxy = NULL;
	cleanup_free char *rustc = NULL;

	setup(&fixture);
	want_mine(&fixture);
	put_rustc(&fixture, "bin/rustup", MINE);
	proxy = in_dir(&fixture, "bin/rustup");
	rustc = in_dir(&fixture, "bin/rustc");
	EXPECT_INT(link(proxy, rustc), 0);
	put_rustc(&fixture, "home/.rustup/toolchains/a/bin/rustc", MINE);
	expect_rustc(&fixture, "home/.rustup/toolchains/a/bin/rustc", RK_RUSTC_RUSTUP);
}

static void rustup_home_tells_where_the_toolchains_are(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	want_mine(&fixture);
	put_rustc(&fixture, "home/.rustup/toolchains/a/bin/rustc", MINE);
	put_rustc(&fixture, "elsewhere/toolchains/a/bin/rustc", MINE);
	fixture.machine.rustup_home = in_dir(&fixture, "elsewhere");
	expect_rustc(&fixture, "elsewhere/toolchains/a/bin/rustc", RK_RUSTC_RUSTUP);
	EXPECT_INT(fixture.toolchain->n_candidates, 1);
}

static void other_versions_in_path_are_looked_at(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	want_mine(&fixture);
	put_rustc(&fixture, "bin/rustc-1.82", OTHER);
	put_rustc(&fixture, "bin/rustc-1.90", MINE);
	put_rustc(&fixture, "bin/rustc-wrapper", MINE);
	expect_rustc(&fixture, "bin/rustc-1.90", RK_RUSTC_VERSIONED);
	EXPECT_INT(fixture.toolchain->n_candidates, 2);
}

/* The fixture's folder as a tree, where nothing may be run: no bubblewrap in PATH. */
static void folders_of_versions_are_found(void)
{
	cleanup(rk_root_free_p) struct rk_root *tree = NULL;
	cleanup_fixture struct fixture fixture;
	struct rk_error err = RK_ERROR_INIT;

	setup(&fixture);
	put_rustc(&fixture, "usr/lib/rust-1.82/bin/rustc", WANTED);
	put_link(&fixture, "usr/lib/rust-1.85/bin/rustc", "/usr/lib/rust-1.82/bin/rustc");
	put_rustc(&fixture, "usr/lib/rust-x/bin/rustc", WANTED);
	EXPECT_INT(rk_root_open(&fixture.machine, fixture.dir, &tree, &err), 0);
	fixture.kernel.root = tree;
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ETOOL);
	EXPECT_STR(fixture.err.id, "bwrap-missing");
	fixture.kernel.root = fixture.root;
}

static void the_exports_alone_tell_the_compiler(void)
{
	struct rk_toolchain *toolchain = NULL;
	struct rk_strv asked = RK_STRV_INIT;
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc-1.63", "rustc 1.63.0");
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_rustc(&fixture, "bin/rustc-1.95", OTHER);
	set_symvers(&fixture,
		    "0x0\t_RNvCs30YITssOn10_4core1a\tm\tEXPORT_SYMBOL_GPL\t\n"
		    "0x0\t_RNvCs2lKf6AS60Zg_4core1a\tvmlinux\tEXPORT_SYMBOL\t\n");
	EXPECT_INT(rk_toolchain_identify(&fixture.machine, fixture.root,
					 fixture.kernel.symvers, &asked, &toolchain,
					 &fixture.err),
		   0);
	if (EXPECT(toolchain && toolchain->rustc)) {
		EXPECT_STR(toolchain->rustc->text, WANTED);
		EXPECT_STR(toolchain->core_tag, "Cs2lKf6AS60Zg");
		EXPECT_INT(toolchain->n_candidates, 3);
		for (size_t i = 0; i < toolchain->n_candidates; i++)
			EXPECT(toolchain->candidates[i].built_kernel ==
			       (&toolchain->candidates[i] == toolchain->rustc));
	}
	rk_toolchain_free(toolchain);
}

static void a_configuration_that_names_no_compiler_is_made_up_for_by_exports(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	fixture.kernel.rustc_text[0] = '\0';
	put_rustc(&fixture, "bin/rustc", "rustc 1.63.0");
	set_symvers(&fixture,
		    "0x0\t_RNvCs30YITssOn10_4core1a\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
	EXPECT_INT(resolve(&fixture, &nothing, NULL), 0);
	if (EXPECT(fixture.toolchain && fixture.toolchain->rustc)) {
		EXPECT_STR(fixture.toolchain->rustc->text, "rustc 1.63.0");
		EXPECT_STR(fixture.toolchain->wanted_from, "Module.symvers");
	}
	put_rustc(&fixture, "bin/rustc", OTHER);
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rustc-mismatch");
	EXPECT_HAS(fixture.err.msg, "the hash Cs30YITssOn10; found");
}

static void exports_without_rust_tell_nothing(void)
{
	struct rk_toolchain *toolchain = NULL;
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	set_symvers(&fixture, "0x0\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n");
	EXPECT_INT(rk_toolchain_identify(&fixture.machine, fixture.root,
					 fixture.kernel.symvers, NULL, &toolchain,
					 &fixture.err),
		   -RK_EFORMAT);
	EXPECT_STR(fixture.err.id, "rust-off");
	EXPECT_INT(count_runs(&fixture), 0);
}

static void an_asked_proxy_stands_for_its_toolchains(void)
{
	struct rk_toolchain_request request = {0};
	cleanup_fixture struct fixture fixture;
	cleanup_free char *proxy = NULL;

	setup(&fixture);
	want_mine(&fixture);
	put_rustc(&fixture, "bin/rustup", OTHER);
	put_link(&fixture, "bin/rustc", "rustup");
	put_rustc(&fixture, "home/.rustup/toolchains/a/bin/rustc", MINE);
	proxy = in_dir(&fixture, "bin/rustc");
	request.rustc = proxy;
	EXPECT_INT(resolve(&fixture, &request, NULL), 0);
	EXPECT(fixture.toolchain && fixture.toolchain->rustc &&
	       fixture.toolchain->rustc->origin == RK_RUSTC_RUSTUP);
}

static void only_the_asked_one_is_looked_at(void)
{
	struct rk_toolchain_request request = {0};
	cleanup_fixture struct fixture fixture;
	cleanup_free char *asked = NULL;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_rustc(&fixture, "mine/rustc", OTHER);
	asked = in_dir(&fixture, "mine/rustc");
	request.rustc = asked;
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rustc-mismatch");
	EXPECT_HAS(fixture.err.msg, "mine/rustc' is '" OTHER "'");
	request.rustc = "rustc";
	EXPECT_INT(resolve(&fixture, &request, NULL), 0);
	request.rustc = "no-such-rustc";
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rustc-missing");
}

static void a_mismatch_says_what_is_wanted_and_each_that_was_found(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", OTHER);
	put_program(&fixture, "home/.rustup/toolchains/x/bin/rustc",
		    "#!/bin/sh\nexit 1\n");
	set_symvers(&fixture,
		    "0x0\t_RNvCs2lKf6AS60Zg_4core1a\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rustc-mismatch");
	EXPECT_HAS(fixture.err.msg, "kernel 7.2 needs '" WANTED "'");
	EXPECT_HAS(fixture.err.msg, "bin/rustc' is '" OTHER "'");
	EXPECT_HAS(fixture.err.msg, "toolchains/x/bin/rustc' does not run");
	EXPECT_HAS(fixture.err.msg, "confirmed by crate hash Cs2lKf6AS60Zg");
	EXPECT_HAS(fixture.err.cure, "rustc");
	if (EXPECT(fixture.toolchain != NULL)) {
		EXPECT(!fixture.toolchain->rustc);
		EXPECT_INT(fixture.toolchain->n_candidates, 2);
	}
}

static void no_rustc_at_all_is_a_failure_of_its_own(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rustc-missing");
	EXPECT_HAS(fixture.err.msg, "no rustc at all");
	EXPECT(fixture.toolchain && !fixture.toolchain->rustc);
}

static void the_text_of_metadata_wins_over_the_configuration(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", OTHER);
	EXPECT_INT(resolve(&fixture, &nothing, OTHER), 0);
	assert(fixture.toolchain);
	EXPECT_STR(fixture.toolchain->wanted_from, "libcore.rmeta");
	EXPECT_INT(resolve(&fixture, &nothing, WANTED), -RK_ENOTFOUND);
	EXPECT_HAS(fixture.err.msg, "libcore.rmeta");
}

static void upstreams_compiler_is_rustups(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	EXPECT_INT(resolve(&fixture, &nothing, OTHER), -RK_ENOTFOUND);
	EXPECT_HAS(fixture.err.cure, "rustup toolchain install 1.95.0");
	EXPECT_INT(resolve(&fixture, &nothing,
			   "rustc 1.97.1 (a 2026-01-01) (Fedora 1.97.1-1.fc44)"),
		   -RK_ENOTFOUND);
	EXPECT_HAS(fixture.err.cure, "rust-1.97.1-1.fc44");
}

static void a_kernel_without_rust_wants_none(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	fixture.kernel.rustc_text[0] = '\0';
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "rust-off");
	EXPECT(fixture.toolchain && !fixture.toolchain->rustc);
}

static void odd_texts_are_only_compared(void)
{
	static const char *const texts[] = {"x",          "rustc",          "rustc ",
					    "rustc 1",    "rustc .",        "rustc 1.",
					    "rustc 1..2", "rustc ../../x y"};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		cleanup_fixture struct fixture fixture;

		setup(&fixture);
		put_rustc(&fixture, "bin/rustc", OTHER);
		EXPECT_INT(resolve(&fixture, &nothing, texts[i]), -RK_ENOTFOUND);
		EXPECT_STR(fixture.err.id, "rustc-mismatch");
	}
}

static void a_compiler_is_asked_once_until_it_changes(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	expect_rustc(&fixture, "bin/rustc", RK_RUSTC_PATH);
	expect_rustc(&fixture, "bin/rustc", RK_RUSTC_PATH);
	EXPECT_INT(count_runs(&fixture), 1);
	put_rustc(&fixture, "bin/rustc", OTHER);
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_ENOTFOUND);
	EXPECT_INT(count_runs(&fixture), 2);
}

static void expect_llvm(struct fixture *fixture, const char *llvm, const char *env_llvm,
			const char *expected, const char *cc)
{
	const struct rk_toolchain_request request = {.llvm = llvm, .env_llvm = env_llvm};

	EXPECT_INT(resolve(fixture, &request, NULL), 0);
	EXPECT_STR(fixture->err.msg, "");
	if (fixture->toolchain) {
		EXPECT_STR(fixture->toolchain->llvm, expected);
		EXPECT_STR(fixture->toolchain->cc, cc);
		EXPECT(fixture->toolchain->cc_why[0] != '\0');
	}
}

static const char clang_config[] = "CONFIG_CC_IS_CLANG=y\nCONFIG_LD_IS_LLD=y\n"
				   "CONFIG_CLANG_VERSION=190107\n";

/* clang, ld.lld and llvm-link, all with this suffix. */
static void put_llvm(const struct fixture *fixture, const char *suffix, const char *major)
{
	static const char *const tools[] = {"clang", "ld.lld", "llvm-link"};
	cleanup_free char *text = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_format(&text, &err, "#!/bin/sh\necho Debian clang version %s.1.7\n",
			     major),
		   0);
	for (size_t i = 0; i < RK_ARRAY_LEN(tools); i++) {
		cleanup_free char *name = NULL;

		EXPECT_INT(rk_format(&name, &err, "bin/%s%s", tools[i], suffix), 0);
		put_program(fixture, name, text);
	}
}

static void llvm_is_derived_from_the_configuration(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_llvm(&fixture, "", "19");
	put_llvm(&fixture, "-18", "18");
	expect_llvm(&fixture, NULL, NULL, "", "");
	expect_llvm(&fixture, NULL, "", "", "");
	set_config(&fixture, clang_config);
	expect_llvm(&fixture, NULL, NULL, "1", "");
	expect_llvm(&fixture, NULL, "-18", "-18", "");
	set_config(&fixture, "CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=190107\n");
	expect_llvm(&fixture, NULL, NULL, "", "clang");
}

static void the_suffix_is_used_where_plain_clang_is_not_the_one(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_llvm(&fixture, "-19", "19");
	set_config(&fixture, clang_config);
	expect_llvm(&fixture, NULL, NULL, "-19", "");
	put_link(&fixture, "bin/clang", "clang-19");
	put_link(&fixture, "bin/ld.lld", "ld.lld-19");
	expect_llvm(&fixture, NULL, NULL, "1", "");
	put_program(&fixture, "bin/clang-21", "");
	put_link(&fixture, "bin/clang", "clang-21");
	expect_llvm(&fixture, NULL, NULL, "-19", "");
}

static void the_suffix_is_used_where_only_the_linker_has_one(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_llvm(&fixture, "-19", "19");
	put_link(&fixture, "bin/clang", "clang-19");
	set_config(&fixture, clang_config);
	expect_llvm(&fixture, NULL, NULL, "-19", "");
}

static void another_version_is_better_than_none(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_program(&fixture, "bin/clang-20", "");
	put_llvm(&fixture, "-17", "17");
	set_config(&fixture, clang_config);
	expect_llvm(&fixture, NULL, NULL, "-17", "");
}

static void a_clang_kernel_without_clang_stops_at_once(void)
{
	struct rk_toolchain_request request = {0};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_program(&fixture, "bin/clang", "");
	set_config(&fixture, clang_config);
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	EXPECT_STR(fixture.err.id, "llvm-missing");
	EXPECT_HAS(fixture.err.msg,
		   "kernel 7.2 was built with 'gcc 14'; not here: 'ld.lld'");
	EXPECT(fixture.toolchain && fixture.toolchain->rustc);
	request.env_llvm = "-18";
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	EXPECT_HAS(fixture.err.msg, "not here: 'clang-18', 'ld.lld-18'");
	request.env_llvm = "/opt/llvm/bin/";
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	EXPECT_HAS(fixture.err.msg, "'/opt/llvm/bin/clang', '/opt/llvm/bin/ld.lld'");
	request.force = true;
	EXPECT_INT(resolve(&fixture, &request, NULL), 0);
	EXPECT(fixture.toolchain &&
	       strcmp(fixture.toolchain->llvm, "/opt/llvm/bin/") == 0);
}

static void inlined_helpers_want_the_llvm_of_rustc(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_llvm(&fixture, "", "18");
	set_config(&fixture, "CONFIG_CC_IS_CLANG=y\nCONFIG_LD_IS_LLD=y\n"
			     "CONFIG_CLANG_VERSION=190107\n"
			     "CONFIG_RUSTC_LLVM_MAJOR_VERSION=19\n"
			     "CONFIG_RUST_INLINE_HELPERS=y\n");
	EXPECT_INT(resolve(&fixture, &nothing, NULL), -RK_EREFUSED);
	EXPECT_STR(fixture.err.id, "llvm-mismatch");
	EXPECT_HAS(fixture.err.msg, "clang must be of rustc's LLVM 19");
	EXPECT_HAS(fixture.err.msg, "clang version 18.1.7");
	put_llvm(&fixture, "-19", "19");
	expect_llvm(&fixture, NULL, NULL, "-19", "");
}

static void llvm_in_the_environment_must_not_contradict(void)
{
	struct rk_toolchain_request request = {.env_llvm = "1"};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_EREFUSED);
	EXPECT_STR(fixture.err.id, "llvm-mismatch");
	EXPECT_HAS(fixture.err.msg, "LLVM=1 in the environment, but kernel 7.2");
	EXPECT_HAS(fixture.err.msg, "gcc 14");
	EXPECT(!fixture.toolchain);
	request.env_llvm = "0"; /* make takes it for a yes */
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_EREFUSED);
}

static void an_explicit_llvm_that_contradicts_needs_force(void)
{
	struct rk_toolchain_request request = {.llvm = "1"};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_rustc(&fixture, "bin/rustc", WANTED);
	put_llvm(&fixture, "", "19");
	expect_llvm(&fixture, "0", "1", "", "");
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_EREFUSED);
	EXPECT_STR(fixture.err.id, "llvm-mismatch");
	EXPECT_HAS(fixture.err.cure, "--force");
	request.force = true;
	EXPECT_INT(resolve(&fixture, &request, NULL), 0);
	EXPECT(fixture.toolchain && strcmp(fixture.toolchain->llvm, "1") == 0);
	set_config(&fixture, clang_config);
	expect_llvm(&fixture, "1", NULL, "1", "");
	request = (struct rk_toolchain_request){.llvm = "0"};
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_EREFUSED);
}

static void force_takes_the_first_compiler_that_runs(void)
{
	const struct rk_toolchain_request request = {.force = true};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_program(&fixture, "bin/rustc-1.85", "#!/bin/sh\nexit 1\n");
	EXPECT_INT(resolve(&fixture, &request, NULL), -RK_ENOTFOUND);
	put_rustc(&fixture, "bin/rustc", OTHER);
	EXPECT_INT(resolve(&fixture, &request, NULL), 0);
	if (EXPECT(fixture.toolchain && fixture.toolchain->rustc)) {
		EXPECT_STR(fixture.toolchain->rustc->text, OTHER);
		EXPECT(!fixture.toolchain->rustc->fits);
	}
}

static const struct test tests[] = {
	TEST(the_compiler_in_path_that_has_the_text_is_taken),
	TEST(a_versioned_name_comes_first),
	TEST(the_real_one_of_rustup_is_taken_and_never_the_proxy),
	TEST(a_proxy_that_is_a_hard_link_is_none_too),
	TEST(rustup_home_tells_where_the_toolchains_are),
	TEST(other_versions_in_path_are_looked_at),
	TEST(folders_of_versions_are_found),
	TEST(the_exports_alone_tell_the_compiler),
	TEST(a_configuration_that_names_no_compiler_is_made_up_for_by_exports),
	TEST(exports_without_rust_tell_nothing),
	TEST(an_asked_proxy_stands_for_its_toolchains),
	TEST(only_the_asked_one_is_looked_at),
	TEST(a_mismatch_says_what_is_wanted_and_each_that_was_found),
	TEST(no_rustc_at_all_is_a_failure_of_its_own),
	TEST(the_text_of_metadata_wins_over_the_configuration),
	TEST(upstreams_compiler_is_rustups),
	TEST(a_kernel_without_rust_wants_none),
	TEST(odd_texts_are_only_compared),
	TEST(a_compiler_is_asked_once_until_it_changes),
	TEST(llvm_is_derived_from_the_configuration),
	TEST(the_suffix_is_used_where_plain_clang_is_not_the_one),
	TEST(llvm_in_the_environment_must_not_contradict),
	TEST(the_suffix_is_used_where_only_the_linker_has_one),
	TEST(another_version_is_better_than_none),
	TEST(a_clang_kernel_without_clang_stops_at_once),
	TEST(inlined_helpers_want_the_llvm_of_rustc),
	TEST(an_explicit_llvm_that_contradicts_needs_force),
	TEST(force_takes_the_first_compiler_that_runs),
};
TAP_MAIN(tests)
