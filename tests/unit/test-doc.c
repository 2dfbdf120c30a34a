/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/build/doc.h"
#include "tests/unit/tap.h"

/* "A=1|rustc|x y" */
static void expect(const char *text, const char *env, const char *argv)
{
	cleanup(rk_saved_command_release) struct rk_saved_command command = {0};
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	if (!EXPECT(rk_saved_command_parse(text, &command, &err) == 0)) {
		printf("# %s\n", err.msg);
		return;
	}
	for (size_t i = 0; i < command.env.n_items; i++)
		rk_buf_addf(&got, "%s%s", i ? "|" : "", command.env.items[i]);
	EXPECT_STR(rk_buf_str(&got), env);
	rk_buf_truncate(&got, 0);
	for (size_t i = 0; i < command.argv.n_items; i++)
		rk_buf_addf(&got, "%s%s", i ? "|" : "", command.argv.items[i]);
	EXPECT_STR(rk_buf_str(&got), argv);
}

static void both_forms_are_read(void)
{
	expect("savedcmd_hello.o := A=1 B_2= /x/rustc --cfg MODULE hello.rs\n\nsource_x := y\n",
	       "A=1|B_2=", "/x/rustc|--cfg|MODULE|hello.rs");
	expect("cmd_/m/hello.o := rustc  x", "", "rustc|x");
}

static void quotes_are_the_shells_and_make_s(void)
{
	expect("savedcmd_x := c -Zcrate-attr='feature(a,b)' \"d e\" f\\ g 'h\\i' \"j\\\"k\"",
	       "", "c|-Zcrate-attr=feature(a,b)|d e|f g|h\\i|j\"k");
	expect("savedcmd_x := c $$HOME '$(pound)1' a$b", "", "c|$HOME|#1|a$b");
}

static void it_ends_where_the_next_command_begins(void)
{
	expect("savedcmd_x := rustc x.rs   ; objtool x.o", "", "rustc|x.rs");
	expect("savedcmd_x := rustc x.rs && rm y", "", "rustc|x.rs");
	expect("cmd_x := rustc x.rs; mv a b", "", "rustc|x.rs");
	expect("savedcmd_x := rustc ';' x.rs", "", "rustc|;|x.rs");
}

static void a_value_behind_the_compiler_is_no_environment(void)
{
	expect("savedcmd_x := A=1 rustc B=2", "A=1", "rustc|B=2");
}

static void other_texts_are_refused(void)
{
	static const char *const texts[] = {
		"",
		"savedcmd_",
		"savedcmd_x := ",
		"savedcmd_x := A=1",
		"savedcmd_x := ; rustc",
		"savedcmd_x := rustc 'x",
		"savedcmd_x := rustc \"x\\",
		"savedcmd_x\n := rustc",
		"deps_x := rustc",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		struct rk_saved_command command = {0};
		struct rk_error err = RK_ERROR_INIT;

		EXPECT(rk_saved_command_parse(texts[i], &command, &err) == -RK_EFORMAT);
		EXPECT(!command.argv.items && !command.env.items);
	}
}

static const struct test tests[] = {
	TEST(both_forms_are_read),
	TEST(quotes_are_the_shells_and_make_s),
	TEST(it_ends_where_the_next_command_begins),
	TEST(a_value_behind_the_compiler_is_no_environment),
	TEST(other_texts_are_refused),
};
TAP_MAIN(tests)
