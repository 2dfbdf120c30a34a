/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "lib/base/elf.h"
#include "tests/unit/tap.h"

/* The test program is its own fixture. */
__attribute__((section("rk_payload"), used)) static const char payload[] = "payload";

static int open_self(void)
{
	return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

static int make_file(const void *data, size_t size)
{
	int fd = memfd_create("elf", MFD_CLOEXEC);

	EXPECT(write(fd, data, size) == (ssize_t)size);
	return fd;
}

static void reads_the_bytes_of_a_section(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int fd = open_self();

	EXPECT_INT(rk_elf_read_section(fd, "rk_payload", 100, &buf, &err), 0);
	EXPECT_INT(buf.len, sizeof(payload));
	EXPECT_STR(rk_buf_str(&buf), payload);
}

static void a_section_stays_when_its_file_is_closed(void)
{
	cleanup_elf_section struct rk_elf_section section = RK_ELF_SECTION_INIT;
	struct rk_error err = RK_ERROR_INIT;
	int fd = open_self();

	EXPECT_INT(rk_elf_map_section(fd, "rk_payload", 100, &section, &err), 0);
	close(fd);
	EXPECT_INT(section.size, sizeof(payload));
	EXPECT(memcmp(section.data, payload, sizeof(payload)) == 0);
}

static void says_which_section_is_missing(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int fd = open_self();

	EXPECT_INT(rk_elf_read_section(fd, "rk_pay", 100, &buf, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "no section 'rk_pay'");
}

static void refuses_a_section_over_the_limit(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int fd = open_self();

	EXPECT_INT(rk_elf_read_section(fd, "rk_payload", sizeof(payload) - 1, &buf, &err),
		   -RK_EFORMAT);
	EXPECT_INT(buf.len, 0);
}

static void refuses_what_is_no_elf_file(void)
{
	static const char *const texts[] = {"", "x", "#!/bin/sh\nexit 0\n", "\177ELF",
					    "\177ELF\2\1\1"};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		cleanup_buf struct rk_buf buf = RK_BUF_INIT;
		struct rk_error err = RK_ERROR_INIT;
		cleanup_close int fd = make_file(texts[i], strlen(texts[i]));

		EXPECT_INT(rk_elf_read_section(fd, ".text", 100, &buf, &err),
			   -RK_EFORMAT);
	}
}

static void a_file_cut_short_is_no_success(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int self = open_self();
	cleanup_close int fd = -1;
	char head[256];

	EXPECT_INT(read(self, head, sizeof(head)), sizeof(head));
	fd = make_file(head, sizeof(head));
	EXPECT(rk_elf_read_section(fd, "rk_payload", 100, &buf, &err) < 0);
}

static void finds_a_defined_dynamic_symbol_by_its_beginning(void)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *name = NULL;
	cleanup_close int fd = -1;
	Dl_info info;

	EXPECT(dladdr(dlsym(RTLD_DEFAULT, "gnu_get_libc_version"), &info) != 0);
	fd = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
	EXPECT_INT(rk_elf_find_symbol(fd, "gnu_get_libc_vers", &name, &err), 0);
	EXPECT_STR(name, "gnu_get_libc_version");
}

static void an_imported_symbol_is_not_found(void)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int fd = open_self();
	char *name = NULL;

	EXPECT_INT(rk_elf_find_symbol(fd, "__libc_start", &name, &err), -RK_ENOTFOUND);
	EXPECT_INT(rk_elf_find_symbol(fd, "no_such_symbol", &name, &err), -RK_ENOTFOUND);
	EXPECT(!name);
}

static const struct test tests[] = {
	TEST(reads_the_bytes_of_a_section),
	TEST(a_section_stays_when_its_file_is_closed),
	TEST(says_which_section_is_missing),
	TEST(refuses_a_section_over_the_limit),
	TEST(refuses_what_is_no_elf_file),
	TEST(a_file_cut_short_is_no_success),
	TEST(finds_a_defined_dynamic_symbol_by_its_beginning),
	TEST(an_imported_symbol_is_not_found),
};
TAP_MAIN(tests)
