/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/repo/libgit2.h"
#include "lib/repo/repo.h"

static struct rk_libgit2 table;

#define SYMBOL(fn) RK_LIBRARY_SYMBOL(table, fn),
static const struct rk_library_symbol symbols[] = {RK_LIBGIT2_FUNCTIONS(SYMBOL)};

/* The library's name changes with each of its releases, so it is the header's. */
static const struct rk_library library = {
	.soname = "libgit2.so." LIBGIT2_SOVERSION,
	.package = "libgit2-" LIBGIT2_SOVERSION,
	.symbols = symbols,
	.n_symbols = RK_ARRAY_LEN(symbols),
};

int rk_libgit2_begin(const struct rk_libgit2 **ret, struct rk_error *err)
{
	static bool is_set_up;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	if (!is_set_up && table.git_libgit2_init() < 0)
		return rk_error_set(err, RK_ETOOL, "libgit2 cannot be set up");
	is_set_up = true;
	*ret = &table;
	return 0;
}

const char *rk_libgit2_why(const struct rk_libgit2 *git)
{
	const git_error *error = git->git_error_last();

	return error && error->message ? error->message : "unknown failure";
}

int rk_libgit2_refuse(const struct rk_libgit2 *git, const char *dir, int r,
		      struct rk_error *err)
{
	/* In libgit2's own words only where they say more than that. */
	if (r == GIT_ENOTFOUND)
		rk_error_set(err, RK_ENOTFOUND, "'%s' is in no git repository", dir);
	else
		rk_error_set(err, RK_EREFUSED,
			     "the git repository around '%s' cannot be read: %s", dir,
			     rk_libgit2_why(git));
	return rk_error_cure(err, "git-repository",
			     "run it inside of a git work tree of your own");
}

int rk_libgit2_version(struct rk_buf *ret, struct rk_error *err)
{
	int major = 0;
	int minor = 0;
	int revision = 0;

	if (rk_library_open(&library, err) < 0)
		return -(int)err->code;
	table.git_libgit2_version(&major, &minor, &revision);
	rk_buf_addf(ret, "%d.%d.%d", major, minor, revision);
	return rk_buf_check(ret, err);
}
