/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/metadata/needs.h"
#include "lib/metadata/set.h"
#include "lib/metadata/system.h"
#include "lib/root/distro.h"

enum {
	HEADER_LIMIT = 4096, /* of a .rmeta: the text stands at its beginning */
	KEY_DIGITS = 16,
};

void rk_metadata_free(struct rk_metadata *metadata)
{
	if (!metadata)
		return;
	free(metadata->dir);
	free(metadata->key);
	free(metadata->rustc_text);
	free(metadata);
}

bool rk_metadata_is_set(const struct rk_metadata *metadata)
{
	return metadata->origin == RK_METADATA_CACHE ||
	       metadata->origin == RK_METADATA_SYSTEM;
}

static int make_none(struct rk_metadata **ret, struct rk_error *err)
{
	cleanup(rk_metadata_free_p) struct rk_metadata *none = calloc(1, sizeof(*none));

	if (!none)
		return rk_error_nomem(err);
	none->origin = RK_METADATA_NONE;
	if (rk_strdup("", &none->dir, err) < 0 || rk_strdup("", &none->key, err) < 0 ||
	    rk_strdup("", &none->rustc_text, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(none);
	return 0;
}

/* ---- what KDIR ships ---- */

struct shipped {
	const struct rk_kernel *kernel;
	char *rust;           /* KDIR/rust, inside */
	struct rk_strv names; /* of what lies there */
	bool is_link;
};

static void shipped_release(struct shipped *shipped)
{
	free(shipped->rust);
	rk_strv_release(&shipped->names);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/*
 * Ubuntu's package of a kernel that came to an older release installs into
 * linux-lib-rust-RELEASE, and the link of its headers says
 * linux-hwe-6.17-lib-rust-RELEASE.
 * @ret: the folder's name below /usr/src, NULL if there is none.
 */
static int find_elsewhere(const struct shipped *shipped, char **ret, struct rk_error *err)
{
	const struct rk_root *root = shipped->kernel->root;
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_free char *end = NULL;
	struct rk_error missing = RK_ERROR_INIT;

	if (rk_format(&end, err, "lib-rust-%s", shipped->kernel->release) < 0)
		return -(int)err->code;
	if (rk_root_list_dir(root, "/usr/src", &names, &missing) < 0)
		return 0;
	for (size_t i = 0; i < names.n_items && !*ret; i++) {
		cleanup_free char *core = NULL;

		if (!ends_with(names.items[i], end))
			continue;
		if (rk_format(&core, err, "/usr/src/%s/rust/libcore.rmeta",
			      names.items[i]) < 0 ||
		    (rk_root_exists(root, core) &&
		     rk_strdup(names.items[i], ret, err) < 0))
			return -(int)err->code;
	}
	return 0;
}

static int fail_link(const struct shipped *shipped, const char *target,
		     struct rk_error *err)
{
	const struct rk_need need = {RK_NEED_METADATA, shipped->kernel->release};
	cleanup_free char *elsewhere = NULL;
	cleanup_free char *link = NULL;

	if (find_elsewhere(shipped, &elsewhere, err) < 0 ||
	    rk_root_host_path(shipped->kernel->root, shipped->rust, &link, err) < 0)
		return -(int)err->code;
	rk_error_set(err, RK_EFORMAT, "'%s' is a dangling link to '%s'%s%s%s",
		     shipped->rust, target,
		     elsewhere ? "; what it means is '/usr/src/" : "",
		     elsewhere ? elsewhere : "", elsewhere ? "/rust'" : "");
	if (elsewhere)
		return rk_error_cure(err, "metadata-link",
				     "correct it: ln -sfn /usr/src/%s/rust '%s'",
				     elsewhere, link);
	return rk_distro_cure(
		shipped->kernel->root, &need, "metadata-link",
		"install the package that holds the Rust metadata, or correct the link",
		err);
}

/* Sets names, which stay empty if there is no such folder. */
static int look(struct shipped *shipped, struct rk_error *err)
{
	const struct rk_root *root = shipped->kernel->root;
	cleanup_free char *target = NULL;

	if (rk_path_join(shipped->kernel->kdir_real, "rust", &shipped->rust, err) < 0)
		return -(int)err->code;
	if (rk_root_readlink(root, shipped->rust, &target, err) == 0)
		shipped->is_link = true;
	if (rk_root_list_dir(root, shipped->rust, &shipped->names, err) == 0)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return shipped->is_link ? fail_link(shipped, target, err) : 0;
}

static bool is_there(void *data, const char *path)
{
	const struct shipped *shipped = data;
	struct rk_error ignored = RK_ERROR_INIT;
	cleanup_free char *full = NULL;

	if (rk_path_join(shipped->kernel->kdir_real, path, &full, &ignored) < 0)
		return false;
	return rk_root_exists(shipped->kernel->root, full);
}

static int check_complete(struct shipped *shipped, struct rk_error *err)
{
	struct rk_needs needs = {.target = NULL};
	cleanup_free char *missing = NULL;
	int r;

	if (rk_needs_read(shipped->kernel, &needs, err) < 0)
		return -(int)err->code;
	r = rk_needs_missing(&needs, is_there, shipped, &missing, err);
	rk_needs_release(&needs);
	if (r < 0 || !missing)
		return r;
	rk_error_set(err, RK_EFORMAT, "the Rust metadata of '%s' lacks '%s'",
		     shipped->kernel->kdir_real, missing);
	return rk_error_cure(
		err, "metadata-incomplete",
		"install the package that holds '%s' again, or tell whoever packages this kernel that its rust/*.rmeta, rust/*.so and target.json belong together",
		shipped->rust);
}

/* Opens KDIR/rust/@name and reads at most @limit bytes. */
static int read_head(const struct shipped *shipped, const char *name, size_t limit,
		     struct rk_buf *buf, struct stat *st, struct rk_error *err)
{
	cleanup_free char *path = NULL;
	cleanup_close int fd = -1;
	char bytes[HEADER_LIMIT];
	ssize_t n;

	if (rk_path_join(shipped->rust, name, &path, err) < 0 ||
	    rk_root_open_file(shipped->kernel->root, path, O_RDONLY, &fd, err) < 0)
		return -(int)err->code;
	n = read(fd, bytes, limit < sizeof(bytes) ? limit : sizeof(bytes));
	if (n < 0 || fstat(fd, st) < 0)
		return rk_error_sys(err, errno, "'%s'", path);
	rk_buf_add(buf, bytes, (size_t)n);
	return rk_buf_check(buf, err);
}

static int read_text(const struct shipped *shipped, char **ret, struct rk_error *err)
{
	cleanup_buf struct rk_buf head = RK_BUF_INIT;
	struct stat st;

	if (read_head(shipped, "libcore.rmeta", HEADER_LIMIT, &head, &st, err) < 0)
		return -(int)err->code;
	if (rk_rmeta_version(rk_buf_str(&head), head.len, ret, err) < 0) {
		rk_error_prefix(err, "'%s/libcore.rmeta'", shipped->rust);
		return rk_error_cure(err, "metadata-incomplete",
				     "install the package that holds it again");
	}
	return 0;
}

/* Changes whenever the package replaces a file. */
static int make_key(const struct shipped *shipped, char **ret, struct rk_error *err)
{
	cleanup(rk_sha256_free_p) struct rk_sha256 *hash = NULL;
	cleanup_buf struct rk_buf unused = RK_BUF_INIT;
	char hex[RK_SHA256_HEX_SIZE];

	if (rk_sha256_new(&hash, err) < 0)
		return -(int)err->code;
	rk_sha256_add_field(hash, shipped->rust);
	for (size_t i = 0; i < shipped->names.n_items; i++) {
		const char *name = shipped->names.items[i];
		struct stat st;

		if (!ends_with(name, ".rmeta") && !ends_with(name, ".so"))
			continue;
		if (read_head(shipped, name, 0, &unused, &st, err) < 0)
			return -(int)err->code;
		rk_sha256_add_field(hash, name);
		rk_sha256_add(hash, &st.st_size, sizeof(st.st_size));
		rk_sha256_add(hash, &st.st_mtim, sizeof(st.st_mtim));
	}
	if (rk_sha256_hex(hash, hex, err) < 0)
		return -(int)err->code;
	return rk_format(ret, err, "kdir-%.*s", KEY_DIGITS, hex);
}

/* @ret stays NULL if KDIR ships none. */
static int take_shipped(struct shipped *shipped, struct rk_metadata **ret,
			struct rk_error *err)
{
	cleanup(rk_metadata_free_p) struct rk_metadata *metadata = NULL;
	const struct rk_kernel *kernel = shipped->kernel;
	bool any = false;

	if (look(shipped, err) < 0)
		return -(int)err->code;
	for (size_t i = 0; i < shipped->names.n_items; i++)
		any = any || ends_with(shipped->names.items[i], ".rmeta");
	if (!any)
		return 0;
	if (check_complete(shipped, err) < 0)
		return -(int)err->code;
	metadata = calloc(1, sizeof(*metadata));
	if (!metadata)
		return rk_error_nomem(err);
	metadata->origin = shipped->is_link ? RK_METADATA_LINK : RK_METADATA_KDIR;
	if (rk_root_host_path(kernel->root, kernel->kdir_real, &metadata->dir, err) < 0 ||
	    read_text(shipped, &metadata->rustc_text, err) < 0 ||
	    make_key(shipped, &metadata->key, err) < 0)
		return -(int)err->code;
	*ret = RK_STEAL(metadata);
	return 0;
}

/* ---- the cache ---- */

/* Under the lock, and only if it is still damaged: somebody may just have made it. One
 * that was copied to here is not. */
static int remove_damaged(const struct rk_set *set, struct rk_metadata **ret,
			  struct rk_error *err)
{
	cleanup_close int lock =
		open(set->lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct rk_error ignored = RK_ERROR_INIT;

	if (lock < 0)
		return rk_error_sys(err, errno, "'%s'", set->lock);
	if (flock(lock, LOCK_EX | LOCK_NB) < 0)
		return rk_error_set(err, RK_ENOTFOUND, "somebody is making it");
	if (rk_set_load(set, ret, err) == 0 || err->code != RK_EFORMAT)
		return -(int)err->code;
	if (rk_set_renew(set, &ignored) == 0) {
		rk_log(RK_LOG_DEBUG, "%s; its contents have not", err->msg);
		return rk_set_load(set, ret, err);
	}
	rk_log(RK_LOG_WARNING, "%s; it is removed", err->msg);
	if (rk_set_remove(set, err) < 0)
		return -(int)err->code;
	return rk_error_set(err, RK_ENOTFOUND, "it was damaged");
}

/* @ret stays NULL if there is none. */
static int find_set(const struct rk_machine *machine, const struct rk_kernel *kernel,
		    struct rk_metadata **ret, struct rk_error *err)
{
	cleanup_set struct rk_set set = {.parent = NULL};

	if (rk_set_locate(machine, kernel, &set, err) < 0)
		return -(int)err->code;
	if (rk_set_load(&set, ret, err) == 0)
		return 0;
	if (err->code == RK_EFORMAT)
		(void)!remove_damaged(&set, ret, err);
	if (*ret)
		return 0;
	if (err->code != RK_ENOTFOUND)
		return -(int)err->code;
	return rk_system_find(machine, kernel, &set, ret, err);
}

int rk_metadata_find(const struct rk_machine *machine, const struct rk_kernel *kernel,
		     struct rk_metadata **ret, struct rk_error *err)
{
	cleanup(shipped_release) struct shipped shipped = {.kernel = kernel};
	cleanup(rk_metadata_free_p) struct rk_metadata *found = NULL;

	if (!kernel->rust)
		return make_none(ret, err);
	if (take_shipped(&shipped, &found, err) < 0 ||
	    (!found && find_set(machine, kernel, &found, err) < 0))
		return -(int)err->code;
	if (!found)
		return make_none(ret, err);
	rk_log(RK_LOG_DEBUG, "Rust metadata: '%s' (%s)", found->dir, found->rustc_text);
	*ret = RK_STEAL(found);
	return 0;
}

int rk_metadata_verify(const struct rk_metadata *metadata, struct rk_error *err)
{
	cleanup(rk_record_free_p) struct rk_record *record = NULL;

	if (!rk_metadata_is_set(metadata))
		return 0;
	if (rk_set_read_record(metadata->dir, &record, err) < 0 ||
	    rk_record_verify(record, metadata->dir, err) < 0)
		return rk_error_prefix(err, "metadata set '%s'", metadata->dir);
	return 0;
}
