/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/json.h"
#include "tests/unit/tap.h"

static const struct rk_json_limits limits = {.size = 256, .depth = 3};

/* The message that a text is refused with; "" if it is taken. */
static const char *refusal(const char *text, size_t size)
{
	static struct rk_error err;
	cleanup(rk_json_free_p) struct rk_json *value = NULL;

	err = (struct rk_error)RK_ERROR_INIT;
	if (rk_json_parse(text, size, &limits, &value, &err) == 0)
		return "";
	EXPECT(!value);
	EXPECT_INT(err.code, RK_EFORMAT);
	return err.msg;
}

static void reads_members_in_order(void)
{
	const char text[] = " {\"a\": \"x\", \"b\": [1, true, null]} \n";
	cleanup(rk_json_free_p) struct rk_json *value = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_json *b;

	if (!EXPECT_INT(rk_json_parse(text, strlen(text), &limits, &value, &err), 0))
		return;
	EXPECT_STR(rk_json_string(rk_json_get(value, "a")), "x");
	EXPECT_STR(rk_json_key(rk_json_first(value)), "a");
	b = rk_json_next(rk_json_first(value));
	EXPECT_INT(rk_json_kind(b), RK_JSON_ARRAY);
	EXPECT_INT(rk_json_number(rk_json_first(b)), 1);
	EXPECT(rk_json_bool(rk_json_next(rk_json_first(b))));
	EXPECT(!rk_json_get(value, "A"));
}

static void names_line_and_column_of_damage(void)
{
	EXPECT_HAS(refusal("{\n \"a\": }", 9), "line 2, column 7");
	EXPECT_HAS(refusal("", 0), "line 1, column 1");
	EXPECT_HAS(refusal("{} x", 4), "column 4: more after the end");
}

static void refuses_what_cjson_would_take(void)
{
	EXPECT_HAS(refusal("[\"a\0\"]", 6), "NUL byte");
	EXPECT_HAS(refusal("{\"a\":1,\"a\":2}", 13), "'a' stands there twice");
	EXPECT_HAS(refusal("[[[[1]]]]", 9), "nested too deeply");
	EXPECT_STR(refusal("[\"[[[[[[\"]", 10), "");
}

static void refuses_a_text_over_the_limit(void)
{
	char text[300];

	memset(text, ' ', sizeof(text));
	EXPECT_HAS(refusal(text, sizeof(text)), "longer than 256 bytes");
}

static void writes_bytes_that_are_no_utf8_as_replacement(void)
{
	cleanup(rk_json_free_p) struct rk_json *value = rk_json_new_object();
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_json_add_string(value, "a", "\xff\xc0\x80\xed\xa0\x80 \xc3\xa4");
	rk_json_add_string(value, "b", NULL);
	EXPECT_INT(rk_json_print(value, false, &buf, &err), 0);
	EXPECT_STR(rk_buf_str(&buf),
		   "{\"a\":\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
		   "\xef\xbf\xbd \xc3\xa4\",\"b\":null}");
}

static void an_addition_that_failed_is_told_when_printed(void)
{
	cleanup(rk_json_free_p) struct rk_json *value = rk_json_new_object();
	struct rk_json *inner = rk_json_new_array();
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_json_add(inner, NULL,
		    NULL); /* as a constructor that ran out of memory gives */
	rk_json_add(value, "inner", inner);
	EXPECT_INT(rk_json_print(value, false, &buf, &err), -RK_ENOMEM);
}

static const struct test tests[] = {
	TEST(reads_members_in_order),
	TEST(names_line_and_column_of_damage),
	TEST(refuses_what_cjson_would_take),
	TEST(refuses_a_text_over_the_limit),
	TEST(writes_bytes_that_are_no_utf8_as_replacement),
	TEST(an_addition_that_failed_is_told_when_printed),
};
TAP_MAIN(tests)
