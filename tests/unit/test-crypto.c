/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/crypto.h"
#include "lib/base/file.h"

#include "tap.h"

static void hash_text(const char *text, char ret[RK_SHA256_HEX_SIZE])
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	struct rk_error err = RK_ERROR_INIT;

	ret[0] = '\0';
	EXPECT_INT(rk_sha256_new(&hash, &err), 0);
	rk_sha256_add(hash, text, strlen(text));
	EXPECT_INT(rk_sha256_hex(hash, ret, &err), 0);
}

static void computes_the_published_values(void)
{
	char hex[RK_SHA256_HEX_SIZE];

	hash_text("", hex);
	EXPECT_STR(hex,
		   "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_text("abc", hex);
	EXPECT_STR(hex,
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void is_empty_after_its_hex_was_taken(void)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char first[RK_SHA256_HEX_SIZE];
	char second[RK_SHA256_HEX_SIZE];

	EXPECT_INT(rk_sha256_new(&hash, &err), 0);
	rk_sha256_add_field(hash, "x");
	EXPECT_INT(rk_sha256_hex(hash, first, &err), 0);
	rk_sha256_add_field(hash, "x");
	EXPECT_INT(rk_sha256_hex(hash, second, &err), 0);
	EXPECT_STR(second, first);
}

static void keeps_fields_apart(void)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char first[RK_SHA256_HEX_SIZE] = "";
	char second[RK_SHA256_HEX_SIZE] = "";

	EXPECT_INT(rk_sha256_new(&hash, &err), 0);
	rk_sha256_add_field(hash, "ab");
	rk_sha256_add_field(hash, "c");
	EXPECT_INT(rk_sha256_hex(hash, first, &err), 0);
	rk_sha256_add_field(hash, "a");
	rk_sha256_add_field(hash, "bc");
	EXPECT_INT(rk_sha256_hex(hash, second, &err), 0);
	EXPECT(strcmp(first, second) != 0);
}

static void hashes_a_file_and_names_a_missing_one(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char dir[] = "/tmp/rkmod-test-XXXXXX";
	cleanup_free char *path = NULL;
	char hex[RK_SHA256_HEX_SIZE] = "";

	EXPECT(mkdtemp(dir) != NULL);
	EXPECT_INT(rk_path_join(dir, "f", &path, &err), 0);
	EXPECT_INT(rk_sha256_file(path, hex, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, path);
	EXPECT_INT(rk_file_write(path, "abc", 3, 0600, &err), 0);
	EXPECT_INT(rk_sha256_file(path, hex, &err), 0);
	EXPECT_STR(hex,
		   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	EXPECT_INT(rk_dir_remove(dir, &err), 0);
}

static const struct test tests[] = {
	TEST(computes_the_published_values),
	TEST(is_empty_after_its_hex_was_taken),
	TEST(keeps_fields_apart),
	TEST(hashes_a_file_and_names_a_missing_one),
};

TAP_MAIN(tests)
