/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/toolchain/programs.h"

/* ---- versions ---- */

long rk_program_number(const char *text)
{
	long found = 0;

	while (*text) {
		const char *start = text;
		long part[3] = {0};
		size_t n = 0;

		if (!isdigit((unsigned char)*text)) {
			text++;
			continue;
		}
		for (; n < RK_ARRAY_LEN(part); n++) {
			char *end;
			unsigned long value = strtoul(text, &end, 10);

			part[n] = value < 1000 ? (long)value : 999;
			text = end;
			if (*text != '.' || !isdigit((unsigned char)text[1]))
				break;
			text++;
		}
		if (memchr(start, '.', (size_t)(text - start)))
			found = (part[0] * 1000 + part[1]) * 1000 + part[2];
	}
	return found;
}

/* ---- which programs ---- */

void rk_programs_release(struct rk_programs *programs)
{
	for (size_t i = 0; i < programs->n_items; i++) {
		free(programs->items[i].name);
		free(programs->items[i].path);
		free(programs->items[i].text);
	}
	memset(programs, 0, sizeof(*programs));
}

static bool kdir_has(const struct rk_kernel *kernel, const char *name)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	return rk_path_join(kernel->kdir_real, name, &path, &err) == 0 &&
	       rk_root_exists(kernel->root, path);
}

bool rk_programs_are_forced(const struct rk_kernel *kernel)
{
	return kdir_has(kernel, ".kernelvariables");
}

/* Links resolved: then the state of the file is the program's. @name may be a path. */
static int find(const struct rk_root *root, const char *name, char **ret,
		struct rk_error *err)
{
	cleanup_free char *path = NULL;
	struct rk_error missing = RK_ERROR_INIT;

	if (!strchr(name, '/')) {
		if (rk_root_find_program(root, name, &path, &missing) < 0)
			return rk_strdup("", ret, err);
		name = path;
	}
	if (rk_root_real(root, name, ret, &missing) == 0)
		return 0;
	return rk_strdup("", ret, err);
}

/* Takes @name over. */
static int add(const struct rk_kernel *kernel, const char *role, char *name,
	       struct rk_programs *to, struct rk_error *err)
{
	struct rk_program *program = &to->items[to->n_items++];

	*program = (struct rk_program){
		.role = role, .name = name, .need = {RK_NEED_PROGRAM, name}};
	if (rk_strdup("", &program->text, err) < 0)
		return -(int)err->code;
	return find(kernel->root, name, &program->path, err);
}

/* As make's LLVM= has it: a folder before the name, or a suffix behind it. */
static int llvm_name(const char *llvm, const char *name, char **ret, struct rk_error *err)
{
	size_t len = strlen(llvm);

	if (len && llvm[len - 1] == '/')
		return rk_format(ret, err, "%s%s", llvm, name);
	return rk_format(ret, err, "%s%s", name, llvm[0] == '-' ? llvm : "");
}

/* What stands before "gcc" in the kernel's own compiler: "x86_64-linux-gnu-". */
static int gcc_names(const struct rk_kernel *kernel, char **ret_cc, char **ret_ld,
		     struct rk_error *err)
{
	int name_len = (int)strcspn(kernel->cc_text, " ");
	const char *gcc = strstr(kernel->cc_text, "gcc");
	const char *cross = getenv("CROSS_COMPILE");
	int r;

	if (!cross)
		cross = "";
	if (rk_programs_are_forced(kernel) && gcc && gcc < kernel->cc_text + name_len) {
		r = rk_format(ret_cc, err, "%.*s", name_len, kernel->cc_text);
		return r < 0 ? r
			     : rk_format(ret_ld, err, "%.*sld",
					 (int)(gcc - kernel->cc_text), kernel->cc_text);
	}
	r = rk_format(ret_cc, err, "%sgcc", cross);
	return r < 0 ? r : rk_format(ret_ld, err, "%sld", cross);
}

static int names(const struct rk_kernel *kernel, const struct rk_toolchain *toolchain,
		 char **ret_cc, char **ret_ld, struct rk_error *err)
{
	cleanup_free char *gcc = NULL;
	int r;

	if (toolchain && toolchain->llvm[0]) {
		r = llvm_name(toolchain->llvm, "clang", ret_cc, err);
		return r < 0 ? r : llvm_name(toolchain->llvm, "ld.lld", ret_ld, err);
	}
	r = gcc_names(kernel, &gcc, ret_ld, err);
	if (r < 0)
		return r;
	if (toolchain && toolchain->cc[0])
		return rk_strdup(toolchain->cc, ret_cc, err);
	*ret_cc = RK_STEAL(gcc);
	return 0;
}

/* Kbuild makes it only where KDIR has the kernel's own. */
static bool makes_btf(const struct rk_kernel *kernel)
{
	return rk_kconfig_is_yes(kernel->config, "CONFIG_DEBUG_INFO_BTF_MODULES") &&
	       kdir_has(kernel, "vmlinux");
}

int rk_programs_find(const struct rk_machine *machine, const struct rk_kernel *kernel,
		     const struct rk_toolchain *toolchain, struct rk_programs *ret,
		     struct rk_error *err)
{
	char *pahole = NULL;
	char *cc = NULL;
	char *ld = NULL;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = names(kernel, toolchain, &cc, &ld, err);
	if (r < 0) {
		free(cc);
		free(ld);
		return r;
	}
	r = add(kernel, "C compiler", cc, ret, err);
	if (add(kernel, "linker", ld, ret, err) < 0)
		r = -(int)err->code;
	if (r == 0 && makes_btf(kernel)) {
		r = rk_strdup("pahole", &pahole, err);
		if (r == 0)
			r = add(kernel, "program for type information", pahole, ret, err);
	}
	if (r < 0 || !ret->items[0].path[0])
		return r;
	free(ret->items[0].text);
	ret->items[0].text = NULL;
	return rk_program_version(machine, kernel->root, ret->items[0].path,
				  "program-version", &ret->items[0].text, err);
}
