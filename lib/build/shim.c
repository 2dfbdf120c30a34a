/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/base/prune.h"
#include "lib/build/internal.h"
#include "lib/root/distro.h"

/*
 * STATE/shim/program-<hash>        a copy of the program, so that it survives an upgrade
 *                                  of rkmod and exists in every root tree
 * STATE/shim/lock                  held while one is put there, and while old ones are
 *                                  removed: what was just put there is young
 * STATE/shim/<key>/rkmod-rustc     a link to it; what Kbuild is given as RUSTC
 * STATE/shim/<key>/rkmod-rustc.conf
 * STATE/shim/<key>/rkmod-clippy    the same for CLIPPY_DRIVER
 * STATE/shim/<key>/rkmod-clippy.conf
 * STATE/shim/<key>/rkmod-rustdoc    the same for rustdoc, which rkmod doc runs
 * STATE/shim/<key>/rkmod-rustdoc.conf
 * STATE/shim/<key>/rkmod-llvm-link    the same for LLVM_LINK, where helpers are inlined
 * STATE/shim/<key>/rkmod-llvm-link.conf
 */

enum {
	PROGRAM_LIMIT = 16 << 20,
	MAX_AGE = 90 * 24 * 60 * 60,
};

bool rk_build_is_plain_path(const char *path)
{
	for (const char *c = path; *c; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f ||
		    strchr("\"#$%&'()*:;<>?[\\`|", *c))
			return false;
	return true;
}

int rk_build_shim_base(const struct rk_machine *machine, char **ret, struct rk_error *err)
{
	cleanup_free char *base = NULL;
	int r;

	if (rk_build_is_plain_path(machine->state_dir))
		r = rk_strdup(machine->state_dir, &base, err);
	else
		r = rk_format(&base, err, "/tmp/rkmod-%ju", (uintmax_t)geteuid());
	if (r < 0 || rk_machine_private_dir(base, "shim", ret, err) < 0)
		return rk_error_cure(
			err, NULL,
			"set XDG_STATE_HOME to a folder that you can write, without blanks in its path");
	return 0;
}

/* ---- the program ---- */

static int read_program(const struct rk_machine *machine, struct rk_buf *ret,
			struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(machine->libexec_dir, "rkmod-rustc", &path, err) < 0)
		return -(int)err->code;
	if (rk_file_read(path, PROGRAM_LIMIT, ret, err) < 0)
		return rk_error_cure(err, NULL, "install rkmod again");
	return 0;
}

int rk_build_shim_check(const struct rk_machine *machine, struct rk_error *err)
{
	cleanup_free char *path = NULL;

	if (rk_path_join(machine->libexec_dir, "rkmod-rustc", &path, err) < 0)
		return -(int)err->code;
	if (access(path, R_OK) < 0) {
		rk_error_sys(err, errno, "'%s'", path);
		return rk_error_cure(err, NULL, "install rkmod again");
	}
	return 0;
}

/* Puts the copy in place if it is not there; its name says what it holds. */
static int put_program(const char *base, const char *name, const struct rk_buf *program,
		       struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct stat st;

	if (rk_path_join(base, name, &path, err) < 0)
		return -(int)err->code;
	if (stat(path, &st) == 0 && (size_t)st.st_size == program->len &&
	    (st.st_mode & S_IXUSR)) {
		rk_prune_touch(path);
		return 0;
	}
	return rk_file_write(path, program->data, program->len, 0700, err);
}

/* ---- the files beside the links ---- */

/* One line of the file: a newline in a path would be another line. */
static int add_path(struct rk_buf *conf, const char *key, const char *path,
		    struct rk_error *err)
{
	if (strchr(path, '\n'))
		return rk_error_set(err, RK_EREFUSED, "'%s' has a newline in its path",
				    path);
	rk_buf_addf(conf, "%s %s\n", key, path);
	return 0;
}

static int make_conf(const char *compiler, const struct rk_build_input *input,
		     struct rk_buf *ret, struct rk_error *err)
{
	const struct rk_metadata *metadata = input->metadata;

	rk_buf_adds(ret, "rkmod-rustc 1\n");
	if (add_path(ret, "compiler", compiler, err) < 0)
		return -(int)err->code;
	if (rk_metadata_is_set(metadata) &&
	    (add_path(ret, "kdir", input->kernel->kdir_real, err) < 0 ||
	     add_path(ret, "metadata", metadata->dir, err) < 0))
		return -(int)err->code;
	rk_buf_adds(ret, "end\n");
	return rk_buf_check(ret, err);
}

int rk_build_beside(const char *rustc, const char *program, char **ret,
		    struct rk_error *err)
{
	const char *base = rk_path_base(rustc);
	const char *suffix = strncmp(base, "rustc", 5) == 0 ? base + 5 : "";

	return rk_format(ret, err, "%.*s%s%s", (int)(base - rustc), rustc, program,
			 suffix);
}

int rk_build_find_clippy(const struct rk_build_input *input, char **ret,
			 struct rk_error *err)
{
	static const struct rk_need need = {RK_NEED_PROGRAM, "clippy-driver"};
	const struct rk_root *root = input->kernel->root;
	cleanup_free char *path = NULL;

	if (rk_build_beside(input->toolchain->rustc->path, "clippy-driver", &path, err) <
	    0)
		return -(int)err->code;
	if (rk_root_exists(root, path)) {
		*ret = RK_STEAL(path);
		return 0;
	}
	rk_error_set(err, RK_ENOTFOUND, "there is no clippy beside '%s': no '%s'",
		     input->toolchain->rustc->path, path);
	return rk_distro_cure(root, &need, "clippy-missing",
			      "install the clippy of the same version", err);
}

static bool holds(const char *path, const struct rk_buf *text)
{
	cleanup_buf struct rk_buf found = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	return rk_file_read(path, text->len, &found, &err) == 0 &&
	       found.len == text->len &&
	       memcmp(rk_buf_str(&found), rk_buf_str(text), text->len) == 0;
}

/* A link that may be put there by two at once. */
static int put_link(const char *target, const char *path, struct rk_error *err)
{
	char found[64] = "";
	ssize_t len = readlink(path, found, sizeof(found) - 1);

	if (len > 0 && strncmp(found, target, sizeof(found)) == 0)
		return 0;
	if (len >= 0 || errno != ENOENT)
		unlink(path);
	if (symlink(target, path) < 0 && errno != EEXIST)
		return rk_error_sys(err, errno, "'%s'", path);
	return 0;
}

static int put_pair(const char *dir, const char *name, const char *program,
		    const struct rk_buf *conf, struct rk_error *err)
{
	cleanup_free char *link = NULL;
	cleanup_free char *target = NULL;
	cleanup_free char *conf_path = NULL;

	if (rk_path_join(dir, name, &link, err) < 0 ||
	    rk_format(&target, err, "../%s", program) < 0 ||
	    rk_format(&conf_path, err, "%s.conf", link) < 0)
		return -(int)err->code;
	if (!holds(conf_path, conf) &&
	    rk_file_write(conf_path, conf->data, conf->len, 0600, err) < 0)
		return -(int)err->code;
	return put_link(target, link, err);
}

/* ---- the whole ---- */

static int make_key(const struct rk_build_input *input, const char *program,
		    char ret[RK_KEY_SIZE], struct rk_error *err)
{
	const struct rk_metadata *metadata = input->metadata;
	struct rk_key key = RK_KEY_INIT;

	rk_key_add_field(&key, program);
	rk_key_add_field(&key, input->toolchain->rustc->path);
	rk_key_add_field(&key, input->toolchain->rustc->text);
	rk_key_add_field(&key, metadata->dir ? metadata->dir : "");
	rk_key_add_field(&key, metadata->key ? metadata->key : "");
	if (rk_key_add_kernel(&key, input->kernel, err) < 0)
		return -(int)err->code;
	rk_key_hex(&key, ret);
	return 0;
}

/* What is put beside each other for one key; a compiler that is NULL is left out. */
struct shims {
	char *compilers[4];
	struct rk_buf confs[4];
};

static const char *const shim_names[] = {"rkmod-rustc", "rkmod-clippy", "rkmod-rustdoc",
					 "rkmod-llvm-link"};

static void release_shims(struct shims *shims)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(shim_names); i++) {
		free(shims->compilers[i]);
		rk_buf_release(&shims->confs[i]);
	}
}

static int put_shims(const char *dir, const char *program, const struct shims *shims,
		     struct rk_error *err)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(shim_names); i++)
		if (shims->compilers[i] &&
		    put_pair(dir, shim_names[i], program, &shims->confs[i], err) < 0)
			return -(int)err->code;
	return 0;
}

static bool is_prunable(const char *name)
{
	return strcmp(name, "lock") != 0;
}

/* Kernels and compilers come and go: when another one comes, those that no build used for
 * long go. */
static int open_dir(const char *base, const char *key, char **ret, struct rk_error *err)
{
	const struct rk_prune old = {
		.dir = base, .concerns = is_prunable, .max_age = MAX_AGE};
	cleanup_free char *dir = NULL;

	if (rk_path_join(base, key, &dir, err) < 0)
		return -(int)err->code;
	if (access(dir, F_OK) < 0)
		rk_prune(&old);
	if (rk_machine_private_dir(base, key, ret, err) < 0)
		return -(int)err->code;
	rk_prune_touch(*ret);
	return 0;
}

bool rk_build_inlines_helpers(const struct rk_build_input *input)
{
	return rk_metadata_is_set(input->metadata) &&
	       rk_kconfig_is_yes(input->kernel->config, "CONFIG_RUST_INLINE_HELPERS");
}

/* What make's LLVM= means: "1", "-19" or "/path/". */
static int find_llvm_link(const struct rk_build_input *input, char **ret,
			  struct rk_error *err)
{
	const char *llvm = input->toolchain->llvm;
	cleanup_free char *name = NULL;

	if (rk_format(&name, err, "%sllvm-link%s", strchr(llvm, '/') ? llvm : "",
		      llvm[0] == '-' ? llvm : "") < 0)
		return -(int)err->code;
	if (name[0] == '/')
		return rk_strdup(name, ret, err);
	if (rk_root_find_program(input->kernel->root, name, ret, err) == 0)
		return 0;
	return rk_error_cure(err, NULL, "install the package llvm");
}

static int make_shims(const struct rk_build_input *input, struct shims *shims,
		      struct rk_error *err)
{
	const char *rustc = input->toolchain->rustc->path;

	if (rk_strdup(rustc, &shims->compilers[0], err) < 0 ||
	    rk_build_beside(rustc, "clippy-driver", &shims->compilers[1], err) < 0 ||
	    rk_build_beside(rustc, "rustdoc", &shims->compilers[2], err) < 0 ||
	    (rk_build_inlines_helpers(input) &&
	     find_llvm_link(input, &shims->compilers[3], err) < 0))
		return -(int)err->code;
	for (size_t i = 0; i < RK_ARRAY_LEN(shim_names); i++)
		if (shims->compilers[i] &&
		    make_conf(shims->compilers[i], input, &shims->confs[i], err) < 0)
			return -(int)err->code;
	return 0;
}

static int name_program(const struct rk_buf *program, char **ret, struct rk_error *err)
{
	struct rk_key key = RK_KEY_INIT;
	char hex[RK_KEY_SIZE];

	rk_key_add_large(&key, program->data, program->len);
	rk_key_hex(&key, hex);
	return rk_format(ret, err, "program-%s", hex);
}

/* Where they are put. */
struct place {
	char *base;
	char *program; /* in it */
	char key[RK_KEY_SIZE];
};

static void release_place(struct place *place)
{
	free(place->base);
	free(place->program);
}

static int put_all(const struct place *place, const struct rk_buf *program,
		   const struct shims *shims, char **ret, struct rk_error *err)
{
	cleanup_free char *lock = NULL;
	cleanup_free char *dir = NULL;
	cleanup_close int lock_fd = -1;

	if (rk_path_join(place->base, "lock", &lock, err) < 0 ||
	    rk_file_lock(lock, NULL, NULL, &lock_fd, err) < 0 ||
	    open_dir(place->base, place->key, &dir, err) < 0 ||
	    put_program(place->base, place->program, program, err) < 0 ||
	    put_shims(dir, place->program, shims, err) < 0)
		return -(int)err->code;
	return rk_path_join(dir, shim_names[0], ret, err);
}

int rk_build_shim(const struct rk_machine *machine, const struct rk_build_input *input,
		  char **ret, struct rk_error *err)
{
	cleanup(release_shims) struct shims shims = {.compilers = {NULL}};
	cleanup(release_place) struct place place = {.base = NULL};
	cleanup_buf struct rk_buf program = RK_BUF_INIT;

	if (read_program(machine, &program, err) < 0 ||
	    name_program(&program, &place.program, err) < 0 ||
	    make_shims(input, &shims, err) < 0 ||
	    make_key(input, place.program, place.key, err) < 0 ||
	    rk_build_shim_base(machine, &place.base, err) < 0)
		return -(int)err->code;
	return put_all(&place, &program, &shims, ret, err);
}
