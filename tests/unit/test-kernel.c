/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>

#include "lib/base/file.h"
#include "lib/kernel/kernel.h"
#include "tests/unit/tap.h"

/* Each test makes a root tree in a temporary folder, with what it is about. */
struct fixture {
	char *dir;
	struct rk_machine machine;
	struct rk_root *root;
};

#define KDIR_PATH "/usr/src/linux-headers-7.2.12+deb13-amd64"
static const char release[] = "7.2.12+deb13-amd64";
static const char config[] = "CONFIG_X86_64=y\nCONFIG_SMP=y\nCONFIG_RUST=y\n"
			     "CONFIG_RUSTC_VERSION_TEXT=\"rustc 1.85.1 (x)\"\n"
			     "CONFIG_CC_VERSION_TEXT=\"gcc-14 14.2.0\"\n";

static void setup(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *usr = NULL;

	*fixture = (struct fixture){0};
	EXPECT_INT(rk_dir_make_temp("/tmp/rk-kernel", &fixture->dir, &err), 0);
	EXPECT_INT(rk_path_join(fixture->dir, "usr", &usr, &err), 0);
	EXPECT_INT(rk_dir_make(usr, 0755, &err), 0);
	EXPECT_INT(rk_machine_init(&fixture->machine, &err), 0);
	free(fixture->machine.cache_dir);
	fixture->machine.cache_dir = NULL;
	EXPECT_INT(rk_path_join(fixture->dir, "cache", &fixture->machine.cache_dir, &err),
		   0);
	EXPECT_INT(rk_root_open(&fixture->machine, fixture->dir, &fixture->root, &err),
		   0);
}

static void teardown(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_root_free(fixture->root);
	rk_machine_release(&fixture->machine);
	EXPECT_INT(rk_dir_remove(fixture->dir, &err), 0);
	free(fixture->dir);
}

#define cleanup_fixture cleanup(teardown)

static void put(const struct fixture *fixture, const char *path, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *host = NULL;
	cleanup_free char *dir = NULL;

	EXPECT_INT(rk_path_join(fixture->dir, path, &host, &err), 0);
	EXPECT_INT(rk_strdup(host, &dir, &err), 0);
	*strrchr(dir, '/') = '\0';
	EXPECT_INT(rk_dir_make(dir, 0755, &err), 0);
	EXPECT_INT(rk_file_write(host, text, strlen(text), 0644, &err), 0);
}

static void put_link(const struct fixture *fixture, const char *path, const char *target)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *host = NULL;

	put(fixture, path, "");
	EXPECT_INT(rk_path_join(fixture->dir, path, &host, &err), 0);
	EXPECT_INT(unlink(host), 0);
	EXPECT_INT(symlink(target, host), 0);
}

static void drop(const struct fixture *fixture, const char *path)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *host = NULL;

	EXPECT_INT(rk_path_join(fixture->dir, path, &host, &err), 0);
	EXPECT_INT(rk_dir_remove(host, &err), 0);
}

/* A KDIR as in Debian's headers packages. */
static void put_debian(const struct fixture *fixture)
{
	put(fixture, KDIR_PATH "/Makefile",
	    "KBUILD_OUTPUT=" KDIR_PATH
	    "\ninclude /usr/src/linux-headers-7.2.12+deb13-common/Makefile\n");
	put(fixture, KDIR_PATH "/.config", config);
	put(fixture, KDIR_PATH "/include/config/auto.conf", config);
	put(fixture, KDIR_PATH "/include/config/kernel.release", "7.2.12+deb13-amd64\n");
	put(fixture, KDIR_PATH "/Module.symvers",
	    "0x00000000\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n");
	put(fixture, "/usr/src/linux-headers-7.2.12+deb13-common/Makefile",
	    "# comment\nVERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 12\nEXTRAVERSION =\n"
	    "ifneq ($(O),)\n  KBUILD_OUTPUT := $(O)\nendif\ninclude $(srctree)/x\n");
	put_link(fixture, "/lib/modules/7.2.12+deb13-amd64/build", "../../.." KDIR_PATH);
}

static void put_status(const struct fixture *fixture)
{
	put(fixture, "/var/lib/dpkg/status",
	    "Package: linux-headers-amd64\nStatus: install ok installed\n"
	    "Architecture: amd64\nVersion: 7.2.12-1\nSource: linux-signed-amd64 (7.2.12+1)\n"
	    "Depends: foo, linux-headers-7.2.12+deb13-amd64 (= 7.2.12-1)\n\n"
	    "Package: linux-headers-gone\nStatus: install ok installed\n"
	    "Architecture: amd64\nVersion: 1\nDepends: linux-headers-9.9\n\n"
	    "Package: hello\nStatus: install ok installed\nArchitecture: amd64\n"
	    "Version: 2\nDepends: linux-headers-gone-not | libc6\n\n"
	    "Package: linux-headers-7.2.12+deb13-amd64\nStatus: install ok installed\n"
	    "Architecture: amd64\nSource: linux\nVersion: 7.2.12-1\n\n");
	put(fixture, "/var/lib/dpkg/info/linux-headers-amd64.list", "/.\n/usr\n");
	put(fixture, "/var/lib/dpkg/info/linux-headers-gone.list", "/.\n");
	put(fixture, "/var/lib/dpkg/info/hello.list", "/.\n/usr/bin/hello\n");
	put(fixture, "/var/lib/dpkg/info/linux-headers-7.2.12+deb13-amd64.list",
	    "/.\n" KDIR_PATH "\n" KDIR_PATH "/Makefile\n" KDIR_PATH
	    "/include/config/kernel.release\n");
}

static struct rk_kernel *resolve(const struct fixture *fixture,
				 const struct rk_kernel_request *request,
				 struct rk_error *err)
{
	struct rk_kernel *kernel = NULL;

	*err = (struct rk_error)RK_ERROR_INIT;
	if (rk_kernel_resolve(&fixture->machine, fixture->root, request, &kernel, err) <
	    0)
		EXPECT(!kernel);
	return kernel;
}

static struct rk_kernel *resolve_good(const struct fixture *fixture,
				      const struct rk_kernel_request *request)
{
	struct rk_error err;
	struct rk_kernel *kernel = resolve(fixture, request, &err);

	EXPECT_STR(err.msg, "");
	return kernel;
}

static void expect_failure(const struct fixture *fixture,
			   const struct rk_kernel_request *request, const char *id,
			   const char *words, const char *cure)
{
	struct rk_error err;

	EXPECT(!resolve(fixture, request, &err));
	EXPECT_STR(err.id, id);
	EXPECT_HAS(err.msg, words);
	EXPECT_HAS(err.cure, cure);
}

static const struct rk_kernel_request nothing;
static const struct rk_kernel_request by_release = {.release = "7.2.12+deb13-amd64"};
static const struct rk_kernel_request by_kdir = {.kdir = KDIR_PATH};

static void a_debian_kdir_has_all_its_facts(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	put_status(&fixture);
	put(&fixture, "/boot/vmlinuz-7.2.12+deb13-amd64", "");
	kernel = resolve_good(&fixture, &by_release);
	if (!kernel)
		return;
	EXPECT_STR(kernel->release, release);
	EXPECT_STR(kernel->kdir, "/lib/modules/7.2.12+deb13-amd64/build");
	EXPECT_STR(kernel->kdir_real, KDIR_PATH);
	EXPECT_STR(kernel->srctree, "/usr/src/linux-headers-7.2.12+deb13-common");
	EXPECT_INT(kernel->arch, RK_ARCH_X86_64);
	EXPECT_STR(kernel->srcarch, "x86");
	EXPECT_STR(kernel->vermagic, "7.2.12+deb13-amd64 SMP ");
	EXPECT(kernel->rust && !kernel->modversions);
	EXPECT_STR(kernel->rustc_text, "rustc 1.85.1 (x)");
	EXPECT_STR(kernel->cc_text, "gcc-14 14.2.0");
	EXPECT_STR(kernel->package, "linux-headers-7.2.12+deb13-amd64");
	EXPECT_STR(kernel->package_version, "7.2.12-1");
	EXPECT_STR(kernel->source_version, "7.2.12-1");
	EXPECT_STR(kernel->modules_dir, "/lib/modules/7.2.12+deb13-amd64");
	EXPECT_STR(kernel->image, "/boot/vmlinuz-7.2.12+deb13-amd64");
	EXPECT_INT(kernel->module_size, 0);
	EXPECT(kernel->symvers && rk_symvers_find(kernel->symvers, "printk"));
}

/* The owner is kept for as long as the database is as it was. */
static void a_package_that_was_upgraded_is_seen(void)
{
	static const char newer[] =
		"Package: linux-headers-7.2.12+deb13-amd64\nStatus: install ok installed\n"
		"Architecture: amd64\nSource: linux\nVersion: 7.2.12-3\n\n";
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;
	cleanup(rk_kernel_free_p) struct rk_kernel *again = NULL;
	cleanup(rk_kernel_free_p) struct rk_kernel *upgraded = NULL;
	cleanup(rk_kernel_free_p) struct rk_kernel *removed = NULL;

	setup(&fixture);
	put_debian(&fixture);
	put_status(&fixture);
	kernel = resolve_good(&fixture, &by_release);
	again = resolve_good(&fixture, &by_release);
	put(&fixture, "/var/lib/dpkg/status", newer);
	upgraded = resolve_good(&fixture, &by_release);
	put(&fixture, "/var/lib/dpkg/status", "");
	removed = resolve_good(&fixture, &by_release);
	if (!kernel || !again || !upgraded || !removed)
		return;
	EXPECT_STR(kernel->package_version, "7.2.12-1");
	EXPECT_STR(again->package, kernel->package);
	EXPECT_STR(again->package_version, "7.2.12-1");
	EXPECT_STR(again->source_version, "7.2.12-1");
	EXPECT_STR(upgraded->package_version, "7.2.12-3");
	EXPECT_STR(removed->package, "");
	EXPECT_STR(removed->source_version, "7.2.12");
}

static void without_packages_the_makefile_has_the_version(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	drop(&fixture, KDIR_PATH "/Module.symvers");
	drop(&fixture, KDIR_PATH "/.config");
	kernel = resolve_good(&fixture, &by_kdir);
	if (!kernel)
		return;
	EXPECT_STR(kernel->package, "");
	EXPECT_STR(kernel->source_version, "7.2.12");
	EXPECT(!kernel->symvers);
	EXPECT(kernel->rust);
	EXPECT_STR(kernel->image, "");
}

static void a_whole_kernel_tree_is_its_own_srctree(void)
{
	static const struct rk_kernel_request request = {.kdir = "/src/linux/./"};
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put(&fixture, "/src/linux/Makefile",
	    "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nKBUILD_OUTPUT := $(O)\n"
	    "include include/config/auto.conf\ninclude $(srctree)/arch/x86/Makefile\n");
	put(&fixture, "/src/linux/.config", "CONFIG_ARM64=y\nCONFIG_MODVERSIONS=y\n");
	put(&fixture, "/src/linux/include/config/auto.conf", "");
	put(&fixture, "/src/linux/include/config/kernel.release", "6.1.0");
	kernel = resolve_good(&fixture, &request);
	if (!kernel)
		return;
	EXPECT_STR(kernel->kdir, "/src/linux");
	EXPECT_STR(kernel->srctree, "/src/linux");
	EXPECT_STR(kernel->vermagic, "6.1.0 modversions aarch64");
	EXPECT_STR(kernel->source_version, "6.1.0");
	EXPECT_STR(kernel->modules_dir, "");
	EXPECT_STR(kernel->rustc_text, "");
	EXPECT(!kernel->rust && kernel->modversions);
}

static void an_output_folder_that_kbuild_made_is_a_kdir(void)
{
	static const struct rk_kernel_request request = {.kdir = "/out"};
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	put(&fixture, "/out/Makefile",
	    "# Automatically generated by /s/Makefile: don't edit\n"
	    "export KBUILD_OUTPUT = /out\n"
	    "include /usr/src/linux-headers-7.2.12+deb13-common/Makefile\n");
	put(&fixture, "/out/include/config/auto.conf", config);
	put(&fixture, "/out/include/config/kernel.release", "7.2.12");
	kernel = resolve_good(&fixture, &request);
	if (kernel)
		EXPECT_STR(kernel->srctree, "/usr/src/linux-headers-7.2.12+deb13-common");
}

/* Debian's 6.1: the folder is known from make's -C alone. */
static void an_included_makefile_is_enough(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	put(&fixture, KDIR_PATH "/Makefile",
	    "include /usr/src/linux-headers-7.2.12+deb13-common/Makefile\n");
	kernel = resolve_good(&fixture, &by_kdir);
	if (kernel)
		EXPECT_STR(kernel->srctree, "/usr/src/linux-headers-7.2.12+deb13-common");
}

static void headers_without_a_build_link_are_found_by_release(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	drop(&fixture, "/lib/modules");
	kernel = resolve_good(&fixture, &by_release);
	if (kernel)
		EXPECT_STR(kernel->kdir, KDIR_PATH);
}

static void a_copy_of_debians_headers_is_refused(void)
{
	static const struct rk_kernel_request request = {.kdir = "/home/copy"};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_debian(&fixture);
	put(&fixture, "/home/copy/Makefile",
	    "KBUILD_OUTPUT=" KDIR_PATH
	    "\ninclude /usr/src/linux-headers-7.2.12+deb13-common/Makefile\n");
	put(&fixture, "/home/copy/include/config/auto.conf", config);
	put(&fixture, "/home/copy/include/config/kernel.release", "7.2.12");
	expect_failure(&fixture, &request, "kdir-elsewhere",
		       "sets KBUILD_OUTPUT to '" KDIR_PATH "'", "no KDIR");
	drop(&fixture, KDIR_PATH);
	expect_failure(&fixture, &request, "kdir-elsewhere", "does not exist", "copy");
}

static void missing_headers_name_their_package(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	expect_failure(&fixture, &by_release, "headers-missing",
		       "there is no '/lib/modules/7.2.12+deb13-amd64/build'",
		       "linux-headers-7.2.12+deb13-amd64");
	expect_failure(&fixture, &by_kdir, "headers-missing", KDIR_PATH, "rkmod kernels");
	expect_failure(&fixture, &nothing, "headers-missing", "has no kernel headers",
		       "rkmod root create");
}

static void a_dangling_build_link_says_where_it_points(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_debian(&fixture);
	drop(&fixture, KDIR_PATH);
	expect_failure(&fixture, &by_release, "headers-missing",
		       "is a link to '../../.." KDIR_PATH "', which does not exist",
		       "linux-headers-7.2.12+deb13-amd64");
}

static void an_absolute_link_never_reads_the_host(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	drop(&fixture, "/lib/modules/7.2.12+deb13-amd64/build");
	put_link(&fixture, "/lib/modules/7.2.12+deb13-amd64/build", KDIR_PATH);
	kernel = resolve_good(&fixture, &by_release);
	if (kernel)
		EXPECT_STR(kernel->kdir_real, KDIR_PATH);
}

static void an_empty_shell_is_named(void)
{
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_debian(&fixture);
	drop(&fixture, KDIR_PATH "/Makefile");
	expect_failure(&fixture, &by_release, "kdir-empty", "no Makefile in '" KDIR_PATH,
		       "install");
	put_debian(&fixture);
	drop(&fixture, "/usr/src/linux-headers-7.2.12+deb13-common");
	expect_failure(&fixture, &by_release, "kdir-empty",
		       "deb13-common/Makefile', which does not exist", "install");
	put_debian(&fixture);
	drop(&fixture, KDIR_PATH "/include/config/auto.conf");
	expect_failure(&fixture, &by_release, "kdir-empty", "never prepared",
		       "modules_prepare");
	drop(&fixture, KDIR_PATH "/.config");
	expect_failure(&fixture, &by_release, "config-missing", "no configuration",
		       "configured");
}

static void a_release_that_is_empty_or_a_path_is_refused(void)
{
	static const struct rk_kernel_request empty = {.release = ""};
	static const struct rk_kernel_request path = {.release = "../modules/7.2.12"};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_debian(&fixture);
	expect_failure(&fixture, &empty, "release-empty", "is empty", "--kernel");
	expect_failure(&fixture, &path, "headers-missing", "no kernel release", "--kdir");
	put(&fixture, KDIR_PATH "/include/config/kernel.release", "\n");
	expect_failure(&fixture, &by_kdir, "release-empty", "kernel.release' is empty",
		       "install");
	put(&fixture, KDIR_PATH "/include/config/kernel.release", "../../etc\n");
	expect_failure(&fixture, &by_kdir, "release-empty", "holds no release",
		       "install");
	drop(&fixture, KDIR_PATH "/include/config/kernel.release");
	expect_failure(&fixture, &by_kdir, "release-empty", "does not exist", "install");
}

static void damaged_files_are_named_with_their_line(void)
{
	cleanup_fixture struct fixture fixture;
	struct rk_error err;

	setup(&fixture);
	put_debian(&fixture);
	put(&fixture, KDIR_PATH "/Module.symvers", "junk\n");
	EXPECT(!resolve(&fixture, &by_kdir, &err));
	EXPECT_INT(err.code, RK_EFORMAT);
	EXPECT_STR(err.id, "kdir-damaged");
	EXPECT_HAS(err.msg, KDIR_PATH "/Module.symvers': line 1");
	put(&fixture, KDIR_PATH "/.config", "CONFIG_A=y\njunk\n");
	EXPECT(!resolve(&fixture, &by_kdir, &err));
	EXPECT_HAS(err.msg, KDIR_PATH "/.config': line 2");
}

static void the_only_kernel_of_a_tree_is_meant_and_two_are_ambiguous(void)
{
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *kernel = NULL;

	setup(&fixture);
	put_debian(&fixture);
	kernel = resolve_good(&fixture, &nothing);
	if (kernel)
		EXPECT_STR(kernel->release, release);
	put(&fixture, "/usr/src/linux-headers-6.1/include/config/kernel.release",
	    "6.1.0-other\n");
	expect_failure(&fixture, &nothing, "kernel-ambiguous",
		       "7.2.12+deb13-amd64, 6.1.0-other", "--kernel");
}

static void a_meta_package_leads_to_the_real_one(void)
{
	static const struct rk_kernel_request meta = {.package = "linux-headers-amd64"};
	static const struct rk_kernel_request real = {
		.package = "linux-headers-7.2.12+deb13-amd64"};
	cleanup_fixture struct fixture fixture;
	cleanup(rk_kernel_free_p) struct rk_kernel *by_meta = NULL;
	cleanup(rk_kernel_free_p) struct rk_kernel *by_real = NULL;

	setup(&fixture);
	put_debian(&fixture);
	put_status(&fixture);
	by_meta = resolve_good(&fixture, &meta);
	by_real = resolve_good(&fixture, &real);
	if (by_meta && by_real) {
		EXPECT_STR(by_meta->kdir, KDIR_PATH);
		EXPECT_STR(by_real->kdir, KDIR_PATH);
	}
}

static void a_package_that_is_not_installed_is_named(void)
{
	static const struct rk_kernel_request unknown = {.package = "linux-headers-5"};
	static const struct rk_kernel_request gone = {.package = "linux-headers-gone"};
	static const struct rk_kernel_request other = {.package = "hello"};
	cleanup_fixture struct fixture fixture;

	setup(&fixture);
	put_status(&fixture);
	expect_failure(&fixture, &unknown, "package-missing",
		       "'linux-headers-5' is not installed", "linux-headers-5");
	expect_failure(&fixture, &gone, "package-missing",
		       "'linux-headers-9.9' is not installed", "linux-headers-9.9");
	expect_failure(&fixture, &other, "package-missing",
		       "'linux-headers-gone-not' is not installed", "linux-headers");
}

static void the_list_has_each_kdir_once_and_what_is_missing(void)
{
	cleanup_fixture struct fixture fixture;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_kernel_list list = {0};

	setup(&fixture);
	put_debian(&fixture);
	put(&fixture, "/lib/modules/6.6.6/modules.dep", "");
	put(&fixture, "/usr/src/kernels/5.5.5/include/config/kernel.release", "5.5.5");
	EXPECT_INT(rk_kernel_list(&fixture.machine, fixture.root, &list, &err), 0);
	if (EXPECT_INT(list.n_items, 3)) {
		EXPECT_STR(list.items[0].release, "5.5.5");
		EXPECT_STR(list.items[0].error.id, "kdir-empty");
		EXPECT_STR(list.items[1].release, "6.6.6");
		EXPECT_STR(list.items[1].error.id, "headers-missing");
		EXPECT_STR(list.items[2].release, release);
		EXPECT(list.items[2].kernel != NULL);
		EXPECT(!list.items[2].running);
	}
	rk_kernel_list_release(&list);
	EXPECT(!list.items);
}

static const struct test tests[] = {
	TEST(a_debian_kdir_has_all_its_facts),
	TEST(a_package_that_was_upgraded_is_seen),
	TEST(without_packages_the_makefile_has_the_version),
	TEST(a_whole_kernel_tree_is_its_own_srctree),
	TEST(an_output_folder_that_kbuild_made_is_a_kdir),
	TEST(an_included_makefile_is_enough),
	TEST(headers_without_a_build_link_are_found_by_release),
	TEST(a_copy_of_debians_headers_is_refused),
	TEST(missing_headers_name_their_package),
	TEST(a_dangling_build_link_says_where_it_points),
	TEST(an_absolute_link_never_reads_the_host),
	TEST(an_empty_shell_is_named),
	TEST(a_release_that_is_empty_or_a_path_is_refused),
	TEST(damaged_files_are_named_with_their_line),
	TEST(the_only_kernel_of_a_tree_is_meant_and_two_are_ambiguous),
	TEST(a_meta_package_leads_to_the_real_one),
	TEST(a_package_that_is_not_installed_is_named),
	TEST(the_list_has_each_kdir_once_and_what_is_missing),
};
TAP_MAIN(tests)
