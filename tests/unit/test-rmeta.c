/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/metadata/metadata.h"

#include "tap.h"

static const char text[] =
	"rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)";

/* A header as rustc writes it; @root_size 8 since format 9, 4 before. */
static size_t make_header(unsigned char *bytes, unsigned char format, size_t root_size,
			  const char *version)
{
	static const unsigned char magic[7] = {'r', 'u', 's', 't'};
	size_t len = strlen(version);
	size_t at = 0;

	memcpy(bytes, magic, sizeof(magic));
	bytes[7] = format;
	at = 8;
	memset(bytes + at, 0x5a, root_size);
	at += root_size;
	if (len > 127) {
		bytes[at++] = (unsigned char)(len & 0x7f) | 0x80;
		bytes[at++] = (unsigned char)(len >> 7);
	} else {
		bytes[at++] = (unsigned char)len;
	}
	for (size_t i = 0; i < len; i++)
		bytes[at++] = (unsigned char)version[i];
	bytes[at++] = 0xc1;
	return at;
}

static void expect_text(const unsigned char *bytes, size_t size, const char *expected)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *got = NULL;

	EXPECT_INT(rk_rmeta_version(bytes, size, &got, &err), 0);
	EXPECT_STR(got, expected);
}

static void expect_refused(const unsigned char *bytes, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	/* Exactly as long as it says: a sanitizer sees each byte read too many. */
	cleanup_free unsigned char *copy = malloc(size ? size : 1);
	char *got = NULL;

	memcpy(copy, bytes, size);
	EXPECT_INT(rk_rmeta_version(copy, size, &got, &err), -RK_EFORMAT);
	EXPECT_STR(got, NULL);
}

static void reads_the_formats_of_rustc_1_63_and_1_85(void)
{
	unsigned char bytes[512];

	expect_text(bytes, make_header(bytes, 9, 8, text), text);
	expect_text(bytes, make_header(bytes, 6, 4, "rustc 1.63.0"), "rustc 1.63.0");
}

static void reads_a_length_of_two_bytes(void)
{
	unsigned char bytes[512];
	char version[201];

	memset(version, 'x', 200);
	memcpy(version, "rustc ", 6);
	version[200] = '\0';
	expect_text(bytes, make_header(bytes, 9, 8, version), version);
}

static void refuses_every_cut(void)
{
	unsigned char bytes[512];
	size_t size = make_header(bytes, 9, 8, text);

	for (size_t cut = 0; cut < size; cut++)
		expect_refused(bytes, cut);
}

static void refuses_what_is_no_metadata(void)
{
	unsigned char bytes[512] = {0};
	size_t size = make_header(bytes, 9, 8, text);

	bytes[0] = 'R';
	expect_refused(bytes, size);
	expect_refused((const unsigned char *)"\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\0\0", 18);
}

static void refuses_a_text_that_could_forge_a_line(void)
{
	unsigned char bytes[512];

	expect_refused(bytes, make_header(bytes, 9, 8, "rustc 1.85.1\nrustc 1.90"));
	expect_refused(bytes, make_header(bytes, 9, 8, "clang 1.85.1"));
	expect_refused(bytes, make_header(bytes, 9, 8, "rustc "));
	expect_refused(bytes, make_header(bytes, 9, 8, ""));
}

static void refuses_lengths_that_lie(void)
{
	unsigned char bytes[512];
	size_t size = make_header(bytes, 9, 8, text);

	bytes[16] = 0x7f;
	expect_refused(bytes, size);
	bytes[16] = 0xff;
	bytes[17] = 0xff;
	expect_refused(bytes, size);
	bytes[16] = 3;
	expect_refused(bytes, size);
}

static const struct test tests[] = {
	TEST(reads_the_formats_of_rustc_1_63_and_1_85),
	TEST(reads_a_length_of_two_bytes),
	TEST(refuses_every_cut),
	TEST(refuses_what_is_no_metadata),
	TEST(refuses_a_text_that_could_forge_a_line),
	TEST(refuses_lengths_that_lie),
};

TAP_MAIN(tests)
