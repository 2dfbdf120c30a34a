/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_STAGED_H
#define RK_REPO_STAGED_H

#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/strv.h"

enum {
	RK_OID_SIZE = 20, /* SHA-1; repositories of SHA-256 are refused */
};

struct rk_staged_entry {
	char *path;    /* below the work tree's top; any bytes but NUL, never checked */
	uint32_t mode; /* as git has it: 0100644, 0100755, 0120000, 0160000 (submodule) */
	uint8_t oid[RK_OID_SIZE];
	bool changed; /* not as in HEAD, by the last rk_staged_compare() */
};

struct rk_staged_reading;

/* What git is about to commit: an index, and what in it differs from HEAD. */
struct rk_staged {
	char *git_dir;    /* of this work tree: HEAD and the index belong to it */
	char *common_dir; /* objects, hooks and refs: the same but for added work trees */
	char *index;      /* the index file, as GIT_INDEX_FILE or git_dir says */
	char *conversion; /* settings of git that decide, beside .gitattributes, how files
			     are checked out, as a text */
	struct rk_staged_entry *entries; /* sorted by path */
	size_t n_entries;
	struct rk_strv removed; /* in HEAD, and no longer here; by rk_staged_compare() */
	struct rk_staged_reading *reading; /* libgit2's */
};

/**
 * rk_staged_read() - read the index
 * @dir: a folder of the work tree
 *
 * GIT_DIR, GIT_INDEX_FILE and their like are followed, because git sets them for hooks.
 * Return: 0, -RK_ENOTFOUND (git-repository: there is none), -RK_EREFUSED (git-index: a
 * form that libgit2 cannot read: split, sparse, SHA-256; or entries that are not merged),
 * -RK_EFORMAT (git-index: damaged), -RK_ETOOL (library-missing), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_staged_read(const char *dir, struct rk_staged **ret,
				 struct rk_error *err);
void rk_staged_free(struct rk_staged *staged); /* accepts NULL */
RK_CLEANUP_FUNC(struct rk_staged *, rk_staged_free);

/**
 * rk_staged_compare() - find out what is not as in HEAD
 * @paths: where to look, relative: files, or folders with all below them; NULL:
 * everywhere
 *
 * HEAD's folders are read, only those that lead to @paths: the fewer the faster. Sets
 * changed of all entries and removed anew. Return: 0, -RK_EFORMAT (a damaged repository),
 * -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_staged_compare(struct rk_staged *staged, const struct rk_strv *paths,
				    struct rk_error *err);

/**
 * rk_staged_text() - a small file as it is staged, its attributes not applied
 * @ret_found: false if git does not know the path, or as something else than a file
 * Return: 0, -RK_EFORMAT (the object is missing or damaged, or over 1 MiB), -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_staged_text(const struct rk_staged *staged, const char *path,
				 struct rk_buf *ret, bool *ret_found,
				 struct rk_error *err);

/**
 * rk_staged_checkout() - make a folder what a checkout of the index would be
 * @place: absolute; a private folder of the caller's, who holds a lock on it; made if
 * missing. "tree" in it becomes the checkout, the rest belongs to this function
 * @form:  a text; what is there of another form is thrown away, with all that was built
 *         in it. What decides how attributes apply is always part of it
 * @limit: bytes that all files together may have
 *
 * git itself does it (read-tree --reset -u into an index of our own), so that attributes,
 * filters, links and modes are git's. Files that did not change keep their times, those
 * that git does not know stay. No hook runs, and nothing of the repository is written,
 * not even an object. Cut off at any moment, the next call starts from nothing. Return:
 * 0, -RK_EREFUSED (staged-size: more than @limit), -RK_ETOOL (git failed), -RK_ENOTFOUND
 * (no git), -RK_EFORMAT, -RK_ESYS, -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_staged_checkout(const struct rk_staged *staged, const char *place,
				     const char *form, uint64_t limit,
				     struct rk_error *err);

#endif
