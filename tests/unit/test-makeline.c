/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/build/internal.h"
#include "tests/unit/tap.h"

static char folder[] = "/m";
static const struct rk_build_out in_place = {.dir = folder, .source = folder};

static void clear_environment(void)
{
	unsetenv("MAKEFLAGS");
	unsetenv("GNUMAKEFLAGS");
	unsetenv("KCFLAGS");
	unsetenv("KAFLAGS");
	unsetenv("V");
}

/* The arguments after "--" are @words, separated by blanks. */
static int init(const char *words, unsigned int jobs, bool verbose,
		struct rk_makeline *line, struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	struct rk_build_request request = {
		.dir = "/m", .jobs = jobs, .verbose = verbose, .make_args = &args};
	struct rk_makeline_input input = {.make = "/usr/bin/make",
					  .kdir = "/k",
					  .shim = "/s/1/rkmod-rustc",
					  .kernel_key = "12ab",
					  .llvm = "",
					  .cc = "",
					  .out = &in_place,
					  .request = &request};
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		rk_strv_add(&args, word);
	*err = (struct rk_error)RK_ERROR_INIT;
	return rk_makeline_init(&input, line, err);
}

/* The last argument that begins with @start. */
static const char *find(const struct rk_makeline *line, const char *start)
{
	const char *found = NULL;

	for (size_t i = 0; i < line->argv.n_items; i++)
		if (strncmp(line->argv.items[i], start, strlen(start)) == 0)
			found = line->argv.items[i];
	return found;
}

static void the_least_is_folder_kernel_and_shim(void)
{
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_error err;

	clear_environment();
	EXPECT_INT(init("", 0, false, &line, &err), 0);
	EXPECT_STR(line.argv.items[0], "/usr/bin/make");
	EXPECT_STR(line.argv.items[1], "-C");
	EXPECT_STR(line.argv.items[2], "/k");
	EXPECT_STR(line.argv.items[3], "M=/m");
	EXPECT_STR(find(&line, "RUSTC="), "RUSTC=/s/1/rkmod-rustc");
	EXPECT_STR(find(&line, "CLIPPY_DRIVER="), "CLIPPY_DRIVER=/s/1/rkmod-clippy");
	EXPECT_STR(find(&line, "KCFLAGS="), "KCFLAGS=-DRKMOD_KERNEL=0x12ab");
	EXPECT(!find(&line, "-j") && !find(&line, "V=") && !find(&line, "LLVM=") &&
	       !find(&line, "CC="));
	EXPECT(!line.fifo);
}

static void jobs_and_verbose_are_given(void)
{
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	cleanup(rk_makeline_release) struct rk_makeline own = {0};
	struct rk_error err;

	clear_environment();
	EXPECT_INT(init("", 7, true, &line, &err), 0);
	EXPECT_STR(find(&line, "-j"), "-j7");
	EXPECT_STR(find(&line, "V="), "V=1");
	EXPECT_INT(init("V=2", 0, true, &own, &err), 0);
	EXPECT_STR(find(&own, "V="), "V=2");
}

static void llvm_and_cc_of_the_toolchain_are_given(void)
{
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_build_request request = {.dir = "/m"};
	struct rk_makeline_input input = {.make = "make",
					  .kdir = "/k",
					  .shim = "/s/1/rkmod-rustc",
					  .kernel_key = "1",
					  .llvm = "-19",
					  .cc = "clang",
					  .out = &in_place,
					  .request = &request};
	struct rk_error err = RK_ERROR_INIT;

	clear_environment();
	EXPECT_INT(rk_makeline_init(&input, &line, &err), 0);
	EXPECT_STR(find(&line, "LLVM="), "LLVM=-19");
	EXPECT_STR(find(&line, "CC="), "CC=clang");
	EXPECT(!find(&line, "LLVM_LINK="));
	rk_makeline_release(&line);
	input.llvm_link = true;
	EXPECT_INT(rk_makeline_init(&input, &line, &err), 0);
	EXPECT_STR(find(&line, "LLVM_LINK="), "LLVM_LINK=/s/1/rkmod-llvm-link");
}

static void another_folder_is_given_where_kbuild_knows_it(void)
{
	char source[] = "/s/m";
	char dir[] = "/o";
	struct rk_build_out out = {.dir = dir, .source = source, .mo = true};
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_build_request request = {.dir = "/s/m", .out = "/o"};
	struct rk_makeline_input input = {.make = "make",
					  .kdir = "/k",
					  .shim = "/s/1/rkmod-rustc",
					  .kernel_key = "1",
					  .llvm = "",
					  .cc = "",
					  .out = &out,
					  .request = &request};
	struct rk_error err = RK_ERROR_INIT;

	clear_environment();
	EXPECT_INT(rk_makeline_init(&input, &line, &err), 0);
	EXPECT_STR(find(&line, "M="), "M=/s/m");
	EXPECT_STR(find(&line, "MO="), "MO=/o");
	rk_makeline_release(&line);
	out.mo = false;
	EXPECT_INT(rk_makeline_init(&input, &line, &err), 0);
	EXPECT_STR(find(&line, "M="), "M=/o");
	EXPECT(!find(&line, "MO="));
}

static void other_variables_and_targets_pass(void)
{
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_error err;

	clear_environment();
	EXPECT_INT(init("W=1 clean MOO=1 RUSTC_X=1 OO=2 -k -j2 --keep-going -Wfile", 0,
			false, &line, &err),
		   0);
	EXPECT(find(&line, "W=1") && find(&line, "clean") && find(&line, "MOO=1") &&
	       find(&line, "OO=2") && find(&line, "-k") && find(&line, "-Wfile"));
}

static void expect_refused(const char *words)
{
	struct rk_makeline line = {0};
	struct rk_error err;

	if (!EXPECT_INT(init(words, 0, false, &line, &err), -RK_EREFUSED))
		printf("# %s\n", words);
	EXPECT_STR(err.id, "make-variable");
	EXPECT_HAS(err.msg, words);
}

static void each_refused_variable_is_refused_in_each_form(void)
{
	clear_environment();
	expect_refused("O=/x");
	expect_refused("MO=/x");
	expect_refused("M=/x");
	expect_refused("RUSTC=rustc");
	expect_refused("KBUILD_OUTPUT=/x");
	expect_refused("KBUILD_EXTMOD=/x");
	expect_refused("KBUILD_EXTMOD_OUTPUT=/x");
	expect_refused("O:=/x");
	expect_refused("O::=/x");
	expect_refused("O:::=/x");
	expect_refused("O?=/x");
	expect_refused("O+=/x");
	expect_refused("O!=ls");
	expect_refused("O=");
}

static void a_blank_before_the_sign_hides_nothing(void)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	struct rk_build_request request = {.dir = "/m", .make_args = &args};
	struct rk_makeline_input input = {.make = "make",
					  .kdir = "/k",
					  .shim = "/s/1/rkmod-rustc",
					  .kernel_key = "1",
					  .llvm = "",
					  .cc = "",
					  .out = &in_place,
					  .request = &request};
	struct rk_makeline line = {0};
	struct rk_error err = RK_ERROR_INIT;

	clear_environment();
	rk_strv_add(&args, "O \t:= /x");
	EXPECT_INT(rk_makeline_init(&input, &line, &err), -RK_EREFUSED);
}

static void options_that_lead_elsewhere_are_refused(void)
{
	clear_environment();
	expect_refused("-C/x");
	expect_refused("-kC");
	expect_refused("-fMakefile");
	expect_refused("-E");
	expect_refused("--directory=/x");
	expect_refused("--dir=/x");
	expect_refused("--file=x");
	expect_refused("--makefile=x");
	expect_refused("--eval=O=/x");
}

static void makeflags_are_read_as_make_wrote_them(void)
{
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_makeline none = {0};
	struct rk_error err;

	clear_environment();
	setenv("MAKEFLAGS",
	       "ks -j4 --jobserver-auth=fifo:/tmp/GM\\ fifo1 -- W=1 X=a\\ O=b", 1);
	EXPECT_INT(init("", 0, false, &line, &err), 0);
	EXPECT_STR(line.fifo, "/tmp/GM fifo1");
	setenv("MAKEFLAGS", "w -- W=1 O=/x", 1);
	EXPECT_INT(init("", 0, false, &none, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "'O=/x' in MAKEFLAGS");
	setenv("MAKEFLAGS", "RUSTC=x", 1);
	EXPECT_INT(init("", 0, false, &none, &err), -RK_EREFUSED);
	setenv("MAKEFLAGS", "  \\", 1);
	EXPECT_INT(init("", 0, false, &none, &err), 0);
	rk_makeline_release(&none);
	unsetenv("MAKEFLAGS");
	setenv("GNUMAKEFLAGS", "KBUILD_EXTMOD=/x", 1);
	EXPECT_INT(init("", 0, false, &none, &err), -RK_EREFUSED);
	EXPECT_HAS(err.msg, "in GNUMAKEFLAGS");
	clear_environment();
}

static void flags_that_the_user_gives_are_kept(void)
{
	cleanup(rk_makeline_release) struct rk_makeline environment = {0};
	cleanup(rk_makeline_release) struct rk_makeline flags = {0};
	cleanup(rk_makeline_release) struct rk_makeline args = {0};
	struct rk_error err;

	clear_environment();
	setenv("KCFLAGS", "-DE", 1);
	EXPECT_INT(init("", 0, false, &environment, &err), 0);
	EXPECT_STR(find(&environment, "KCFLAGS"), "KCFLAGS=-DE -DRKMOD_KERNEL=0x12ab");
	EXPECT_STR(find(&environment, "KAFLAGS"), "KAFLAGS=-DRKMOD_KERNEL=0x12ab");
	setenv("MAKEFLAGS", "-- KCFLAGS=-DF\\ -DG", 1);
	EXPECT_INT(init("", 0, false, &flags, &err), 0);
	EXPECT_STR(find(&flags, "KCFLAGS"), "KCFLAGS=-DF -DG -DRKMOD_KERNEL=0x12ab");
	EXPECT_INT(init("KCFLAGS=-DH KAFLAGS:=-DI", 0, false, &args, &err), 0);
	EXPECT_STR(find(&args, "KCFLAGS"), "KCFLAGS=-DH -DRKMOD_KERNEL=0x12ab");
	EXPECT_STR(find(&args, "KAFLAGS"), "KAFLAGS=-DI -DRKMOD_KERNEL=0x12ab");
	clear_environment();
}

static void the_environment_loses_what_would_decide(void)
{
	static const char *const names[] = {"O",
					    "MO",
					    "M",
					    "RUSTC",
					    "KBUILD_OUTPUT",
					    "KBUILD_EXTMOD",
					    "LLVM",
					    "sub_make_done",
					    "src",
					    "LC_ALL",
					    "LANGUAGE"};
	cleanup(rk_makeline_release) struct rk_makeline line = {0};
	struct rk_error err;

	clear_environment();
	EXPECT_INT(init("", 0, false, &line, &err), 0);
	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		EXPECT(rk_strv_contains(&line.env_remove, names[i]));
	EXPECT(!rk_strv_contains(&line.env_remove, "ARCH"));
	EXPECT(!rk_strv_contains(&line.env_remove, "MAKEFLAGS"));
	EXPECT(rk_strv_contains(&line.env_set, "LC_MESSAGES=C"));
}

static const struct test tests[] = {
	TEST(the_least_is_folder_kernel_and_shim),
	TEST(jobs_and_verbose_are_given),
	TEST(llvm_and_cc_of_the_toolchain_are_given),
	TEST(another_folder_is_given_where_kbuild_knows_it),
	TEST(other_variables_and_targets_pass),
	TEST(each_refused_variable_is_refused_in_each_form),
	TEST(a_blank_before_the_sign_hides_nothing),
	TEST(options_that_lead_elsewhere_are_refused),
	TEST(makeflags_are_read_as_make_wrote_them),
	TEST(flags_that_the_user_gives_are_kept),
	TEST(the_environment_loses_what_would_decide),
};
TAP_MAIN(tests)
