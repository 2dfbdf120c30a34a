/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/pipeline/severity.h"
#include "tests/unit/tap.h"

/* A pipeline with one refused module, one finding each. */
static struct rk_pipeline pipeline;

static struct rk_pipeline_module *start(const char *code)
{
	rk_pipeline_init(&pipeline, NULL, NULL);
	pipeline.modules = calloc(1, sizeof(*pipeline.modules));
	if (!pipeline.modules)
		abort();
	pipeline.n_modules = 1;
	pipeline.modules[0].verdict.answer = RK_ANSWER_REFUSE;
	rk_findings_add(&pipeline.modules[0].verdict.findings, code, "x");
	rk_findings_add(&pipeline.findings, "not-formatted", "x");
	return &pipeline.modules[0];
}

static void finish(void)
{
	rk_findings_release(&pipeline.modules[0].verdict.findings);
	rk_pipeline_release(&pipeline);
}

static void an_error_that_is_made_a_note_is_forgiven(void)
{
	const struct rk_pipeline_module *module = start("rust-compiler");

	EXPECT(!rk_pipeline_is_good(&pipeline));
	rk_pipeline_apply_severities(&pipeline, "rust-compiler=note");
	EXPECT_INT(module->verdict.findings.items[0].severity, RK_SEVERITY_NOTE);
	EXPECT(module->forgiven && !module->condemned);
	EXPECT_INT(module->verdict.answer, RK_ANSWER_REFUSE);
	EXPECT(rk_pipeline_is_good(&pipeline));
	finish();
}

static void a_second_error_is_not_forgiven_with_the_first(void)
{
	struct rk_pipeline_module *module = start("rust-compiler");

	rk_findings_add(&module->verdict.findings, "failed", "y");
	rk_pipeline_apply_severities(&pipeline, "rust-compiler=note");
	EXPECT(!module->forgiven);
	EXPECT(!rk_pipeline_is_good(&pipeline));
	finish();
}

static void what_is_made_an_error_condemns(void)
{
	struct rk_pipeline_module *module = start("rust-toolchain-file");

	module->verdict.answer = RK_ANSWER_ACCEPT;
	module->verdict.findings.items[0].severity = RK_SEVERITY_NOTE;
	EXPECT(rk_pipeline_is_good(&pipeline));
	rk_pipeline_apply_severities(&pipeline, "failed=note rust-toolchain-file=error");
	EXPECT(module->condemned);
	EXPECT(!rk_pipeline_is_good(&pipeline));
	finish();
}

static void findings_of_the_run_are_weighed(void)
{
	start("failed");
	rk_pipeline_apply_severities(&pipeline, "not-formatted=warning");
	EXPECT_INT(pipeline.findings.items[0].severity, RK_SEVERITY_WARNING);
	finish();
}

static void what_is_not_named_stays(void)
{
	const struct rk_pipeline_module *module = start("failed");

	rk_pipeline_apply_severities(&pipeline, NULL);
	rk_pipeline_apply_severities(&pipeline, "");
	rk_pipeline_apply_severities(&pipeline,
				     "faile=note failed-x=note failed=nothing");
	EXPECT_INT(module->verdict.findings.items[0].severity, RK_SEVERITY_ERROR);
	EXPECT_INT(pipeline.findings.items[0].severity, RK_SEVERITY_ERROR);
	EXPECT(!module->forgiven && !module->condemned);
	finish();
}

static const struct test tests[] = {
	TEST(an_error_that_is_made_a_note_is_forgiven),
	TEST(a_second_error_is_not_forgiven_with_the_first),
	TEST(what_is_made_an_error_condemns),
	TEST(findings_of_the_run_are_weighed),
	TEST(what_is_not_named_stays),
};

int main(void)
{
	return tap_run(tests, RK_ARRAY_LEN(tests));
}
