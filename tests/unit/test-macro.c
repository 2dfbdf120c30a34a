/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/repo/macro.h"
#include "tests/unit/tap.h"

static const char *const forms[] = {"string", "bytes", "list", "block", "other"};

/* All macros of a text: "module@1 type:other@2, name:string@3,; ..." */
static void expect(const char *text, const char *wanted)
{
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	struct rk_macro_scan scan;
	struct rk_macro macro;

	rk_macro_begin(&scan, text, strlen(text));
	while (rk_macro_next(&scan, &macro)) {
		rk_buf_addf(&got, "%s%s@%zu", got.len ? "; " : "", macro.name,
			    macro.line);
		for (size_t i = 0; i < macro.n_keys; i++)
			rk_buf_addf(&got, " %s:%s@%zu%s", macro.keys[i].name,
				    forms[macro.keys[i].form], macro.keys[i].line,
				    macro.keys[i].comma ? "," : "");
	}
	EXPECT_STR(rk_buf_str(&got), wanted);
}

static void keys_have_forms_and_lines(void)
{
	expect("use kernel::prelude::*;\n"
	       "module! {\n    type: Hello,\n    name: \"hello\",\n"
	       "    authors: [\"A\", \"B\"],\n    license: b\"GPL\",\n"
	       "    params: {\n        x: i64 { default: 1, description: \"x\" },\n    },\n"
	       "}\n",
	       "module@2 type:other@3, name:string@4, authors:list@5, license:bytes@6, "
	       "params:block@7,");
}

static void the_last_comma_is_seen_to_be_missing(void)
{
	expect("module! { type: M, license: \"GPL\" }",
	       "module@1 type:other@1, license:string@1");
}

static void macros_of_drivers_count(void)
{
	expect("kernel::module_pci_driver! { type: D<A, B>, name: \"d\", }\n"
	       "module_x! { a: \"b\" } module__driver! { a: \"b\" }",
	       "module_pci_driver@1 type:other@1, name:string@1,");
}

static void other_brackets_do_as_well(void)
{
	expect("module!(name: \"a\",); module![name: \"b\",];",
	       "module@1 name:string@1,; module@1 name:string@1,");
}

static void comments_strings_and_characters_are_no_source(void)
{
	expect("// module! { a: \"b\", }\n/* /* */ module! { a: \"b\", } */\n"
	       "const A: &str = \"module! { \\\" }\";\n"
	       "const B: &str = r#\"\" module! { a: \"b\", }\"#;\n"
	       "const C: &[u8] = br\"module! {\";\nconst D: char = '\"';\n"
	       "const E: char = '\\'';\nconst F: char = '\xc3\xa4';\n"
	       "fn f<'a>(x: &'a str) -> &'a str { x }\n"
	       "module! { /* c */ name: /* d */ \"x\", // e\n}\n",
	       "module@10 name:string@10,");
}

static void raw_strings_are_strings(void)
{
	expect("module! { name: r\"x\", a: r##\"\"# \"##, b: br#\"y\"#, c: c\"z\", }",
	       "module@1 name:string@1, a:string@1, b:bytes@1, c:other@1,");
}

static void what_cannot_be_followed_is_passed_over(void)
{
	expect("macro_rules! m { ($t:ty) => { module! { type: $t, name: \"a\", } } }\n"
	       "module! { #[x] name: \"a\", }\nmodule! { name \"a\" }\n"
	       "module! { name: \"c\", }",
	       "module@4 name:string@4,");
	expect("mod module; use module::x; module!; module", "");
}

static void cut_off_text_ends(void)
{
	static const char text[] =
		"module! { type: M<'a>, name: b\"x\\\"\", a: r#\"y\"#, c: '\\n', /* x */ }";

	for (size_t len = 0; len < strlen(text); len++) {
		struct rk_macro_scan scan;
		struct rk_macro macro;
		char *cut = strndup(text, len);

		rk_macro_begin(&scan, cut, len);
		EXPECT(!rk_macro_next(&scan, &macro));
		free(cut);
	}
	expect("\"", "");
	expect("r####", "");
	expect("'\\", "");
	expect("/*/", "");
}

static void too_many_and_too_long_names_do_no_harm(void)
{
	cleanup_buf struct rk_buf many = RK_BUF_INIT;

	rk_buf_adds(&many, "module! {");
	for (size_t i = 0; i < 100; i++)
		rk_buf_addf(&many, "k%zu: \"\",", i);
	rk_buf_adds(&many, "}");
	expect(rk_buf_str(&many), "");
	expect("module! { aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee: 1, }",
	       "module@1 aaaaaaaaaabbbbbbbbbbccccccccccd:other@1,");
}

/* ---- files ---- */

static void put(const char *dir, const char *name, const char *text)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_path_join(dir, name, &path, &err), 0);
	EXPECT_INT(rk_file_write(path, text, strlen(text), 0600, &err), 0);
}

static void expect_files(const char *dir, const char *wanted)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_repo_rust_files(dir, &files, &err), 0);
	for (size_t i = 0; i < files.n_items; i++)
		rk_buf_addf(&got, "%s%s", i ? " " : "", files.items[i]);
	EXPECT_STR(rk_buf_str(&got), wanted);
}

static void files_are_those_that_kbuild_names(void)
{
	char dir[] = "/tmp/rkmod-test-XXXXXX";
	cleanup_free char *sub = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT(mkdtemp(dir) != NULL);
	EXPECT_INT(rk_path_join(dir, "sub", &sub, &err), 0);
	EXPECT_INT(mkdir(sub, 0700), 0);
	put(dir, "a.rs", "");
	put(dir, "b.rs", "");
	put(dir, "unused.rs", "");
	put(sub, "c.rs", "");
	expect_files(dir, "");
	put(dir, "Makefile", "obj-m := unused.o\n");
	expect_files(dir, "unused.rs");
	put(dir, "Kbuild",
	    "obj-m := a.o x.o sub/ ../ /etc/\nx-y := b.o c.o a.o # unused.o\n"
	    "y-y := ../a.o $(src)/b.o\n");
	put(sub, "Kbuild", "obj-m += c.o ./\n");
	expect_files(dir, "a.rs b.rs sub/c.rs");
	/* A folder that names itself, by a link. */
	put(sub, "Kbuild", "obj-m += c.o up/\n");
	{
		cleanup_free char *up = NULL;

		EXPECT_INT(rk_path_join(sub, "up", &up, &err), 0);
		EXPECT_INT(symlink("../sub", up), 0);
	}
	expect_files(dir, "a.rs b.rs sub/c.rs sub/up/c.rs sub/up/up/c.rs "
			  "sub/up/up/up/c.rs");
	EXPECT_INT(rk_dir_remove(dir, &err), 0);
}

static const struct test tests[] = {
	TEST(keys_have_forms_and_lines),
	TEST(the_last_comma_is_seen_to_be_missing),
	TEST(macros_of_drivers_count),
	TEST(other_brackets_do_as_well),
	TEST(comments_strings_and_characters_are_no_source),
	TEST(raw_strings_are_strings),
	TEST(what_cannot_be_followed_is_passed_over),
	TEST(cut_off_text_ends),
	TEST(too_many_and_too_long_names_do_no_harm),
	TEST(files_are_those_that_kbuild_names),
};
TAP_MAIN(tests)
