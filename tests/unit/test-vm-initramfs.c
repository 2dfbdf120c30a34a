/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/vm/boot.h"
#include "tests/unit/tap.h"

/* gzip of "plain module". */
static const unsigned char packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x2b,
	0xc8, 0x49, 0xcc, 0xcc, 0x53, 0xc8, 0xcd, 0x4f, 0x29, 0xcd, 0x49,
	0x05, 0x00, 0x4b, 0x17, 0x8e, 0x7c, 0x0c, 0x00, 0x00, 0x00,
};

static char *dir;

static char *path_of(const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	EXPECT_INT(rk_path_join(dir, name, &path, &err), 0);
	return path;
}

static char *make_file(const char *name, const void *data, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = path_of(name);

	EXPECT_INT(rk_file_write(path, data, size, 0755, &err), 0);
	return path;
}

/* ---- what is in it ---- */

static unsigned long hex_field(const char *header, size_t index)
{
	char digits[9] = "";

	memcpy(digits, header + 6 + 8 * index, 8);
	return strtoul(digits, NULL, 16);
}

/* Finds an entry as the kernel would. Return: its bytes, NULL if there is none. */
static const char *find_entry(const struct rk_buf *cpio, const char *name, size_t *size,
			      unsigned long *mode)
{
	size_t at = 0;

	while (at + 110 <= cpio->len && memcmp(cpio->data + at, "070701", 6) == 0) {
		const char *header = cpio->data + at;
		size_t name_len = hex_field(header, 11);
		size_t data_at = at + ((110 + name_len + 3) & ~(size_t)3);

		*size = hex_field(header, 6);
		*mode = hex_field(header, 1);
		if (strcmp(header + 110, name) == 0)
			return cpio->data + data_at;
		at = data_at + ((*size + 3) & ~(size_t)3);
	}
	return NULL;
}

static void expect_entry(const struct rk_buf *cpio, const char *name, unsigned long mode,
			 const char *content)
{
	size_t size = 0;
	unsigned long found_mode = 0;
	const char *found = find_entry(cpio, name, &size, &found_mode);

	if (!EXPECT(found != NULL)) {
		printf("# no '%s'\n", name);
		return;
	}
	EXPECT_INT(found_mode, mode);
	EXPECT_INT(size, strlen(content));
	EXPECT(memcmp(found, content, size) == 0);
}

static int make(const struct rk_vm_request *request, struct rk_buf *cpio,
		struct rk_error *err)
{
	struct rk_machine machine = {.libexec_dir = dir};
	cleanup_close int fd = -1;

	if (rk_vm_initramfs(&machine, request, "nonce x\n", &fd, err) < 0)
		return -(int)err->code;
	EXPECT_INT(lseek(fd, 0, SEEK_SET), 0);
	return rk_file_read_fd(fd, 1 << 20, cpio, err);
}

static void holds_what_the_guest_needs(void)
{
	cleanup_free char *script = make_file("script", "echo", 4);
	cleanup_free char *busybox = make_file("busybox", "box", 3);
	cleanup_free char *first = make_file("first.ko", "raw", 3);
	cleanup_free char *second = make_file("second.ko.gz", packed, sizeof(packed));
	const struct rk_vm_module modules[] = {{.path = first, .params = ""},
					       {.path = second, .params = ""}};
	const struct rk_vm_file files[] = {{.path = script, .inside = "/usr/lib/x/data"}};
	const struct rk_vm_request request = {.modules = modules,
					      .n_modules = 2,
					      .script = script,
					      .busybox = busybox,
					      .files = files,
					      .n_files = 1};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	free(make_file("rkmod-guest", "guest", 5));
	EXPECT_INT(make(&request, &cpio, &err), 0);
	expect_entry(&cpio, "init", S_IFREG | 0755, "guest");
	expect_entry(&cpio, "dev", S_IFDIR | 0755, "");
	expect_entry(&cpio, "dev/console", S_IFCHR | 0600, "");
	expect_entry(&cpio, "rkmod/jobs", S_IFREG | 0600, "nonce x\n");
	expect_entry(&cpio, "rkmod/script", S_IFREG | 0755, "echo");
	expect_entry(&cpio, "bin/busybox", S_IFREG | 0755, "box");
	expect_entry(&cpio, "rkmod/modules/0.ko", S_IFREG | 0644, "raw");
	expect_entry(&cpio, "usr/lib/x", S_IFDIR | 0755, "");
	expect_entry(&cpio, "usr/lib/x/data", S_IFREG | 0755, "echo");
	expect_entry(&cpio, "TRAILER!!!", 0, "");
}

static void stores_compressed_modules_plain(void)
{
	cleanup_free char *path = make_file("x.ko.gz", packed, sizeof(packed));
	const struct rk_vm_module module = {.path = path, .params = ""};
	const struct rk_vm_request request = {.modules = &module, .n_modules = 1};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	free(make_file("rkmod-guest", "guest", 5));
	EXPECT_INT(make(&request, &cpio, &err), 0);
	expect_entry(&cpio, "rkmod/modules/0.ko", S_IFREG | 0644, "plain module");
}

static void names_the_module_that_is_damaged(void)
{
	cleanup_free char *path = make_file("bad.ko.gz", packed, sizeof(packed) - 9);
	const struct rk_vm_module module = {.path = path, .params = ""};
	const struct rk_vm_request request = {.modules = &module, .n_modules = 1};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	free(make_file("rkmod-guest", "guest", 5));
	EXPECT_INT(make(&request, &cpio, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "bad.ko.gz");
}

static void refuses_a_relative_place_in_the_guest(void)
{
	cleanup_free char *guest = make_file("rkmod-guest", "guest", 5);
	const struct rk_vm_file file = {.path = guest, .inside = "x"};
	const struct rk_vm_request request = {.files = &file, .n_files = 1};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(make(&request, &cpio, &err), -RK_EFORMAT);
}

static void holds_rkmod_its_libraries_and_a_user(void)
{
	const struct rk_vm_file link = {.inside = "/lib/x/build", .link = "/usr/src/y"};
	const struct rk_vm_request request = {
		.with_rkmod = true, .files = &link, .n_files = 1};
	struct rk_machine machine = {.libexec_dir = dir};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_close int fd = -1;
	unsigned long mode = 0;
	const char *self;
	size_t size = 0;

	free(make_file("rkmod-guest", "guest", 5));
	EXPECT_INT(rk_vm_initramfs(&machine, &request, "nonce x\n", &fd, &err), 0);
	EXPECT_INT(lseek(fd, 0, SEEK_SET), 0);
	EXPECT_INT(rk_file_read_fd(fd, 512 << 20, &cpio, &err), 0);
	expect_entry(&cpio, "home/user", S_IFDIR | 0755, "");
	expect_entry(&cpio, "lib/x/build", S_IFLNK | 0777, "/usr/src/y");
	self = find_entry(&cpio, "usr/bin/rkmod", &size, &mode);
	EXPECT(self && memcmp(self, "\177ELF", 4) == 0);
	EXPECT(memmem(cpio.data, cpio.len, "/libelf.so.1", 12) != NULL);
	EXPECT(memmem(cpio.data, cpio.len, "/libkmod.so.2", 13) != NULL);
	EXPECT(memmem(cpio.data, cpio.len, "user:x:1000:", 12) != NULL);
}

static void says_that_the_guest_program_is_missing(void)
{
	cleanup_free char *guest = path_of("rkmod-guest");
	const struct rk_vm_request request = {0};
	cleanup_buf struct rk_buf cpio = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	unlink(guest);
	EXPECT_INT(make(&request, &cpio, &err), -RK_ENOTFOUND);
	EXPECT_STR(err.id, "guest-missing");
}

static const struct test tests[] = {
	TEST(holds_what_the_guest_needs),
	TEST(stores_compressed_modules_plain),
	TEST(names_the_module_that_is_damaged),
	TEST(refuses_a_relative_place_in_the_guest),
	TEST(holds_rkmod_its_libraries_and_a_user),
	TEST(says_that_the_guest_program_is_missing),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	if (rk_dir_make_temp("/tmp/rkmod-test-initramfs", &dir, &err) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (rk_dir_remove(dir, &err) < 0)
		status = 1;
	free(dir);
	return status;
}
