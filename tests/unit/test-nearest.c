/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/cleanup.h"
#include "lib/request/request.h"
#include "tests/unit/tap.h"

static const char *const words[] = {"root", "kernel", "kdir", "package", "prepare"};

static const char *nearest(const char *word)
{
	return rk_nearest(word, words, RK_ARRAY_LEN(words));
}

static void one_letter_wrong_dropped_added_or_swapped_is_near(void)
{
	EXPECT_STR(nearest("kernal"), "kernel");
	EXPECT_STR(nearest("kernl"), "kernel");
	EXPECT_STR(nearest("kkernel"), "kernel");
	EXPECT_STR(nearest("kenrel"), "kernel");
	EXPECT_STR(nearest("kdri"), "kdir");
	EXPECT_STR(nearest("kernel"), "kernel");
}

static void longer_words_may_differ_more(void)
{
	EXPECT_STR(nearest("pakages"), "package");
	EXPECT_STR(nearest("prepair"), "prepare");
}

static void the_nearest_wins_over_the_first(void)
{
	static const char *const two[] = {"check", "chuck"};

	EXPECT_STR(rk_nearest("chuk", two, 2), "chuck");
}

static void nothing_is_near_to_another_word(void)
{
	EXPECT(!nearest("compiler"));
	EXPECT(!nearest("xx"));
	EXPECT(!nearest(""));
	EXPECT(!rk_nearest("a", words, 0));
	/* Two letters of two wrong is not a misspelling. */
	EXPECT(!rk_nearest("ab", (const char *const[]){"c"}, 1));
}

static void a_huge_word_is_nobody_s_misspelling(void)
{
	static char huge[100000];

	memset(huge, 'k', sizeof(huge) - 1);
	EXPECT(!nearest(huge));
	EXPECT(!rk_nearest("kernel", (const char *const[]){huge}, 1));
}

static const struct test tests[] = {
	TEST(one_letter_wrong_dropped_added_or_swapped_is_near),
	TEST(longer_words_may_differ_more),
	TEST(the_nearest_wins_over_the_first),
	TEST(nothing_is_near_to_another_word),
	TEST(a_huge_word_is_nobody_s_misspelling),
};
TAP_MAIN(tests)
