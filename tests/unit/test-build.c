/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/build/internal.h"
#include "tests/unit/tap.h"

/*
 * A folder with a module and a KDIR whose Makefile, run by the real make, does as much
 * as Kbuild as is needed here. The real Kbuild is tested by the suite "kernel".
 */
static char *place;
static char *state_dir;
static char *module_dir;
static struct rk_machine machine;
static struct rk_root *root;
static struct rk_kernel kernel;
static struct rk_rustc rustc = {.path = (char *)"/usr/bin/rustc-1.85",
				.text = (char *)"rustc 1.85.1"};
static struct rk_toolchain toolchain = {
	.rustc = &rustc, .llvm = (char *)"", .cc = (char *)""};
static struct rk_metadata metadata = {
	.origin = RK_METADATA_CACHE, .dir = (char *)"/", .key = (char *)"set1"};

static const struct rk_build_input input = {
	.kernel = &kernel, .toolchain = &toolchain, .metadata = &metadata};

static const char kdir_makefile[] =
	"modules:\n"
	"\t@echo 'M=$(M) O=$(O) MO=$(MO) ARCH=$(ARCH) LC_ALL=$(LC_ALL)'\n"
	"\t@echo to stderr >&2\n"
	"\t@echo hello.o >$(M)/modules.order; touch $(M)/hello.ko\n"
	"\t@$(WAIT)\n"
	"fail:\n"
	"\t@echo it fails; exit 3\n"
	"clean:\n"
	"\t@echo cleaned; rm -f $(M)/hello.ko\n";

static void put(const char *name, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_file_write(name, text, strlen(text), 0644, &err) < 0)
		abort();
}

static void make_folder(const char *name)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_make(name, 0700, &err) < 0)
		abort();
}

static void make_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (rk_dir_make_temp("/tmp/test-build", &place, &err) < 0 || chdir(place) < 0 ||
	    rk_root_open(&machine, NULL, &root, &err) < 0 ||
	    rk_format(&state_dir, &err, "%s/state", place) < 0 ||
	    rk_format(&module_dir, &err, "%s/module", place) < 0 ||
	    rk_format(&kernel.kdir_real, &err, "%s/kdir", place) < 0)
		abort();
	make_folder("module");
	make_folder("kdir/include/config");
	make_folder("libexec");
	put("module/Kbuild", "obj-m := hello.o\n");
	put("kdir/Makefile", kdir_makefile);
	put("kdir/include/config/auto.conf", "CONFIG_RUST=y\n");
	put("libexec/rkmod-rustc", "the program\n");
	machine.state_dir = state_dir;
	machine.libexec_dir = (char *)"libexec";
	kernel.root = root;
	kernel.release = (char *)"7.2.0";
	kernel.package_version = (char *)"7.2.0-1";
	if (rk_kconfig_parse("", 0, &kernel.config, &err) < 0)
		abort();
}

static void remove_place(void)
{
	struct rk_error err = RK_ERROR_INIT;

	if (chdir("/") < 0 || rk_dir_remove(place, &err) < 0)
		abort();
	rk_root_free(root);
	rk_kconfig_free(kernel.config);
	free(kernel.kdir_real);
	free(state_dir);
	free(module_dir);
	free(place);
}

/* ---- the shim's state ---- */

static const char *shim(void)
{
	static char *path;
	struct rk_error err = RK_ERROR_INIT;

	free(path);
	path = NULL;
	if (rk_build_shim(&machine, &input, &path, &err) < 0)
		printf("# %s\n", err.msg);
	return path ? path : "";
}

static const char *text_of(const char *path)
{
	static struct rk_buf text;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_truncate(&text, 0);
	if (rk_file_read(path, 1 << 20, &text, &err) < 0)
		return "(not there)";
	return rk_buf_str(&text);
}

static const char *conf_of(const char *path)
{
	cleanup_free char *name = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (rk_format(&name, &err, "%s.conf", path) < 0)
		abort();
	return text_of(name);
}

static void the_shim_is_a_link_beside_its_file(void)
{
	cleanup_free char *clippy = NULL;
	const char *path = shim();
	struct rk_error err = RK_ERROR_INIT;
	char expected[1024];

	snprintf(
		expected, sizeof(expected),
		"rkmod-rustc 1\ncompiler /usr/bin/rustc-1.85\nkdir %s\nmetadata /\nend\n",
		kernel.kdir_real);
	EXPECT_HAS(path, state_dir);
	EXPECT_HAS(path, "/rkmod-rustc");
	EXPECT_STR(conf_of(path), expected);
	EXPECT_STR(text_of(path), "the program\n");
	if (rk_format(&clippy, &err, "%.*s/rkmod-clippy",
		      (int)(strrchr(path, '/') - path), path) < 0)
		abort();
	EXPECT_STR(text_of(clippy), "the program\n");
	EXPECT_HAS(conf_of(clippy), "compiler /usr/bin/clippy-driver-1.85\n");
}

/* The configuration decides; nothing else changes. */
static void set_config(const char *text)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_kconfig_free(kernel.config);
	kernel.config = NULL;
	if (rk_kconfig_parse(text, strlen(text), &kernel.config, &err) < 0)
		abort();
}

static void bitcode_is_linked_through_the_shim_where_helpers_are_inlined(void)
{
	char path[1024];
	size_t dir_len;

	snprintf(path, sizeof(path), "%s", shim());
	dir_len = (size_t)(strrchr(path, '/') - path);
	snprintf(path + dir_len, sizeof(path) - dir_len, "/rkmod-llvm-link");
	EXPECT_STR(text_of(path), "(not there)");
	set_config("CONFIG_RUST_INLINE_HELPERS=y\n");
	toolchain.llvm = (char *)"/opt/llvm/";
	EXPECT(rk_build_inlines_helpers(&input));
	shim();
	EXPECT_STR(text_of(path), "the program\n");
	EXPECT_HAS(conf_of(path), "compiler /opt/llvm/llvm-link\n");
	EXPECT_HAS(conf_of(path), "metadata /\n");
	metadata.origin = RK_METADATA_KDIR;
	EXPECT(!rk_build_inlines_helpers(&input));
	metadata.origin = RK_METADATA_CACHE;
	toolchain.llvm = (char *)"";
	set_config("");
}

static void metadata_of_kdir_is_not_redirected(void)
{
	metadata.origin = RK_METADATA_KDIR;
	EXPECT_STR(conf_of(shim()), "rkmod-rustc 1\ncompiler /usr/bin/rustc-1.85\nend\n");
	metadata.origin = RK_METADATA_CACHE;
}

/* Changes one thing, and back: another path in between, the first again at the end. */
#define EXPECT_OTHER(change, back)                                                       \
	do {                                                                             \
		char before[1024];                                                       \
		snprintf(before, sizeof(before), "%s", shim());                          \
		change;                                                                  \
		EXPECT(strcmp(before, shim()) != 0);                                     \
		back;                                                                    \
		EXPECT_STR(shim(), before);                                              \
	} while (0)

static void set_time(const char *name, time_t seconds)
{
	struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

	if (utimensat(AT_FDCWD, name, times, 0) < 0)
		abort();
}

static void everything_that_decides_is_in_the_path(void)
{
	EXPECT_OTHER(rustc.text = (char *)"rustc 1.86.0",
		     rustc.text = (char *)"rustc 1.85.1");
	EXPECT_OTHER(rustc.path = (char *)"/opt/rustc",
		     rustc.path = (char *)"/usr/bin/rustc-1.85");
	EXPECT_OTHER(metadata.key = (char *)"set2", metadata.key = (char *)"set1");
	EXPECT_OTHER(kernel.release = (char *)"7.2.1", kernel.release = (char *)"7.2.0");
	EXPECT_OTHER(kernel.package_version = (char *)"7.2.0-2",
		     kernel.package_version = (char *)"7.2.0-1");
	EXPECT_OTHER(put("kdir/include/config/auto.conf", "CONFIG_RUST=y\nCONFIG_X=y\n"),
		     put("kdir/include/config/auto.conf", "CONFIG_RUST=y\n"));
	set_time("kdir/Makefile", 1000);
	EXPECT_OTHER(set_time("kdir/Makefile", 999), set_time("kdir/Makefile", 1000));
	EXPECT_OTHER(put("kdir/vmlinux", ""), unlink("kdir/vmlinux"));
	EXPECT_OTHER(put("libexec/rkmod-rustc", "another\n"),
		     put("libexec/rkmod-rustc", "the program\n"));
}

static void damage_in_the_state_folder_is_repaired(void)
{
	char path[1024];
	char conf[1100];

	snprintf(path, sizeof(path), "%s", shim());
	snprintf(conf, sizeof(conf), "%s.conf", path);
	put(conf, "rkmod-rustc 1\ncomp");
	EXPECT_HAS(conf_of(shim()), "\nend\n");
	unlink(path);
	EXPECT_STR(text_of(shim()), "the program\n");
	unlink(path);
	EXPECT(symlink("/bin/false", path) == 0);
	EXPECT_STR(text_of(shim()), "the program\n");
}

/* The name of the folder that the shim is in. */
static const char *shim_key(void)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s", shim());
	*strrchr(path, '/') = '\0';
	return rk_path_base(path);
}

static bool is_in_state(const char *name)
{
	char path[1100];

	snprintf(path, sizeof(path), "%s/shim/%s", machine.state_dir, name);
	return access(path, F_OK) == 0;
}

/* As it was left so many days ago. */
static void put_in_state(const char *name, int days)
{
	struct rk_error err = RK_ERROR_INIT;
	char path[1100];

	snprintf(path, sizeof(path), "%s/shim/%s", machine.state_dir, name);
	if (rk_dir_make(path, 0700, &err) < 0)
		abort();
	set_time(path, time(NULL) - (time_t)days * 24 * 60 * 60);
}

static void what_no_build_used_for_long_goes_when_another_comes(void)
{
	char used[1024];

	snprintf(used, sizeof(used), "%s", shim_key());
	put_in_state("0123456789abcdef", 91);
	put_in_state("program-0123456789abcdef", 91);
	put_in_state("fedcba9876543210", 89);
	put_in_state(used, 91);
	EXPECT_STR(shim_key(), used); /* no other: it is used again */
	EXPECT(is_in_state("0123456789abcdef"));
	rustc.text = (char *)"rustc 1.99.0";
	shim();
	rustc.text = (char *)"rustc 1.85.1";
	EXPECT(!is_in_state("0123456789abcdef"));
	EXPECT(!is_in_state("program-0123456789abcdef"));
	EXPECT(is_in_state("fedcba9876543210") && is_in_state(used) &&
	       is_in_state("lock"));
}

static void a_state_folder_with_blanks_is_not_used(void)
{
	cleanup_free char *base = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char expected[64];

	machine.state_dir = (char *)"/tmp/with blank";
	snprintf(expected, sizeof(expected), "/tmp/rkmod-%d/shim", (int)geteuid());
	EXPECT_INT(rk_build_shim_base(&machine, &base, &err), 0);
	EXPECT_STR(base, expected);
	rmdir(expected); /* only if nobody uses it */
	*strrchr(expected, '/') = '\0';
	rmdir(expected);
	machine.state_dir = state_dir;
}

static void a_path_with_a_newline_is_refused(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char *path = NULL;

	metadata.dir = (char *)"/x\nend";
	EXPECT_INT(rk_build_shim(&machine, &input, &path, &err), -RK_EREFUSED);
	metadata.dir = (char *)"/";
}

/* ---- a build ---- */

static struct rk_buf said;

static void on_line(void *data, const char *line, size_t len, bool is_stderr)
{
	rk_buf_addf(&said, "%s%.*s\n", is_stderr ? "!" : "", (int)len, line);
}

static int build(const char *arg, struct rk_build_result *result, struct rk_error *err)
{
	cleanup_strv struct rk_strv args = RK_STRV_INIT;
	struct rk_build_request request = {
		.dir = module_dir, .make_args = &args, .on_line = on_line};

	if (arg)
		rk_strv_add(&args, arg);
	rk_buf_truncate(&said, 0);
	*err = (struct rk_error)RK_ERROR_INIT;
	return rk_build_run(&machine, &input, &request, result, err);
}

static void a_build_gives_modules_and_a_log(void)
{
	cleanup(rk_build_result_release) struct rk_build_result result = {0};
	struct rk_error err;
	char expected[1024];

	setenv("O", "/x", 1);
	setenv("MO", "/x", 1);
	setenv("M", "/x", 1);
	setenv("ARCH", "arm64", 1);
	if (!EXPECT_INT(build(NULL, &result, &err), 0)) {
		printf("# %s\n", err.msg);
		return;
	}
	snprintf(expected, sizeof(expected), "M=%s O= MO= ARCH=arm64 LC_ALL=\n",
		 module_dir);
	EXPECT_INT(result.make_status, 0);
	EXPECT_INT(result.modules.n_items, 1);
	EXPECT_HAS(result.modules.items[0], "/module/hello.ko");
	EXPECT_HAS(rk_buf_str(&said), expected);
	EXPECT_HAS(rk_buf_str(&said), "!to stderr\n");
	EXPECT_HAS(text_of(result.log), expected);
	EXPECT_HAS(text_of(result.log), "\nto stderr\n");
	unsetenv("ARCH");
}

static void a_failed_build_is_an_answer(void)
{
	cleanup(rk_build_result_release) struct rk_build_result result = {0};
	struct rk_error err;

	EXPECT_INT(build("fail", &result, &err), 0);
	EXPECT_INT(result.make_status, 2);
	EXPECT_INT(result.modules.n_items, 0);
	EXPECT_HAS(text_of(result.log), "it fails\n");
}

static void what_kbuild_cannot_take_is_refused(void)
{
	struct rk_build_result result = {0};
	struct rk_error err;
	char *dir = module_dir;
	char other[1024];

	snprintf(other, sizeof(other), "%s/empty", place);
	make_folder("empty");
	module_dir = other;
	EXPECT_INT(build(NULL, &result, &err), -RK_EREFUSED);
	EXPECT_STR(err.id, "no-kbuild");
	for (const char *bad = " :%\t$;#"; *bad; bad++) {
		snprintf(other, sizeof(other), "/tmp/a%cb", *bad);
		EXPECT_INT(build(NULL, &result, &err), -RK_EREFUSED);
		EXPECT_STR(err.id, "module-path");
	}
	module_dir = dir;
	EXPECT(!result.log);
}

static void expect_cleaned(bool expected)
{
	cleanup(rk_build_result_release) struct rk_build_result result = {0};
	struct rk_error err;

	EXPECT_INT(build(NULL, &result, &err), 0);
	EXPECT((strstr(rk_buf_str(&said), "cleaned\n") != NULL) == expected);
}

/* Runs a build that waits, in a process that gets @signal_number once it does. */
static int interrupt(int signal_number)
{
	int status = 0;
	pid_t pid;

	unlink("module/hello.ko");
	pid = fork();
	if (pid == 0) {
		struct rk_build_result result = {0};
		struct rk_error err;

		_exit(build("WAIT=sleep 60", &result, &err) == -RK_EREFUSED && err.id &&
				      strcmp(err.id, "interrupted") == 0
			      ? 0
			      : 1);
	}
	for (int i = 0; i < 500 && access("module/hello.ko", F_OK) < 0; i++)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	kill(pid, signal_number);
	waitpid(pid, &status, 0);
	return status;
}

static void a_build_that_was_killed_is_done_anew(void)
{
	expect_cleaned(false);
	EXPECT(WIFSIGNALED(interrupt(SIGKILL)));
	expect_cleaned(true);
	expect_cleaned(false);
}

static void an_interrupted_make_has_cleaned_up_itself(void)
{
	int status = interrupt(SIGTERM);

	EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	expect_cleaned(false);
}

/* The one that is oldest goes first. */
static void the_last_fifty_logs_are_kept(void)
{
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	struct rk_build_place other = {.lock_fd = -1};
	struct rk_error err = RK_ERROR_INIT;
	char path[300];
	int n_left = 0;

	for (int i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "%s/build/old-%d.log", state_dir, i);
		put(path, "x");
		if (i < 20)
			EXPECT_INT(utimensat(AT_FDCWD, path, old, 0), 0);
	}
	EXPECT_INT(rk_build_place_open(&machine, module_dir, &other, &err), 0);
	rk_build_place_release(&other);
	for (int i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "%s/build/old-%d.log", state_dir, i);
		n_left += access(path, F_OK) == 0;
	}
	EXPECT(n_left >= 40 && n_left <= 50);
	EXPECT_INT(access(path, F_OK), 0);
}

static const struct test tests[] = {
	TEST(the_shim_is_a_link_beside_its_file),
	TEST(bitcode_is_linked_through_the_shim_where_helpers_are_inlined),
	TEST(metadata_of_kdir_is_not_redirected),
	TEST(everything_that_decides_is_in_the_path),
	TEST(damage_in_the_state_folder_is_repaired),
	TEST(what_no_build_used_for_long_goes_when_another_comes),
	TEST(a_state_folder_with_blanks_is_not_used),
	TEST(a_path_with_a_newline_is_refused),
	TEST(a_build_gives_modules_and_a_log),
	TEST(a_failed_build_is_an_answer),
	TEST(what_kbuild_cannot_take_is_refused),
	TEST(a_build_that_was_killed_is_done_anew),
	TEST(an_interrupted_make_has_cleaned_up_itself),
	TEST(the_last_fifty_logs_are_kept),
};

int main(void)
{
	int status;

	make_place();
	status = tap_run(tests, RK_ARRAY_LEN(tests));
	remove_place();
	rk_buf_release(&said);
	return status;
}
