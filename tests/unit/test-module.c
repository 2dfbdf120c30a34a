/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/file.h"
#include "lib/module/module.h"
#include "tests/unit/tap.h"

/* "plain words\n" as xz packs it with --check=crc32, and by default (CRC64). */
static const unsigned char crc32[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x01, 0x69, 0x22, 0xde, 0x36, 0x02,
	0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00,
	0x0b, 0x70, 0x6c, 0x61, 0x69, 0x6e, 0x20, 0x77, 0x6f, 0x72, 0x64, 0x73, 0x0a,
	0x00, 0xe5, 0x85, 0x02, 0xa6, 0x00, 0x01, 0x20, 0x0c, 0xa2, 0xdd, 0xb4, 0xbc,
	0x90, 0x42, 0x99, 0x0d, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x59, 0x5a,
};
static const unsigned char crc64[] = {
	0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46,
	0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00, 0x00, 0x74, 0x2f, 0xe5, 0xa3,
	0x01, 0x00, 0x0b, 0x70, 0x6c, 0x61, 0x69, 0x6e, 0x20, 0x77, 0x6f, 0x72,
	0x64, 0x73, 0x0a, 0x00, 0xe2, 0xef, 0x43, 0x28, 0x17, 0x2a, 0x2e, 0xbc,
	0x00, 0x01, 0x24, 0x0c, 0xa6, 0x18, 0xd8, 0xd8, 0x1f, 0xb6, 0xf3, 0x7d,
	0x01, 0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
};
static const char plain[] = "plain words\n";

/* Opens a file of these bytes, which is gone afterwards. */
static struct rk_module *open_bytes(const void *data, size_t size)
{
	char path[] = "/tmp/rkmod-test-module-XXXXXX";
	struct rk_error err = RK_ERROR_INIT;
	struct rk_module *module = NULL;
	int fd = mkstemp(path);

	EXPECT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	EXPECT_INT(rk_module_open(path, &module, &err), 0);
	unlink(path);
	return module;
}

static void expect_packing(const void *data, size_t size, enum rk_packing packing,
			   bool is_whole)
{
	cleanup(rk_module_free_p) struct rk_module *module = open_bytes(data, size);

	if (!EXPECT(module != NULL))
		return;
	EXPECT_INT(module->compression, RK_COMPRESSION_XZ);
	EXPECT_INT(module->packing, packing);
	if (is_whole)
		EXPECT(module->size == strlen(plain) &&
		       memcmp(module->data, plain, module->size) == 0);
}

static void takes_plain_bytes_as_they_are(void)
{
	cleanup(rk_module_free_p) struct rk_module *module =
		open_bytes(plain, strlen(plain));

	if (!EXPECT(module != NULL))
		return;
	EXPECT_INT(module->compression, RK_COMPRESSION_NONE);
	EXPECT(module->size == strlen(plain));
}

static void unpacks_xz(void)
{
	expect_packing(crc32, sizeof(crc32), RK_PACKING_SOUND, true);
}

static void tells_a_check_that_the_kernel_lacks(void)
{
	expect_packing(crc64, sizeof(crc64), RK_PACKING_CHECK, true);
}

static void ignores_what_follows_the_stream(void)
{
	unsigned char bytes[sizeof(crc32) + 3] = {0};

	memcpy(bytes, crc32, sizeof(crc32));
	bytes[sizeof(crc32)] = 'x';
	expect_packing(bytes, sizeof(bytes), RK_PACKING_SOUND, true);
}

static void tells_every_shortened_stream(void)
{
	for (size_t size = 6; size < sizeof(crc32); size++)
		expect_packing(crc32, size, RK_PACKING_CUT, false);
}

static void tells_a_damaged_byte(void)
{
	unsigned char bytes[sizeof(crc32)];

	memcpy(bytes, crc32, sizeof(crc32));
	bytes[30] ^= 1;
	expect_packing(bytes, sizeof(bytes), RK_PACKING_DAMAGED, false);
}

/* "abc", stored, in 26 bytes; @flags' fields follow the header. */
static void make_gzip(struct rk_buf *to, int flags, const char *fields, size_t size)
{
	rk_buf_add(to, "\x1f\x8b\x08", 3);
	rk_buf_addc(to, (char)flags);
	rk_buf_add(to, "\0\0\0\0\0\3", 6);
	rk_buf_add(to, fields, size);
	rk_buf_add(to,
		   "\1\3\0\xfc\xff"
		   "abc",
		   8);
	rk_buf_add(to, "\xc2\x41\x24\x35\3\0\0\0", 8);
}

static void expect_gzip(const struct rk_buf *bytes, enum rk_packing packing,
			const char *wanted)
{
	cleanup(rk_module_free_p) struct rk_module *module =
		open_bytes(bytes->data, bytes->len);

	if (!EXPECT(module != NULL))
		return;
	EXPECT_INT(module->compression, RK_COMPRESSION_GZIP);
	EXPECT_INT(module->packing, packing);
	if (wanted)
		EXPECT_STR((char *)module->data, wanted);
}

static void unpacks_gzip(void)
{
	cleanup_buf struct rk_buf plain_one = RK_BUF_INIT;
	cleanup_buf struct rk_buf named = RK_BUF_INIT;
	cleanup_buf struct rk_buf rich = RK_BUF_INIT;

	make_gzip(&plain_one, 0, "", 0);
	expect_gzip(&plain_one, RK_PACKING_SOUND, "abc");
	make_gzip(&named, 8, "m.ko", 5);
	expect_gzip(&named, RK_PACKING_SOUND, "abc");
	make_gzip(&rich, 4 | 8 | 16 | 2,
		  "\2\0xx"
		  "m.ko\0text\0hh",
		  16);
	expect_gzip(&rich, RK_PACKING_OPTIONS, "abc");
}

static void takes_all_members_of_gzip_and_no_more(void)
{
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

	make_gzip(&bytes, 0, "", 0);
	make_gzip(&bytes, 0, "", 0);
	rk_buf_adds(&bytes, "behind");
	expect_gzip(&bytes, RK_PACKING_SOUND, "abcabc");
}

static void tells_a_wrong_check_of_gzip(void)
{
	for (size_t back = 1; back <= 8; back++) {
		cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

		make_gzip(&bytes, 0, "", 0);
		bytes.data[bytes.len - back] ^= 1;
		expect_gzip(&bytes, RK_PACKING_TRAILER, "abc");
	}
}

static void a_damaged_second_member_of_gzip_is_nothing_to_the_kernel(void)
{
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

	make_gzip(&bytes, 0, "", 0);
	make_gzip(&bytes, 0, "", 0);
	bytes.data[bytes.len - 1] ^= 1;
	expect_gzip(&bytes, RK_PACKING_TRAILER, "abcabc");
}

static void tells_every_shortened_gzip(void)
{
	for (size_t size = 2; size < 26; size++) {
		cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

		make_gzip(&bytes, 0, "", 0);
		rk_buf_truncate(&bytes, size);
		/* Of the last 8 none is missed. */
		expect_gzip(&bytes, size < 18 ? RK_PACKING_CUT : RK_PACKING_SOUND,
			    size < 18 ? NULL : "abc");
	}
}

static void tells_damage_of_gzip(void)
{
	static const size_t places[] = {2, 3, 10, 13};

	for (size_t i = 0; i < 4; i++) {
		cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

		make_gzip(&bytes, 0, "", 0);
		bytes.data[places[i]] ^= (char)0xe6;
		expect_gzip(&bytes, RK_PACKING_DAMAGED, NULL);
	}
}

static void damaged_zstd_is_a_module_too(void)
{
	static const unsigned char bytes[] = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 0x55};
	cleanup(rk_module_free_p) struct rk_module *module =
		open_bytes(bytes, sizeof(bytes));

	if (EXPECT(module != NULL))
		EXPECT_INT(module->packing, RK_PACKING_DAMAGED);
}

static const struct test tests[] = {
	TEST(takes_plain_bytes_as_they_are),
	TEST(unpacks_xz),
	TEST(tells_a_check_that_the_kernel_lacks),
	TEST(ignores_what_follows_the_stream),
	TEST(tells_every_shortened_stream),
	TEST(tells_a_damaged_byte),
	TEST(unpacks_gzip),
	TEST(takes_all_members_of_gzip_and_no_more),
	TEST(tells_a_wrong_check_of_gzip),
	TEST(a_damaged_second_member_of_gzip_is_nothing_to_the_kernel),
	TEST(tells_every_shortened_gzip),
	TEST(tells_damage_of_gzip),
	TEST(damaged_zstd_is_a_module_too),
};

TAP_MAIN(tests)
