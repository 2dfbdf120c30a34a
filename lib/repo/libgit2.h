/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_REPO_LIBGIT2_H
#define RK_REPO_LIBGIT2_H

#include <git2.h>

#include "lib/base/library.h"

/* For the files of lib/repo only: together they are the one user of libgit2. */
#define RK_LIBGIT2_FUNCTIONS(X)                                                          \
	X(git_blob_free)                                                                 \
	X(git_blob_lookup)                                                               \
	X(git_blob_rawcontent)                                                           \
	X(git_blob_rawsize)                                                              \
	X(git_buf_dispose)                                                               \
	X(git_config_free)                                                               \
	X(git_config_get_path)                                                           \
	X(git_config_get_string)                                                         \
	X(git_diff_free)                                                                 \
	X(git_diff_get_delta)                                                            \
	X(git_diff_num_deltas)                                                           \
	X(git_diff_tree_to_index)                                                        \
	X(git_error_last)                                                                \
	X(git_index_entrycount)                                                          \
	X(git_index_free)                                                                \
	X(git_index_get_byindex)                                                         \
	X(git_index_get_bypath)                                                          \
	X(git_index_open)                                                                \
	X(git_index_path)                                                                \
	X(git_libgit2_init)                                                              \
	X(git_libgit2_version)                                                           \
	X(git_object_free)                                                               \
	X(git_odb_free)                                                                  \
	X(git_odb_read_header)                                                           \
	X(git_reference_free)                                                            \
	X(git_reference_peel)                                                            \
	X(git_repository_commondir)                                                      \
	X(git_repository_config_snapshot)                                                \
	X(git_repository_free)                                                           \
	X(git_repository_head)                                                           \
	X(git_repository_index)                                                          \
	X(git_repository_odb)                                                            \
	X(git_repository_open_ext)                                                       \
	X(git_repository_path)                                                           \
	X(git_repository_workdir)

struct rk_libgit2 {
	RK_LIBGIT2_FUNCTIONS(RK_LIBRARY_POINTER)
};

/* Sets it up on first use. It is never shut down: it reads all certificates of the
 * machine each time that it is set up, which takes longer than reading an index. */
RK_MUST_CHECK int rk_libgit2_begin(const struct rk_libgit2 **ret, struct rk_error *err);

/* libgit2's message for the last failure, never NULL. */
const char *rk_libgit2_why(const struct rk_libgit2 *git);

/**
 * rk_libgit2_refuse() - say why a repository could not be opened
 * @r: what git_repository_open_ext() returned, negative
 * Return: -RK_ENOTFOUND if there is none, else -RK_EREFUSED; both git-repository.
 */
RK_MUST_CHECK int rk_libgit2_refuse(const struct rk_libgit2 *git, const char *dir, int r,
				    struct rk_error *err);

#endif
