/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"
#include "tests/unit/tap.h"

/* src/ with a module, kdir/Makefile that knows MO= or not; the working directory. */
static char *place;
static struct rk_machine machine;
static struct rk_root *root;
static struct rk_kernel kernel;
static char *source;

static void put(const char *name, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;

	if (rk_strdup(name, &dir, &err) < 0)
		abort();
	*strrchr(dir, '/') = '\0';
	if (rk_dir_make(dir, 0755, &err) < 0 ||
	    rk_file_write(name, text, strlen(text), 0644, &err) < 0)
		abort();
}

static const char *text_of(const char *name)
{
	static struct rk_buf text;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_truncate(&text, 0);
	return rk_file_read(name, 1 << 20, &text, &err) == 0 ? rk_buf_str(&text) : NULL;
}

static void make_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_make_temp("/tmp/test-build-out", &place, &err) < 0 ||
	    chdir(place) < 0 || rk_root_open(&machine, NULL, &root, &err) < 0 ||
	    rk_format(&source, &err, "%s/src", place) < 0 ||
	    rk_format(&kernel.srctree, &err, "%s/kdir", place) < 0)
		abort();
	kernel.kdir_real = kernel.srctree;
	kernel.root = root;
	put("src/Kbuild", "obj-m := a.o sub/\n");
	put("src/a.rs", "one\n");
	put("src/sub/b.rs", "two\n");
}

static void remove_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		abort();
	rk_root_free(root);
	free(kernel.srctree);
	free(source);
	free(place);
}

static void use_kbuild(bool mo)
{
	put("kdir/Makefile", mo ? "ifeq (x, y)\n  KBUILD_EXTMOD_OUTPUT := $(MO)\nendif\n"
				: "KBUILD_EXTMOD := $(M)\n");
}

/* Opens and fills; what it says if it refuses. */
static int fill(const char *out, struct rk_error *err)
{
	const struct rk_build_request request = {.dir = source, .out = out};
	struct rk_build_out opened = {0};
	int r;

	*err = (struct rk_error)RK_ERROR_INIT;
	r = rk_build_out_check(&request, err);
	if (r == 0)
		r = rk_build_out_open(&kernel, &request, &opened, err);
	if (r == 0)
		r = rk_build_out_fill(&opened, err);
	rk_build_out_release(&opened);
	return r;
}

static void expect_refused(const char *out, const char *id, const char *words)
{
	struct rk_error err;

	EXPECT_INT(fill(out, &err), -RK_EREFUSED);
	EXPECT_STR(err.id, id);
	EXPECT_HAS(err.msg, words);
}

static void without_out_the_sources_are_built_in_place(void)
{
	const struct rk_build_request request = {.dir = source};
	cleanup(rk_build_out_release) struct rk_build_out out = {0};
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_build_out_open(&kernel, &request, &out, &err), 0);
	EXPECT_STR(out.dir, source);
	EXPECT_STR(out.source, source);
	EXPECT_INT(rk_build_out_fill(&out, &err), 0);
	EXPECT_STR(text_of("src/.rkmod-out"), NULL);
}

static void kbuild_with_mo_gets_an_empty_folder(void)
{
	struct rk_error err;

	use_kbuild(true);
	EXPECT_INT(fill("x/mo", &err), 0);
	EXPECT_STR(text_of("x/mo/a.rs"), NULL);
	EXPECT_HAS(text_of("x/mo/.rkmod-out"), "\nmo\n");
	put("x/mo/a.o", "");
	EXPECT_INT(fill("x/mo", &err), 0);
}

static void kbuild_without_mo_gets_a_copy(void)
{
	struct rk_error err;
	struct stat from;
	struct stat to;

	use_kbuild(false);
	put("src/old.o", "");
	put("src/.old.o.cmd", "");
	put("src/modules.order", "");
	put("src/.git/config", "");
	put("src/.gitignore", "*.o\n");
	EXPECT_INT(symlink("a.rs", "src/link.rs"), 0);
	EXPECT_INT(symlink("/nowhere", "src/dangling"), 0);
	EXPECT_INT(symlink("sub", "src/linked"), 0);
	EXPECT_INT(fill("copy", &err), 0);
	EXPECT_STR(text_of("copy/a.rs"), "one\n");
	EXPECT_STR(text_of("copy/sub/b.rs"), "two\n");
	EXPECT_STR(text_of("copy/link.rs"), "one\n");
	EXPECT_STR(text_of("copy/linked/b.rs"), "two\n");
	EXPECT_STR(text_of("copy/old.o"), NULL);
	EXPECT_STR(text_of("copy/.old.o.cmd"), NULL);
	EXPECT_STR(text_of("copy/modules.order"), NULL);
	EXPECT_STR(text_of("copy/.git/config"), NULL);
	EXPECT_HAS(text_of("copy/.gitignore"), "\n*\n");
	EXPECT(access("copy/dangling", F_OK) < 0);
	EXPECT_INT(stat("src/a.rs", &from), 0);
	EXPECT_INT(stat("copy/a.rs", &to), 0);
	EXPECT(from.st_mtim.tv_sec == to.st_mtim.tv_sec &&
	       from.st_mtim.tv_nsec == to.st_mtim.tv_nsec);
	unlink("src/modules.order");
}

static void a_copy_follows_its_sources(void)
{
	struct rk_error err;
	struct stat before;
	struct stat after;

	use_kbuild(false);
	put("src/gone.rs", "x\n");
	EXPECT_INT(fill("follows", &err), 0);
	put("follows/a.o", "made there\n");
	EXPECT_INT(stat("follows/a.rs", &before), 0);
	unlink("src/gone.rs");
	put("src/sub/b.rs", "changed\n");
	put("src/new/c.rs", "new\n");
	EXPECT_INT(fill("follows", &err), 0);
	EXPECT_STR(text_of("follows/gone.rs"), NULL);
	EXPECT_STR(text_of("follows/sub/b.rs"), "changed\n");
	EXPECT_STR(text_of("follows/new/c.rs"), "new\n");
	EXPECT_STR(text_of("follows/a.o"), "made there\n");
	EXPECT_INT(stat("follows/a.rs", &after), 0);
	EXPECT(before.st_ino == after.st_ino); /* not written again */
}

static void folders_below_the_source_do_not_copy_themselves(void)
{
	struct rk_error err;

	use_kbuild(false);
	EXPECT_INT(fill("src/out1", &err), 0);
	EXPECT_INT(fill("src/out2", &err), 0);
	EXPECT_INT(fill("src/out1", &err), 0);
	EXPECT_STR(text_of("src/out1/a.rs"), "one\n");
	EXPECT(access("src/out1/out1", F_OK) < 0 && access("src/out1/out2", F_OK) < 0);
	EXPECT(access("src/out2/out1", F_OK) < 0);
}

static void nothing_of_anybody_else_is_written_over(void)
{
	use_kbuild(false);
	put("mine/thesis.txt", "x");
	expect_refused("mine", "out-folder", "was not made by 'rkmod build --out'");
	EXPECT(access("mine/a.rs", F_OK) < 0);
	put("other/.rkmod-out", "rkmod-out 1\nsource /elsewhere\ncopy\n");
	expect_refused("other", "out-folder", "built from '/elsewhere'");
	expect_refused("src", "out-folder", "the sources are in it");
	expect_refused(".", "out-folder", "the sources are in it");
	expect_refused("a b", "module-path", "has a blank");
}

static void a_damaged_file_is_refused(void)
{
	struct rk_error err;

	use_kbuild(false);
	put("bad/.rkmod-out", "rkmod-out 1\nsource /else");
	EXPECT_INT(fill("bad", &err), -RK_EFORMAT);
	EXPECT_STR(err.id, "out-folder");
	put("bad/.rkmod-out", "");
	EXPECT_INT(fill("bad", &err), -RK_EFORMAT);
}

static void kernels_of_two_kinds_do_not_share_a_folder(void)
{
	struct rk_error err;

	use_kbuild(false);
	EXPECT_INT(fill("shared", &err), 0);
	use_kbuild(true);
	expect_refused("shared", "out-folder", "another kernel's Kbuild");
}

static void with_mo_objects_beside_the_sources_are_in_the_way(void)
{
	use_kbuild(true);
	put("src/modules.order", "a.o\n");
	expect_refused("unclean", "out-unclean", "holds objects");
	EXPECT(access("unclean/.rkmod-out", F_OK) < 0);
	unlink("src/modules.order");
}

/* ---- exports of others ---- */

static void expect_modpost(const char *text, bool in_kdir, const char *expected)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_buf struct rk_buf all = RK_BUF_INIT;
	bool found = !in_kdir;

	rk_build_parse_modpost(text, &files, &found);
	for (size_t i = 0; i < files.n_items; i++)
		rk_buf_addf(&all, "%s%s", i ? " " : "", files.items[i]);
	EXPECT_STR(rk_buf_str(&all), expected);
	EXPECT(found == in_kdir);
}

static void the_files_that_modpost_got_are_found(void)
{
	expect_modpost(
		"savedcmd_Module.symvers := /k/modpost -M -o Module.symvers -T "
		"modules.order -i /k/Module.symvers -e -i /a/s -i b/s\n\nx := -i no",
		false, "/k/Module.symvers /a/s b/s");
	expect_modpost("cmd_/m/Module.symvers := sed 's/ko$$/o/' /m/modules.order | "
		       "scripts/mod/modpost -o /m/Module.symvers -e -i Module.symvers "
		       "-i /a/s -i /a/s -T -\n",
		       true, "Module.symvers /a/s");
	expect_modpost("savedcmd_Module.symvers := modpost -i", false, "");
	expect_modpost("", false, "");
	expect_modpost("-i -i -i", false, "-i");
}

static void only_files_besides_kdir_s_own_count(void)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_free char *own = NULL;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	put("kdir/Module.symvers", "");
	put("m/e.symvers", "");
	rk_buf_addf(&text,
		    "savedcmd_Module.symvers := modpost -i %s/kdir/Module.symvers -e -i "
		    "e.symvers -i gone.symvers\n",
		    place);
	put("m/.Module.symvers.cmd", rk_buf_str(&text));
	EXPECT_INT(rk_build_list_extra(&kernel, "m", &files, &err), 0);
	EXPECT_INT(files.n_items, 1);
	if (files.n_items == 1)
		EXPECT_STR(files.items[0], "m/e.symvers");
	EXPECT_INT(rk_path_join(place, "kdir", &own, &err), 0);
	EXPECT_INT(rk_build_list_extra(&kernel, own, &files, &err), 0);
	EXPECT_INT(files.n_items, 1);
}

static void the_last_one_who_says_which_files_decides(void)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	setenv("KBUILD_EXTRA_SYMBOLS", "/etc/passwd /nowhere relative", 1);
	EXPECT_INT(rk_build_wanted_extra(&args, &files, &err), 0);
	EXPECT_INT(files.n_items, 1);
	rk_strv_add(&args, "KBUILD_EXTRA_SYMBOLS=/etc/group");
	EXPECT_INT(rk_build_wanted_extra(&args, &files, &err), 0);
	EXPECT_INT(files.n_items, 2);
	if (files.n_items == 2)
		EXPECT_STR(files.items[1], "/etc/group");
	unsetenv("KBUILD_EXTRA_SYMBOLS");
}

static const struct test tests[] = {
	TEST(without_out_the_sources_are_built_in_place),
	TEST(kbuild_with_mo_gets_an_empty_folder),
	TEST(kbuild_without_mo_gets_a_copy),
	TEST(a_copy_follows_its_sources),
	TEST(folders_below_the_source_do_not_copy_themselves),
	TEST(nothing_of_anybody_else_is_written_over),
	TEST(a_damaged_file_is_refused),
	TEST(kernels_of_two_kinds_do_not_share_a_folder),
	TEST(with_mo_objects_beside_the_sources_are_in_the_way),
	TEST(the_files_that_modpost_got_are_found),
	TEST(only_files_besides_kdir_s_own_count),
	TEST(the_last_one_who_says_which_files_decides),
};

int main(void)
{
	int status;

	make_place();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	remove_place();
	return status;
}
