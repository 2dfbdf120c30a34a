/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/module/modinfo.h"
#include "tests/unit/tap.h"

/* A file that is nothing but a .modinfo of @size bytes, and what follows it. */
static struct rk_modinfo open_text(const char *text, size_t size, size_t file_size)
{
	struct rk_view view = {.file = {(const uint8_t *)text, file_size}};
	const Elf64_Shdr section = {.sh_offset = 0, .sh_size = size};

	return rk_modinfo_open(&view, &section);
}

static void finds_the_first_of_a_key(void)
{
	static const char text[] = "a=1\0b=2\0b=3";
	struct rk_modinfo info = open_text(text, sizeof(text), sizeof(text));
	const char *value = rk_modinfo_get(&info, "b");

	EXPECT_STR(value, "2");
	EXPECT_STR(rk_modinfo_next(&info, "b", value), "3");
	EXPECT(!rk_modinfo_next(&info, "b", rk_modinfo_next(&info, "b", value)));
}

static void skips_runs_of_padding(void)
{
	static const char text[] = "a=1\0\0\0\0b=2\0\0";
	struct rk_modinfo info = open_text(text, sizeof(text), sizeof(text));

	EXPECT_STR(rk_modinfo_get(&info, "b"), "2");
}

static void a_key_is_no_prefix_of_another(void)
{
	static const char text[] = "license_x=1\0licens=2\0license";
	struct rk_modinfo info = open_text(text, sizeof(text), sizeof(text));

	EXPECT(!rk_modinfo_get(&info, "license"));
}

static void an_empty_value_is_there(void)
{
	static const char text[] = "staging=";
	struct rk_modinfo info = open_text(text, sizeof(text), sizeof(text));

	EXPECT_STR(rk_modinfo_get(&info, "staging"), "");
}

static void the_first_entry_is_read_whatever_the_size(void)
{
	static const char text[] = "a=1\0b=2";
	struct rk_modinfo info = open_text(text, 0, sizeof(text));

	EXPECT_STR(rk_modinfo_get(&info, "a"), "1");
	EXPECT(!rk_modinfo_get(&info, "b"));
}

static void an_entry_without_end_runs_on_to_the_file_and_not_further(void)
{
	static const char text[] = {'a', '=', '1', 'b', '\0', 'c', '=', '2'};
	struct rk_modinfo info = open_text(text, 3, sizeof(text));

	EXPECT_STR(rk_modinfo_get(&info, "a"), "1b");
	info = open_text(text, sizeof(text), sizeof(text));
	EXPECT(!rk_modinfo_get(&info, "c"));
}

static void a_section_outside_the_file_has_no_text(void)
{
	struct rk_view view = {.file = {(const uint8_t *)"x", 1}};
	const Elf64_Shdr section = {.sh_offset = 1ULL << 40, .sh_size = 10};
	struct rk_modinfo info = rk_modinfo_open(&view, &section);

	EXPECT(!info.text);
	EXPECT(!rk_modinfo_get(&info, "a"));
}

static const struct test tests[] = {
	TEST(finds_the_first_of_a_key),
	TEST(skips_runs_of_padding),
	TEST(a_key_is_no_prefix_of_another),
	TEST(an_empty_value_is_there),
	TEST(the_first_entry_is_read_whatever_the_size),
	TEST(an_entry_without_end_runs_on_to_the_file_and_not_further),
	TEST(a_section_outside_the_file_has_no_text),
};
TAP_MAIN(tests)
