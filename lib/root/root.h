/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_ROOT_ROOT_H
#define RK_ROOT_ROOT_H

#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/machine.h"
#include "lib/base/spawn.h"

/*
 * A root tree: the machine's own root, or a root file system in a folder. "Inside" paths
 * are absolute and as a program in the tree sees them; all look-ups go through openat2
 * with RESOLVE_IN_ROOT, so absolute links in the tree never read the host.
 */
struct rk_root {
	char *path; /* on the host, absolute, links resolved; "/" for the host's own */
	char *name; /* as the user named it; "" for the host's own */
	int fd;     /* O_PATH */
	bool is_host;
};

/**
 * rk_root_open() - a tree by name or path
 * @name: NULL or "" for the host's own root; with a '/' a path; else a tree that
 *        `rkmod root create` made, below machine->data_dir/roots
 * @ret:  rk_root_free()
 * Return: 0, -RK_ENOTFOUND (the cure names `rkmod root create`), -RK_EREFUSED (no root
 * file system: no usr/ in it), -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_root_open(const struct rk_machine *machine, const char *name,
			       struct rk_root **ret, struct rk_error *err);
/* What `rkmod root create` takes as a name: letters, digits and "._+-", no leading sign.
 */
bool rk_root_name_is_valid(const char *name);
void rk_root_free(struct rk_root *root); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_root *, rk_root_free);

/* Look-ups. @path is inside. Messages name the path, and the tree unless it is the
 * host's. */
RK_MUST_CHECK int rk_root_open_file(const struct rk_root *root, const char *path,
				    int flags, int *ret_fd, struct rk_error *err);
RK_MUST_CHECK int rk_root_read(const struct rk_root *root, const char *path, size_t limit,
			       struct rk_buf *buf, struct rk_error *err);
/* stat, links followed. */
RK_MUST_CHECK int rk_root_stat(const struct rk_root *root, const char *path,
			       struct stat *ret, struct rk_error *err);
bool rk_root_exists(const struct rk_root *root, const char *path);
RK_MUST_CHECK int rk_root_readlink(const struct rk_root *root, const char *path,
				   char **ret, struct rk_error *err);
/* Inside, all links resolved. */
RK_MUST_CHECK int rk_root_real(const struct rk_root *root, const char *path, char **ret,
			       struct rk_error *err);
/* Names in a folder, sorted, without "." and "..". */
RK_MUST_CHECK int rk_root_list_dir(const struct rk_root *root, const char *path,
				   struct rk_strv *ret, struct rk_error *err);
/* Inside path -> path on the host, by text only ("/x" -> "/trees/a/x"). */
RK_MUST_CHECK int rk_root_host_path(const struct rk_root *root, const char *path,
				    char **ret, struct rk_error *err);

/*
 * Running a program in a tree. In the host's own root it is run plainly unless
 * @confine; elsewhere through bubblewrap: the tree's top entries bound read-only on a
 * tmpfs "/", own /dev and /proc, empty /tmp and /run, no network, a PID namespace, the
 * folders below bound at their own (host) paths. Where only a part of such a path exists
 * in the tree, the rest is made on a tmpfs; nothing else inside can be written. uid 0
 * keeps only the rights over files (CAP_DAC_OVERRIDE and its kin).
 *
 * The environment is the caller's without git's local variables, as spawn.env_* change
 * it; in a tree also without TMPDIR and LD_*, and with the usual PATH unless
 * spawn.env_set has one.
 */
struct rk_root_bind {
	const char *host_path; /* absolute, exists */
	const char *inside;    /* where inside; NULL: the same path */
	bool writable;
};

struct rk_root_run {
	const struct rk_strv *argv; /* inside paths */
	const char *cwd; /* inside, NULL: "/" in a tree, the caller's on the host */
	const struct rk_root_bind *binds;
	size_t n_binds;
	bool confine;          /* bubblewrap even in the host's own root */
	struct rk_spawn spawn; /* the rest: env, output, callbacks; argv and cwd unused */
};

/*
 * As rk_spawn_run(); @run->spawn.cwd and .argv are not looked at. Also -RK_ETOOL if
 * bubblewrap is missing (bwrap-missing) or cannot work here (bwrap-unusable).
 */
RK_MUST_CHECK int rk_root_run(const struct rk_root *root, const struct rk_root_run *run,
			      struct rk_spawn_result *result, struct rk_error *err);

/* Whether bubblewrap is there, if programs of this tree need it. It is not run. Return:
 * 0, -RK_ETOOL (bwrap-missing), -RK_ENOMEM. */
RK_MUST_CHECK int rk_root_check_run(const struct rk_root *root, struct rk_error *err);

/* stdout of a program in the tree, trailing newlines removed; LC_ALL=C. */
RK_MUST_CHECK int rk_root_capture(const struct rk_root *root, const struct rk_strv *argv,
				  char **ret, struct rk_error *err);

/* Where a program is inside, by the tree's usual PATH (the host's own: the caller's
 * PATH). */
RK_MUST_CHECK int rk_root_find_program(const struct rk_root *root, const char *name,
				       char **ret, struct rk_error *err);

#endif
