/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/repo/libgit2.h"
#include "lib/repo/staged.h"

enum {
	TEXT_LIMIT = 1 << 20,
	ATTRIBUTES_LIMIT = 1 << 20,
};

/* What libgit2 has open. */
struct rk_staged_reading {
	const struct rk_libgit2 *git; /* NULL: nothing */
	git_repository *repository;
	git_index *index;
	git_object *tree; /* of HEAD; NULL before the first commit */
};

static void end_reading(struct rk_staged_reading *reading)
{
	const struct rk_libgit2 *git = reading->git;

	if (!git)
		return;
	git->git_object_free(reading->tree);
	git->git_index_free(reading->index);
	git->git_repository_free(reading->repository);
}

void rk_staged_free(struct rk_staged *staged)
{
	if (!staged)
		return;
	for (size_t i = 0; staged->entries && i < staged->n_entries; i++)
		free(staged->entries[i].path);
	free(staged->entries);
	rk_strv_release(&staged->removed);
	free(staged->git_dir);
	free(staged->common_dir);
	free(staged->index);
	free(staged->conversion);
	if (staged->reading)
		end_reading(staged->reading);
	free(staged->reading);
	free(staged);
}

/* ---- opening ---- */

static int no_sha256(struct rk_error *err)
{
	rk_error_set(
		err, RK_EREFUSED,
		"the repository's objects are named by SHA-256, which libgit2 cannot read");
	return rk_error_cure(
		err, "git-index",
		"check a build of the work tree instead: 'rkmod build', then git commit --no-verify");
}

static int open_repository(struct rk_staged_reading *reading, const char *dir,
			   struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	int r = git->git_repository_open_ext(&reading->repository, dir,
					     GIT_REPOSITORY_OPEN_FROM_ENV, NULL);

	if (r == 0)
		return 0;
	/* "unknown object format" or "unsupported extension name", by version */
	if (strstr(rk_libgit2_why(git), "object format") ||
	    strstr(rk_libgit2_why(git), "objectformat"))
		return no_sha256(err);
	return rk_libgit2_refuse(git, dir, r, err);
}

/* @why: libgit2's "unsupported mandatory extension: 'link'". */
static int refuse_index(const char *path, const char *why, struct rk_error *err)
{
	bool split = strstr(why, "'link'");
	bool sparse = strstr(why, "'sdir'");

	if (!split && !sparse) {
		rk_error_set(err, RK_EFORMAT, "the index '%s' cannot be read: %s", path,
			     why);
		return rk_error_cure(err, "git-index", "see what 'git status' says");
	}
	rk_error_set(err, RK_EREFUSED, "the index '%s' is %s, which libgit2 cannot read",
		     path, split ? "split" : "sparse");
	return rk_error_cure(
		err, "git-index", "%s",
		split ? "run: git update-index --no-split-index"
		      : "run: git sparse-checkout reapply --no-sparse-index");
}

static int open_index(struct rk_staged_reading *reading, struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	const char *path = getenv("GIT_INDEX_FILE");

	if (git->git_repository_index(&reading->index, reading->repository) == 0)
		return 0;
	return refuse_index(path ? path : "index", rk_libgit2_why(git), err);
}

/* Before the first commit there is none: tree stays NULL. */
static int open_head(struct rk_staged_reading *reading, struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	git_reference *head = NULL;
	int r = git->git_repository_head(&head, reading->repository);

	if (r == GIT_EUNBORNBRANCH || r == GIT_ENOTFOUND)
		return 0;
	if (r == 0) {
		r = git->git_reference_peel(&reading->tree, head, GIT_OBJECT_TREE);
		git->git_reference_free(head);
	}
	if (r == 0)
		return 0;
	rk_error_set(err, RK_EFORMAT, "HEAD cannot be read: %s", rk_libgit2_why(git));
	return rk_error_cure(err, "git-repository", "see what 'git fsck' says");
}

/* ---- taking over ---- */

static int take_names(const struct rk_staged_reading *reading, struct rk_staged *staged,
		      struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	const char *index = git->git_index_path(reading->index);

	if (rk_strdup(git->git_repository_path(reading->repository), &staged->git_dir,
		      err) < 0 ||
	    rk_strdup(git->git_repository_commondir(reading->repository),
		      &staged->common_dir, err) < 0)
		return -(int)err->code;
	return rk_strdup(index ? index : "", &staged->index, err);
}

/* Files that git converts in another way are others. */
static int take_conversion(const struct rk_staged_reading *reading,
			   struct rk_staged *staged, struct rk_error *err)
{
	static const char *const settings[] = {"core.autocrlf", "core.eol",
					       "core.symlinks", "core.attributesfile"};
	const struct rk_libgit2 *git = reading->git;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error missing = RK_ERROR_INIT;
	git_config *config = NULL;

	if (rk_path_join(staged->common_dir, "info/attributes", &path, err) < 0)
		return -(int)err->code;
	if (git->git_repository_config_snapshot(&config, reading->repository) == 0)
		for (size_t i = 0; i < RK_ARRAY_LEN(settings); i++) {
			const char *value = "";

			if (git->git_config_get_string(&value, config, settings[i]) != 0)
				value = "";
			rk_buf_addf(&text, "%s=%s\n", settings[i], value);
		}
	git->git_config_free(config);
	if (rk_file_read(path, ATTRIBUTES_LIMIT, &text, &missing) < 0 &&
	    missing.code == RK_ENOMEM)
		return rk_error_nomem(err);
	return rk_buf_take(&text, &staged->conversion, err);
}

static int take_entry(const git_index_entry *from, struct rk_staged_entry *to,
		      struct rk_error *err)
{
	if (GIT_INDEX_ENTRY_STAGE(from) != 0) {
		rk_error_set(err, RK_EREFUSED, "'%s' is not merged", from->path);
		return rk_error_cure(err, "git-index",
				     "resolve the conflict and git add the file");
	}
	to->mode = from->mode;
	memcpy(to->oid, from->id.id, RK_OID_SIZE);
	return rk_strdup(from->path, &to->path, err);
}

static int compare_entries(const void *a, const void *b)
{
	const struct rk_staged_entry *left = a;
	const struct rk_staged_entry *right = b;

	return strcmp(left->path, right->path);
}

static int take_entries(const struct rk_staged_reading *reading, struct rk_staged *staged,
			struct rk_error *err)
{
	const struct rk_libgit2 *git = reading->git;
	size_t n = git->git_index_entrycount(reading->index);
	const char *before = "";
	bool in_order = true; /* as git has them, unless somebody else wrote the index */

	staged->entries = calloc(n + 1, sizeof(*staged->entries));
	if (!staged->entries)
		return rk_error_nomem(err);
	for (size_t i = 0; i < n; i++) {
		const git_index_entry *from =
			git->git_index_get_byindex(reading->index, i);

		/* What git add -N names is not committed. */
		if (from->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD)
			continue;
		if (take_entry(from, &staged->entries[staged->n_entries++], err) < 0)
			return -(int)err->code;
		in_order = in_order && strcmp(before, from->path) <= 0;
		before = from->path;
	}
	if (!in_order)
		qsort(staged->entries, staged->n_entries, sizeof(*staged->entries),
		      compare_entries);
	return 0;
}

static void mark(struct rk_staged *staged, const git_diff_delta *delta)
{
	const struct rk_staged_entry key = {.path = (char *)delta->new_file.path};
	struct rk_staged_entry *entry;

	if (delta->status == GIT_DELTA_DELETED) {
		rk_strv_add(&staged->removed, delta->old_file.path);
		return;
	}
	entry = bsearch(&key, staged->entries, staged->n_entries,
			sizeof(*staged->entries), compare_entries);
	if (entry)
		entry->changed = true;
}

int rk_staged_compare(struct rk_staged *staged, const struct rk_strv *paths,
		      struct rk_error *err)
{
	const struct rk_staged_reading *reading = staged->reading;
	const struct rk_libgit2 *git = reading->git;
	git_diff_options options = {.version = GIT_DIFF_OPTIONS_VERSION,
				    .ignore_submodules =
					    GIT_SUBMODULE_IGNORE_UNSPECIFIED};
	git_diff *diff = NULL;
	size_t n;

	for (size_t i = 0; i < staged->n_entries; i++)
		staged->entries[i].changed = false;
	rk_strv_release(&staged->removed);
	if (paths && paths->n_items == 0)
		return 0;
	if (paths) {
		options.flags |= GIT_DIFF_DISABLE_PATHSPEC_MATCH;
		options.pathspec.strings = paths->items;
		options.pathspec.count = paths->n_items;
	}
	/* A tree is an object: libgit2's types say it, C does not see it. */
	if (git->git_diff_tree_to_index(&diff, reading->repository,
					(git_tree *)reading->tree, reading->index,
					&options) < 0)
		return rk_error_set(err, RK_EFORMAT, "the index cannot be compared: %s",
				    rk_libgit2_why(git));
	n = git->git_diff_num_deltas(diff);
	for (size_t i = 0; i < n; i++)
		mark(staged, git->git_diff_get_delta(diff, i));
	git->git_diff_free(diff);
	return rk_strv_check(&staged->removed, err);
}

/* Not the same name in another mode: a link leads elsewhere. */
static const struct rk_staged_entry *find_file(const struct rk_staged *staged,
					       const char *path)
{
	const struct rk_staged_entry key = {.path = (char *)path};
	const struct rk_staged_entry *entry = bsearch(
		&key, staged->entries, staged->n_entries, sizeof(key), compare_entries);

	return entry && (entry->mode & S_IFMT) == S_IFREG ? entry : NULL;
}

int rk_staged_text(const struct rk_staged *staged, const char *path, struct rk_buf *ret,
		   bool *ret_found, struct rk_error *err)
{
	const struct rk_staged_entry *entry = find_file(staged, path);
	const struct rk_libgit2 *git = staged->reading->git;
	git_blob *blob = NULL;
	git_oid oid;
	int r = 0;

	*ret_found = entry;
	if (!entry)
		return 0;
	memcpy(oid.id, entry->oid, RK_OID_SIZE);
	if (git->git_blob_lookup(&blob, staged->reading->repository, &oid) != 0) {
		rk_error_set(err, RK_EFORMAT, "'%s' cannot be read: %s", path,
			     rk_libgit2_why(git));
		return rk_error_cure(err, "git-repository", "see what 'git fsck' says");
	}
	if (git->git_blob_rawsize(blob) > TEXT_LIMIT)
		r = rk_error_set(err, RK_EFORMAT, "'%s' is longer than 1 MiB", path);
	else
		rk_buf_add(ret, git->git_blob_rawcontent(blob),
			   (size_t)git->git_blob_rawsize(blob));
	git->git_blob_free(blob);
	return r < 0 ? r : rk_buf_check(ret, err);
}

int rk_staged_read(const char *dir, struct rk_staged **ret, struct rk_error *err)
{
	cleanup(rk_staged_free_p) struct rk_staged *staged = calloc(1, sizeof(*staged));
	struct rk_staged_reading *reading;

	if (!staged)
		return rk_error_nomem(err);
	staged->reading = reading = calloc(1, sizeof(*reading));
	if (!reading)
		return rk_error_nomem(err);
	if (rk_libgit2_begin(&reading->git, err) < 0 ||
	    open_repository(reading, dir, err) < 0 || open_index(reading, err) < 0 ||
	    open_head(reading, err) < 0 || take_names(reading, staged, err) < 0 ||
	    take_conversion(reading, staged, err) < 0 ||
	    take_entries(reading, staged, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(staged);
	return 0;
}
