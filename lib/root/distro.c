/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/root/distro.h"

enum { OS_RELEASE_LIMIT = 65536 };

/* ---- which one it is ---- */

static const struct id_row {
	const char *id;
	enum rk_distro_family family;
} id_rows[] = {
	{"debian", RK_DISTRO_DEBIAN},
	{"ubuntu", RK_DISTRO_UBUNTU},
	{"fedora", RK_DISTRO_FEDORA},
	{"rhel", RK_DISTRO_FEDORA},
	{"centos", RK_DISTRO_FEDORA},
	{"arch", RK_DISTRO_ARCH},
	{"archarm", RK_DISTRO_ARCH},
	{"cachyos", RK_DISTRO_ARCH},
	{"manjaro", RK_DISTRO_ARCH},
	{"opensuse", RK_DISTRO_SUSE},
	{"opensuse-tumbleweed", RK_DISTRO_SUSE},
	{"opensuse-leap", RK_DISTRO_SUSE},
	{"sles", RK_DISTRO_SUSE},
	{"suse", RK_DISTRO_SUSE},
};

/* Only where os-release says nothing. */
static const struct manager_row {
	const char *program;
	enum rk_distro_family family;
} manager_rows[] = {
	{"/usr/bin/apt-get", RK_DISTRO_DEBIAN},
	{"/usr/bin/dnf", RK_DISTRO_FEDORA},
	{"/usr/bin/pacman", RK_DISTRO_ARCH},
	{"/usr/bin/zypper", RK_DISTRO_SUSE},
};

static enum rk_distro_family family_of_id(const char *id, size_t len)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(id_rows); i++)
		if (strlen(id_rows[i].id) == len && memcmp(id_rows[i].id, id, len) == 0)
			return id_rows[i].family;
	return RK_DISTRO_OTHER;
}

/* ID_LIKE="ubuntu debian": the nearest relative stands first. */
static enum rk_distro_family family_of_ids(const char *ids)
{
	enum rk_distro_family family = RK_DISTRO_OTHER;

	while (*ids && family == RK_DISTRO_OTHER) {
		size_t len = strcspn(ids, " ");

		family = family_of_id(ids, len);
		ids += len;
		ids += strspn(ids, " ");
	}
	return family;
}

static enum rk_distro_family family_of_manager(const struct rk_root *root)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(manager_rows); i++)
		if (rk_root_exists(root, manager_rows[i].program))
			return manager_rows[i].family;
	return RK_DISTRO_OTHER;
}

/* A line `NAME=value`, quotes around the value taken off; what could not be printed as
 * part of a line becomes '?'. */
static bool read_value(const char *text, const char *name, char *ret, size_t size)
{
	size_t name_len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		char quote = '\n';
		size_t len;

		line += *line == '\n';
		if (strncmp(line, name, name_len) != 0 || line[name_len] != '=')
			continue;
		line += name_len + 1;
		if (*line == '"' || *line == '\'')
			quote = *line++;
		len = strcspn(line, "\n");
		for (size_t i = 0; i < len; i++)
			if (line[i] == quote)
				len = i;
		if (len >= size)
			len = size - 1;
		for (size_t i = 0; i < len; i++)
			ret[i] = isprint((unsigned char)line[i]) ? line[i] : '?';
		ret[len] = '\0';
		return true;
	}
	return false;
}

struct rk_distro rk_distro_read(const struct rk_root *root)
{
	static const char *const places[] = {"/etc/os-release", "/usr/lib/os-release"};
	struct rk_distro distro = {0};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	char like[128] = "";

	for (size_t i = 0; i < RK_ARRAY_LEN(places) && !buf.len; i++)
		if (rk_root_read(root, places[i], OS_RELEASE_LIMIT, &buf, &ignored) < 0)
			rk_buf_truncate(&buf, 0);
	read_value(rk_buf_str(&buf), "ID", distro.id, sizeof(distro.id));
	read_value(rk_buf_str(&buf), "PRETTY_NAME", distro.name, sizeof(distro.name));
	read_value(rk_buf_str(&buf), "ID_LIKE", like, sizeof(like));
	distro.family = family_of_ids(distro.id);
	if (distro.family == RK_DISTRO_OTHER)
		distro.family = family_of_ids(like);
	if (distro.family == RK_DISTRO_OTHER)
		distro.family = family_of_manager(root);
	return distro;
}

/* ---- what packages are called ---- */

/*
 * In the order of enum rk_distro_family from Debian on; RK_DISTRO_OTHER takes Debian's. A
 * '*' is the argument as add_hole() shortens it; without one it goes away, and the '-'
 * before it. "": no package.
 */
enum { N_COLUMNS = RK_N_DISTROS - 1 };

static const char *const names[RK_N_NEEDS][N_COLUMNS] = {
	[RK_NEED_HEADERS] = {"linux-headers-*", "linux-headers-*", "kernel-devel-*",
			     "*-headers", "kernel-*-devel"},
	[RK_NEED_METADATA] = {"", "linux-lib-rust-*", "kernel-devel-*", "*-headers", ""},
	[RK_NEED_IMAGE] = {"linux-image-*", "linux-image-*", "kernel-core-*", "*",
			   "kernel-*"},
	[RK_NEED_SOURCE] = {"linux-source-*", "linux-source-*", "", "", "kernel-source"},
	[RK_NEED_RUSTC] = {"rustc=*", "rustc-*", "rust-*", "rust", "rust"},
	[RK_NEED_RUST_SRC] = {"rust-src=*", "rust-*-src", "rust-src-*", "rust-src",
			      "rust-src"},
	[RK_NEED_BINDGEN] = {"bindgen", "bindgen-*", "bindgen-cli", "rust-bindgen",
			     "rust-bindgen"},
	[RK_NEED_CLANG] = {"clang-*", "clang-*", "clang", "clang", "clang*"},
	[RK_NEED_LLD] = {"lld-*", "lld-*", "lld", "lld", "lld*"},
	[RK_NEED_LLVM] = {"llvm-*", "llvm-*", "llvm", "llvm", "llvm*"},
};

/* Programs, and libraries for developers by Debian's name; not listed: as the program. */
static const struct program_row {
	const char *program;
	const char *packages[N_COLUMNS];
} program_rows[] = {
	{"awk", {"mawk", "mawk", "gawk", "gawk", "gawk"}},
	{"busybox",
	 {"busybox-static", "busybox-static", "busybox", "busybox", "busybox-static"}},
	{"bindgen",
	 {"bindgen", "bindgen", "bindgen-cli", "rust-bindgen", "rust-bindgen"}},
	{"bwrap", {"bubblewrap", "bubblewrap", "bubblewrap", "bubblewrap", "bubblewrap"}},
	{"clippy-driver", {"rust-clippy", "rust-clippy", "clippy", "rust", "rust"}},
	{"depmod", {"kmod", "kmod", "kmod", "kmod", "kmod"}},
	{"ld", {"binutils", "binutils", "binutils", "binutils", "binutils"}},
	{"libclang-dev",
	 {"libclang-dev", "libclang-dev", "clang-devel", "clang", "clang-devel"}},
	{"libdw-dev",
	 {"libdw-dev", "libdw-dev", "elfutils-devel", "elfutils", "libdw-devel"}},
	{"pahole", {"pahole", "pahole", "dwarves", "pahole", "dwarves"}},
	{"qemu-system-aarch64",
	 {"qemu-system-arm", "qemu-system-arm", "qemu-system-aarch64",
	  "qemu-system-aarch64", "qemu-arm"}},
	{"qemu-system-x86_64",
	 {"qemu-system-x86", "qemu-system-x86", "qemu-system-x86", "qemu-system-x86",
	  "qemu-x86"}},
	{"rustfmt", {"rustfmt", "rustfmt", "rustfmt", "rust", "rust"}},
};

/* The version behind "gcc-", as in "x86_64-linux-gnu-gcc-14"; NULL: no versioned gcc. */
static const char *gcc_version(const char *program)
{
	const char *gcc = strstr(program, "gcc-");

	if (!gcc || (gcc != program && gcc[-1] != '-') || !isdigit((unsigned char)gcc[4]))
		return NULL;
	return gcc + 4;
}

static int package_of_program(const char *program, enum rk_distro_family family,
			      size_t column, char **ret, struct rk_error *err)
{
	const char *version = gcc_version(program);

	for (size_t i = 0; i < RK_ARRAY_LEN(program_rows); i++)
		if (strcmp(program_rows[i].program, program) == 0)
			return rk_strdup(program_rows[i].packages[column], ret, err);
	if (!version)
		return rk_strdup(program, ret, err);
	if (family == RK_DISTRO_FEDORA || family == RK_DISTRO_ARCH)
		return rk_strdup("gcc", ret, err);
	return rk_format(ret, err, "gcc%s%s", family == RK_DISTRO_SUSE ? "" : "-",
			 version);
}

/* "1.85.1" of "rustc 1.85.1 (...)" or of itself; @parts 2: "1.85". */
static void add_version(struct rk_buf *to, const char *text, int parts)
{
	size_t len = 0;

	while (*text && !isdigit((unsigned char)*text))
		text++;
	for (; isdigit((unsigned char)text[len]) || (text[len] == '.' && parts > 1);
	     len++)
		parts -= text[len] == '.';
	rk_buf_add(to, text, len);
}

/* Arch keeps the name of the kernel's package beside its modules; else what is behind
 * the last '-' of "7.1.6-arch1-1", "6.12.1-1-lts" tells. */
static void add_pkgbase(const struct rk_root *root, struct rk_buf *to,
			const char *release)
{
	const char *flavour = strrchr(release, '-');
	cleanup_buf struct rk_buf base = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;

	if (!strchr(release, '/') && release[0] != '.' &&
	    rk_format(&path, &ignored, "/usr/lib/modules/%s/pkgbase", release) == 0 &&
	    rk_root_read(root, path, 256, &base, &ignored) == 0) {
		size_t len = strspn(rk_buf_str(&base),
				    "abcdefghijklmnopqrstuvwxyz0123456789-_.+@");

		rk_buf_add(to, rk_buf_str(&base), len);
		if (len)
			return;
	}
	rk_buf_adds(to, "linux");
	if (flavour && isalpha((unsigned char)flavour[1]))
		rk_buf_adds(to, flavour);
}

/* "6.19.12-1-default" */
static void add_flavour(struct rk_buf *to, const char *release)
{
	const char *flavour = strrchr(release, '-');

	rk_buf_adds(to, flavour && isalpha((unsigned char)flavour[1]) ? flavour + 1
								      : "default");
}

static void add_kernel(const struct rk_root *root, enum rk_distro_family family,
		       const char *release, struct rk_buf *to)
{
	if (family == RK_DISTRO_ARCH)
		add_pkgbase(root, to, release);
	else if (family == RK_DISTRO_SUSE)
		add_flavour(to, release);
	else
		rk_buf_adds(to, release);
}

/* Debian's archive has several versions at a time; of a compiler the package's revision
 * is not known. Fedora's stands in the version text itself. */
static void add_rust(enum rk_distro_family family, const char *text, struct rk_buf *to)
{
	const char *fedora = strstr(text, "(Fedora ");

	if (family == RK_DISTRO_FEDORA && fedora) {
		fedora += strlen("(Fedora ");
		rk_buf_add(to, fedora, strcspn(fedora, ")"));
		return;
	}
	add_version(to, text, family == RK_DISTRO_UBUNTU ? 2 : 3);
	if (family != RK_DISTRO_UBUNTU && to->len)
		rk_buf_adds(to, "*");
}

/* "7.2=7.2.11-1~bpo13+1"; Ubuntu's packages are named by all three numbers. */
static void add_source(enum rk_distro_family family, const char *version,
		       struct rk_buf *to)
{
	add_version(to, version, family == RK_DISTRO_UBUNTU ? 3 : 2);
	if (family != RK_DISTRO_UBUNTU && strchr(version, '-'))
		rk_buf_addf(to, "=%s", version);
}

static void add_hole(const struct rk_root *root, enum rk_distro_family family,
		     const struct rk_need *need, struct rk_buf *to)
{
	const char *arg = need->arg ? need->arg : "";

	switch (need->kind) {
	case RK_NEED_HEADERS:
	case RK_NEED_METADATA:
	case RK_NEED_IMAGE:
		add_kernel(root, family, arg, to);
		break;
	case RK_NEED_SOURCE:
		add_source(family, arg, to);
		break;
	case RK_NEED_RUSTC:
	case RK_NEED_RUST_SRC:
		add_rust(family, arg, to);
		break;
	case RK_NEED_BINDGEN:
		add_version(to, arg, 2);
		break;
	default:
		rk_buf_adds(to, arg);
	}
}

static int fill(const char *name, const char *hole, char **ret, struct rk_error *err)
{
	const char *star = strchr(name, '*');
	size_t before = star ? (size_t)(star - name) : 0;

	if (!star)
		return rk_strdup(name, ret, err);
	if (!hole[0] && before && strchr("-=", name[before - 1]))
		before--;
	return rk_format(ret, err, "%.*s%s%s", (int)before, name, hole, star + 1);
}

int rk_distro_package(const struct rk_root *root, const struct rk_distro *distro,
		      const struct rk_need *need, char **ret, struct rk_error *err)
{
	size_t column =
		distro->family == RK_DISTRO_OTHER ? 0 : (size_t)distro->family - 1;
	cleanup_buf struct rk_buf hole = RK_BUF_INIT;

	if (need->kind == RK_NEED_PROGRAM)
		return package_of_program(need->arg ? need->arg : "", distro->family,
					  column, ret, err);
	add_hole(root, distro->family, need, &hole);
	if (rk_buf_check(&hole, err) < 0)
		return -(int)err->code;
	return fill(names[need->kind][column], rk_buf_str(&hole), ret, err);
}
