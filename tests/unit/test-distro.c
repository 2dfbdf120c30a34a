/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/root/distro.h"
#include "tests/unit/tap.h"

#define TARBALL "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"
#define FEDORA  "rustc 1.97.1 (9a1b2c3d4 2026-08-01) (Fedora 1.97.1-1.fc44)"

/* A tree with nothing but an os-release. */
struct fake {
	char *dir;
	struct rk_root *root;
};

static void put(const struct fake *fake, const char *path, const char *text)
{
	cleanup_free char *full = NULL;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(fake->dir, path, &full, &err), 0);
	EXPECT_INT(
		rk_format(&dir, &err, "%.*s", (int)(rk_path_base(full) - full - 1), full),
		0);
	EXPECT_INT(rk_dir_make(dir, 0755, &err), 0);
	EXPECT_INT(rk_file_write(full, text, strlen(text), 0755, &err), 0);
}

static void setup(struct fake *fake, const char *os_release)
{
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;

	*fake = (struct fake){0};
	EXPECT_INT(rk_dir_make_temp("/tmp/rk-distro", &fake->dir, &err), 0);
	put(fake, "usr/share/x", "");
	if (os_release)
		put(fake, "etc/os-release", os_release);
	EXPECT_INT(rk_root_open(&machine, fake->dir, &fake->root, &err), 0);
}

static void teardown(struct fake *fake)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_root_free(fake->root);
	EXPECT_INT(rk_dir_remove(fake->dir, &err), 0);
	free(fake->dir);
}

static enum rk_distro_family family(const char *os_release)
{
	struct rk_distro distro;
	struct fake fake;

	setup(&fake, os_release);
	distro = rk_distro_read(fake.root);
	teardown(&fake);
	return distro.family;
}

static void the_id_decides_then_the_nearest_relative(void)
{
	EXPECT_INT(family("NAME=\"Debian GNU/Linux\"\nID=debian\n"), RK_DISTRO_DEBIAN);
	EXPECT_INT(family("ID=ubuntu\nID_LIKE=debian\n"), RK_DISTRO_UBUNTU);
	EXPECT_INT(family("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), RK_DISTRO_UBUNTU);
	EXPECT_INT(family("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n"),
		   RK_DISTRO_FEDORA);
	EXPECT_INT(family("ID='opensuse-tumbleweed'\n"), RK_DISTRO_SUSE);
	EXPECT_INT(family("ID=endeavouros\nID_LIKE=arch"), RK_DISTRO_ARCH);
	EXPECT_INT(family("ID=nixos\n"), RK_DISTRO_OTHER);
	EXPECT_INT(family("XID=debian\nID_LIKE=\n"), RK_DISTRO_OTHER);
	EXPECT_INT(family(NULL), RK_DISTRO_OTHER);
}

static void without_an_os_release_the_package_manager_tells(void)
{
	struct fake fake;

	setup(&fake, NULL);
	put(&fake, "usr/bin/pacman", "");
	EXPECT_INT(rk_distro_read(fake.root).family, RK_DISTRO_ARCH);
	put(&fake, "etc/os-release", "ID=fedora\n");
	EXPECT_INT(rk_distro_read(fake.root).family, RK_DISTRO_FEDORA);
	teardown(&fake);
}

static void an_os_release_of_garbage_is_survived(void)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_distro distro;
	struct fake fake;

	rk_buf_adds(&text, "ID=\"");
	for (size_t i = 0; i < 5000; i++)
		rk_buf_addc(&text, (char)(i % 255 + 1));
	rk_buf_adds(&text, "\nPRETTY_NAME=\"a\x1b[31mb\"\nPRETTY_NAME=\nID");
	setup(&fake, rk_buf_str(&text));
	distro = rk_distro_read(fake.root);
	EXPECT_INT(distro.family, RK_DISTRO_OTHER);
	EXPECT_STR(distro.name, "a?[31mb");
	EXPECT(strlen(distro.id) < sizeof(distro.id));
	teardown(&fake);
}

static void expect_package(const char *id, enum rk_need_kind kind, const char *arg,
			   const char *expected)
{
	cleanup_free char *os_release = NULL;
	cleanup_free char *package = NULL;
	const struct rk_need need = {kind, arg};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_distro distro;
	struct fake fake;

	EXPECT_INT(rk_format(&os_release, &err, "ID=%s\n", id), 0);
	setup(&fake, os_release);
	distro = rk_distro_read(fake.root);
	EXPECT_INT(rk_distro_package(fake.root, &distro, &need, &package, &err), 0);
	EXPECT_STR(package, expected);
	teardown(&fake);
}

static void a_kernels_packages_are_named_as_each_distribution_names_them(void)
{
	expect_package("debian", RK_NEED_HEADERS, "7.2.11+deb13-amd64",
		       "linux-headers-7.2.11+deb13-amd64");
	expect_package("debian", RK_NEED_METADATA, "7.2.11+deb13-amd64", "");
	expect_package("debian", RK_NEED_SOURCE, "7.2.11-1~bpo13+1",
		       "linux-source-7.2=7.2.11-1~bpo13+1");
	expect_package("debian", RK_NEED_SOURCE, "7.2.11", "linux-source-7.2");
	expect_package("ubuntu", RK_NEED_METADATA, "6.17.0-14-generic",
		       "linux-lib-rust-6.17.0-14-generic");
	expect_package("ubuntu", RK_NEED_SOURCE, "6.17.0-14.14", "linux-source-6.17.0");
	expect_package("fedora", RK_NEED_HEADERS, "7.1.8-200.fc44.x86_64",
		       "kernel-devel-7.1.8-200.fc44.x86_64");
	expect_package("fedora", RK_NEED_IMAGE, "7.1.8-200.fc44.x86_64",
		       "kernel-core-7.1.8-200.fc44.x86_64");
	expect_package("arch", RK_NEED_HEADERS, "7.1.6-arch1-1", "linux-headers");
	expect_package("arch", RK_NEED_HEADERS, "6.12.50-1-lts", "linux-lts-headers");
	expect_package("arch", RK_NEED_IMAGE, NULL, "linux");
	expect_package("opensuse-tumbleweed", RK_NEED_HEADERS, "6.19.12-1-default",
		       "kernel-default-devel");
	expect_package("nixos", RK_NEED_HEADERS, "6.6", "linux-headers-6.6");
	expect_package("debian", RK_NEED_HEADERS, NULL, "linux-headers");
}

static void arch_keeps_the_package_of_a_kernel_beside_its_modules(void)
{
	const struct rk_need need = {RK_NEED_HEADERS, "7.1.6-cachyos1-1"};
	const struct rk_need outside = {RK_NEED_HEADERS, "../../../etc/7"};
	cleanup_free char *package = NULL;
	cleanup_free char *other = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_distro distro;
	struct fake fake;

	setup(&fake, "ID=arch\n");
	put(&fake, "usr/lib/modules/7.1.6-cachyos1-1/pkgbase", "linux-cachyos-bore\n");
	put(&fake, "etc/7/pkgbase", "stolen\n");
	distro = rk_distro_read(fake.root);
	EXPECT_INT(rk_distro_package(fake.root, &distro, &need, &package, &err), 0);
	EXPECT_STR(package, "linux-cachyos-bore-headers");
	EXPECT_INT(rk_distro_package(fake.root, &distro, &outside, &other, &err), 0);
	EXPECT_STR(other, "linux-headers");
	teardown(&fake);
}

static void compilers_are_named_as_each_distribution_names_them(void)
{
	expect_package("debian", RK_NEED_RUSTC, TARBALL, "rustc=1.85.1*");
	expect_package("debian", RK_NEED_RUSTC, NULL, "rustc");
	expect_package("ubuntu", RK_NEED_RUSTC, TARBALL, "rustc-1.85");
	expect_package("ubuntu", RK_NEED_RUST_SRC, "1.82.0", "rust-1.82-src");
	expect_package("ubuntu", RK_NEED_BINDGEN, "bindgen 0.71.1", "bindgen-0.71");
	expect_package("ubuntu", RK_NEED_BINDGEN, NULL, "bindgen");
	expect_package("fedora", RK_NEED_RUSTC, FEDORA, "rust-1.97.1-1.fc44");
	expect_package("fedora", RK_NEED_RUSTC, "rustc", "rust");
	expect_package("arch", RK_NEED_RUSTC, TARBALL, "rust");
	expect_package("debian", RK_NEED_CLANG, "19", "clang-19");
	expect_package("debian", RK_NEED_LLD, NULL, "lld");
	expect_package("opensuse-tumbleweed", RK_NEED_CLANG, "19", "clang19");
	expect_package("fedora", RK_NEED_LLVM, "19", "llvm");
}

static void programs_that_are_no_package_names_are_translated(void)
{
	expect_package("debian", RK_NEED_PROGRAM, "pahole", "pahole");
	expect_package("fedora", RK_NEED_PROGRAM, "pahole", "dwarves");
	expect_package("arch", RK_NEED_PROGRAM, "bindgen", "rust-bindgen");
	expect_package("debian", RK_NEED_PROGRAM, "qemu-system-x86_64",
		       "qemu-system-x86");
	expect_package("debian", RK_NEED_PROGRAM, "flex", "flex");
	expect_package("debian", RK_NEED_PROGRAM, "x86_64-linux-gnu-gcc-14", "gcc-14");
	expect_package("opensuse", RK_NEED_PROGRAM, "gcc-14", "gcc14");
	expect_package("arch", RK_NEED_PROGRAM, "gcc-14", "gcc");
	expect_package("debian", RK_NEED_PROGRAM, "mygcc-14", "mygcc-14");
}

static void expect_advice(const char *os_release, const char *expected)
{
	static const struct rk_need needs[] = {
		{RK_NEED_METADATA, "7.2.11-generic"},
		{RK_NEED_PROGRAM, "bindgen"},
	};
	cleanup_free char *advice = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake, os_release);
	EXPECT_INT(rk_distro_advice(fake.root, needs, 2, &advice, &err), 0);
	EXPECT_HAS(advice, expected);
	teardown(&fake);
}

static void the_command_is_the_distributions_own(void)
{
	expect_advice("ID=debian\n", "' apt install bindgen");
	expect_advice("ID=ubuntu\n",
		      "' apt install linux-lib-rust-7.2.11-generic bindgen");
	expect_advice("ID=fedora\n",
		      "' dnf install kernel-devel-7.2.11-generic bindgen-cli");
	expect_advice("ID=arch\n", "' pacman -S linux-generic-headers rust-bindgen");
	expect_advice("ID=sles\n", "' zypper install rust-bindgen");
	expect_advice("ID=x\n", "install what Debian calls 'bindgen'");
}

static void what_no_package_has_is_told_by_the_fallback(void)
{
	static const struct rk_need need = {RK_NEED_METADATA, "7.2"};
	cleanup_free char *advice = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct fake fake;

	setup(&fake, "ID=debian\nPRETTY_NAME=\"Debian 13\"\n");
	EXPECT_INT(rk_distro_advice(fake.root, &need, 1, &advice, &err), -RK_ENOTFOUND);
	EXPECT_STR(err.msg, "Debian 13 has no package of it");
	rk_error_set(&err, RK_EFORMAT, "broken");
	EXPECT_INT(rk_distro_cure(fake.root, &need, "metadata-link", "mend it", &err),
		   -RK_EFORMAT);
	EXPECT_STR(err.cure, "mend it");
	EXPECT_STR(err.id, "metadata-link");
	teardown(&fake);
}

static void no_root_means_the_machines_own(void)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "bwrap"};
	cleanup_free char *advice = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_distro_advice(NULL, &need, 1, &advice, &err), 0);
	EXPECT_HAS(advice, "bubblewrap");
	EXPECT(!strstr(advice, "chroot"));
}

static const struct test tests[] = {
	TEST(the_id_decides_then_the_nearest_relative),
	TEST(without_an_os_release_the_package_manager_tells),
	TEST(an_os_release_of_garbage_is_survived),
	TEST(a_kernels_packages_are_named_as_each_distribution_names_them),
	TEST(arch_keeps_the_package_of_a_kernel_beside_its_modules),
	TEST(compilers_are_named_as_each_distribution_names_them),
	TEST(programs_that_are_no_package_names_are_translated),
	TEST(the_command_is_the_distributions_own),
	TEST(what_no_package_has_is_told_by_the_fallback),
	TEST(no_root_means_the_machines_own),
};

TAP_MAIN(tests)
