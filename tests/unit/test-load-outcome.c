/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who answered with an errno: the loader, or the module's own init function. The lines
 * are those of real kernels.
 */
#include <errno.h>

#include "lib/load/internal.h"
#include "tests/unit/tap.h"

/* @text: what the kernel said meanwhile, or NULL; @is_modules: it begins with its name */
static enum rk_agreement conclude(int sys_errno, const char *text, bool is_modules)
{
	static struct rk_kernel kernel;
	struct rk_log_line line = {
		.text = (char *)text,
		.kind = is_modules ? RK_LINE_MODULE : RK_LINE_KERNEL,
	};
	const struct rk_load load = {.kernel = &kernel};
	const struct rk_call call = {.result = RK_CALL_DONE, .sys_errno = sys_errno};
	struct rk_load_item item = {
		.verdict = {.answer = RK_ANSWER_ACCEPT},
		.has_verdict = true,
		.log = {.items = &line, .n_items = text != NULL},
	};

	rk_load_conclude(&load, &item, &call);
	return item.agreement;
}

static void an_errno_without_a_line_is_the_modules(void)
{
	static const int numbers[] = {EPERM, ENOENT, ENOMEM, EBUSY, ENODEV, EINVAL};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		EXPECT_INT(conclude(numbers[i], NULL, false), RK_AGREEMENT_INIT);
}

static void what_only_the_loader_answers_is_its(void)
{
	EXPECT_INT(conclude(ENOEXEC, NULL, false), RK_AGREEMENT_NO);
	EXPECT_INT(conclude(EKEYREJECTED, NULL, false), RK_AGREEMENT_NO);
	EXPECT_INT(conclude(EBADMSG, NULL, false), RK_AGREEMENT_NO);
}

static void a_line_of_the_loader_is_a_refusal(void)
{
	EXPECT_INT(conclude(ENOENT, "m: Unknown symbol no_such (err -2)", true),
		   RK_AGREEMENT_NO);
	EXPECT_INT(conclude(EINVAL, "m: disagrees about version of symbol _printk", true),
		   RK_AGREEMENT_NO);
	EXPECT_INT(conclude(ENOSPC, "m: `xx' too large for parameter `a'", true),
		   RK_AGREEMENT_NO);
	EXPECT_INT(conclude(EINVAL, "failed to validate module [m] BTF: -22", false),
		   RK_AGREEMENT_NO);
	EXPECT_INT(conclude(EPERM, "Module m is blacklisted", false), RK_AGREEMENT_NO);
	EXPECT_INT(
		conclude(
			EPERM,
			"Lockdown: rkmod: unsigned module loading is restricted; see man kernel_lockdown.7",
			false),
		RK_AGREEMENT_NO);
}

static void lines_of_others_are_not(void)
{
	EXPECT_INT(conclude(ENOENT, "other: Unknown symbol no_such (err -2)", false),
		   RK_AGREEMENT_INIT);
	EXPECT_INT(
		conclude(
			EPERM,
			"Lockdown: rkmod: raw io port access is restricted; see man kernel_lockdown.7",
			false),
		RK_AGREEMENT_INIT);
	EXPECT_INT(conclude(EINVAL, "m: no device answers", true), RK_AGREEMENT_INIT);
}

static void success_is_as_predicted(void)
{
	EXPECT_INT(conclude(0, "m: here", true), RK_AGREEMENT_YES);
}

static const struct test tests[] = {
	TEST(an_errno_without_a_line_is_the_modules),
	TEST(what_only_the_loader_answers_is_its),
	TEST(a_line_of_the_loader_is_a_refusal),
	TEST(lines_of_others_are_not),
	TEST(success_is_as_predicted),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
