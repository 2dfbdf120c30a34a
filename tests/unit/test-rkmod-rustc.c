/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kbuild-shim/rewrite.h"
#include "lib/base/file.h"
#include "lib/base/spawn.h"
#include "tests/unit/tap.h"

/* A folder with kdir/, meta/ and link -> kdir; the working directory of a test is it. */
static char *place;

static void make_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_make_temp("/tmp/test-rkmod-rustc", &place, &err) < 0 ||
	    chdir(place) < 0 || mkdir("kdir", 0700) < 0 || mkdir("meta", 0700) < 0 ||
	    mkdir("other", 0700) < 0 || symlink("kdir", "link") < 0)
		abort();
}

static void remove_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		abort();
	free(place);
}

/* ---- the file beside the program ---- */

static const char *parse(const char *text, struct shim_conf *conf)
{
	static char copy[4096];

	snprintf(copy, sizeof(copy), "%s", text);
	return shim_conf_parse(copy, strlen(copy), conf);
}

static void reads_a_whole_file(void)
{
	struct shim_conf conf;

	EXPECT(!parse(
		"rkmod-rustc 1\ncompiler /usr/bin/rustc\nkdir /k d\nmetadata /m\nend\n",
		&conf));
	EXPECT_STR(conf.compiler, "/usr/bin/rustc");
	EXPECT_STR(conf.kdir, "/k d");
	EXPECT_STR(conf.metadata, "/m");
	EXPECT(!parse("rkmod-rustc 1\ncompiler /usr/bin/rustc\nend\n", &conf));
	EXPECT(!conf.kdir && !conf.metadata);
}

static void every_cut_of_a_file_is_refused(void)
{
	static const char whole[] =
		"rkmod-rustc 1\ncompiler /usr/bin/rustc\nkdir /k\nmetadata /m\nend\n";
	char cut[sizeof(whole)];
	struct shim_conf conf;

	for (size_t len = 0; len < sizeof(whole) - 1; len++) {
		memcpy(cut, whole, len);
		cut[len] = '\0';
		EXPECT(shim_conf_parse(cut, len, &conf));
	}
}

static void damage_is_named(void)
{
	char nul[] = "rkmod-rustc 1\ncompiler /a\0b\nend\n";
	struct shim_conf conf;

	EXPECT_STR(parse("", &conf), "it does not begin with 'rkmod-rustc 1'");
	EXPECT_STR(parse("rkmod-rustc 2\ncompiler /r\nend\n", &conf),
		   "it does not begin with 'rkmod-rustc 1'");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler /r\nx /y\nend\n", &conf),
		   "it has an unknown line");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler /r\n\nend\n", &conf),
		   "it has an unknown line");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler rustc\nend\n", &conf),
		   "it has a path that is not absolute");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler /r\ncompiler /s\nend\n", &conf),
		   "it names something twice");
	EXPECT_STR(parse("rkmod-rustc 1\nend\n", &conf), "it names no compiler");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler /r\nkdir /k\nend\n", &conf),
		   "it names only one of kdir and metadata");
	EXPECT_STR(parse("rkmod-rustc 1\ncompiler /r\nend\nx", &conf),
		   "it goes on after its end");
	EXPECT_STR(shim_conf_parse(nul, sizeof(nul) - 1, &conf), "it holds a NUL");
}

/* ---- the rewriting ---- */

/* "a b c" -> the rewritten words, the compiler left out, joined by blanks; with the
 * place's path shown as "@". */
static const char *rewrite(const char *words)
{
	static char result[4096];
	char copy[1024];
	char *argv[32] = {(char *)"shim"};
	size_t n_args = 1;
	struct shim_command command;
	char kdir[64];
	char meta[64];
	struct shim_conf conf = {.compiler = "/r", .kdir = kdir, .metadata = meta};
	size_t len = 0;

	snprintf(kdir, sizeof(kdir), "%s/kdir", place);
	snprintf(meta, sizeof(meta), "%s/meta", place);
	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[n_args++] = word;
	if (!shim_rewrite(&conf, argv, NULL, &command))
		return NULL;
	result[0] = '\0';
	for (char **arg = command.argv + 1; *arg; arg++) {
		char *at = strstr(*arg, place);

		len += (size_t)snprintf(result + len, sizeof(result) - len, "%s%.*s%s%s",
					len ? " " : "", at ? (int)(at - *arg) : 0, *arg,
					at ? "@" : "", at ? at + strlen(place) : *arg);
	}
	shim_command_release(&command);
	return result;
}

static void a_target_file_in_kdir_is_redirected(void)
{
	EXPECT_STR(rewrite("--target=./kdir/scripts/target.json"),
		   "--target=@/meta/scripts/target.json");
	EXPECT_STR(rewrite("--target=link/rust/target.json"),
		   "--target=@/meta/rust/target.json");
	EXPECT_STR(rewrite("--target kdir/scripts/target.json x.rs"),
		   "--target @/meta/scripts/target.json x.rs");
}

static void another_target_stays(void)
{
	EXPECT_STR(rewrite("--target=aarch64-unknown-none"),
		   "--target=aarch64-unknown-none");
	EXPECT_STR(rewrite("--target=other/scripts/target.json"),
		   "--target=other/scripts/target.json");
	EXPECT_STR(rewrite("--target=none/scripts/target.json"),
		   "--target=none/scripts/target.json");
	EXPECT_STR(rewrite("--target=kdir/scripts/target.jsonx"),
		   "--target=kdir/scripts/target.jsonx");
	EXPECT_STR(rewrite("--target"), "--target");
	EXPECT_STR(rewrite("--target="), "--target=");
}

static void each_form_of_a_search_folder_is_redirected(void)
{
	EXPECT_STR(rewrite("-L kdir/rust/"), "-L @/meta/rust/");
	EXPECT_STR(rewrite("-L kdir/rust"), "-L @/meta/rust");
	EXPECT_STR(rewrite("-Lkdir/rust//"), "-L@/meta/rust//");
	EXPECT_STR(rewrite("-L link//rust/"), "-L @/meta/rust/");
	EXPECT_STR(rewrite("-L crate=kdir/rust"), "-L crate=@/meta/rust");
	EXPECT_STR(rewrite("-Ldependency=kdir/rust"), "-Ldependency=@/meta/rust");
}

static void the_module_s_own_rust_folder_stays(void)
{
	EXPECT_STR(rewrite("-L other/rust"), "-L other/rust");
	EXPECT_STR(rewrite("-L rust"), "-L rust");
	EXPECT_STR(rewrite("-L kdir/rusty"), "-L kdir/rusty");
	EXPECT_STR(rewrite("-L kdir"), "-L kdir");
	EXPECT_STR(rewrite("-L"), "-L");
	EXPECT_STR(rewrite("-L /"), "-L /");
}

static void relative_paths_mean_kdir_only_inside_it(void)
{
	EXPECT(chdir("kdir") == 0);
	EXPECT_STR(rewrite("-L ./rust/ --target=./scripts/target.json"),
		   "-L @/meta/rust/ --target=@/meta/scripts/target.json");
	EXPECT_STR(rewrite("-L rust"), "-L @/meta/rust");
	EXPECT(chdir("..") == 0);
}

static void out_dir_is_added_only_where_there_is_none(void)
{
	EXPECT_STR(rewrite("--emit=dep-info=/m/.x.o.d --emit=obj=/m/d/x.o x.rs"),
		   "--emit=dep-info=/m/.x.o.d --emit=obj=/m/d/x.o x.rs --out-dir=/m/d/");
	EXPECT_STR(rewrite("--emit=obj=/m/d/x.o --emit=dep-info=/m/.x.o.d"),
		   "--emit=obj=/m/d/x.o --emit=dep-info=/m/.x.o.d --out-dir=/m/d/");
	EXPECT_STR(rewrite("--emit dep-info=a/.d,obj=b/x.o"),
		   "--emit dep-info=a/.d,obj=b/x.o --out-dir=b/");
	EXPECT_STR(rewrite("--emit=dep-info=/m/.x.d -Zunpretty=expanded x.rs"),
		   "--emit=dep-info=/m/.x.d -Zunpretty=expanded x.rs --out-dir=/m/");
	EXPECT_STR(rewrite("--emit=obj=x.o"), "--emit=obj=x.o --out-dir=.");
	EXPECT_STR(rewrite("--out-dir ./ --emit=obj=d/x.o"),
		   "--out-dir ./ --emit=obj=d/x.o");
	EXPECT_STR(rewrite("--emit=obj=d/x.o --out-dir=e"),
		   "--emit=obj=d/x.o --out-dir=e");
	EXPECT_STR(rewrite("-o d/x.o --emit=dep-info=d/y"),
		   "-o d/x.o --emit=dep-info=d/y");
}

static void a_crate_gets_the_name_that_rustc_would_give_it(void)
{
	EXPECT_STR(rewrite("--crate-name a-b-c --out-dir d --emit=obj=d/a-b-c.o"),
		   "--crate-name a_b_c --out-dir d --emit=obj=d/a-b-c.o");
	EXPECT_STR(rewrite("--crate-name=a-b --out-dir d --emit=obj=d/a-b.o"),
		   "--crate-name=a_b --out-dir d --emit=obj=d/a-b.o");
	EXPECT_STR(rewrite("--crate-name ab --out-dir d-e --emit=obj=d-e/ab.o"),
		   "--crate-name ab --out-dir d-e --emit=obj=d-e/ab.o");
	/* The object would be named after it. */
	EXPECT_STR(rewrite("--crate-name a-b --out-dir d --emit=dep-info,obj"),
		   "--crate-name a-b --out-dir d --emit=dep-info,obj");
	EXPECT_STR(rewrite("--crate-name"), "--crate-name");
}

static void bitcode_of_the_helpers_is_redirected(void)
{
	EXPECT_STR(rewrite("--internalize x.bc kdir/rust/helpers/helpers_module.bc -o "
			   "x.m.bc"),
		   "--internalize x.bc @/meta/rust/helpers/helpers_module.bc -o x.m.bc");
	EXPECT_STR(rewrite("other/rust/helpers/helpers_module.bc"),
		   "other/rust/helpers/helpers_module.bc");
	EXPECT_STR(rewrite("kdir/rust/helpers/helpers.c"), "kdir/rust/helpers/helpers.c");
	EXPECT_STR(rewrite("kdir/rust/helpers/.bc x/rust/helpers/ .bc"),
		   "@/meta/rust/helpers/.bc x/rust/helpers/ .bc");
}

/* The command lines of scripts/Makefile.build, shortened to what matters, from the
 * working directory that make has there. */
static void each_kernel_s_command_line_is_right(void)
{
	/* 6.1.0, 6.2 */
	EXPECT(chdir("kdir") == 0);
	EXPECT_STR(
		rewrite("--target=./rust/target.json --extern alloc --extern kernel -L "
			"./rust/ --crate-name x --out-dir /m --emit=dep-info,obj "
			"/m/x.rs"),
		"--target=@/meta/rust/target.json --extern alloc --extern kernel -L "
		"@/meta/rust/ --crate-name x --out-dir /m --emit=dep-info,obj /m/x.rs");
	/* 6.3 to 6.4.6 */
	EXPECT_STR(rewrite("--target=./scripts/target.json -L ./rust/ --crate-name x "
			   "--emit=dep-info=/m/.x.o.d --emit=obj=/m/x.o /m/x.rs"),
		   "--target=@/meta/scripts/target.json -L @/meta/rust/ --crate-name x "
		   "--emit=dep-info=/m/.x.o.d --emit=obj=/m/x.o /m/x.rs --out-dir=/m/");
	/* 6.4.7 to 6.12 */
	EXPECT_STR(rewrite("--target=./scripts/target.json -Zunstable-options --extern "
			   "force:alloc --extern kernel -L ./rust/ --crate-name x "
			   "--sysroot=/dev/null --out-dir /m/ "
			   "--emit=dep-info=/m/.x.o.d --emit=obj=/m/x.o /m/x.rs"),
		   "--target=@/meta/scripts/target.json -Zunstable-options --extern "
		   "force:alloc --extern kernel -L @/meta/rust/ --crate-name x "
		   "--sysroot=/dev/null --out-dir /m/ --emit=dep-info=/m/.x.o.d "
		   "--emit=obj=/m/x.o /m/x.rs");
	/* arm64, since 6.9 */
	EXPECT_STR(rewrite("--target=aarch64-unknown-none -L ./rust/"),
		   "--target=aarch64-unknown-none -L @/meta/rust/");
	EXPECT(chdir("..") == 0);
	/* 7.1 on, helpers inlined; KDIR by its absolute path is in the tests above. */
	EXPECT_STR(
		rewrite("--target=link/scripts/target.json --extern pin_init -L "
			"link/rust/ --sysroot=/dev/null --out-dir ./ "
			"--emit=dep-info=./.x.o.d --emit=llvm-bc=x.bc x.rs"),
		"--target=@/meta/scripts/target.json --extern pin_init -L @/meta/rust/ "
		"--sysroot=/dev/null --out-dir ./ --emit=dep-info=./.x.o.d "
		"--emit=llvm-bc=x.bc x.rs");
}

static void probes_are_left_alone(void)
{
	EXPECT_STR(rewrite("--version"), "--version");
	EXPECT_STR(rewrite("-vV"), "-vV");
	EXPECT_STR(rewrite("--print sysroot --emit=obj=d/x.o"),
		   "--print sysroot --emit=obj=d/x.o");
	EXPECT_STR(rewrite("--print=crate-name x.rs"), "--print=crate-name x.rs");
	EXPECT_STR(rewrite("--crate-type=rlib --emit=obj=- -"),
		   "--crate-type=rlib --emit=obj=- -");
	EXPECT_STR(rewrite("--emit=obj -"), "--emit=obj -");
	EXPECT_STR(rewrite("@kdir/include/generated/rustc_cfg"),
		   "@kdir/include/generated/rustc_cfg");
	EXPECT_STR(rewrite(""), "");
}

static void objtree_follows_only_if_it_is_kdir(void)
{
	char *argv[] = {(char *)"shim", NULL};
	struct shim_conf conf = {.compiler = "/r", .kdir = "kdir", .metadata = "/meta"};
	struct shim_command command;

	EXPECT(shim_rewrite(&conf, argv, "link", &command));
	EXPECT_STR(command.objtree, "/meta");
	shim_command_release(&command);
	EXPECT(shim_rewrite(&conf, argv, "other", &command));
	EXPECT(!command.objtree);
	shim_command_release(&command);
	conf.kdir = conf.metadata = NULL;
	EXPECT(shim_rewrite(&conf, argv, "kdir", &command));
	EXPECT(!command.objtree);
	shim_command_release(&command);
}

static void without_metadata_only_out_dir_is_added(void)
{
	char *argv[] = {(char *)"shim", (char *)"-L", (char *)"kdir/rust",
			(char *)"--emit=obj=d/x.o", NULL};
	struct shim_conf conf = {.compiler = "/r"};
	struct shim_command command;

	EXPECT(shim_rewrite(&conf, argv, NULL, &command));
	EXPECT_STR(command.argv[0], "/r");
	EXPECT_STR(command.argv[2], "kdir/rust");
	EXPECT_STR(command.argv[4], "--out-dir=d/");
	shim_command_release(&command);
}

/* ---- the program itself, with a compiler that prints what it was given ---- */

static void put(const char *name, const char *text, mode_t mode)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_write(name, text, strlen(text), mode, &err) < 0)
		abort();
}

/* Links the program here, with a file that holds @conf (NULL: none), and runs it. */
static void run(const char *conf, const char *const *args, struct rk_spawn_result *result)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	const char *program = getenv("RKMOD_RUSTC");
	struct rk_error err = RK_ERROR_INIT;
	struct rk_spawn spawn = {.argv = &argv,
				 .env_set = &env,
				 .stdin_fd = -1,
				 .output = RK_SPAWN_CAPTURE};

	unlink("rkmod-rustc");
	unlink("rkmod-rustc.conf");
	if (!program || symlink(program, "rkmod-rustc") < 0)
		abort();
	put("compiler", "#!/bin/sh\nprintf '%s\\n' \"OBJTREE=$OBJTREE\" \"$@\"\nexit 7\n",
	    0700);
	if (conf)
		put("rkmod-rustc.conf", conf, 0600);
	rk_strv_addf(&env, "OBJTREE=%s/link", place);
	rk_strv_addf(&argv, "%s/rkmod-rustc", place);
	for (; args && *args; args++)
		rk_strv_add(&argv, *args);
	if (rk_spawn_run(&spawn, result, &err) < 0)
		abort();
}

static void the_compiler_gets_the_command_and_gives_the_status(void)
{
	static const char *const args[] = {"-L",  "kdir/rust/", "--target=@x",
					   "a b", "@file",      NULL};
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	char conf[512];

	snprintf(
		conf, sizeof(conf),
		"rkmod-rustc 1\ncompiler %s/compiler\nkdir %s/kdir\nmetadata /me ta\nend\n",
		place, place);
	run(conf, args, &result);
	EXPECT_INT(result.status, 7);
	EXPECT_STR(rk_buf_str(&result.out),
		   "OBJTREE=/me ta\n-L\n/me ta/rust/\n--target=@x\na b\n@file\n");
	EXPECT_STR(rk_buf_str(&result.err), "");
}

static void a_long_command_line_arrives_whole(void)
{
	enum { N_ARGS = 20000 };
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	const char **args = calloc(N_ARGS + 1, sizeof(*args));
	char conf[512];

	for (size_t i = 0; args && i < N_ARGS; i++)
		args[i] = "--cfg=CONFIG_SOMETHING";
	snprintf(conf, sizeof(conf), "rkmod-rustc 1\ncompiler %s/compiler\nend\n", place);
	run(conf, args, &result);
	free(args);
	EXPECT_INT(result.status, 7);
	EXPECT_INT(result.out.len, strlen("OBJTREE=/link\n") + strlen(place) +
					   N_ARGS * strlen("--cfg=CONFIG_SOMETHING\n"));
}

static void a_missing_file_is_said(void)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;

	run(NULL, NULL, &result);
	EXPECT_INT(result.status, 2);
	EXPECT_HAS(rk_buf_str(&result.err), "rkmod-rustc: cannot read '");
	EXPECT_HAS(rk_buf_str(&result.err),
		   "/rkmod-rustc.conf': No such file or directory");
}

static void a_damaged_file_and_a_missing_compiler_are_said(void)
{
	cleanup_spawn_result struct rk_spawn_result damaged = RK_SPAWN_RESULT_INIT;
	cleanup_spawn_result struct rk_spawn_result missing = RK_SPAWN_RESULT_INIT;

	run("rkmod-rustc 1\ncompiler /usr", NULL, &damaged);
	EXPECT_INT(damaged.status, 2);
	EXPECT_HAS(rk_buf_str(&damaged.err), "rkmod-rustc.conf': it is cut off\n");
	run("rkmod-rustc 1\ncompiler /nowhere/rustc\nend\n", NULL, &missing);
	EXPECT_INT(missing.status, 2);
	EXPECT_HAS(rk_buf_str(&missing.err),
		   "cannot run '/nowhere/rustc': No such file or directory\n");
}

static const struct test tests[] = {
	TEST(reads_a_whole_file),
	TEST(every_cut_of_a_file_is_refused),
	TEST(damage_is_named),
	TEST(a_target_file_in_kdir_is_redirected),
	TEST(another_target_stays),
	TEST(each_form_of_a_search_folder_is_redirected),
	TEST(the_module_s_own_rust_folder_stays),
	TEST(relative_paths_mean_kdir_only_inside_it),
	TEST(out_dir_is_added_only_where_there_is_none),
	TEST(a_crate_gets_the_name_that_rustc_would_give_it),
	TEST(bitcode_of_the_helpers_is_redirected),
	TEST(each_kernel_s_command_line_is_right),
	TEST(probes_are_left_alone),
	TEST(objtree_follows_only_if_it_is_kdir),
	TEST(without_metadata_only_out_dir_is_added),
	TEST(the_compiler_gets_the_command_and_gives_the_status),
	TEST(a_long_command_line_arrives_whole),
	TEST(a_missing_file_is_said),
	TEST(a_damaged_file_and_a_missing_compiler_are_said),
};

int main(void)
{
	int status;

	make_place();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	remove_place();
	return status;
}
