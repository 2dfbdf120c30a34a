/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_TESTS_UNIT_TAP_H
#define RK_TESTS_UNIT_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/*
 * A unit test is a static table of functions whose names are claims:
 *
 *	static const struct test tests[] = {TEST(rejects_entry_without_equals), ...};
 *	TAP_MAIN(tests)
 *
 * EXPECT() and its kin report file and line, count a failure, and go on.
 */
struct test {
	const char *name;
	void (*run)(void);
};

#define TEST(fn)                                                                         \
	{                                                                                \
#fn, fn                                                                  \
	}

static int tap_failures;

#define EXPECT(condition)            tap_expect((condition), #condition, __FILE__, __LINE__)
#define EXPECT_STR(actual, expected) tap_expect_str(actual, expected, __FILE__, __LINE__)
#define EXPECT_INT(actual, expected)                                                     \
	tap_expect_int((long long)(actual), (long long)(expected), __FILE__, __LINE__)
/* The text contains the words: for messages. */
#define EXPECT_HAS(text, words) tap_expect_has(text, words, __FILE__, __LINE__)

static inline bool tap_expect(bool ok, const char *text, const char *file, int line)
{
	if (!ok) {
		printf("# %s:%d: not true: %s\n", file, line, text);
		tap_failures++;
	}
	return ok;
}

static inline bool tap_expect_str(const char *actual, const char *expected,
				  const char *file, int line)
{
	bool ok = actual && expected ? strcmp(actual, expected) == 0 : actual == expected;

	if (!ok) {
		printf("# %s:%d: is '%s', should be '%s'\n", file, line,
		       actual ? actual : "(null)", expected ? expected : "(null)");
		tap_failures++;
	}
	return ok;
}

static inline bool tap_expect_int(long long actual, long long expected, const char *file,
				  int line)
{
	if (actual != expected) {
		printf("# %s:%d: is %lld, should be %lld\n", file, line, actual,
		       expected);
		tap_failures++;
	}
	return actual == expected;
}

static inline bool tap_expect_has(const char *text, const char *words, const char *file,
				  int line)
{
	bool ok = text && strstr(text, words);

	if (!ok) {
		printf("# %s:%d: '%s' has no '%s'\n", file, line, text ? text : "(null)",
		       words);
		tap_failures++;
	}
	return ok;
}

static inline int tap_run(const struct test *tests, size_t n_tests)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%zu\n", n_tests);
	for (size_t i = 0; i < n_tests; i++) {
		tap_failures = 0;
		tests[i].run();
		printf("%sok %zu - %s\n", tap_failures ? "not " : "", i + 1,
		       tests[i].name);
		failed += tap_failures != 0;
	}
	return failed != 0;
}

#define TAP_MAIN(tests)                                                                  \
	int main(void)                                                                   \
	{                                                                                \
		return tap_run(tests, sizeof(tests) / sizeof((tests)[0]));               \
	}

#endif
