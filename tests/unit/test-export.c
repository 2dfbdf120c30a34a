/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/archive.h"
#include "lib/base/file.h"
#include "lib/metadata/export.h"
#include "lib/metadata/system.h"
#include "tests/unit/tap.h"
#include "tests/unit/tar.h"

/*
 * Sets that leave a cache and come into another one: a kernel in a small root tree, and a
 * set of it that is as good as a made one, because the cache is believed.
 */
#define KDIR     "tree/usr/src/linux-headers-7.2.12"
#define SYSTEM   "tree/usr/lib/rkmod/metadata/7.2.12"
#define COMPILER "rustc 1.85.1 (x)"

static const char config[] = "CONFIG_X86_64=y\nCONFIG_RUST=y\n"
			     "CONFIG_RUSTC_VERSION_TEXT=\"" COMPILER "\"\n";

struct fixture {
	char *dir;
	struct rk_machine machine;
	struct rk_root *root;
	struct rk_kernel *kernel;
	struct rk_metadata *metadata;
	struct rk_error err;
};

static char *path_of(const struct fixture *f, const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	if (rk_path_join(f->dir, name, &path, &err) < 0)
		abort();
	return path;
}

static void put_bytes(const struct fixture *f, const char *name, const void *data,
		      size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = path_of(f, name);
	cleanup_free char *dir = NULL;

	if (rk_format(&dir, &err, "%s/%.*s", f->dir,
		      (int)(strrchr(name, '/') ? strrchr(name, '/') - name : 0),
		      name) < 0 ||
	    rk_dir_make(dir, 0755, &err) < 0 ||
	    rk_file_write(path, data, size, 0644, &err) < 0)
		abort();
}

static void put(const struct fixture *f, const char *name, const char *text)
{
	put_bytes(f, name, text, strlen(text));
}

/* As rustc 1.85 writes it, up to the text. */
static void put_rmeta(const struct fixture *f, const char *name, const char *compiler)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	rk_buf_add(&buf, "rust\0\0\0\x09\0\0\0\0\0\0\0\0", 16);
	rk_buf_addc(&buf, (char)strlen(compiler));
	rk_buf_adds(&buf, compiler);
	rk_buf_addc(&buf, '\xc1');
	rk_buf_adds(&buf, name);
	put_bytes(f, name, buf.data, buf.len);
}

static void put_kernel(const struct fixture *f)
{
	put(f, KDIR "/Makefile",
	    "VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 12\nEXTRAVERSION =\n");
	put(f, KDIR "/.config", config);
	put(f, KDIR "/include/config/auto.conf", config);
	put(f, KDIR "/include/config/kernel.release", "7.2.12\n");
	put(f, KDIR "/include/linux/one.h", "one\n");
	put(f, KDIR "/Module.symvers",
	    "0x00000000\t_RNvNtCs_4core3fmt\tvmlinux\tEXPORT_SYMBOL_GPL\t\n");
}

static void resolve(struct fixture *f)
{
	const struct rk_kernel_request request = {
		.kdir = "/usr/src/linux-headers-7.2.12"};

	rk_kernel_free(f->kernel);
	f->kernel = NULL;
	if (rk_kernel_resolve(&f->machine, f->root, &request, &f->kernel, &f->err) < 0) {
		printf("# %s\n", f->err.msg);
		abort();
	}
}

/* What follows looks into a cache of its own. */
static void use_cache(struct fixture *f, const char *name)
{
	free(f->machine.cache_dir);
	f->machine.cache_dir = path_of(f, name);
	rk_metadata_free(RK_STEAL(f->metadata));
}

static void find(struct fixture *f)
{
	rk_metadata_free(RK_STEAL(f->metadata));
	EXPECT_INT(rk_metadata_find(&f->machine, f->kernel, &f->metadata, &f->err), 0);
	if (!f->metadata)
		abort();
}

static void make_set(struct fixture *f)
{
	static const char *const crates[] = {"core", "compiler_builtins", "bindings",
					     "kernel"};
	cleanup_set struct rk_set set = {.parent = NULL};
	cleanup_free char *stage = NULL;

	if (rk_set_locate(&f->machine, f->kernel, &set, &f->err) < 0)
		abort();
	for (size_t i = 0; i < RK_ARRAY_LEN(crates); i++) {
		cleanup_free char *name = NULL;

		if (rk_format(&name, &f->err, "stage/rust/lib%s.rmeta", crates[i]) < 0)
			abort();
		put_rmeta(f, name, COMPILER);
	}
	put(f, "stage/rust/libmacros.so", "a proc-macro");
	stage = path_of(f, "stage");
	EXPECT_INT(rk_set_store(&set, stage, COMPILER, 1, &f->err), 0);
	find(f);
}

static void setup(struct fixture *f)
{
	cleanup_free char *tree = NULL;

	memset(f, 0, sizeof(*f));
	if (rk_dir_make_temp("/tmp/rk-export", &f->dir, &f->err) < 0 ||
	    rk_machine_init(&f->machine, &f->err) < 0)
		abort();
	put_kernel(f);
	use_cache(f, "cache");
	tree = path_of(f, "tree");
	if (rk_root_open(&f->machine, tree, &f->root, &f->err) < 0)
		abort();
	resolve(f);
	make_set(f);
}

static void teardown(struct fixture *f)
{
	rk_metadata_free(f->metadata);
	rk_kernel_free(f->kernel);
	rk_root_free(f->root);
	rk_machine_release(&f->machine);
	EXPECT_INT(rk_dir_remove(f->dir, &f->err), 0);
	free(f->dir);
}
#define cleanup_fixture cleanup(teardown)

static int export(struct fixture *f, const char *name)
{
	cleanup_strv struct rk_strv written = RK_STRV_INIT;
	cleanup_free char *path = path_of(f, name);

	return rk_metadata_export(f->kernel, f->metadata, path, 0, &written, &f->err);
}

static int import(struct fixture *f, const char *name)
{
	cleanup_free char *path = path_of(f, name);
	struct rk_metadata *imported = NULL;
	int r = rk_metadata_import(&f->machine, f->kernel, path, &imported, &f->err);

	rk_metadata_free(imported);
	return r;
}

static bool is_there(const struct fixture *f, const char *name)
{
	cleanup_free char *path = path_of(f, name);

	return access(path, F_OK) == 0;
}

static bool same_bytes(const struct fixture *f, const char *a, const char *b)
{
	cleanup_buf struct rk_buf left = RK_BUF_INIT;
	cleanup_buf struct rk_buf right = RK_BUF_INIT;
	cleanup_free char *a_path = path_of(f, a);
	cleanup_free char *b_path = path_of(f, b);
	struct rk_error err = RK_ERROR_INIT;

	return rk_file_read(a_path, 1 << 20, &left, &err) == 0 &&
	       rk_file_read(b_path, 1 << 20, &right, &err) == 0 &&
	       left.len == right.len && memcmp(left.data, right.data, left.len) == 0;
}

/* ---- out and in ---- */

static void an_export_is_the_same_from_every_cache(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	EXPECT_INT(export(&f, "a.tar.xz"), 0);
	use_cache(&f, "elsewhere");
	EXPECT_INT(import(&f, "a.tar.xz"), 0);
	find(&f);
	EXPECT_INT(f.metadata->origin, RK_METADATA_CACHE);
	EXPECT_INT(export(&f, "b.tar.xz"), 0);
	EXPECT(same_bytes(&f, "a.tar.xz", "b.tar.xz"));
}

static void an_imported_set_counts_as_the_one_that_was_made(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *key = NULL;

	setup(&f);
	EXPECT_INT(rk_strdup(f.metadata->key, &key, &f.err), 0);
	EXPECT_INT(export(&f, "a.tar.xz"), 0);
	use_cache(&f, "elsewhere");
	EXPECT_INT(import(&f, "a.tar.xz"), 0);
	find(&f);
	EXPECT_STR(f.metadata->key, key);
	EXPECT_INT(rk_metadata_verify(f.metadata, &f.err), 0);
}

static void a_set_with_other_bytes_than_recorded_is_not_exported(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *path = NULL;
	struct stat st;
	int fd;

	setup(&f);
	EXPECT_INT(rk_path_join(f.metadata->dir, "rust/libmacros.so", &path, &f.err), 0);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	EXPECT(fd >= 0 && fstat(fd, &st) == 0);
	EXPECT_INT(pwrite(fd, "X", 1, 3), 1);
	EXPECT_INT(futimens(fd, (struct timespec[]){st.st_atim, st.st_mtim}), 0);
	close(fd);
	EXPECT_INT(export(&f, "a.tar.xz"), -RK_EFORMAT);
	EXPECT_HAS(f.err.msg, "'rust/libmacros.so'");
	EXPECT_STR(f.err.id, "metadata-export");
	EXPECT(!is_there(&f, "a.tar.xz"));
}

static void the_name_of_the_file_tells_the_format(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	EXPECT_INT(export(&f, "a.zip"), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "metadata-export");
	EXPECT_INT(export(&f, "a.deb"), -RK_EREFUSED); /* nobody owns the headers */
	EXPECT_HAS(f.err.msg, "nothing to depend on");
	EXPECT(!is_there(&f, "a.deb"));
}

static void a_package_has_a_name_that_dpkg_takes(void)
{
	static const char *const rows[][2] = {
		{"7.2.11+deb13-cloud-amd64", "rkmod-metadata-7.2.11+deb13-cloud-amd64"},
		{"6.1.0-rc1_Mine~x", "rkmod-metadata-6.1.0-rc1-mine-x"},
	};
	struct rk_error err = RK_ERROR_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++) {
		cleanup_free char *name = NULL;

		EXPECT_INT(rk_export_name(rows[i][0], &name, &err), 0);
		EXPECT_STR(name, rows[i][1]);
	}
}

/* Seconds that the first entry of an exported archive has. */
static long long time_of_export(struct fixture *f)
{
	cleanup_strv struct rk_strv written = RK_STRV_INIT;
	cleanup_free char *path = path_of(f, "dated.tar.xz");
	cleanup_buf struct rk_buf packed = RK_BUF_INIT;
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;

	EXPECT_INT(
		rk_metadata_export(f->kernel, f->metadata, path, -1, &written, &f->err),
		0);
	EXPECT_INT(rk_file_read(path, 1 << 20, &packed, &f->err), 0);
	EXPECT_INT(rk_decompress(packed.data, packed.len, 1 << 20, &tar, &f->err), 0);
	if (tar.len < sizeof(struct tar_header))
		return -1;
	return strtoll(((struct tar_header *)(void *)tar.data)->mtime, NULL, 8);
}

static void the_time_is_the_date_of_the_kernel(void)
{
	static const struct {
		const char *text;
		long long seconds;
	} rows[] = {
		{"#define UTS_VERSION \"#1 SMP Debian 7.2-1 (2026-10-18)\"\n",
		 1792281600},
		{"#define UTS_VERSION \"#1 SMP (x) (1970-01-01)\"\n", 0},
		{"#define UTS_VERSION \"#1 SMP (2026-13-18)\"\n", 0},
		{"#define UTS_VERSION \"#1 SMP Mon Oct 18\"\n", 0},
		{"(", 0},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++) {
		cleanup_fixture struct fixture f;

		setup(&f);
		put(&f, KDIR "/include/generated/utsversion.h", rows[i].text);
		EXPECT_INT(time_of_export(&f), rows[i].seconds);
	}
}

/* ---- sets of other kernels ---- */

static void expect_foreign(const char *file, const char *text, const char *words)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	EXPECT_INT(export(&f, "a.tar.xz"), 0);
	put(&f, file, text);
	resolve(&f);
	use_cache(&f, "elsewhere");
	EXPECT_INT(import(&f, "a.tar.xz"), -RK_EREFUSED);
	EXPECT_STR(f.err.id, "metadata-foreign");
	EXPECT_HAS(f.err.msg, words);
	find(&f);
	EXPECT_INT(f.metadata->origin, RK_METADATA_NONE);
}

static void a_set_made_with_other_headers_is_refused(void)
{
	expect_foreign(KDIR "/include/linux/one.h", "two\n", "headers");
}

static void a_set_made_with_one_header_more_is_refused(void)
{
	expect_foreign(KDIR "/include/linux/two.h", "", "headers");
}

static void a_set_of_another_configuration_is_refused(void)
{
	expect_foreign(KDIR "/.config",
		       "CONFIG_X86_64=y\nCONFIG_RUST=y\nCONFIG_SMP=y\n"
		       "CONFIG_RUSTC_VERSION_TEXT=\"" COMPILER "\"\n",
		       "configuration");
}

static void a_set_of_other_exports_is_refused(void)
{
	expect_foreign(KDIR "/Module.symvers",
		       "0x00000000\t_RNvNtCs_4core3zzz\tvmlinux\tEXPORT_SYMBOL_GPL\t\n",
		       "Module.symvers");
}

static void a_set_of_another_release_is_refused(void)
{
	expect_foreign(KDIR "/include/config/kernel.release", "7.2.13\n", "'7.2.13'");
}

static void a_set_of_another_point_release_is_refused(void)
{
	expect_foreign(KDIR "/Makefile",
		       "VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 11\nEXTRAVERSION =\n",
		       "'7.2.12', not for '7.2.11'");
}

/* ---- hostile archives ---- */

/* Nothing of it stays. */
static void expect_refused(struct fixture *f, const char *id, const char *words)
{
	use_cache(f, "elsewhere");
	EXPECT(import(f, "bad.tar") < 0);
	EXPECT_STR(f->err.id, id);
	EXPECT_HAS(f->err.msg, words);
	find(f);
	EXPECT_INT(f->metadata->origin, RK_METADATA_NONE);
}

static void expect_entry_refused(const char *name, char type, const char *text,
				 const char *id, const char *words)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	cleanup_fixture struct fixture f;

	setup(&f);
	add_entry(&tar, "top/", '5', "");
	add_entry(&tar, name, type, text);
	finish_tar(&tar);
	put_bytes(&f, "bad.tar", tar.data, tar.len);
	expect_refused(&f, id, words);
}

static void entries_that_are_no_metadata_end_the_import(void)
{
	static const char *const names[] = {
		"record",          "top/rust/evil.sh",    "top/Makefile",
		"top/rust/lib.so", "top/rust/kernel/x.c", "top/rust/sub/libx.so",
		"top/top/record",  "top/rust/libx.rlib",  "top/scripts/rustc",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		expect_entry_refused(names[i], '0', "x", "metadata-import",
				     "is no Rust metadata");
}

static void paths_out_of_the_folder_are_refused(void)
{
	expect_entry_refused("/tmp/rkmod-test-evil", '0', "x", "archive-hostile",
			     "absolute");
	expect_entry_refused("top/rust/../../../rkmod-test-evil", '0', "x",
			     "archive-hostile", "'..'");
	EXPECT(access("/tmp/rkmod-test-evil", F_OK) < 0);
}

static void links_are_refused(void)
{
	expect_entry_refused("top/rust/libcore.rmeta", '2', "/etc/passwd",
			     "metadata-import", "is no file");
	expect_entry_refused("top/rust", '2', "/tmp", "metadata-import",
			     "is no Rust metadata");
	expect_entry_refused("top/rust/libcore.rmeta", '1', "/etc/passwd",
			     "metadata-import", "is no file");
}

/* The header alone: its bytes would follow. */
static void a_size_beyond_every_set_is_refused_at_once(void)
{
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;
	cleanup_fixture struct fixture f;
	unsigned int sum = 0;
	struct tar_header *h;

	setup(&f);
	add_entry(&tar, "top/rust/libcore.rmeta", '0', "");
	h = (struct tar_header *)(void *)tar.data;
	memcpy(h->size, "37777777777", 11);
	memset(h->chksum, ' ', sizeof(h->chksum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += ((unsigned char *)h)[i];
	snprintf(h->chksum, sizeof(h->chksum), "%06o", sum);
	put_bytes(&f, "bad.tar", tar.data, tar.len);
	expect_refused(&f, "metadata-import", "too large");
}

static void what_is_no_archive_is_refused(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	put(&f, "bad.tar",
	    "\xfd"
	    "7zXZ and then nothing that makes sense");
	expect_refused(&f, "archive-damaged", "bad.tar");
	put(&f, "bad.tar", "");
	expect_refused(&f, "archive-damaged", "bad.tar");
}

/* Good bytes, packed again after a change. */
static void add_file(const struct fixture *f, struct rk_buf *tar, const char *name)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *from = NULL;
	cleanup_free char *to = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct tar_header *h;
	unsigned int sum = 0;
	size_t at = tar->len;

	if (rk_format(&from, &err, "%s/out/%s", f->dir, name) < 0 ||
	    rk_format(&to, &err, "top/%s", name) < 0 ||
	    rk_file_read(from, 1 << 20, &text, &err) < 0)
		return;
	add_entry(tar, to, '0', "");
	h = (struct tar_header *)(void *)(tar->data + at);
	snprintf(h->size, sizeof(h->size), "%011o", (unsigned int)text.len);
	memset(h->chksum, ' ', sizeof(h->chksum));
	for (size_t i = 0; i < sizeof(*h); i++)
		sum += ((unsigned char *)h)[i];
	snprintf(h->chksum, sizeof(h->chksum), "%06o", sum);
	rk_buf_add(tar, text.data, text.len);
	while (tar->len % 512)
		rk_buf_addc(tar, '\0');
}

static bool skip_top(void *data, const struct rk_archive_entry *entry,
		     const char **ret_path)
{
	const char *slash = strchr(entry->path, '/');

	(void)data;
	*ret_path = slash ? slash + 1 : entry->path;
	return S_ISREG(entry->mode);
}

static void unpack_export(struct fixture *f)
{
	cleanup_free char *path = path_of(f, "a.tar.xz");
	cleanup_free char *out = path_of(f, "out");
	cleanup_close int fd = -1;

	EXPECT_INT(export(f, "a.tar.xz"), 0);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	EXPECT_INT(rk_dir_make(out, 0755, &f->err), 0);
	EXPECT_INT(rk_archive_unpack(&(struct rk_archive_unpack){.fd = fd,
								 .dir = out,
								 .pick = skip_top},
				     &f->err),
		   0);
}

static void pack_out(struct fixture *f)
{
	static const char *const names[] = {
		"record",
		"label",
		"rust/libbindings.rmeta",
		"rust/libcompiler_builtins.rmeta",
		"rust/libcore.rmeta",
		"rust/libextra.so",
		"rust/libkernel.rmeta",
		"rust/libmacros.so",
	};
	cleanup_buf struct rk_buf tar = RK_BUF_INIT;

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++)
		add_file(f, &tar, names[i]);
	finish_tar(&tar);
	put_bytes(f, "bad.tar", tar.data, tar.len);
}

static void what_was_packed_again_unchanged_is_taken(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	unpack_export(&f);
	pack_out(&f);
	use_cache(&f, "elsewhere");
	EXPECT_INT(import(&f, "bad.tar"), 0);
}

static void a_changed_file_is_refused(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	unpack_export(&f);
	put(&f, "out/rust/libmacros.so", "a proc-macrO");
	pack_out(&f);
	expect_refused(&f, "metadata-import", "'rust/libmacros.so' has other contents");
}

static void a_file_too_many_is_refused(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	unpack_export(&f);
	put(&f, "out/rust/libextra.so", "not recorded");
	pack_out(&f);
	expect_refused(&f, "metadata-import", "'rust/libextra.so' does not belong there");
}

static void a_file_too_few_is_refused(void)
{
	static const char *const names[] = {"record", "label", "rust/libcore.rmeta"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_fixture struct fixture f;
		cleanup_free char *path = NULL;
		cleanup_free char *out = NULL;

		setup(&f);
		unpack_export(&f);
		out = path_of(&f, "out");
		EXPECT_INT(rk_path_join(out, names[i], &path, &f.err), 0);
		EXPECT_INT(unlink(path), 0);
		pack_out(&f);
		expect_refused(&f, "metadata-import", "bad.tar");
	}
}

/* ---- sets that a package installed ---- */

static void install(struct fixture *f)
{
	cleanup_free char *from = NULL;
	cleanup_free char *to = path_of(f, SYSTEM);

	unpack_export(f);
	from = path_of(f, "out");
	put(f, SYSTEM "-other/label", "");
	EXPECT_INT(rename(from, to), 0);
	use_cache(f, "elsewhere");
}

static void an_installed_set_is_found(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	install(&f);
	find(&f);
	EXPECT_INT(f.metadata->origin, RK_METADATA_SYSTEM);
	EXPECT_HAS(f.metadata->dir, SYSTEM);
	EXPECT_STR(f.metadata->rustc_text, COMPILER);
	EXPECT_INT(f.metadata->n_exports, 1);
	EXPECT_INT(export(&f, "b.tar.xz"), 0);
	EXPECT(same_bytes(&f, "a.tar.xz", "b.tar.xz"));
}

static void a_set_of_ones_own_comes_before_an_installed_one(void)
{
	cleanup_fixture struct fixture f;

	setup(&f);
	install(&f);
	use_cache(&f, "cache");
	find(&f);
	EXPECT_INT(f.metadata->origin, RK_METADATA_CACHE);
}

static void expect_unsafe(struct fixture *f, const char *words)
{
	struct rk_metadata *found = NULL;

	EXPECT_INT(rk_metadata_find(&f->machine, f->kernel, &found, &f->err),
		   -RK_EREFUSED);
	EXPECT_STR(f->err.id, "metadata-system");
	EXPECT_HAS(f->err.msg, words);
	rk_metadata_free(found);
}

static void an_installed_set_that_others_can_write_is_refused(void)
{
	static const char *const names[] = {
		SYSTEM "/rust/libmacros.so",   SYSTEM "/rust",   SYSTEM,
		"tree/usr/lib/rkmod/metadata", SYSTEM "/record", "tree/usr/lib",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_fixture struct fixture f;
		cleanup_free char *path = NULL;

		setup(&f);
		install(&f);
		path = path_of(&f, names[i]);
		EXPECT_INT(chmod(path, 0775), 0);
		expect_unsafe(&f, "can be written by others");
	}
}

static void an_installed_set_behind_a_link_is_refused(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *path = NULL;
	cleanup_free char *moved = NULL;

	setup(&f);
	install(&f);
	path = path_of(&f, SYSTEM);
	moved = path_of(&f, "tree/usr/moved");
	EXPECT_INT(rename(path, moved), 0);
	EXPECT_INT(symlink("/usr/moved", path), 0);
	expect_unsafe(&f, "is a link");
}

static void an_installed_set_of_another_owner_is_refused(void)
{
	cleanup_fixture struct fixture f;
	cleanup_free char *path = NULL;

	setup(&f);
	install(&f);
	path = path_of(&f, SYSTEM "/rust/libcore.rmeta");
	if (chown(path, 12345, (gid_t)-1) < 0) {
		printf("# not uid 0: not tried\n");
		return;
	}
	expect_unsafe(&f, "belongs to somebody else");
}

static void an_installed_set_that_does_not_fit_is_left_aside(void)
{
	static const struct {
		const char *file;
		const char *text;
	} rows[] = {
		{KDIR "/include/linux/one.h", "two\n"},
		{KDIR "/.config", "CONFIG_X86_64=y\nCONFIG_RUST=y\n"
				  "CONFIG_RUSTC_VERSION_TEXT=\"" COMPILER "\"\n#\n"},
		{SYSTEM "/rust/libmacros.so", "a proc-macrO"},
		{SYSTEM "/rust/libextra.so", ""},
		{SYSTEM "/label", ""},
		{SYSTEM "/record", "\n"},
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(rows); i++) {
		cleanup_fixture struct fixture f;

		setup(&f);
		install(&f);
		put(&f, rows[i].file, rows[i].text);
		resolve(&f);
		find(&f);
		EXPECT_INT(f.metadata->origin, RK_METADATA_NONE);
	}
}

/* ---- labels ---- */

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GOOD "rkmod-label 1\nrelease 7.2\npackage p\nversion 7.2-1\nheaders " HASH "\n"

static void a_label_is_read_as_it_was_written(void)
{
	cleanup_label struct rk_label label = {.release = NULL};
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_label_parse(GOOD, sizeof(GOOD) - 1, &label, &err), 0);
	EXPECT_STR(label.version, "7.2-1");
	EXPECT_INT(rk_label_print(&label, &text, &err), 0);
	EXPECT_STR(rk_buf_str(&text), GOOD);
}

static void damaged_labels_are_refused(void)
{
	static const char *const texts[] = {
		"",
		"rkmod-label 1",
		"rkmod-label 2\nrelease 7.2\npackage p\nversion 7.2-1\nheaders " HASH
		"\n",
		"rkmod-label 1\npackage p\nversion 7.2-1\nheaders " HASH "\n",
		"rkmod-label 1\nrelease \npackage p\nversion 7.2-1\nheaders " HASH "\n",
		"rkmod-label 1\nrelease 7\x1b[2J\npackage p\nversion 1\nheaders " HASH
		"\n",
		"rkmod-label 1\nrelease 7.2\npackage p\nversion 7.2-1\nheaders 12\n",
		"rkmod-label 1\nrelease 7.2\npackage p\nversion 7.2-1\nheaders " HASH,
		GOOD "more\n",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		cleanup_label struct rk_label label = {.release = NULL};
		struct rk_error err = RK_ERROR_INIT;

		EXPECT_INT(rk_label_parse(texts[i], strlen(texts[i]), &label, &err),
			   -RK_EFORMAT);
	}
	EXPECT(!rk_label_allows("rust/../record"));
	EXPECT(!rk_label_allows("rust//libx.so"));
	EXPECT(!rk_label_allows("rust/libx.so/"));
	EXPECT(!rk_label_allows(""));
}

static const struct test tests[] = {
	TEST(an_export_is_the_same_from_every_cache),
	TEST(an_imported_set_counts_as_the_one_that_was_made),
	TEST(a_set_with_other_bytes_than_recorded_is_not_exported),
	TEST(the_name_of_the_file_tells_the_format),
	TEST(a_package_has_a_name_that_dpkg_takes),
	TEST(the_time_is_the_date_of_the_kernel),
	TEST(a_set_made_with_other_headers_is_refused),
	TEST(a_set_made_with_one_header_more_is_refused),
	TEST(a_set_of_another_configuration_is_refused),
	TEST(a_set_of_other_exports_is_refused),
	TEST(a_set_of_another_release_is_refused),
	TEST(a_set_of_another_point_release_is_refused),
	TEST(entries_that_are_no_metadata_end_the_import),
	TEST(paths_out_of_the_folder_are_refused),
	TEST(links_are_refused),
	TEST(a_size_beyond_every_set_is_refused_at_once),
	TEST(what_is_no_archive_is_refused),
	TEST(what_was_packed_again_unchanged_is_taken),
	TEST(a_changed_file_is_refused),
	TEST(a_file_too_many_is_refused),
	TEST(a_file_too_few_is_refused),
	TEST(an_installed_set_is_found),
	TEST(a_set_of_ones_own_comes_before_an_installed_one),
	TEST(an_installed_set_that_others_can_write_is_refused),
	TEST(an_installed_set_behind_a_link_is_refused),
	TEST(an_installed_set_of_another_owner_is_refused),
	TEST(an_installed_set_that_does_not_fit_is_left_aside),
	TEST(a_label_is_read_as_it_was_written),
	TEST(damaged_labels_are_refused),
};

TAP_MAIN(tests)
