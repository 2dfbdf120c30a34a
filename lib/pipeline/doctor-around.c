/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What surrounds a build: variables of the environment, rust-toolchain, QEMU. */
#include <string.h>

#include "lib/base/file.h"
#include "lib/pipeline/doctor-lines.h"
#include "lib/toolchain/programs.h"
#include "lib/vm/vm.h"

enum {
	FILE_LIMIT = 65536,
};

/* ---- environment ---- */

/* Variables that Kbuild minds. */
static const struct variable {
	const char *name;
	enum rk_doctor_state state;
	const char *why;
} variables[] = {
	{"KBUILD_OUTPUT", RK_DOCTOR_NOTE,
	 "rkmod takes it out; a make of your own would write there instead of into KDIR"},
	{"KBUILD_EXTMOD", RK_DOCTOR_NOTE,
	 "rkmod takes it out; a make of your own would build that folder"},
	{"KBUILD_EXTMOD_OUTPUT", RK_DOCTOR_NOTE,
	 "rkmod takes it out; a make of your own would write there"},
	{"KRUSTFLAGS", RK_DOCTOR_NOTE,
	 "Kbuild gives it to rustc, behind its own options"},
	{"KCFLAGS", RK_DOCTOR_NOTE,
	 "Kbuild gives it to the C compiler, behind its own options"},
	{"src", RK_DOCTOR_NOTE,
	 "rkmod takes it out; Kbuild assigns a variable of that name and would hand it to "
	 "every command"},
	{"modules", RK_DOCTOR_NOTE,
	 "rkmod takes it out; Kbuild assigns a variable of that name and would hand it to "
	 "every command"},
};

static struct rk_doctor_line *add_variable(struct rk_doctor_look *look,
					   enum rk_doctor_state state, const char *name,
					   const char *value)
{
	return rk_doctor_add(look, state, RK_DOCTOR_BUILD, "environment", "environment",
			     "%s=%s is set", name, value);
}

/* i386 and x86_64 are both x86, as Kbuild has it. */
static bool is_arch(const char *value, const char *srcarch)
{
	if (strcmp(srcarch, "x86") == 0 &&
	    (strcmp(value, "x86_64") == 0 || strcmp(value, "i386") == 0))
		return true;
	return strcmp(value, srcarch) == 0;
}

static void look_at_arch(struct rk_doctor_look *look, const struct rk_kernel *kernel)
{
	const char *arch = getenv("ARCH");
	const char *cross = getenv("CROSS_COMPILE");
	struct rk_doctor_line *line;

	if (rk_programs_are_forced(kernel))
		return;
	if (arch && arch[0] && !is_arch(arch, kernel->srcarch)) {
		line = add_variable(look, RK_DOCTOR_WARNING, "ARCH", arch);
		rk_doctor_why(look, line, "the kernel was built for %s", kernel->srcarch);
		rk_doctor_cure(look, line, "unset ARCH");
	}
	if (cross && cross[0]) {
		line = add_variable(look, RK_DOCTOR_NOTE, "CROSS_COMPILE", cross);
		rk_doctor_why(look, line, "Kbuild puts it before gcc and ld");
	}
}

/* Options of make that keep it from building anything: -n, -q, -t. */
static void look_at_makeflags(struct rk_doctor_look *look)
{
	const char *flags = getenv("MAKEFLAGS");
	struct rk_doctor_line *line;
	size_t len;

	if (!flags || flags[0] == '-' || flags[0] == ' ')
		return;
	len = strcspn(flags, " ");
	if (memchr(flags, '=', len) || strcspn(flags, "nqt") >= len)
		return;
	line = add_variable(look, RK_DOCTOR_WARNING, "MAKEFLAGS", flags);
	rk_doctor_why(look, line, "with -n, -q or -t make builds nothing");
	rk_doctor_cure(look, line, "unset MAKEFLAGS");
}

static void look_at_environment(struct rk_doctor_look *look)
{
	for (size_t i = 0; i < RK_ARRAY_LEN(variables); i++) {
		const char *value = getenv(variables[i].name);

		if (value && value[0])
			rk_doctor_why(look,
				      add_variable(look, variables[i].state,
						   variables[i].name, value),
				      "%s", variables[i].why);
	}
	look_at_makeflags(look);
	if (look->pipeline->kernel)
		look_at_arch(look, look->pipeline->kernel);
}

/* ---- rust-toolchain ---- */

/* The channel of either form: one word, or "channel = "1.85"" of a TOML file. Points
 * into @text, its length in @ret_len; NULL: an empty file. */
static const char *find_channel(const char *text, size_t *ret_len)
{
	const char *channel = strstr(text, "channel");

	if (channel) {
		channel += strlen("channel");
		channel += strspn(channel, " \t=\"'");
	} else {
		channel = text + strspn(text, " \t\r\n");
		if (channel[0] == '[')
			return NULL;
	}
	*ret_len = strcspn(channel, " \t\r\n\"'#");
	return *ret_len ? channel : NULL;
}

/* "1.85" and "1.85.1-x86_64-unknown-linux-gnu" name "rustc 1.85.1 (...)". */
static bool names_rustc(const char *channel, size_t len, const char *text)
{
	const char *version = strchr(text, ' ');
	size_t n = strcspn(channel, "-");
	size_t version_len;

	if (!version)
		return false;
	version++;
	version_len = strcspn(version, " ");
	if (n > len)
		n = len;
	return n && version_len >= n && strncmp(version, channel, n) == 0 &&
	       (version_len == n || version[n] == '.');
}

static void judge_channel(struct rk_doctor_look *look, const char *path, const char *text)
{
	const struct rk_pipeline *p = look->pipeline;
	const char *wanted = p->toolchain ? p->toolchain->wanted : p->kernel->rustc_text;
	struct rk_doctor_line *line;
	size_t len = 0;
	const char *channel = find_channel(text, &len);

	if (channel && names_rustc(channel, len, wanted))
		return;
	if (channel)
		line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD,
				     "rust-toolchain", "toolchain-file",
				     "'%s' asks rustup for '%.*s', the kernel wants '%s'",
				     path, (int)len, channel, wanted);
	else
		line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD,
				     "rust-toolchain", "toolchain-file",
				     "'%s' names no channel", path);
	rk_doctor_why(look, line,
		      "rkmod goes by the kernel and runs no proxy of rustup; cargo, "
		      "rust-analyzer and a make of your own may take the other compiler");
	rk_doctor_cure(look, line, "remove the file, or name the kernel's rustc in it");
}

/* rustup reads the nearest one, upwards. */
static bool look_into(struct rk_doctor_look *look, const char *dir)
{
	static const char *const names[] = {"rust-toolchain", "rust-toolchain.toml"};

	for (size_t i = 0; i < RK_ARRAY_LEN(names); i++) {
		cleanup_buf struct rk_buf text = RK_BUF_INIT;
		cleanup_free char *path = NULL;
		struct rk_error err = RK_ERROR_INIT;

		if (rk_path_join(dir, names[i], &path, &err) < 0 ||
		    rk_file_read(path, FILE_LIMIT, &text, &err) < 0)
			continue;
		judge_channel(look, path, rk_buf_str(&text));
		return true;
	}
	return false;
}

static void look_for_toolchain_file(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;
	cleanup_free char *dir = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const char *top = p->request->top ? p->request->top : p->request->dir;
	char *slash;

	if (!p->kernel || !p->kernel->rustc_text[0] ||
	    rk_strdup(p->request->dir, &dir, &err) < 0)
		return;
	while (!look_into(look, dir) && strcmp(dir, top) != 0 &&
	       rk_path_is_below(dir, top) && (slash = strrchr(dir, '/')))
		*slash = '\0';
}

/* ---- rkmod vm ---- */

static void look_at_vm(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;
	cleanup_free char *qemu = NULL;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_doctor_line *line;

	if (p->kernel && !p->kernel->image[0]) {
		line = rk_doctor_add(
			look, RK_DOCTOR_NOTE, RK_DOCTOR_TRY, "vm", "image-missing",
			"the image of kernel %s is not here: rkmod vm cannot "
			"boot it",
			p->kernel->release);
		rk_doctor_cure(look, line, "install the kernel's image package");
	}
	if (rk_vm_find_qemu(p->machine->arch, &qemu, &err) < 0)
		rk_doctor_add_error(look, RK_DOCTOR_NOTE, RK_DOCTOR_TRY, "vm", &err);
	else
		rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_TRY, "vm", NULL, "'%s'",
			      qemu);
}

void rk_doctor_look_around(struct rk_doctor_look *look)
{
	look_at_environment(look);
	look_for_toolchain_file(look);
	look_at_vm(look);
}
