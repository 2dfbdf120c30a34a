/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many files at a time; what a single one is told is tested with lib/verdict. */
#include "lib/pipeline/judge.h"
#include "tests/unit/ko.h"

static char *place;

struct run {
	struct rk_machine machine;
	struct rk_pipeline pipeline;
	struct rk_strv paths;
	struct ko_kernel *kernel;
};

static void start(struct run *run, unsigned int n_cpus)
{
	*run = (struct run){.machine = {.n_cpus = n_cpus}};
	run->kernel = ko_kernel("", "");
	rk_pipeline_init(&run->pipeline, &run->machine, NULL);
	run->pipeline.kernel = &run->kernel->kernel;
}

static void finish(struct run *run)
{
	run->pipeline.kernel = NULL;
	rk_pipeline_release(&run->pipeline);
	rk_strv_release(&run->paths);
	ko_kernel_free(run->kernel);
}

static void add(struct run *run, const char *fixture, size_t times)
{
	for (size_t i = 0; i < times; i++)
		rk_strv_addf(&run->paths, "%s/%s", getenv("RKMOD_FIXTURES"), fixture);
}

static int judge(struct run *run)
{
	struct rk_error err = RK_ERROR_INIT;
	int r = rk_pipeline_judge(&run->pipeline, &run->paths, &err);

	if (r < 0)
		printf("# %s\n", err.msg);
	return r;
}

static enum rk_answer answer(const struct run *run, size_t i)
{
	return run->pipeline.modules[i].verdict.answer;
}

static void a_symbol_that_nobody_exports_is_missed(void)
{
	struct run run;

	start(&run, 2);
	add(&run, "needs-export.ko", 1);
	EXPECT_INT(judge(&run), 0);
	EXPECT_INT(answer(&run, 0), RK_ANSWER_REFUSE);
	finish(&run);
}

static void a_module_beside_satisfies_wherever_it_stands(void)
{
	for (unsigned int n_cpus = 1; n_cpus <= 3; n_cpus++) {
		struct run run;

		start(&run, n_cpus);
		add(&run, "needs-export.ko", 1);
		add(&run, "exports.ko", 1);
		add(&run, "plain.ko", 1);
		EXPECT_INT(judge(&run), 0);
		for (size_t i = 0; i < 3; i++)
			EXPECT_INT(answer(&run, i), RK_ANSWER_ACCEPT);
		EXPECT(run.pipeline.modules[0].module->data != NULL);
		finish(&run);
	}
}

static void of_many_no_bytes_are_kept_and_the_order_stays(void)
{
	enum {
		N = 100,
	};
	struct run run;
	size_t n_good = 0;
	size_t n_kept = 0;

	start(&run, 4);
	add(&run, "needs-export.ko", N);
	add(&run, "rust-call.ko", 1);
	add(&run, "exports.ko", 1);
	EXPECT_INT(judge(&run), 0);
	EXPECT_INT(run.pipeline.n_modules, N + 2);
	for (size_t i = 0; i < run.pipeline.n_modules; i++) {
		const struct rk_pipeline_module *module = &run.pipeline.modules[i];

		n_good += module->verdict.answer == RK_ANSWER_ACCEPT;
		n_kept += module->module->data != NULL;
		EXPECT_STR(module->module->path, run.paths.items[i]);
	}
	EXPECT_INT(n_good, N + 1);
	EXPECT_INT(answer(&run, N), RK_ANSWER_REFUSE);
	EXPECT_INT(n_kept, 0);
	finish(&run);
}

static void the_first_file_that_cannot_be_read_is_named(void)
{
	struct run run;
	struct rk_error err = RK_ERROR_INIT;

	start(&run, 3);
	add(&run, "plain.ko", 20);
	rk_strv_add(&run.paths, "/nonexistent/first.ko");
	add(&run, "plain.ko", 20);
	rk_strv_add(&run.paths, "/nonexistent/second.ko");
	EXPECT_INT(rk_pipeline_judge(&run.pipeline, &run.paths, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "first.ko");
	finish(&run);
}

/* A file of this text; free(). */
static char *symvers(const char *text)
{
	cleanup_buf struct rk_buf path = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char *ret = NULL;

	rk_buf_addf(&path, "%s/symvers", place);
	if (rk_file_write(rk_buf_str(&path), text, strlen(text), 0600, &err) < 0 ||
	    rk_buf_take(&path, &ret, &err) < 0)
		abort();
	return ret;
}

#define EXPORT "0x00000000\tfixture_export\texporter\tEXPORT_SYMBOL\t\n"

static void symbols_of_other_folders_satisfy(void)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_free char *path = symvers(EXPORT);
	struct run run;

	rk_strv_add(&files, path);
	start(&run, 1);
	run.pipeline.extra_symbols = &files;
	add(&run, "needs-export.ko", 1);
	EXPECT_INT(judge(&run), 0);
	EXPECT_INT(answer(&run, 0), RK_ANSWER_ACCEPT);
	finish(&run);
}

static void kbuild_s_variable_names_files_and_skips_missing_ones(void)
{
	cleanup_free char *path = symvers(EXPORT);
	cleanup_buf struct rk_buf value = RK_BUF_INIT;
	struct run run;

	rk_buf_addf(&value, "  /nonexistent/Module.symvers %s ", path);
	setenv("KBUILD_EXTRA_SYMBOLS", rk_buf_str(&value), 1);
	start(&run, 1);
	add(&run, "needs-export.ko", 1);
	EXPECT_INT(judge(&run), 0);
	EXPECT_INT(answer(&run, 0), RK_ANSWER_ACCEPT);
	finish(&run);
	unsetenv("KBUILD_EXTRA_SYMBOLS");
}

static void a_damaged_file_of_symbols_is_named(void)
{
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	cleanup_free char *path = symvers("0x00000000\tfixture_export\n");
	struct rk_error err = RK_ERROR_INIT;
	struct run run;

	rk_strv_add(&files, path);
	start(&run, 1);
	run.pipeline.extra_symbols = &files;
	add(&run, "plain.ko", 1);
	EXPECT_INT(rk_pipeline_judge(&run.pipeline, &run.paths, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, path);
	finish(&run);
}

static const struct test tests[] = {
	TEST(a_symbol_that_nobody_exports_is_missed),
	TEST(a_module_beside_satisfies_wherever_it_stands),
	TEST(of_many_no_bytes_are_kept_and_the_order_stays),
	TEST(the_first_file_that_cannot_be_read_is_named),
	TEST(symbols_of_other_folders_satisfy),
	TEST(kbuild_s_variable_names_files_and_skips_missing_ones),
	TEST(a_damaged_file_of_symbols_is_named),
};

int main(void)
{
	struct rk_error err = RK_ERROR_INIT;
	int status;

	unsetenv("KBUILD_EXTRA_SYMBOLS");
	if (rk_dir_make_temp("/tmp/test-pipeline-judge", &place, &err) < 0)
		return 1;
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	if (rk_dir_remove(place, &err) < 0)
		return 1;
	free(place);
	return status;
}
