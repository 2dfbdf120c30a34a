/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What surrounds a build: variables of the environment, rust-toolchain, QEMU. */
#include <string.h>

#include "lib/base/file.h"
#include "lib/pipeline/doctor-lines.h"
#include "lib/toolchain/override.h"
#include "lib/toolchain/programs.h"
#include "lib/vm/vm.h"

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

static void judge_channel(struct rk_doctor_look *look, const struct rk_override *override)
{
	const struct rk_pipeline *p = look->pipeline;
	const char *wanted = p->toolchain ? p->toolchain->wanted : p->kernel->rustc_text;
	struct rk_doctor_line *line;

	if (!override->channel[0])
		line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD,
				     "rust-toolchain", "rust-toolchain-file",
				     "'%s' names no channel", override->path);
	else if (rk_override_contradicts(override->channel, wanted))
		line = rk_doctor_add(look, RK_DOCTOR_WARNING, RK_DOCTOR_BUILD,
				     "rust-toolchain", "rust-toolchain-file",
				     "'%s' asks rustup for '%s', the kernel wants '%s'",
				     override->path, override->channel, wanted);
	else
		return;
	rk_doctor_why(look, line,
		      "rkmod goes by the kernel and runs no proxy of rustup; cargo, "
		      "rust-analyzer and a make of your own may take the other compiler");
	rk_doctor_cure(look, line, "remove the file, or name the kernel's rustc in it");
}

static void look_for_toolchain_file(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;
	struct rk_override override = {0};
	struct rk_error ignored = RK_ERROR_INIT;

	if (!p->kernel || !p->kernel->rustc_text[0])
		return;
	if (rk_override_find(p->request->dir, p->request->top, &override, &ignored) ==
		    0 &&
	    override.path)
		judge_channel(look, &override);
	rk_override_release(&override);
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
