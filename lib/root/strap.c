/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pwd.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/root/distro.h"
#include "lib/root/strap.h"

/* Nobody reads them in a tree for building; a third of its files. */
static const char *const dpkg_options[] = {
	"--dpkgopt=force-unsafe-io",
	"--dpkgopt=path-exclude=/usr/share/doc/*",
	"--dpkgopt=path-include=/usr/share/doc/*/copyright",
	"--dpkgopt=path-exclude=/usr/share/locale/*",
	"--dpkgopt=path-exclude=/usr/share/man/*",
};

/* ---- what it needs ---- */

struct tool {
	const char *program;
	const char *package;
	bool only_user; /* not needed by uid 0 */
};

static const struct tool needed[] = {
	{"mmdebstrap", "mmdebstrap", false},
	{"apt-get", "apt", false},
	{"gpgv", "gpgv", false},
	{"unshare", "util-linux", false},
	{"newuidmap", "uidmap", true},
};

static int check_tools(struct rk_error *err)
{
	cleanup_buf struct rk_buf missing = RK_BUF_INIT;
	cleanup_free char *advice = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(needed); i++) {
		cleanup_free char *path = NULL;

		if (needed[i].only_user && geteuid() == 0)
			continue;
		if (rk_spawn_find(needed[i].program, NULL, &path, &ignored) < 0)
			rk_buf_addf(&missing, "%s%s", missing.len ? " " : "",
				    needed[i].package);
	}
	if (rk_buf_check(&missing, err) < 0)
		return -(int)err->code;
	if (!missing.len)
		return 0;
	rk_error_set(err, RK_ETOOL, "to make a root tree, these must be installed: %s",
		     missing.data);
	if (rk_package_advice(NULL, missing.data, &advice, &ignored) < 0)
		return rk_error_cure(err, "root-tool", "install them");
	return rk_error_cure(err, "root-tool", "%s", advice);
}

static void add_namespaces(struct rk_strv *argv)
{
	rk_strv_add(argv, "unshare");
	if (geteuid() != 0)
		rk_strv_add_all(argv, "--map-root-user", "--map-users=auto",
				"--map-groups=auto", NULL);
	rk_strv_add_all(argv, "--mount", "--pid", "--fork", "--kill-child", "--", NULL);
}

/* Does the file have a line "USER:" or "UID:"? */
static bool has_subordinate_ids(const char *path)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_buf struct rk_buf name = RK_BUF_INIT;
	const struct passwd *user = getpwuid(geteuid());
	struct rk_error ignored = RK_ERROR_INIT;

	rk_buf_addc(&text, '\n');
	if (rk_file_read(path, 1 << 20, &text, &ignored) < 0)
		return false;
	rk_buf_addf(&name, "\n%s:", user ? user->pw_name : "");
	if (rk_buf_check(&name, &ignored) == 0 && strstr(text.data, name.data))
		return true;
	rk_buf_truncate(&name, 0);
	rk_buf_addf(&name, "\n%u:", geteuid());
	return rk_buf_check(&name, &ignored) == 0 && strstr(text.data, name.data);
}

static int check_namespaces(struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *out = NULL;
	const struct passwd *user;

	add_namespaces(&argv);
	rk_strv_add(&argv, "true");
	if (rk_spawn_capture(&argv, &out, err) == 0 || err->code != RK_ETOOL)
		return -(int)err->code;
	rk_error_prefix(err, "cannot make the namespaces for a root tree");
	if (geteuid() == 0)
		return rk_error_cure(
			err, "root-failed",
			"in a container, uid 0 needs CAP_SYS_ADMIN for this");
	if (has_subordinate_ids("/etc/subuid") && has_subordinate_ids("/etc/subgid"))
		return rk_error_cure(
			err, "bwrap-unusable",
			"allow user namespaces (sysctl kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces), or make it as uid 0");
	user = getpwuid(geteuid());
	return rk_error_cure(
		err, "root-subids",
		"as uid 0: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 %s",
		user ? user->pw_name : "USER");
}

int rk_strap_check(struct rk_error *err)
{
	return check_tools(err) < 0 ? -(int)err->code : check_namespaces(err);
}

/* ---- running it ---- */

/* What the message says if it fails: its first error, else its last line. */
struct heard {
	struct rk_buf error;
	struct rk_buf last;
};

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	struct heard *heard = data;
	struct rk_buf *to = strncmp(line, "E: ", 3) == 0 && !heard->error.len
				    ? &heard->error
				    : &heard->last;

	if (!len)
		return;
	rk_buf_truncate(to, 0);
	rk_buf_add(to, line, len);
	rk_log(RK_LOG_DEBUG, "mmdebstrap: %s", line);
	if (strncmp(line, "I: ", 3) == 0)
		rk_log_progress(-1, -1, "%s", line + 3);
}

static int fail(const struct heard *heard, int status, struct rk_error *err)
{
	rk_error_set(err, RK_ETOOL, "mmdebstrap ended with status %d: %s", status,
		     heard->error.len ? heard->error.data + 3 : rk_buf_str(&heard->last));
	return rk_error_cure(
		err, "root-failed",
		"look at the network and at the room on the disk, and run it again; -v shows all it says");
}

static int make_argv(const struct rk_strap *strap, struct rk_strv *argv,
		     struct rk_error *err)
{
	cleanup_buf struct rk_buf include = RK_BUF_INIT;

	add_namespaces(argv);
	rk_strv_add_all(argv, "mmdebstrap", "--mode=root", "--variant=apt",
			"--components=main", "--format=directory", NULL);
	for (size_t i = 0; i < RK_ARRAY_LEN(dpkg_options); i++)
		rk_strv_add(argv, dpkg_options[i]);
	for (size_t i = 0; i < strap->apt->settings.n_items; i++)
		rk_strv_addf(argv, "--aptopt=%s", strap->apt->settings.items[i]);
	for (size_t i = 0; i < strap->packages->n_items; i++)
		rk_buf_addf(&include, "%s%s",
			    i ? "," : "--include=", strap->packages->items[i]);
	if (rk_buf_check(&include, err) < 0)
		return -(int)err->code;
	if (include.len)
		rk_strv_add(argv, include.data);
	rk_strv_add_all(argv, strap->suite, strap->dir, strap->apt->sources, NULL);
	return rk_strv_check(argv, err);
}

/* An ordinary user's PATH may lack the folders of dpkg's helpers. */
static int make_environment(struct rk_strv *set, struct rk_error *err)
{
	const char *path = getenv("PATH");

	rk_strv_addf(set, "PATH=%s:/usr/local/sbin:/usr/sbin:/sbin",
		     path ? path : "/usr/local/bin:/usr/bin:/bin");
	rk_strv_add(set, "LC_ALL=C.UTF-8");
	return rk_strv_check(set, err);
}

int rk_strap_run(const struct rk_strap *strap, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv remove = RK_STRV_INIT;
	cleanup_strv struct rk_strv set = RK_STRV_INIT;
	struct heard heard = {.error = RK_BUF_INIT};
	struct rk_spawn spawn = {.argv = &argv,
				 .cwd = "/",
				 .env_remove = &remove,
				 .env_set = &set,
				 .stdin_fd = -1,
				 .output = RK_SPAWN_LINES,
				 .on_line = on_line,
				 .data = &heard,
				 .keep_fds = &strap->lock_fd,
				 .n_keep_fds = 1};
	int r;

	rk_strv_add(&remove, "APT_CONFIG");
	if (make_argv(strap, &argv, err) < 0 || make_environment(&set, err) < 0 ||
	    rk_strv_check(&remove, err) < 0)
		return -(int)err->code;
	r = rk_spawn_run(&spawn, &result, err);
	if (r == 0 && result.status != 0)
		r = fail(&heard, result.status, err);
	rk_buf_release(&heard.error);
	rk_buf_release(&heard.last);
	return r;
}

/* ---- its mirror ---- */

int rk_strap_pick_mirror(const char *sources, char **ret, struct rk_error *err)
{
	while (*sources) {
		const char *word = sources + 4;
		bool found = strncmp(sources, "deb ", 4) == 0;

		if (found && *word == '[') {
			word += strcspn(word, "]\n");
			word += *word == ']';
			word += strspn(word, " ");
		}
		if (found && *word > ' ')
			return rk_format(ret, err, "%.*s", (int)strcspn(word, " \t\n"),
					 word);
		sources += strcspn(sources, "\n");
		sources += *sources == '\n';
	}
	return rk_error_set(err, RK_ENOTFOUND, "no line 'deb ADDRESS SUITE'");
}

/* Stopped by its second hook, when it has written its sources.list and fetched nothing.
 */
static int write_default_sources(const char *suite, const char *dir, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	struct rk_spawn spawn = {.argv = &argv,
				 .cwd = dir, /* the hook's argument would be split */
				 .stdin_fd = -1,
				 .output = RK_SPAWN_CAPTURE,
				 .timeout_ms = 60000};

	add_namespaces(&argv);
	rk_strv_add_all(&argv, "mmdebstrap", "--mode=root", "--variant=custom",
			"--format=null", "--setup-hook=copy-out /etc/apt/sources.list .",
			"--setup-hook=false", "--", suite, "/dev/null", NULL);
	return rk_strv_check(&argv, err) < 0 ? -(int)err->code
					     : rk_spawn_run(&spawn, &result, err);
}

int rk_strap_default_mirror(const char *suite, const char *dir, char **ret,
			    struct rk_error *err)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;

	if (write_default_sources(suite, dir, err) < 0 ||
	    rk_path_join(dir, "sources.list", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, 1 << 20, &text, err) == 0 &&
	    rk_strap_pick_mirror(rk_buf_str(&text), ret, err) == 0)
		return 0;
	rk_error_set(
		err, RK_ETOOL,
		"no mirror for suite '%s': apt's configuration on this machine names none of Debian, and mmdebstrap has no default for it",
		suite);
	return rk_error_cure(err, "root-failed", "name one: --mirror URL");
}

/* ---- removing ---- */

int rk_strap_remove(const char *dir, struct rk_error *err)
{
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_free char *out = NULL;
	struct rk_error first = RK_ERROR_INIT;

	if (rk_dir_remove(dir, &first) == 0)
		return 0;
	if (geteuid() != 0) {
		add_namespaces(&argv);
		rk_strv_add_all(&argv, "rm", "-rf", "--one-file-system", "--", dir, NULL);
		if (rk_spawn_capture(&argv, &out, err) == 0)
			return 0;
	}
	*err = first;
	return -(int)err->code;
}
