/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#include "lib/base/file.h"
#include "lib/depend/depend.h"
#include "tests/unit/tap.h"

/*
 * depmod's binary index: a tree of nodes, each with an optional rest of the key, children
 * by their next character, and values. Here: a root whose children are all leaves.
 */
enum {
	INDEX_MAGIC = (int)0xB007F457,
	INDEX_VERSION = 0x00020001,
	NODE_PREFIX = (int)0x80000000,
	NODE_VALUES = 0x40000000,
	NODE_CHILDREN = 0x20000000,
};

struct entry {
	const char *key; /* the first characters differ and are sorted */
	const char *value;
};

static void add_u32(struct rk_buf *buf, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		rk_buf_addc(buf, (char)(number >> shift & 0xff));
}

static void put_u32(struct rk_buf *buf, size_t at, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		buf->data[at + (size_t)i] = (char)(number >> (24 - 8 * i) & 0xff);
}

static void write_index(const char *path, const struct entry *entries, size_t n_entries)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const unsigned char first = (unsigned char)entries[0].key[0];
	const unsigned char last = (unsigned char)entries[n_entries - 1].key[0];

	add_u32(&buf, (uint32_t)INDEX_MAGIC);
	add_u32(&buf, INDEX_VERSION);
	add_u32(&buf, 12 | NODE_CHILDREN);
	rk_buf_addc(&buf, (char)first);
	rk_buf_addc(&buf, (char)last);
	for (int c = first; c <= last; c++)
		add_u32(&buf, 0);
	for (size_t i = 0; i < n_entries; i++) {
		put_u32(&buf, 14 + 4 * (size_t)((unsigned char)entries[i].key[0] - first),
			(uint32_t)buf.len | (uint32_t)NODE_PREFIX | NODE_VALUES);
		rk_buf_add(&buf, entries[i].key + 1, strlen(entries[i].key));
		add_u32(&buf, 1);
		add_u32(&buf, 0);
		rk_buf_add(&buf, entries[i].value, strlen(entries[i].value) + 1);
	}
	EXPECT_INT(rk_file_write(path, buf.data, buf.len, 0644, &err), 0);
}

static struct rk_root root;
static struct rk_kernel kernel;

static void write_below(const char *name, const struct entry *entries, size_t n_entries)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_format(&path, &err, "%s/lib/modules/7.2/%s", root.path, name), 0);
	write_index(path, entries, n_entries);
}

/* libkmod leaves out what is no file. */
static void make_file(const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_format(&path, &err, "%s/lib/modules/7.2/%s", root.path, name), 0);
	EXPECT_INT(rk_file_write(path, "", 0, 0644, &err), 0);
}

/* alpha needs beta and gamma, beta needs gamma; delta is built in. */
static void make_tree(void)
{
	static const struct entry dep[] = {
		{"alpha", "kernel/alpha.ko.xz: kernel/beta.ko kernel/gamma.ko"},
		{"beta", "kernel/beta.ko: kernel/gamma.ko"},
		{"gamma", "kernel/gamma.ko:"},
		{"solo_one", "extra/solo-one.ko.zst:"},
	};
	static const struct entry builtin[] = {{"delta", ""}};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *dir = NULL;

	EXPECT_INT(rk_dir_make_temp("/tmp/rkmod-test-depend", &root.path, &err), 0);
	EXPECT_INT(rk_format(&dir, &err, "%s/lib/modules/7.2/kernel", root.path), 0);
	EXPECT_INT(rk_dir_make(dir, 0755, &err), 0);
	make_file("kernel/alpha.ko.xz");
	make_file("kernel/beta.ko");
	make_file("kernel/gamma.ko");
	root.fd = open(root.path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	root.name = (char *)"t";
	kernel.root = &root;
	kernel.release = (char *)"7.2";
	kernel.modules_dir = (char *)"/lib/modules/7.2";
	write_below("modules.dep.bin", dep, RK_ARRAY_LEN(dep));
	write_below("modules.builtin.bin", builtin, RK_ARRAY_LEN(builtin));
}

static void remove_tree(void)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_dir_remove(root.path, &err), 0);
	free(root.path);
	close(root.fd);
}

/* The found paths below the modules folder, joined by blanks. */
static void expect_order(const char *first, const char *second, const char *expected)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_strv_add(&names, first);
	if (second)
		rk_strv_add(&names, second);
	EXPECT_INT(rk_depend_resolve(&kernel, &names, &found, &err), 0);
	for (size_t i = 0; i < found.n_items; i++) {
		const char *rest = strstr(found.items[i], "/lib/modules/7.2/");

		EXPECT(strncmp(found.items[i], root.path, strlen(root.path)) == 0);
		rk_buf_addf(&text, "%s%s", i ? " " : "", rest ? rest + 17 : "?");
	}
	EXPECT_STR(rk_buf_str(&text), expected);
}

static void what_is_needed_comes_first(void)
{
	expect_order("alpha", NULL, "kernel/gamma.ko kernel/beta.ko kernel/alpha.ko.xz");
}

static void each_module_comes_once(void)
{
	expect_order("beta", "alpha",
		     "kernel/gamma.ko kernel/beta.ko kernel/alpha.ko.xz");
}

static void dashes_and_underscores_are_one(void)
{
	expect_order("solo-one", "solo_one", "extra/solo-one.ko.zst");
}

static void built_in_modules_are_left_out(void)
{
	expect_order("delta", "gamma", "kernel/gamma.ko");
}

static void names_the_module_that_is_missing(void)
{
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_strv_add(&names, "nowhere");
	EXPECT_INT(rk_depend_resolve(&kernel, &names, &found, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "'nowhere'");
	EXPECT_STR(err.id, "dependency-missing");
}

static void a_kernel_without_modules_is_said(void)
{
	struct rk_kernel bare = {.root = &root, .release = kernel.release};
	cleanup_strv struct rk_strv names = RK_STRV_INIT;
	cleanup_strv struct rk_strv found = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	bare.modules_dir = (char *)"";
	rk_strv_add(&names, "gamma");
	EXPECT_INT(rk_depend_resolve(&bare, &names, &found, &err), -RK_ENOTFOUND);
	EXPECT_HAS(err.msg, "no folder of modules");
}

static void refuses_an_index_without_a_whole_header(void)
{
	cleanup_buf struct rk_buf whole = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(
		rk_format(&path, &err, "%s/lib/modules/7.2/modules.dep.bin", root.path),
		0);
	EXPECT_INT(rk_file_read(path, 1 << 16, &whole, &err), 0);
	for (size_t size = 0; size < 12; size++) {
		cleanup_strv struct rk_strv names = RK_STRV_INIT;
		cleanup_strv struct rk_strv found = RK_STRV_INIT;

		rk_strv_add(&names, "alpha");
		EXPECT_INT(rk_file_write(path, whole.data, size, 0644, &err), 0);
		EXPECT_INT(rk_depend_resolve(&kernel, &names, &found, &err),
			   -RK_ENOTFOUND);
	}
}

/* ---- as modprobe would ---- */

static struct rk_depend_list look_up(const char *config, const char *name, int expected)
{
	struct rk_depend_list found = {0};
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *path = NULL;
	const char *configs[] = {NULL, NULL};

	EXPECT_INT(rk_format(&path, &err, "%s/modprobe.conf", root.path), 0);
	EXPECT_INT(rk_file_write(path, config, strlen(config), 0644, &err), 0);
	configs[0] = path;
	EXPECT_INT(rk_depend_lookup(&kernel, configs, name, &found, &err), expected);
	return found;
}

/* Names in their order; '?' behind what is optional, '!' behind what is blacklisted. */
static void expect_probe(const char *config, const char *name, const char *expected)
{
	struct rk_depend_list found = look_up(config, name, 0);
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	for (size_t i = 0; i < found.n_items; i++)
		rk_buf_addf(&text, "%s%s%s%s", i ? " " : "", found.items[i].name,
			    found.items[i].is_optional ? "?" : "",
			    found.items[i].is_blacklisted ? "!" : "");
	EXPECT_STR(rk_buf_str(&text), expected);
	rk_depend_list_release(&found);
}

static void probes_what_is_needed_first(void)
{
	expect_probe("", "alpha", "gamma beta alpha");
}

static void probes_soft_dependencies_before_and_after(void)
{
	expect_probe("softdep beta pre: solo-one post: alpha", "beta",
		     "solo_one? gamma beta alpha?");
}

static void soft_dependencies_in_a_circle_end(void)
{
	expect_probe("softdep gamma pre: solo-one\nsoftdep solo-one pre: gamma", "gamma",
		     "gamma solo_one?");
}

static void an_alias_leads_to_its_module(void)
{
	expect_probe("alias dev-7-* gamma", "dev-7-0", "gamma");
}

static void a_blacklisted_name_is_meant_and_an_alias_is_not(void)
{
	struct rk_depend_list found;

	expect_probe("blacklist gamma", "gamma", "gamma!");
	found = look_up("blacklist gamma\nalias dev-7-* gamma", "dev-7-0", -RK_EREFUSED);
	EXPECT_INT(found.n_items, 0);
	rk_depend_list_release(&found);
}

static void options_and_commands_are_read(void)
{
	struct rk_depend_list found =
		look_up("options gamma a=1 b=2\ninstall gamma /bin/false $CMDLINE_OPTS\n",
			"gamma", 0);

	if (EXPECT_INT(found.n_items, 1)) {
		EXPECT_STR(found.items[0].options, "a=1 b=2");
		EXPECT_HAS(found.items[0].install, "/bin/false");
	}
	rk_depend_list_release(&found);
}

static void a_built_in_name_leads_to_nothing(void)
{
	expect_probe("", "delta", "");
}

static const struct test tests[] = {
	TEST(what_is_needed_comes_first),
	TEST(each_module_comes_once),
	TEST(dashes_and_underscores_are_one),
	TEST(built_in_modules_are_left_out),
	TEST(names_the_module_that_is_missing),
	TEST(probes_what_is_needed_first),
	TEST(probes_soft_dependencies_before_and_after),
	TEST(soft_dependencies_in_a_circle_end),
	TEST(an_alias_leads_to_its_module),
	TEST(a_blacklisted_name_is_meant_and_an_alias_is_not),
	TEST(options_and_commands_are_read),
	TEST(a_built_in_name_leads_to_nothing),
	TEST(a_kernel_without_modules_is_said),
	TEST(refuses_an_index_without_a_whole_header),
};

int main(void)
{
	int status;

	make_tree();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	remove_tree();
	return status;
}
