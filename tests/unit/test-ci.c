/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/pipeline/ci.h"
#include "tests/unit/tap.h"

static void every_step_is_found_by_its_name(void)
{
	enum rk_ci_step step;

	for (unsigned int i = 0; i < RK_N_CI_STEPS; i++) {
		step = RK_N_CI_STEPS;
		EXPECT(rk_ci_step_find(rk_ci_step_name((enum rk_ci_step)i), &step));
		EXPECT_INT(step, i);
	}
	EXPECT(!rk_ci_step_name(RK_N_CI_STEPS));
	EXPECT(!rk_ci_step_find("", &step) && !rk_ci_step_find("vms", &step));
}

static void outcomes_have_names(void)
{
	EXPECT_STR(rk_ci_outcome_name(RK_CI_OK), "ok");
	EXPECT_STR(rk_ci_outcome_name(RK_CI_MISSING), "missing");
	EXPECT_STR(rk_ci_outcome_name(RK_CI_NOT_RUN), "not-run");
}

static void an_empty_result_is_released_twice(void)
{
	struct rk_ci_result result = {0};

	rk_ci_result_release(&result);
	rk_ci_result_release(&result);
	EXPECT(!result.steps[0].what);
}

static const struct test tests[] = {
	TEST(every_step_is_found_by_its_name),
	TEST(outcomes_have_names),
	TEST(an_empty_result_is_released_twice),
};
TAP_MAIN(tests)
