/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rpm's database is read by rpm: its formats are several, and none is documented. The
 * tree's own program knows the tree's format; where it cannot be run, the machine's.
 */
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/root/distro.h"
#include "lib/root/package-db.h"

/* The file that changes: of sqlite, ndb, and Berkeley DB. */
static const char *const places[] = {
	"/usr/lib/sysimage/rpm/rpmdb.sqlite",
	"/usr/lib/sysimage/rpm/Packages.db",
	"/var/lib/rpm/rpmdb.sqlite",
	"/var/lib/rpm/Packages.db",
	"/var/lib/rpm/Packages",
	NULL,
};

static const char format[] =
	"%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\n";

/* "kernel-7.1.8-200.fc44.src.rpm": name, and version with release. Cuts @text up. */
static void split_source(char *text, const char **ret_name, const char **ret_version)
{
	char *end = strstr(text, ".src.rpm");
	char *release;
	char *version;

	if (end)
		*end = '\0';
	release = strrchr(text, '-');
	if (!release)
		return;
	*release = '\0';
	version = strrchr(text, '-');
	*release = '-';
	if (!version)
		return;
	*version = '\0';
	*ret_name = text;
	*ret_version = version + 1;
}

int rk_rpm_package(const char *line, struct rk_package *ret, struct rk_error *err)
{
	cleanup_free char *copy = NULL;
	char *save = NULL;
	const char *name;
	const char *version;
	const char *arch;
	const char *source = NULL;
	const char *source_version = NULL;
	char *source_rpm;

	if (rk_format(&copy, err, "%.*s", (int)strcspn(line, "\n"), line) < 0)
		return -(int)err->code;
	name = strtok_r(copy, "\t", &save);
	version = strtok_r(NULL, "\t", &save);
	arch = strtok_r(NULL, "\t", &save);
	source_rpm = strtok_r(NULL, "\t", &save);
	if (!name || !version || !arch)
		return rk_error_set(err, RK_EFORMAT, "rpm said '%.100s'", line);
	if (source_rpm)
		split_source(source_rpm, &source, &source_version);
	return rk_package_set(
		ret,
		(const char *const[]){name, version, arch, source ? source : name,
				      source_version ? source_version : version, NULL},
		err);
}

/* The folder of the database, inside. */
static int find_folder(const struct rk_root *root, char **ret, struct rk_error *err)
{
	for (size_t i = 0; places[i]; i++)
		if (rk_root_exists(root, places[i]))
			return rk_format(ret, err, "%.*s",
					 (int)(rk_path_base(places[i]) - places[i] - 1),
					 places[i]);
	return rk_error_set(err, RK_ENOTFOUND, "there is no database of rpm");
}

/* Runs `rpm -q ARGS` over a database. A status that is not 0 is an answer, too. */
static int run(const struct rk_root *root, const char *rpm, const char *db,
	       const struct rk_strv *args, struct rk_spawn_result *result,
	       struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	struct rk_root_run how = {.argv = &argv,
				  .spawn = {.env_set = &env,
					    .stdin_fd = -1,
					    .output = RK_SPAWN_CAPTURE,
					    .capture_limit = 64 << 20,
					    .timeout_ms = 60000}};

	rk_strv_add_all(&argv, rpm, "--dbpath", db, "-q", NULL);
	rk_strv_add_strv(&argv, args);
	rk_strv_add(&env, "LC_ALL=C");
	if (rk_strv_check(&argv, err) < 0 || rk_strv_check(&env, err) < 0)
		return -(int)err->code;
	if (root)
		return rk_root_run(root, &how, result, err);
	how.spawn.argv = &argv;
	return rk_spawn_run(&how.spawn, result, err);
}

static int run_machines(const struct rk_root *root, const char *folder,
			const struct rk_strv *args, struct rk_spawn_result *result,
			struct rk_error *err)
{
	cleanup_free char *db = NULL;

	if (rk_root_host_path(root, folder, &db, err) < 0)
		return -(int)err->code;
	return run(NULL, "rpm", db, args, result, err);
}

/* That nobody can look is no answer. */
static int fail_unread(struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "rpm"};

	rk_error_prefix(err, "the database of rpm cannot be read");
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	err->code = RK_ETOOL;
	return rk_distro_cure(NULL, &need, "package-missing", "install rpm", err);
}

/* @ret: what rpm printed, "" if it knows nothing of it. */
static int query(const struct rk_root *root, const struct rk_strv *args,
		 struct rk_buf *ret, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_free char *folder = NULL;
	cleanup_free char *own = NULL;
	struct rk_error failed = RK_ERROR_INIT;
	int r = -1;

	if (find_folder(root, &folder, err) < 0)
		return -(int)err->code;
	if (!root->is_host && rk_root_find_program(root, "rpm", &own, &failed) == 0)
		r = run(root, own, folder, args, &result, &failed);
	if (own && r < 0)
		rk_log(RK_LOG_DEBUG, "the tree's rpm does not run: %s", failed.msg);
	if (r < 0 && run_machines(root, folder, args, &result, err) < 0)
		return fail_unread(err);
	if (result.status == 0)
		rk_buf_add(ret, rk_buf_str(&result.out), result.out.len);
	return rk_buf_check(ret, err);
}

/* Several versions of a kernel's packages may be there: the newest line. */
static const char *newest_line(char *text)
{
	const char *newest = NULL;
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		if (!newest || strverscmp(line, newest) > 0)
			newest = line;
	return newest;
}

static int take_newest(const struct rk_root *root, const struct rk_strv *args,
		       struct rk_package *ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	const char *line;

	if (rk_strv_check(args, err) < 0 || query(root, args, &text, err) < 0)
		return -(int)err->code;
	line = text.len ? newest_line(text.data) : NULL;
	if (!line)
		return rk_error_set(err, RK_ENOTFOUND, "rpm knows of no such package");
	return rk_rpm_package(line, ret, err);
}

static int find(const struct rk_root *root, const char *name, struct rk_package *ret,
		struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;

	rk_strv_add_all(&args, "--qf", format, "--", name, NULL);
	if (take_newest(root, &args, ret, err) == 0)
		return 0;
	return err->code == RK_ENOTFOUND ? rk_package_not_installed(root, name, err)
					 : -(int)err->code;
}

static int owner(const struct rk_root *root, const char *path, struct rk_package *ret,
		 struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;

	rk_strv_add_all(&args, "-f", "--qf", format, "--", path, NULL);
	if (take_newest(root, &args, ret, err) == 0)
		return 0;
	return err->code == RK_ENOTFOUND ? rk_package_not_owned(path, err)
					 : -(int)err->code;
}

/* rpm takes patterns; whether a name fits is looked at here. */
static int list(const struct rk_root *root, const char *prefix, struct rk_strv *ret,
		struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	char *save = NULL;

	rk_strv_add_all(&args, "-a", "--qf", "%{NAME}\\n", NULL);
	if (rk_strv_check(&args, err) < 0 || query(root, &args, &text, err) < 0)
		return -(int)err->code;
	for (char *line = text.len ? strtok_r(text.data, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		if (strncmp(line, prefix, strlen(prefix)) == 0 &&
		    !rk_strv_contains(&names, line))
			rk_strv_add(&names, line);
	rk_strv_sort(&names);
	rk_strv_add_strv(ret, &names);
	return rk_strv_check(&names, err) < 0 ? -(int)err->code : rk_strv_check(ret, err);
}

static int files(const struct rk_root *root, const char *name, struct rk_strv *ret,
		 struct rk_error *err)
{
	cleanup(rk_package_release) struct rk_package package = {0};
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	char *save = NULL;

	if (find(root, name, &package, err) < 0)
		return -(int)err->code;
	rk_strv_add_all(&args, "-l", "--", NULL);
	rk_strv_addf(&args, "%s-%s", package.name, package.version);
	if (rk_strv_check(&args, err) < 0 || query(root, &args, &text, err) < 0)
		return -(int)err->code;
	for (char *line = text.len ? strtok_r(text.data, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		if (line[0] == '/')
			rk_strv_add(ret, line);
	return rk_strv_check(ret, err);
}

const struct rk_package_db rk_package_rpm = {
	.places = places,
	.find = find,
	.owner = owner,
	.list = list,
	.files = files,
};
