/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pwd.h>
#include <sched.h>
#include <string.h>
#include <sys/utsname.h>

#include "config.h"
#include "lib/base/file.h"
#include "lib/base/machine.h"

/* $HOME, or the password database's, or "". */
static int find_home(char **ret, struct rk_error *err)
{
	const char *home = getenv("HOME");
	const struct passwd *user;

	if (!home || home[0] != '/') {
		user = getpwuid(getuid());
		home = user ? user->pw_dir : "";
	}
	return rk_strdup(home, ret, err);
}

/* The XDG base directory specification: a relative value is ignored. */
static int find_xdg(const char *variable, const char *home, const char *fallback,
		    char **ret, struct rk_error *err)
{
	const char *value = getenv(variable);

	if (value && value[0] == '/')
		return rk_format(ret, err, "%s/rkmod", value);
	return rk_format(ret, err, "%s/%s/rkmod", home, fallback);
}

/*
 * Installed, the helper programs are in libexec; in a build folder they are where
 * meson puts them, which is told by the folder of the running program being "cmd".
 */
static int find_libexec(char **ret, struct rk_error *err)
{
	cleanup_free char *self = NULL;
	const char *given = getenv("RKMOD_LIBEXEC");
	char *slash;

	if (given && given[0] == '/')
		return rk_strdup(given, ret, err);
	if (rk_path_real("/proc/self/exe", &self, err) == 0 &&
	    (slash = strrchr(self, '/'))) {
		*slash = '\0';
		slash = strrchr(self, '/');
		if (slash && strcmp(slash, "/cmd") == 0) {
			*slash = '\0';
			return rk_format(ret, err, "%s/kbuild-shim", self);
		}
	}
	return rk_strdup(RK_LIBEXECDIR, ret, err);
}

static unsigned int count_cpus(void)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 1;
	return (unsigned int)CPU_COUNT(&set);
}

static int ask_system(struct rk_machine *m, struct rk_error *err)
{
	const char *rustup = getenv("RUSTUP_HOME");
	struct utsname uts;

	if (uname(&uts) < 0)
		return rk_error_sys(err, errno, "uname");
	m->n_cpus = count_cpus();
	if (rustup && rustup[0] == '/' && rk_strdup(rustup, &m->rustup_home, err) < 0)
		return -(int)err->code;
	if (rk_strdup(uts.release, &m->release, err) < 0 ||
	    rk_strdup(uts.machine, &m->arch, err) < 0 ||
	    rk_strdup("/proc", &m->proc_dir, err) < 0 ||
	    rk_strdup("/sys", &m->sys_dir, err) < 0 || find_home(&m->home, err) < 0 ||
	    find_libexec(&m->libexec_dir, err) < 0)
		return -(int)err->code;
	if (find_xdg("XDG_CACHE_HOME", m->home, ".cache", &m->cache_dir, err) < 0 ||
	    find_xdg("XDG_STATE_HOME", m->home, ".local/state", &m->state_dir, err) < 0 ||
	    find_xdg("XDG_DATA_HOME", m->home, ".local/share", &m->data_dir, err) < 0)
		return -(int)err->code;
	return 0;
}

int rk_machine_init(struct rk_machine *machine, struct rk_error *err)
{
	memset(machine, 0, sizeof(*machine));
	if (ask_system(machine, err) < 0) {
		rk_machine_release(machine);
		return -(int)err->code;
	}
	return 0;
}

void rk_machine_release(struct rk_machine *machine)
{
	free(machine->release);
	free(machine->arch);
	free(machine->proc_dir);
	free(machine->sys_dir);
	free(machine->cache_dir);
	free(machine->state_dir);
	free(machine->data_dir);
	free(machine->home);
	free(machine->rustup_home);
	free(machine->libexec_dir);
	memset(machine, 0, sizeof(*machine));
}

static int require_private(const char *path, struct rk_error *err)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	if (S_ISDIR(st.st_mode) && st.st_uid == geteuid() && !(st.st_mode & 022))
		return 0;
	rk_error_set(
		err, RK_EREFUSED,
		"'%s' is not a folder that only you can write: what lies there is executed",
		path);
	return rk_error_cure(
		err, "cache-not-private",
		"chown it to yourself and chmod 0700 it, or set XDG_CACHE_HOME");
}

int rk_machine_private_dir(const char *base, const char *name, char **ret,
			   struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_dir_make(base, 0700, err) < 0 || require_private(base, err) < 0)
		return -(int)err->code;
	if (name[0] == '\0')
		return rk_strdup(base, ret, err);
	if (rk_path_join(base, name, &path, err) < 0 ||
	    rk_dir_make(path, 0700, err) < 0 || require_private(path, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(path);
	return 0;
}
