/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <archive.h>
#include <archive_entry.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/base/libarchive.h"
#include "tests/unit/tap.h"

/* What another reader (libarchive) finds in what we wrote. */
static void list(int fd, struct rk_buf *out)
{
	__typeof__(&archive_read_support_format_cpio) support_cpio;
	__typeof__(&archive_read_open_memory) open_memory;
	const struct rk_libarchive *lib = NULL;
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct archive_entry *entry;
	struct archive *archive;
	void *handle = dlopen("libarchive.so.13", RTLD_NOW);

	EXPECT_INT(rk_libarchive(&lib, &err), 0);
	lseek(fd, 0, SEEK_SET);
	EXPECT_INT(rk_file_read_fd(fd, 1 << 20, &bytes, &err), 0);
	*(void **)&support_cpio = dlsym(handle, "archive_read_support_format_cpio");
	*(void **)&open_memory = dlsym(handle, "archive_read_open_memory");
	archive = lib->archive_read_new();
	support_cpio(archive);
	EXPECT_INT(open_memory(archive, bytes.data, bytes.len), ARCHIVE_OK);
	while (lib->archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		const void *block = NULL;
		la_int64_t offset;
		size_t len = 0;

		rk_buf_addf(out, "%s %o", lib->archive_entry_pathname(entry),
			    (unsigned int)lib->archive_entry_mode(entry));
		if (lib->archive_entry_symlink(entry))
			rk_buf_addf(out, " -> %s", lib->archive_entry_symlink(entry));
		if (lib->archive_read_data_block(archive, &block, &len, &offset) ==
		    ARCHIVE_OK)
			rk_buf_addf(out, " '%.*s'", (int)len, (const char *)block);
		rk_buf_addc(out, '\n');
	}
	lib->archive_read_free(archive);
	dlclose(handle);
}

static void another_reader_finds_what_was_written(void)
{
	cleanup_close int fd = memfd_create("cpio", MFD_CLOEXEC);
	cleanup(rk_cpio_free_p) struct rk_cpio *cpio = NULL;
	cleanup_buf struct rk_buf out = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_cpio_open(fd, &cpio, &err), 0);
	EXPECT_INT(rk_cpio_add_dir(cpio, "dir", 0755, &err), 0);
	EXPECT_INT(rk_cpio_add_file(cpio, "dir/empty", 0600, NULL, 0, &err), 0);
	EXPECT_INT(rk_cpio_add_file(cpio, "dir/odd", 0755, "12345", 5, &err), 0);
	EXPECT_INT(rk_cpio_add_file(cpio, "dir/even", 0644, "1234", 4, &err), 0);
	EXPECT_INT(rk_cpio_add_link(cpio, "link", "dir/odd", &err), 0);
	EXPECT_INT(rk_cpio_add_node(cpio, "console", S_IFCHR | 0600, 5, 1, &err), 0);
	EXPECT_INT(rk_cpio_finish(cpio, &err), 0);
	list(fd, &out);
	EXPECT_STR(rk_buf_str(&out), "dir 40755\n"
				     "dir/empty 100600\n"
				     "dir/odd 100755 '12345'\n"
				     "dir/even 100644 '1234'\n"
				     "link 120777 -> dir/odd\n"
				     "console 20600\n");
}

static void a_full_disk_is_reported(void)
{
	cleanup_close int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	cleanup(rk_cpio_free_p) struct rk_cpio *cpio = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_cpio_open(fd, &cpio, &err), 0);
	EXPECT_INT(rk_cpio_add_file(cpio, "x", 0644, "1", 1, &err), -RK_ESYS);
}

static const struct test tests[] = {
	TEST(another_reader_finds_what_was_written),
	TEST(a_full_disk_is_reported),
};
TAP_MAIN(tests)
