/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/repo/template.h"
#include "tests/unit/tap.h"

static const struct rk_template_words newest = {
	.kind = RK_TEMPLATE_MINIMAL, .name = "my_driver", .author = "A", .authors = true};

static void expect_fill(const struct rk_template_words *words, const char *name,
			const char *text, const char *want_name, const char *want_text)
{
	const struct rk_template_file file = {"hello", name, text};
	cleanup_free char *got_name = NULL;
	cleanup_free char *got_text = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT(rk_template_fill(&file, words, &got_name, &got_text, &err) == 0);
	EXPECT_STR(got_name, want_name);
	EXPECT_STR(got_text, want_text);
}

static void names_are_replaced(void)
{
	expect_fill(&newest, "hello.rs", "type: Hello,\n    name: \"hello\",\n",
		    "my_driver.rs", "type: MyDriverModule,\n    name: \"my_driver\",\n");
	expect_fill(&newest, "Kbuild", "obj-m := hello.o\nhello-y := main.o\n", "Kbuild",
		    "obj-m := my_driver.o\nmy_driver-y := main.o\n");
	expect_fill(&newest, "x.c", "\"The rkmod authors\" \"rkmod-sample\"", "x.c",
		    "\"A\" \"my_driver\"");
}

static void prose_and_longer_words_stay(void)
{
	static const char text[] =
		"//! says hello\n\"hello from\" Hellos xHello _hello.o hello_y\n";

	expect_fill(&newest, "main.rs", text, "main.rs", text);
}

static const char macro[] = "module! {\n"
			    "    type: Hello,\n"
			    "    name: \"hello\",\n"
			    "    authors: [\"The rkmod authors\"],\n"
			    "    license: \"GPL\",\n"
			    "}\n"
			    "x: \"y\"\n";

static void one_author_where_no_list_is_taken(void)
{
	const struct rk_template_words words = {.name = "x", .author = "A B"};

	expect_fill(&words, "hello.rs", macro, "x.rs",
		    "module! {\n"
		    "    type: XModule,\n"
		    "    name: \"x\",\n"
		    "    author: \"A B\",\n"
		    "    license: \"GPL\",\n"
		    "}\n"
		    "x: \"y\"\n");
}

static void byte_strings_in_the_macro_only(void)
{
	const struct rk_template_words words = {
		.name = "x", .author = "A", .byte_strings = true};

	expect_fill(&words, "hello.rs", macro, "x.rs",
		    "module! {\n"
		    "    type: XModule,\n"
		    "    name: b\"x\",\n"
		    "    author: b\"A\",\n"
		    "    license: b\"GPL\",\n"
		    "}\n"
		    "x: \"y\"\n");
}

static void every_kind_has_files(void)
{
	for (unsigned int kind = 0; kind < RK_N_TEMPLATES; kind++) {
		enum rk_template_kind found = RK_N_TEMPLATES;
		const char *name = rk_template_kind_name((enum rk_template_kind)kind);
		size_t n = 0;

		EXPECT(rk_template_kind_find(name, &found) && found == kind);
		for (const struct rk_template_file *file = rk_template_files;
		     file->sample; file++)
			n += rk_template_is_of(file, (enum rk_template_kind)kind);
		EXPECT(n >= 3);
	}
	EXPECT(!rk_template_kind_name(RK_N_TEMPLATES));
}

/* One source of truth: what is built in is what stands in samples/. */
static void samples_are_the_templates(void)
{
	const char *root = getenv("RKMOD_SOURCE_ROOT");
	size_t n = 0;

	for (const struct rk_template_file *file = rk_template_files;
	     root && file->sample; file++, n++) {
		char path[512];
		char text[16384];
		size_t size;
		FILE *in;

		snprintf(path, sizeof(path), "%s/samples/%s/%s", root, file->sample,
			 file->name);
		in = fopen(path, "re");
		if (!EXPECT(in))
			continue;
		size = fread(text, 1, sizeof(text) - 1, in);
		fclose(in);
		text[size] = '\0';
		EXPECT_STR(file->text, text);
	}
	EXPECT(!root || n > 10);
}

static void values_are_put_in(void)
{
	static const char *const values[] = {"IMAGE",  "i", "PACKAGES", "p",
					     "TARGET", "t", NULL};
	static const char *const none[] = {NULL};
	cleanup_free char *text = NULL;
	cleanup_free char *plain = NULL;
	cleanup_free char *missing = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT(rk_template_expand("github.yml", values, &text, &err) == 0);
	EXPECT_HAS(text, "container: i\n");
	EXPECT_HAS(text, "rkmod ci t--skip vm");
	EXPECT_HAS(text, "actions/checkout@v4");
	EXPECT(!strstr(text, "@PACKAGES@"));
	EXPECT(rk_template_expand("gitignore", none, &plain, &err) == 0);
	EXPECT_HAS(plain, "*.ko\n");
	EXPECT(rk_template_expand("nothing", none, &missing, &err) == 0);
	EXPECT_STR(missing, "");
}

static void good_names_are_taken(void)
{
	static const char *const names[][2] = {
		{"hello", "hello"},
		{"my-driver2", "my_driver2"},
		{"/a/b/x_y", "x_y"},
		{"a23456789012345678901234567890123456789012345678901234a",
		 "a23456789012345678901234567890123456789012345678901234a"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *name = NULL;
		struct rk_error err = RK_ERROR_INIT;

		EXPECT(rk_template_name(names[i][0], RK_TEMPLATE_MIXED, &name, &err) ==
		       0);
		EXPECT_STR(name, names[i][1]);
	}
}

static void bad_names_are_refused(void)
{
	static const char *const names[] = {
		"",
		"2fast",
		"a.b",
		"Hello",
		"a b",
		"-a",
		"\xc3\xa9t\xc3\xa9",
		"core",
		"fn",
		"main",
		"fnv1a",
		"a$b",
		"a\nb",
		"..",
		"a2345678901234567890123456789012345678901234567890123456",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_free char *name = NULL;
		struct rk_error err = RK_ERROR_INIT;

		EXPECT(rk_template_name(names[i], RK_TEMPLATE_MIXED, &name, &err) ==
		       -RK_EREFUSED);
		EXPECT_STR(err.id, "new-name");
	}
}

static const struct test tests[] = {
	TEST(names_are_replaced),
	TEST(prose_and_longer_words_stay),
	TEST(one_author_where_no_list_is_taken),
	TEST(byte_strings_in_the_macro_only),
	TEST(every_kind_has_files),
	TEST(samples_are_the_templates),
	TEST(values_are_put_in),
	TEST(good_names_are_taken),
	TEST(bad_names_are_refused),
};
TAP_MAIN(tests)
