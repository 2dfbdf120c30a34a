/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "tests/unit/tap.h"
#include "tests/unit/tar.h"

/* top/dir0/file to top/dir3/file, 3,000 digits each, packed in blocks of 4 KiB. */
static const unsigned char tar_in_blocks[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x03,
	0xc0, 0x62, 0x80, 0x20, 0x21, 0x01, 0x1c, 0x00, 0x00, 0x00, 0x00, 0xb5, 0x15,
	0x55, 0xe0, 0xe0, 0x0f, 0xff, 0x00, 0x5a, 0x5d, 0x00, 0x3a, 0x1b, 0xca, 0x63,
	0x27, 0x68, 0x1a, 0x26, 0x43, 0xd8, 0x49, 0x13, 0x7b, 0x49, 0x8f, 0xec, 0xb8,
	0x3f, 0xd6, 0x78, 0x37, 0x56, 0xf7, 0x64, 0xf7, 0x64, 0xdb, 0x4f, 0xf8, 0x5e,
	0x9c, 0xf3, 0xd5, 0x31, 0xcd, 0x9b, 0xbf, 0x98, 0x9b, 0x09, 0x26, 0x29, 0x20,
	0x4e, 0x12, 0x4c, 0xc9, 0xb4, 0x92, 0xa9, 0x50, 0x31, 0x20, 0x3d, 0x24, 0xbe,
	0x66, 0x06, 0x1a, 0x71, 0xd4, 0x70, 0xae, 0x79, 0xa7, 0x92, 0x7a, 0x61, 0x24,
	0xb4, 0x41, 0xe2, 0x71, 0x75, 0x56, 0x69, 0xfe, 0x9f, 0x47, 0x62, 0x4c, 0x15,
	0x53, 0x4b, 0x3b, 0xdd, 0x8f, 0x5e, 0xd7, 0x00, 0x00, 0x00, 0x00, 0x53, 0xff,
	0x88, 0x1b, 0xaf, 0x40, 0x0b, 0xbd, 0x03, 0xc0, 0x5b, 0x80, 0x20, 0x21, 0x01,
	0x1c, 0x00, 0x00, 0x00, 0x00, 0x47, 0xbc, 0xb3, 0x74, 0xe0, 0x0f, 0xff, 0x00,
	0x53, 0x5d, 0x00, 0x18, 0xef, 0xfb, 0xbf, 0xfe, 0xa3, 0xb1, 0x5e, 0xe5, 0xf8,
	0x3f, 0xb2, 0xaa, 0x26, 0x55, 0xf8, 0x68, 0x1f, 0x03, 0x16, 0xf0, 0xcb, 0x41,
	0xb2, 0x5c, 0x1f, 0x90, 0x64, 0x60, 0xf1, 0x78, 0x53, 0x03, 0x19, 0xc2, 0xea,
	0xbc, 0xf0, 0xf5, 0x16, 0x4e, 0x08, 0x91, 0x32, 0xfa, 0xa7, 0x7e, 0x86, 0xb9,
	0xf3, 0x0d, 0x95, 0xc6, 0x29, 0x21, 0x90, 0xf8, 0x27, 0xee, 0x3b, 0x24, 0x94,
	0x27, 0x38, 0xb6, 0xe1, 0x16, 0x31, 0xaa, 0x78, 0xa4, 0xdb, 0x0a, 0x5a, 0x64,
	0x0c, 0x23, 0xf9, 0xbe, 0x30, 0xab, 0x05, 0x00, 0x00, 0x00, 0x8a, 0xa9, 0x6d,
	0x7f, 0xbb, 0xb6, 0xe7, 0xa8, 0x03, 0xc0, 0x5d, 0x80, 0x20, 0x21, 0x01, 0x1c,
	0x00, 0x00, 0x00, 0x00, 0x00, 0xcc, 0xad, 0x79, 0xe0, 0x0f, 0xff, 0x00, 0x55,
	0x5d, 0x00, 0x19, 0x6f, 0xfb, 0xbf, 0xfe, 0xa3, 0xb1, 0x5e, 0xe5, 0xf8, 0x3f,
	0xb2, 0xaa, 0x26, 0x55, 0xe7, 0x1a, 0x6e, 0x63, 0x93, 0x68, 0x58, 0x81, 0x9e,
	0x01, 0xfd, 0xaa, 0xbe, 0xed, 0x2a, 0x43, 0x8e, 0xdd, 0x1a, 0x47, 0xf4, 0x77,
	0x56, 0x53, 0x32, 0x73, 0x48, 0xc8, 0x3c, 0x19, 0x28, 0x08, 0x94, 0x83, 0x1e,
	0x44, 0xe4, 0x0a, 0xa1, 0x85, 0xc4, 0x45, 0x07, 0x73, 0x39, 0xb2, 0x6c, 0x8c,
	0x88, 0x78, 0xd8, 0x4f, 0x8d, 0x8b, 0xcc, 0x98, 0x2b, 0xbd, 0xf9, 0x6c, 0x95,
	0x8b, 0x90, 0xfc, 0x3c, 0x54, 0x2c, 0x33, 0x14, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x07, 0xe0, 0xc1, 0x7b, 0xc4, 0x33, 0xdc, 0x6b, 0x03, 0xc0, 0x25, 0x80, 0x20,
	0x21, 0x01, 0x1c, 0x00, 0x00, 0x00, 0x00, 0x6c, 0x09, 0x33, 0x9c, 0xe0, 0x0f,
	0xff, 0x00, 0x1d, 0x5d, 0x00, 0x19, 0xef, 0xfb, 0xbf, 0xfe, 0xa3, 0xb1, 0x5e,
	0xe5, 0xf8, 0x3f, 0xb2, 0xa7, 0xea, 0x98, 0x66, 0x64, 0x60, 0xbb, 0x6b, 0x3c,
	0x02, 0x00, 0xe7, 0x02, 0x9e, 0x70, 0x77, 0x00, 0x00, 0x00, 0x00, 0x00, 0x72,
	0x1e, 0x59, 0xe4, 0xe8, 0xd0, 0x5c, 0x79, 0x03, 0xc0, 0x21, 0x80, 0x20, 0x21,
	0x01, 0x1c, 0x00, 0x00, 0x00, 0x00, 0x16, 0xa9, 0xd8, 0x95, 0xe0, 0x0f, 0xff,
	0x00, 0x19, 0x5d, 0x00, 0x00, 0x6f, 0xfd, 0xff, 0xff, 0xa3, 0xb7, 0xff, 0x47,
	0x3e, 0x48, 0x15, 0x72, 0x39, 0x61, 0x51, 0xb8, 0x92, 0x28, 0xe6, 0xa3, 0x84,
	0x9e, 0x29, 0x46, 0x00, 0x00, 0x00, 0x00, 0xa5, 0xf0, 0xea, 0x25, 0x94, 0xd3,
	0xd3, 0x26, 0x00, 0x05, 0x7a, 0x80, 0x20, 0x73, 0x80, 0x20, 0x75, 0x80, 0x20,
	0x3d, 0x80, 0x20, 0x39, 0x80, 0x20, 0x00, 0x00, 0x00, 0x06, 0xf1, 0x21, 0x95,
	0x09, 0xf4, 0x62, 0xe6, 0x05, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
};

struct fixture {
	char *dir;
	struct rk_error err;
	int fd;
};

static bool make_fixture(struct fixture *f, const void *data, size_t size)
{
	memset(f, 0, sizeof(*f));
	f->fd = memfd_create("archive", MFD_CLOEXEC);
	return EXPECT(rk_dir_make_temp("/tmp/rkmod-test-archive", &f->dir, &f->err) ==
		      0) &&
	       EXPECT(rk_file_write_fd(f->fd, data, size, &f->err) == 0) &&
	       EXPECT(lseek(f->fd, 0, SEEK_SET) == 0);
}

static void release_fixture(struct fixture *f)
{
	EXPECT_INT(rk_dir_remove(f->dir, &f->err), 0);
	free(f->dir);
	close(f->fd);
}

static int unpack(struct fixture *f, rk_archive_pick_fn pick)
{
	const struct rk_archive_unpack request = {
		.fd = f->fd, .dir = f->dir, .pick = pick};

	return rk_archive_unpack(&request, &f->err);
}

static void expect_content(const struct fixture *f, const char *name, const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(f->dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_read(path, 1 << 20, &buf, &err), 0);
	EXPECT_STR(rk_buf_str(&buf), text);
}

static bool is_there(const struct fixture *f, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct stat st;

	return rk_path_join(f->dir, name, &path, &err) == 0 && lstat(path, &st) == 0;
}

/* ---- what is accepted ---- */

static void unpacks_files_folders_and_links(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	struct fixture f;
	char target[16] = "";
	cleanup_free char *path = NULL;

	add_entry(&tar, "./", '5', "");
	add_entry(&tar, "./a/b/file", '0', "first");
	add_entry(&tar, "a/empty/", '5', "");
	add_entry(&tar, "a/link", '2', "b/file");
	add_entry(&tar, "a/same", '1', "a/b/file");
	add_entry(&tar, "a/b/file2", '0', "");
	add_entry(&tar, "a/fifo", '6', "");
	finish_tar(&tar);
	if (!make_fixture(&f, tar.data, tar.len))
		return;
	EXPECT_INT(unpack(&f, NULL), 0);
	expect_content(&f, "a/b/file", "first");
	expect_content(&f, "a/same", "first");
	expect_content(&f, "a/b/file2", "");
	EXPECT(is_there(&f, "a/empty"));
	EXPECT(!is_there(&f, "a/fifo"));
	EXPECT_INT(rk_path_join(f.dir, "a/link", &path, &f.err), 0);
	EXPECT_INT(readlink(path, target, sizeof(target) - 1), 6);
	EXPECT_STR(target, "b/file");
	release_fixture(&f);
}

static bool pick_second(void *data, const struct rk_archive_entry *entry,
			const char **ret_path)
{
	if (strncmp(entry->path, "top/dir1/", 9) != 0)
		return false;
	*ret_path = entry->path + strlen("top/");
	return true;
}

static void unpacks_only_what_is_picked_under_the_given_name(void)
{
	char digits[3001];
	struct fixture f;

	memset(digits, '1', 3000);
	digits[3000] = '\0';
	if (!make_fixture(&f, tar_in_blocks, sizeof(tar_in_blocks)))
		return;
	EXPECT_INT(unpack(&f, pick_second), 0);
	expect_content(&f, "dir1/file", digits);
	EXPECT(!is_there(&f, "dir0") && !is_there(&f, "top"));
	release_fixture(&f);
}

static void a_later_entry_replaces_an_earlier_one(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	struct fixture f;

	add_entry(&tar, "x", '2', "y");
	add_entry(&tar, "y", '0', "untouched");
	add_entry(&tar, "x", '0', "new");
	finish_tar(&tar);
	if (!make_fixture(&f, tar.data, tar.len))
		return;
	EXPECT_INT(unpack(&f, NULL), 0);
	expect_content(&f, "x", "new");
	expect_content(&f, "y", "untouched");
	release_fixture(&f);
}

static bool stop_at_once(void *data, uint64_t bytes_read)
{
	*(uint64_t *)data = bytes_read;
	return false;
}

static void stops_when_progress_says_so(void)
{
	uint64_t seen = 0;
	struct fixture f;

	if (!make_fixture(&f, tar_in_blocks, sizeof(tar_in_blocks)))
		return;
	EXPECT_INT(rk_archive_unpack(&(struct rk_archive_unpack){.fd = f.fd,
								 .dir = f.dir,
								 .progress = stop_at_once,
								 .data = &seen},
				     &f.err),
		   -RK_EREFUSED);
	EXPECT_INT(seen, sizeof(tar_in_blocks));
	release_fixture(&f);
}

/* ---- hostile and damaged ---- */

static void expect_refusal(const struct rk_buf *tar, const char *words)
{
	struct fixture f;

	if (!make_fixture(&f, tar->data, tar->len))
		return;
	EXPECT_INT(unpack(&f, NULL), -RK_EREFUSED);
	EXPECT_HAS(f.err.msg, words);
	EXPECT_STR(f.err.id, "archive-hostile");
	release_fixture(&f);
}

static void refuses_an_absolute_path(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;

	add_entry(&tar, "/tmp/rkmod-test-evil", '0', "x");
	finish_tar(&tar);
	expect_refusal(&tar, "absolute");
	EXPECT(access("/tmp/rkmod-test-evil", F_OK) < 0);
}

static void refuses_dotdot_anywhere_in_a_path(void)
{
	static const char *const paths[] = {"..", "../x", "a/../../x", "a/.."};

	for (size_t i = 0; i < RK_ARRAY_LEN(paths); i++) {
		cleanup_buf struct rk_buf tar = RK_BUF_INIT;

		add_entry(&tar, paths[i], '0', "x");
		finish_tar(&tar);
		expect_refusal(&tar, "'..'");
	}
}

static void refuses_a_path_through_a_link_of_the_archive(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;

	add_entry(&tar, "out", '2', "/tmp");
	add_entry(&tar, "out/rkmod-test-evil", '0', "x");
	finish_tar(&tar);
	expect_refusal(&tar, "another entry uses it as a folder");
	EXPECT(access("/tmp/rkmod-test-evil", F_OK) < 0);
}

static void refuses_a_folder_in_place_of_a_link(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;

	add_entry(&tar, "out", '2', "/tmp");
	add_entry(&tar, "out", '5', "");
	finish_tar(&tar);
	expect_refusal(&tar, "where a link");
}

static void refuses_a_hard_link_out_of_the_folder(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	cleanup_buf struct rk_buf through = RK_BUF_INIT;

	add_entry(&tar, "x", '1', "/etc/passwd");
	finish_tar(&tar);
	expect_refusal(&tar, "absolute");
	add_entry(&through, "out", '2', "/etc");
	add_entry(&through, "x", '1', "out/passwd");
	finish_tar(&through);
	expect_refusal(&through, "uses it as a folder");
}

static bool pick_outside(void *data, const struct rk_archive_entry *entry,
			 const char **ret_path)
{
	*ret_path = "../rkmod-test-evil";
	return true;
}

static void refuses_an_outside_name_from_the_picker(void)
{
	struct fixture f;

	if (!make_fixture(&f, tar_in_blocks, sizeof(tar_in_blocks)))
		return;
	EXPECT_INT(unpack(&f, pick_outside), -RK_EREFUSED);
	release_fixture(&f);
}

static void reports_damage(void)
{
	unsigned char copy[sizeof(tar_in_blocks)];
	struct fixture f;

	memcpy(copy, tar_in_blocks, sizeof(copy));
	copy[200] ^= 0x10;
	if (!make_fixture(&f, copy, sizeof(copy)))
		return;
	EXPECT_INT(unpack(&f, NULL), -RK_EFORMAT);
	EXPECT_STR(f.err.id, "archive-damaged");
	release_fixture(&f);
}

static void reports_an_archive_that_ends_early(void)
{
	struct fixture f;

	for (size_t size = 40; size < sizeof(tar_in_blocks); size += 100) {
		if (!make_fixture(&f, tar_in_blocks, size))
			return;
		EXPECT_INT(unpack(&f, NULL), -RK_EFORMAT);
		release_fixture(&f);
	}
}

static void reports_what_is_no_archive(void)
{
	struct fixture f;

	if (!make_fixture(&f, "just some text", 14))
		return;
	EXPECT_INT(unpack(&f, NULL), -RK_EFORMAT);
	release_fixture(&f);
}

static bool write_proc(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	return file && fputs(text, file) >= 0 && fclose(file) == 0;
}

/* Files need an owner that the namespace knows. */
static bool map_ourselves(unsigned int uid, unsigned int gid)
{
	char uid_map[32];
	char gid_map[32];

	snprintf(uid_map, sizeof(uid_map), "0 %u 1", uid);
	snprintf(gid_map, sizeof(gid_map), "0 %u 1", gid);
	return write_proc("/proc/self/uid_map", uid_map) &&
	       write_proc("/proc/self/setgroups", "deny") &&
	       write_proc("/proc/self/gid_map", gid_map);
}

/* In a mount namespace of a child, where a small tmpfs can be mounted by anybody. */
static int unpack_on_small_disk(struct fixture *f)
{
	unsigned int uid = geteuid();
	unsigned int gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0 || !map_ourselves(uid, gid) ||
	    mount("none", f->dir, "tmpfs", 0, "size=16k") < 0)
		return 77;
	EXPECT_INT(unpack(f, NULL), -RK_ESYS);
	EXPECT_INT(f->err.sys_errno, ENOSPC);
	return tap_failures != 0;
}

static void reports_a_full_disk_with_its_errno(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	char text[40001];
	struct fixture f;
	int status = 0;
	pid_t child;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	add_entry(&tar, "large", '0', text);
	finish_tar(&tar);
	if (!make_fixture(&f, tar.data, tar.len))
		return;
	child = fork();
	if (child == 0)
		_exit(unpack_on_small_disk(&f));
	EXPECT_INT(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		printf("# no user namespaces here: not tried\n");
	else
		EXPECT_INT(status, 0);
	release_fixture(&f);
}

static const struct test tests[] = {
	TEST(unpacks_files_folders_and_links),
	TEST(unpacks_only_what_is_picked_under_the_given_name),
	TEST(a_later_entry_replaces_an_earlier_one),
	TEST(stops_when_progress_says_so),
	TEST(refuses_an_absolute_path),
	TEST(refuses_dotdot_anywhere_in_a_path),
	TEST(refuses_a_path_through_a_link_of_the_archive),
	TEST(refuses_a_folder_in_place_of_a_link),
	TEST(refuses_a_hard_link_out_of_the_folder),
	TEST(refuses_an_outside_name_from_the_picker),
	TEST(reports_damage),
	TEST(reports_an_archive_that_ends_early),
	TEST(reports_what_is_no_archive),
	TEST(reports_a_full_disk_with_its_errno),
};
TAP_MAIN(tests)
