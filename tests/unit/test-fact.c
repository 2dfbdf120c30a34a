/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/fact.h"
#include "lib/base/file.h"
#include "tests/unit/tap.h"

struct fixture {
	char *dir;
	struct rk_machine machine;
	char *file;
	struct stat st;
};

static void setup(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	*fixture = (struct fixture){0};
	EXPECT_INT(rk_dir_make_temp("/tmp/rk-fact", &fixture->dir, &err), 0);
	EXPECT_INT(rk_path_join(fixture->dir, "cache", &fixture->machine.cache_dir, &err),
		   0);
	EXPECT_INT(rk_path_join(fixture->dir, "file", &fixture->file, &err), 0);
	EXPECT_INT(rk_file_write(fixture->file, "x", 1, 0600, &err), 0);
	EXPECT_INT(stat(fixture->file, &fixture->st), 0);
}

static void teardown(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_remove(fixture->dir, &err), 0);
	rk_machine_release(&fixture->machine);
	free(fixture->file);
	free(fixture->dir);
}

static void expect_fact(const struct fixture *fixture, const char *kind,
			const char *expected)
{
	cleanup_free char *text = NULL;

	EXPECT_INT(
		rk_fact_get(&fixture->machine, kind, fixture->file, &fixture->st, &text),
		expected != NULL);
	EXPECT_STR(text, expected);
}

static void what_was_put_is_got_per_kind(void)
{
	cleanup(teardown) struct fixture fixture;

	setup(&fixture);
	expect_fact(&fixture, "size", NULL);
	rk_fact_put(&fixture.machine, "size", fixture.file, &fixture.st, "1280");
	rk_fact_put(&fixture.machine, "empty", fixture.file, &fixture.st, "");
	expect_fact(&fixture, "size", "1280");
	expect_fact(&fixture, "empty", "");
	expect_fact(&fixture, "other", NULL);
	rk_fact_put(&fixture.machine, "size", fixture.file, &fixture.st, "7");
	expect_fact(&fixture, "size", "7");
}

static void a_file_that_changed_has_no_fact(void)
{
	cleanup(teardown) struct fixture fixture;
	struct rk_error err = RK_ERROR_INIT;

	setup(&fixture);
	rk_fact_put(&fixture.machine, "size", fixture.file, &fixture.st, "1280");
	EXPECT_INT(rk_file_write(fixture.file, "y", 1, 0600, &err), 0);
	EXPECT_INT(stat(fixture.file, &fixture.st), 0);
	expect_fact(&fixture, "size", NULL);
}

static void a_damaged_fact_is_none(void)
{
	static const char *const texts[] = {"", "x", "/\n", "\n\n\n"};
	cleanup(teardown) struct fixture fixture;
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *facts = NULL;

	setup(&fixture);
	EXPECT_INT(rk_path_join(fixture.machine.cache_dir, "facts", &facts, &err), 0);
	rk_fact_put(&fixture.machine, "size", fixture.file, &fixture.st, "1280");
	for (size_t i = 0; i <= RK_ARRAY_LEN(texts); i++) {
		cleanup_closedir DIR *dir = opendir(facts);
		const struct dirent *entry;

		while ((entry = readdir(dir))) {
			cleanup_free char *path = NULL;

			if (entry->d_name[0] == '.')
				continue;
			EXPECT_INT(rk_path_join(facts, entry->d_name, &path, &err), 0);
			/* The last one loses its newline. */
			if (i == RK_ARRAY_LEN(texts)) {
				cleanup_buf struct rk_buf buf = RK_BUF_INIT;

				rk_fact_put(&fixture.machine, "size", fixture.file,
					    &fixture.st, "1280");
				expect_fact(&fixture, "size", "1280");
				EXPECT_INT(rk_file_read(path, 9999, &buf, &err), 0);
				EXPECT_INT(truncate(path, (off_t)buf.len - 1), 0);
			} else {
				EXPECT_INT(rk_file_write(path, texts[i], strlen(texts[i]),
							 0600, &err),
					   0);
			}
		}
		expect_fact(&fixture, "size", NULL);
	}
}

static void a_cache_that_cannot_be_used_is_silent(void)
{
	cleanup(teardown) struct fixture fixture;
	struct rk_error err = RK_ERROR_INIT;

	setup(&fixture);
	EXPECT_INT(rk_file_write(fixture.machine.cache_dir, "x", 1, 0600, &err), 0);
	rk_fact_put(&fixture.machine, "size", fixture.file, &fixture.st, "1280");
	expect_fact(&fixture, "size", NULL);
}

static const struct test tests[] = {
	TEST(what_was_put_is_got_per_kind),
	TEST(a_file_that_changed_has_no_fact),
	TEST(a_damaged_fact_is_none),
	TEST(a_cache_that_cannot_be_used_is_silent),
};
TAP_MAIN(tests)
