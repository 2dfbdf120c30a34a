/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/metadata/record.h"

#include "tap.h"

#define HEX       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEAD      "rkmod-set 1\nkey " HEX "\nrustc rustc 1.85.1 (x)\nexports 2296\n"
#define FILE_LINE "file " HEX " 3 1000000001 77 rust/libcore.rmeta\n"

static void expect_refused(const char *text, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_record *record = NULL;
	/* Exactly as long as it says: a sanitizer sees each byte read too many. */
	cleanup_free char *copy = malloc(size ? size : 1);

	memcpy(copy, text, size);
	EXPECT_INT(rk_record_parse(copy, size, &record, &err), -RK_EFORMAT);
	EXPECT(record == NULL);
}

static void reads_what_it_printed(void)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	static const char text[] = HEAD FILE_LINE;

	if (!EXPECT_INT(rk_record_parse(text, sizeof(text) - 1, &record, &err), 0))
		return;
	EXPECT_STR(record->key, HEX);
	EXPECT_STR(record->rustc_text, "rustc 1.85.1 (x)");
	EXPECT_INT(record->n_exports, 2296);
	EXPECT_INT(record->n_files, 1);
	EXPECT_STR(record->files[0].path, "rust/libcore.rmeta");
	EXPECT_INT(record->files[0].size, 3);
	EXPECT_INT(record->files[0].mtime_ns, 1000000001);
	EXPECT_INT(record->files[0].inode, 77);
	EXPECT_INT(rk_record_print(record, &buf, &err), 0);
	EXPECT_STR(rk_buf_str(&buf), text);
}

static void refuses_every_cut(void)
{
	static const char text[] = HEAD FILE_LINE;

	for (size_t cut = 0; cut < sizeof(text) - 1; cut++)
		expect_refused(text, cut);
}

static void refuses_paths_that_leave_the_set(void)
{
	static const char *const paths[] = {"/etc/passwd", "../x", "rust/../../x",
					    "rust//x",     "",     ".",
					    "rust/",       "a/."};
	char text[1024];

	for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++) {
		snprintf(text, sizeof(text), HEAD "file " HEX " 3 1 1 %s\n", paths[i]);
		expect_refused(text, strlen(text));
	}
}

static void refuses_what_is_no_number_or_hash(void)
{
	static const char *const lines[] = {
		"file " HEX " -3 1 1 a\n",
		"file " HEX " 3x 1 1 a\n",
		"file " HEX " 99999999999999999999 1 1 a\n",
		"file " HEX " 3 9223372036854775808 1 a\n",
		"file " HEX " 3  1 1 a\n",
		"file zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 3 1 1 "
		"a\n",
		"file short 3 1 1 a\n",
		"other " HEX " 3 1 1 a\n",
	};
	char text[1024];

	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++) {
		snprintf(text, sizeof(text), HEAD "%s", lines[i]);
		expect_refused(text, strlen(text));
	}
	expect_refused("rkmod-set 2\n", 12);
	expect_refused("rkmod-set 1\nkey a\nrustc b\nexports x\n" FILE_LINE,
		       strlen("rkmod-set 1\nkey a\nrustc b\nexports x\n" FILE_LINE));
}

static void refuses_a_nul_in_a_line(void)
{
	static const char text[] = HEAD "file " HEX " 3 1 1 a\0b\n";

	expect_refused(text, sizeof(text) - 1);
}

static void refuses_too_many_files(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	rk_buf_adds(&buf, HEAD);
	for (int i = 0; i <= RK_RECORD_MAX_FILES; i++)
		rk_buf_adds(&buf, FILE_LINE);
	expect_refused(rk_buf_str(&buf), buf.len);
}

/* ---- folders ---- */

struct folder {
	char dir[32];
	char *file;
	struct rk_record *record;
};

static void put(const struct folder *folder, const char *name, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;

	EXPECT_INT(rk_path_join(folder->dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_write(path, text, strlen(text), 0600, &err), 0);
}

static void folder_make(struct folder *folder)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *rust = NULL;

	strcpy(folder->dir, "/tmp/rkmod-test-XXXXXX");
	EXPECT(mkdtemp(folder->dir) != NULL);
	EXPECT_INT(rk_path_join(folder->dir, "rust", &rust, &err), 0);
	EXPECT_INT(rk_dir_make(rust, 0700, &err), 0);
	put(folder, "rust/libcore.rmeta", "abc");
	put(folder, "rust/libmacros.so", "def");
	put(folder, rk_record_name, "not counted");
	folder->record = calloc(1, sizeof(*folder->record));
	EXPECT_INT(rk_record_scan(folder->record, folder->dir, &err), 0);
	EXPECT_INT(rk_path_join(folder->dir, "rust/libcore.rmeta", &folder->file, &err),
		   0);
}

static void folder_remove(struct folder *folder)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_remove(folder->dir, &err), 0);
	rk_record_free(folder->record);
	free(folder->file);
}

static void expect_compare(const struct folder *folder, int expected, const char *words)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_record_compare(folder->record, folder->dir, &err), expected);
	if (words)
		EXPECT_HAS(err.msg, words);
}

static void an_unchanged_folder_is_equal(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};
	struct rk_error err = RK_ERROR_INIT;

	folder_make(&folder);
	EXPECT_INT(folder.record->n_files, 2);
	EXPECT_STR(folder.record->files[0].sha256, HEX);
	expect_compare(&folder, 0, NULL);
	EXPECT_INT(rk_record_verify(folder.record, folder.dir, &err), 0);
}

static void notices_a_file_that_is_missing(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};

	folder_make(&folder);
	unlink(folder.file);
	expect_compare(&folder, -RK_EFORMAT, "'rust/libcore.rmeta' is missing");
}

static void notices_a_file_too_many(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};

	folder_make(&folder);
	put(&folder, "rust/libkernel-2.rmeta", "");
	expect_compare(&folder, -RK_EFORMAT, "libkernel-2.rmeta");
}

static void notices_another_size_time_or_inode(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 5}};
	struct stat st;

	folder_make(&folder);
	EXPECT_INT(utimensat(AT_FDCWD, folder.file, times, 0), 0);
	expect_compare(&folder, -RK_EFORMAT, "has changed");
	folder.record->files[0].mtime_ns = 5000000000;
	expect_compare(&folder, 0, NULL);
	EXPECT_INT(truncate(folder.file, 2), 0);
	EXPECT_INT(utimensat(AT_FDCWD, folder.file, times, 0), 0);
	expect_compare(&folder, -RK_EFORMAT, "has changed");
	/* As a copy would be: all equal but the inode. */
	folder.record->files[0].size = 2;
	EXPECT_INT(stat(folder.file, &st), 0);
	folder.record->files[0].inode = st.st_ino + 1;
	expect_compare(&folder, -RK_EFORMAT, "has changed");
}

static void notices_a_link_in_place_of_a_file(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};

	folder_make(&folder);
	unlink(folder.file);
	EXPECT_INT(symlink("libmacros.so", folder.file), 0);
	expect_compare(&folder, -RK_EFORMAT, "has changed");
}

static void only_the_hash_tells_other_contents(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};
	struct rk_error err = RK_ERROR_INIT;
	struct timespec times[2];
	struct stat st;
	int fd;

	folder_make(&folder);
	EXPECT_INT(stat(folder.file, &st), 0);
	fd = open(folder.file, O_WRONLY);
	EXPECT_INT(write(fd, "abX", 3), 3);
	close(fd);
	times[0] = st.st_atim;
	times[1] = st.st_mtim;
	EXPECT_INT(utimensat(AT_FDCWD, folder.file, times, 0), 0);
	expect_compare(&folder, 0, NULL);
	EXPECT_INT(rk_record_verify(folder.record, folder.dir, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "'rust/libcore.rmeta' has other contents");
}

static void its_content_follows_names_and_bytes_alone(void)
{
	cleanup(folder_remove) struct folder folder = {.file = NULL};
	struct rk_error err = RK_ERROR_INIT;
	char first[RK_SHA256_HEX_SIZE];
	char second[RK_SHA256_HEX_SIZE];

	folder_make(&folder);
	EXPECT_INT(rk_record_content(folder.record, first, &err), 0);
	folder.record->files[0].mtime_ns++;
	folder.record->files[0].inode++;
	EXPECT_INT(rk_record_content(folder.record, second, &err), 0);
	EXPECT_STR(second, first);
	folder.record->files[0].sha256[0] ^= 1;
	EXPECT_INT(rk_record_content(folder.record, second, &err), 0);
	EXPECT(strcmp(second, first) != 0);
}

static const struct test tests[] = {
	TEST(reads_what_it_printed),
	TEST(refuses_every_cut),
	TEST(refuses_paths_that_leave_the_set),
	TEST(refuses_what_is_no_number_or_hash),
	TEST(refuses_a_nul_in_a_line),
	TEST(refuses_too_many_files),
	TEST(an_unchanged_folder_is_equal),
	TEST(notices_a_file_that_is_missing),
	TEST(notices_a_file_too_many),
	TEST(notices_another_size_time_or_inode),
	TEST(notices_a_link_in_place_of_a_file),
	TEST(only_the_hash_tells_other_contents),
	TEST(its_content_follows_names_and_bytes_alone),
};

TAP_MAIN(tests)
