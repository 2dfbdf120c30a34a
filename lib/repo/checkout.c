/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/base/crypto.h"
#include "lib/base/file.h"
#include "lib/base/gitvars.h"
#include "lib/base/spawn.h"
#include "lib/repo/libgit2.h"
#include "lib/repo/staged.h"

/* A checkout on its way. */
struct checkout {
	const struct rk_staged *staged;
	char *tree;    /* becomes the checkout */
	char *index;   /* of the tree: git compares the times of files with it */
	char *asked;   /* copy of the index that is to be checked out */
	char *objects; /* what write-tree has to store */
	char *whole;   /* holds the form; there only while the tree is whole */
	char form[RK_SHA256_HEX_SIZE];
};

static void release_checkout(struct checkout *checkout)
{
	free(checkout->tree);
	free(checkout->index);
	free(checkout->asked);
	free(checkout->objects);
	free(checkout->whole);
}

static int name_places(struct checkout *checkout, const char *place, struct rk_error *err)
{
	if (rk_path_join(place, "tree", &checkout->tree, err) < 0 ||
	    rk_path_join(place, "index", &checkout->index, err) < 0 ||
	    rk_path_join(place, "asked", &checkout->asked, err) < 0 ||
	    rk_path_join(place, "objects", &checkout->objects, err) < 0 ||
	    rk_path_join(place, "whole", &checkout->whole, err) < 0)
		return -(int)err->code;
	return 0;
}

static bool is_whole(const struct checkout *checkout)
{
	cleanup_buf struct rk_buf form = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	return rk_file_read(checkout->whole, RK_SHA256_HEX_SIZE, &form, &err) == 0 &&
	       strcmp(rk_buf_str(&form), checkout->form) == 0;
}

/* ---- sizes ---- */

struct store {
	const struct rk_libgit2 *git;
	git_repository *repository;
	git_odb *odb;
	git_index *index; /* of the tree, which has the sizes of its files; or NULL */
};

static void close_store(struct store *store)
{
	if (!store->git)
		return;
	store->git->git_index_free(store->index);
	store->git->git_odb_free(store->odb);
	store->git->git_repository_free(store->repository);
}

static int open_store(struct store *store, const char *git_dir, struct rk_error *err)
{
	if (rk_libgit2_begin(&store->git, err) < 0)
		return -(int)err->code;
	if (store->git->git_repository_open_ext(&store->repository, git_dir,
						GIT_REPOSITORY_OPEN_FROM_ENV,
						NULL) == 0 &&
	    store->git->git_repository_odb(&store->odb, store->repository) == 0)
		return 0;
	return rk_error_set(err, RK_EFORMAT, "'%s': %s", git_dir,
			    rk_libgit2_why(store->git));
}

static bool is_blob(const struct rk_staged_entry *entry)
{
	return (entry->mode & S_IFMT) == S_IFREG || (entry->mode & S_IFMT) == S_IFLNK;
}

/* A tree that is whole saves looking at thousands of objects. */
static void open_known(struct store *store, const char *index)
{
	if (store->git->git_index_open(&store->index, index) != 0)
		store->index = NULL;
}

static bool is_known(const struct store *store, const struct rk_staged_entry *entry,
		     uint64_t *ret_size)
{
	const git_index_entry *known =
		store->index
			? store->git->git_index_get_bypath(store->index, entry->path, 0)
			: NULL;

	if (!known || memcmp(known->id.id, entry->oid, RK_OID_SIZE) != 0)
		return false;
	*ret_size = known->file_size;
	return true;
}

/* An object that is not here (a partial clone) is git's to get, and then to refuse. */
static uint64_t blob_size(const struct store *store, const struct rk_staged_entry *entry)
{
	git_object_t type;
	git_oid oid;
	size_t size = 0;
	uint64_t known;

	if (is_known(store, entry, &known))
		return known;
	memcpy(oid.id, entry->oid, RK_OID_SIZE);
	if (store->git->git_odb_read_header(&size, &type, store->odb, &oid) != 0)
		return 0;
	return size;
}

static int check_size(const struct checkout *checkout, uint64_t limit,
		      struct rk_error *err)
{
	const struct rk_staged *staged = checkout->staged;
	cleanup(close_store) struct store store = {.git = NULL};
	uint64_t left = limit;

	if (open_store(&store, staged->git_dir, err) < 0)
		return -(int)err->code;
	if (is_whole(checkout))
		open_known(&store, checkout->index);
	for (size_t i = 0; i < staged->n_entries; i++) {
		const struct rk_staged_entry *entry = &staged->entries[i];
		uint64_t size = is_blob(entry) ? blob_size(&store, entry) : 0;

		if (size <= left) {
			left -= size;
			continue;
		}
		rk_error_set(err, RK_EREFUSED,
			     "what is staged has more than %" PRIu64
			     " MiB, counted up to '%s'",
			     limit >> 20, entry->path);
		return rk_error_cure(err, "staged-size",
				     "leave large files to git-lfs or out of the "
				     "repository, or commit with --no-verify");
	}
	return 0;
}

/* ---- git ---- */

static bool has_name(const char *path, const char *name)
{
	return strcmp(rk_path_base(path), name) == 0;
}

/* A changed attribute changes files whose entries stay the same. */
static int hash_form(struct checkout *checkout, const char *form, struct rk_error *err)
{
	const struct rk_staged *staged = checkout->staged;
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, form);
	rk_sha256_add_field(hash, staged->conversion);
	for (size_t i = 0; i < staged->n_entries; i++) {
		if (!has_name(staged->entries[i].path, ".gitattributes"))
			continue;
		rk_sha256_add_field(hash, staged->entries[i].path);
		rk_sha256_add(hash, staged->entries[i].oid, RK_OID_SIZE);
	}
	return rk_sha256_hex(hash, checkout->form, err);
}

/* Git reads a list separated by ':'; what stands in quotes is one entry. */
static void add_quoted(struct rk_buf *buf, const char *path)
{
	rk_buf_addc(buf, '"');
	for (; *path; path++) {
		if (*path == '"' || *path == '\\')
			rk_buf_addc(buf, '\\');
		rk_buf_addc(buf, *path);
	}
	rk_buf_addc(buf, '"');
}

/* Objects are read where the repository has them, and written beside the tree. */
static int add_stores(const struct checkout *checkout, struct rk_strv *env,
		      struct rk_error *err)
{
	const char *more = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	const char *own = getenv("GIT_OBJECT_DIRECTORY");
	cleanup_buf struct rk_buf list = RK_BUF_INIT;
	cleanup_free char *objects = NULL;

	if ((own ? rk_path_absolute(own, &objects, err)
		 : rk_path_join(checkout->staged->common_dir, "objects", &objects, err)) <
	    0)
		return -(int)err->code;
	add_quoted(&list, objects);
	if (more && *more)
		rk_buf_addf(&list, ":%s", more);
	if (rk_buf_check(&list, err) < 0)
		return -(int)err->code;
	rk_strv_addf(env, "GIT_OBJECT_DIRECTORY=%s", checkout->objects);
	rk_strv_addf(env, "GIT_ALTERNATE_OBJECT_DIRECTORIES=%s", rk_buf_str(&list));
	return 0;
}

/* Settings under which git would do more, or less, than check files out. */
static void add_git(struct rk_strv *argv)
{
	static const char *const settings[] = {
		"core.hooksPath=/dev/null",  "core.fsmonitor=false",
		"core.sparseCheckout=false", "core.splitIndex=false",
		"core.untrackedCache=false", "index.sparse=false",
		"submodule.recurse=false",
	};

	rk_strv_add(argv, "git");
	for (size_t i = 0; i < RK_ARRAY_LEN(settings); i++)
		rk_strv_add_all(argv, "-c", settings[i], NULL);
}

/* @index: the index that git is to work on; @words: the command, ended by NULL */
static int run_git(const struct checkout *checkout, const char *index,
		   const char *const *words, char **ret, struct rk_error *err)
{
	cleanup_spawn_result struct rk_spawn_result result = RK_SPAWN_RESULT_INIT;
	cleanup_strv struct rk_strv argv = RK_STRV_INIT;
	cleanup_strv struct rk_strv remove = RK_STRV_INIT;
	cleanup_strv struct rk_strv set = RK_STRV_INIT;
	const struct rk_spawn spawn = {.argv = &argv,
				       .cwd = checkout->tree,
				       .env_remove = &remove,
				       .env_set = &set,
				       .stdin_fd = -1,
				       .output = RK_SPAWN_CAPTURE};

	add_git(&argv);
	for (; *words; words++)
		rk_strv_add(&argv, *words);
	for (size_t i = 0; rk_git_local_variables[i]; i++)
		rk_strv_add(&remove, rk_git_local_variables[i]);
	rk_strv_addf(&set, "GIT_DIR=%s", checkout->staged->git_dir);
	rk_strv_addf(&set, "GIT_WORK_TREE=%s", checkout->tree);
	rk_strv_addf(&set, "GIT_INDEX_FILE=%s", index);
	rk_strv_add_all(&set, "GIT_TERMINAL_PROMPT=0", "LC_ALL=C", NULL);
	if (add_stores(checkout, &set, err) < 0 || rk_strv_check(&argv, err) < 0 ||
	    rk_strv_check(&remove, err) < 0 || rk_strv_check(&set, err) < 0 ||
	    rk_spawn_run(&spawn, &result, err) < 0)
		return -(int)err->code;
	return rk_spawn_take(&result, "git", ret, err);
}

/* The index as git commit will use it, where git may write beside it. */
static int copy_index(const struct checkout *checkout, struct rk_error *err)
{
	enum { LIMIT = 1 << 30 };
	cleanup_buf struct rk_buf bytes = RK_BUF_INIT;

	if (access(checkout->staged->index, F_OK) < 0 && errno == ENOENT)
		return rk_dir_remove(checkout->asked, err); /* nothing was ever added */
	if (rk_file_read(checkout->staged->index, LIMIT, &bytes, err) < 0)
		return -(int)err->code;
	return rk_file_write(checkout->asked, bytes.data, bytes.len, 0600, err);
}

static int check_out(const struct checkout *checkout, struct rk_error *err)
{
	static const char *const write_tree[] = {"write-tree", NULL};
	cleanup_free char *tree = NULL;
	cleanup_free char *nothing = NULL;
	const char *read_tree[] = {"read-tree", "--reset", "-u", NULL, NULL};

	if (copy_index(checkout, err) < 0 ||
	    run_git(checkout, checkout->asked, write_tree, &tree, err) < 0)
		return -(int)err->code;
	read_tree[3] = tree;
	return run_git(checkout, checkout->index, read_tree, &nothing, err);
}

/* ---- what was there before ---- */

/* Everything, also what a git that was killed has left: index.lock, asked.lock. */
static int throw_away(const struct checkout *checkout, struct rk_error *err)
{
	cleanup_free char *lock = NULL;
	cleanup_free char *asked_lock = NULL;

	if (rk_format(&lock, err, "%s.lock", checkout->index) < 0 ||
	    rk_format(&asked_lock, err, "%s.lock", checkout->asked) < 0 ||
	    rk_dir_remove(lock, err) < 0 || rk_dir_remove(asked_lock, err) < 0 ||
	    rk_dir_remove(checkout->tree, err) < 0 ||
	    rk_dir_remove(checkout->index, err) < 0)
		return -(int)err->code;
	return rk_dir_remove(checkout->objects, err);
}

static int start(const struct checkout *checkout, struct rk_error *err)
{
	if (!is_whole(checkout) && throw_away(checkout, err) < 0)
		return -(int)err->code;
	if (rk_dir_remove(checkout->whole, err) < 0 ||
	    rk_dir_make(checkout->tree, 0700, err) < 0)
		return -(int)err->code;
	return rk_dir_make(checkout->objects, 0700, err);
}

int rk_staged_checkout(const struct rk_staged *staged, const char *place,
		       const char *form, uint64_t limit, struct rk_error *err)
{
	cleanup(release_checkout) struct checkout checkout = {.staged = staged};

	if (name_places(&checkout, place, err) < 0 ||
	    hash_form(&checkout, form, err) < 0 ||
	    check_size(&checkout, limit, err) < 0 || start(&checkout, err) < 0 ||
	    check_out(&checkout, err) < 0)
		return -(int)err->code;
	return rk_file_write(checkout.whole, checkout.form, strlen(checkout.form), 0600,
			     err);
}
