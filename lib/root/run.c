/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/gitvars.h"
#include "lib/root/distro.h"
#include "lib/root/root.h"
#include "lib/root/sandbox.h"

static const char usual_path[] =
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* They name files of the host, which a tree does not have. */
static const char *const host_variables[] = {
	"LD_LIBRARY_PATH", "LD_PRELOAD", "TEMP", "TMP", "TMPDIR",
};

/* ---- environment ---- */

static bool has_variable(const struct rk_strv *env, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; env && i < env->n_items; i++)
		if (strncmp(env->items[i], name, len) == 0 && env->items[i][len] == '=')
			return true;
	return false;
}

static int make_environment(const struct rk_root *root, const struct rk_spawn *spawn,
			    struct rk_strv *remove, struct rk_strv *set,
			    struct rk_error *err)
{
	for (const char *const *name = rk_git_local_variables; *name; name++)
		rk_strv_add(remove, *name);
	for (size_t i = 0; !root->is_host && i < RK_ARRAY_LEN(host_variables); i++)
		rk_strv_add(remove, host_variables[i]);
	if (spawn->env_remove)
		rk_strv_add_strv(remove, spawn->env_remove);
	if (!root->is_host && !has_variable(spawn->env_set, "PATH"))
		rk_strv_addf(set, "PATH=%s", usual_path);
	if (spawn->env_set)
		rk_strv_add_strv(set, spawn->env_set);
	return rk_strv_check(remove, err) < 0 ? -(int)err->code : rk_strv_check(set, err);
}

/* ---- bubblewrap ---- */

static int find_bwrap(char **ret, struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "bwrap"};

	if (rk_spawn_find("bwrap", NULL, ret, err) == 0)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	rk_error_set(err, RK_ETOOL,
		     "bubblewrap, which runs programs in a root tree, is not installed");
	return rk_distro_cure(NULL, &need, "bwrap-missing", "install bubblewrap", err);
}

int rk_root_check_run(const struct rk_root *root, struct rk_error *err)
{
	cleanup_free char *bwrap = NULL;

	return root->is_host ? 0 : find_bwrap(&bwrap, err);
}

/*
 * As uid 0 there is no user namespace, and what runs would keep all rights over the
 * machine. Those over files are enough to build as `make` of uid 0 does.
 */
static void add_capabilities(struct rk_strv *args)
{
	if (geteuid() != 0)
		return;
	rk_strv_add_all(args, "--cap-drop", "ALL", "--cap-add", "CAP_CHOWN", "--cap-add",
			"CAP_DAC_OVERRIDE", "--cap-add", "CAP_FOWNER", "--cap-add",
			"CAP_FSETID", NULL);
}

static int add_chdir(const struct rk_root *root, const char *cwd, struct rk_strv *args,
		     struct rk_error *err)
{
	cleanup_free char *own = NULL;

	if (!cwd && root->is_host) {
		if (rk_path_absolute(".", &own, err) < 0)
			return -(int)err->code;
		cwd = own;
	}
	rk_strv_add_all(args, "--chdir", cwd ? cwd : "/", NULL);
	return 0;
}

static int make_command(const struct rk_root *root, const struct rk_root_run *run,
			int status_fd, struct rk_strv *args, struct rk_error *err)
{
	cleanup_free char *bwrap = NULL;

	if (find_bwrap(&bwrap, err) < 0)
		return -(int)err->code;
	rk_strv_add_all(args, bwrap, "--unshare-pid", "--unshare-net", "--new-session",
			"--die-with-parent", NULL);
	if (status_fd >= 0) {
		rk_strv_add(args, "--json-status-fd");
		rk_strv_addf(args, "%d", status_fd);
	}
	add_capabilities(args);
	if (rk_sandbox_arguments(root, run->binds, run->n_binds, args, err) < 0 ||
	    add_chdir(root, run->cwd, args, err) < 0)
		return -(int)err->code;
	rk_strv_add(args, "--");
	rk_strv_add_strv(args, run->argv);
	return rk_strv_check(args, err);
}

/* What bwrap has reported so far: {"child-pid": N}, then {"exit-code": N}. */
struct status {
	int fd; /* not waited for */
	char text[4096];
	size_t len;
};

static void read_status(struct status *status)
{
	ssize_t n;

	while (status->len < sizeof(status->text) - 1 &&
	       (n = read(status->fd, status->text + status->len,
			 sizeof(status->text) - 1 - status->len)) > 0)
		status->len += (size_t)n;
	status->text[status->len] = '\0';
}

/* The code is reported only if the program was started; bwrap's own failures end with
 * status 1 like anybody's. */
static bool was_started(struct status *status)
{
	read_status(status);
	return strstr(status->text, "\"exit-code\"");
}

/*
 * If bwrap itself got the signal, everything inside would be killed at once, and make
 * could not remove what it has half written. The first process inside leads a session
 * and its group; being the init of its namespace it does not mind the signal.
 */
static void end_inside(void *data, pid_t bwrap)
{
	static const char key[] = "\"child-pid\":";
	struct status *status = data;
	const char *at;
	long pid = 0;

	read_status(status);
	at = strstr(status->text, key);
	if (at)
		pid = strtol(at + strlen(key), NULL, 10);
	if (pid <= 1 || kill(-(pid_t)pid, SIGTERM) < 0)
		kill(-bwrap, SIGTERM);
}

/* The same once more, now to hear what bwrap says. */
static int explain(const struct rk_root *root, const struct rk_root_run *run,
		   const struct rk_spawn *spawn, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	struct rk_spawn again = *spawn;
	const char *line;

	again.argv = &args;
	again.output = RK_SPAWN_CAPTURE;
	again.n_keep_fds = 0;
	again.end = NULL;
	again.timeout_ms = 10000;
	if (make_command(root, run, -1, &args, err) < 0 ||
	    rk_spawn_run(&again, &result, err) < 0)
		return -(int)err->code;
	line = rk_spawn_last_line(&result.err);
	if (strstr(line, "execvp"))
		return rk_error_set(
			err, RK_ENOTFOUND, "cannot run '%s'%s%s: %s", run->argv->items[0],
			root->is_host ? "" : " in root tree ", root->name, line);
	rk_error_set(err, RK_ETOOL, "bubblewrap cannot enter '%s': %s", root->path,
		     *line ? line : "it says nothing");
	return rk_error_cure(
		err, "bwrap-unusable",
		"an ordinary user needs user namespaces (sysctl kernel.unprivileged_userns_clone and kernel.apparmor_restrict_unprivileged_userns, user.max_user_namespaces), uid 0 in a container CAP_SYS_ADMIN");
}

static int run_confined(const struct rk_root *root, const struct rk_root_run *run,
			struct rk_spawn *spawn, struct rk_spawn_result *result,
			struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	cleanup_close int reading = -1;
	cleanup_close int writing = -1;
	struct status status = {.fd = -1};
	cleanup_free int *keep = calloc(spawn->n_keep_fds + 1, sizeof(*keep));
	int ends[2];
	int r;

	if (!keep)
		return rk_error_nomem(err);
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return rk_error_sys(err, errno, "pipe");
	reading = ends[0];
	status.fd = reading;
	writing = ends[1];
	if (make_command(root, run, writing, &args, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < spawn->n_keep_fds; i++)
		keep[i] = spawn->keep_fds[i];
	keep[spawn->n_keep_fds] = writing;
	spawn->argv = &args;
	spawn->keep_fds = keep;
	spawn->n_keep_fds++;
	spawn->end = end_inside;
	spawn->end_data = &status;
	r = rk_spawn_run(spawn, result, err);
	if (r < 0 || result->status == 0 || result->timed_out || was_started(&status))
		return r;
	return explain(root, run, spawn, err);
}

int rk_root_run(const struct rk_root *root, const struct rk_root_run *run,
		struct rk_spawn_result *result, struct rk_error *err)
{
	cleanup_strv struct rk_strv remove = RK_STRV_INIT;
	cleanup_strv struct rk_strv set = RK_STRV_INIT;
	struct rk_spawn spawn = run->spawn;

	if (make_environment(root, &spawn, &remove, &set, err) < 0)
		return -(int)err->code;
	spawn.env_remove = &remove;
	spawn.env_set = &set;
	spawn.cwd = NULL;
	if (!root->is_host || run->confine)
		return run_confined(root, run, &spawn, result, err);
	spawn.argv = run->argv;
	spawn.cwd = run->cwd;
	return rk_spawn_run(&spawn, result, err);
}

int rk_root_capture(const struct rk_root *root, const struct rk_strv *argv, char **ret,
		    struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv env = RK_STRV_INIT;
	struct rk_root_run run = {.argv = argv,
				  .spawn = {.env_set = &env,
					    .stdin_fd = -1,
					    .output = RK_SPAWN_CAPTURE,
					    .timeout_ms = 60000}};

	rk_strv_add(&env, "LC_ALL=C");
	if (rk_strv_check(&env, err) < 0 || rk_root_run(root, &run, &result, err) < 0)
		return -(int)err->code;
	return rk_spawn_take(&result, argv->items[0], ret, err);
}

static bool is_program(const struct rk_root *root, const char *path)
{
	struct rk_error ignored = RK_ERROR_INIT;
	struct stat st;

	return rk_root_stat(root, path, &st, &ignored) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & 0111);
}

int rk_root_find_program(const struct rk_root *root, const char *name, char **ret,
			 struct rk_error *err)
{
	const char *path = usual_path;

	if (root->is_host)
		return rk_spawn_find(name, NULL, ret, err);
	if (strchr(name, '/'))
		path = "";
	if (!*path && is_program(root, name))
		return rk_strdup(name, ret, err);
	while (*path) {
		cleanup_free char *candidate = NULL;
		size_t len = strcspn(path, ":");

		if (rk_format(&candidate, err, "%.*s/%s", (int)len, path, name) < 0)
			return -(int)err->code;
		if (is_program(root, candidate)) {
			*ret = RK_STEAL(candidate);
			return 0;
		}
		path += len;
		path += *path == ':';
	}
	return rk_error_set(err, RK_ENOTFOUND, "no program '%s' in root tree '%s'", name,
			    root->name);
}
