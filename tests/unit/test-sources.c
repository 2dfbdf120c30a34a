/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/metadata/sources.h"
#include "tests/unit/tap.h"

static char top[] = "/tmp/rkmod-sources-XXXXXX";

static void put(const char *below, const char *text)
{
	char path[256];
	struct rk_error err = RK_ERROR_INIT;
	char *slash;

	snprintf(path, sizeof(path), "%s/%s", top, below);
	slash = strrchr(path, '/');
	*slash = '\0';
	EXPECT(rk_dir_make(path, 0700, &err) == 0);
	*slash = '/';
	EXPECT(rk_file_write(path, text, strlen(text), 0600, &err) == 0);
}

static bool is_there(const char *below)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", top, below);
	return access(path, F_OK) == 0;
}

static int keep(void)
{
	char cache[256];
	char source[256];
	char objtree[256];
	struct rk_machine machine = {.cache_dir = cache};
	struct rk_error err = RK_ERROR_INIT;

	snprintf(cache, sizeof(cache), "%s/cache", top);
	snprintf(source, sizeof(source), "%s/src", top);
	snprintf(objtree, sizeof(objtree), "%s/out", top);
	return rk_sources_keep(&machine, "KEY", source, objtree, &err);
}

static void sources_and_what_was_generated_are_kept(void)
{
	put("src/rust/kernel/lib.rs", "1");
	put("src/rust/kernel/sync/lock.rs", "2");
	put("src/rust/kernel/lib.c", "3");
	put("src/rust/syn/lib.rs", "4");
	put("src/rust/Makefile", "5");
	put("src/rust/bindings/lib.rs", "6");
	put("out/rust/bindings/bindings_generated.rs", "7");
	put("out/rust/libcore.rmeta", "8");
	EXPECT(keep() == 0);
	EXPECT(is_there("cache/sources/KEY/rust/kernel/lib.rs"));
	EXPECT(is_there("cache/sources/KEY/rust/kernel/sync/lock.rs"));
	EXPECT(is_there("cache/sources/KEY/rust/Makefile"));
	EXPECT(is_there("cache/sources/KEY/rust/bindings/bindings_generated.rs"));
	EXPECT(!is_there("cache/sources/KEY/rust/kernel/lib.c"));
	EXPECT(!is_there("cache/sources/KEY/rust/syn/lib.rs"));
	EXPECT(!is_there("cache/sources/KEY/rust/libcore.rmeta"));
}

static void a_second_time_replaces_the_first(void)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/src/rust/kernel/sync/lock.rs", top);
	EXPECT(unlink(path) == 0);
	EXPECT(keep() == 0);
	EXPECT(is_there("cache/sources/KEY/rust/kernel/lib.rs"));
	EXPECT(!is_there("cache/sources/KEY/rust/kernel/sync/lock.rs"));
}

static void a_failure_leaves_what_was_there(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/out", top);
	EXPECT(rk_dir_remove(path, &err) == 0);
	EXPECT(keep() < 0);
	EXPECT(is_there("cache/sources/KEY/rust/kernel/lib.rs"));
}

static void links_are_not_followed(void)
{
	char path[256];
	struct rk_error err = RK_ERROR_INIT;

	put("out/rust/x.rs", "");
	snprintf(path, sizeof(path), "%s/src/rust/kernel/passwd.rs", top);
	EXPECT(symlink("/etc/passwd", path) == 0);
	EXPECT(keep() == 0);
	EXPECT(!is_there("cache/sources/KEY/rust/kernel/passwd.rs"));
	EXPECT(rk_dir_remove(top, &err) == 0);
}

static void makes_a_folder(void)
{
	EXPECT(mkdtemp(top));
}

static const struct test tests[] = {
	TEST(makes_a_folder),
	TEST(sources_and_what_was_generated_are_kept),
	TEST(a_second_time_replaces_the_first),
	TEST(a_failure_leaves_what_was_there),
	TEST(links_are_not_followed),
};
TAP_MAIN(tests)
