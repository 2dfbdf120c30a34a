/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols that fail, in words: one finding for all of one cause. */
#include <errno.h>
#include <string.h>

#include "lib/module/origin.h"
#include "lib/toolchain/crateid.h"
#include "lib/verdict/judge.h"

/* Crates whose hash a symbol may have; all of a kernel have one compiler. */
static const char *const crates[] = {"core", "kernel", "alloc", "bindings", "pin_init"};

static bool is_rust(const char *name)
{
	return strncmp(name, "_R", 2) == 0 || strncmp(name, "_ZN", 3) == 0 ||
	       strncmp(name, "rust_helper_", strlen("rust_helper_")) == 0 ||
	       strncmp(name, "__rust_", strlen("__rust_")) == 0;
}

/* The kernel's hash of each crate, "" where it exports none of it. Looked for once: each
 * is a walk over all exports. */
struct rk_judge_tags {
	char kernel[RK_ARRAY_LEN(crates)][RK_CRATE_TAG_SIZE];
};

static const struct rk_judge_tags *kernel_tags(struct rk_judge *judge)
{
	static const struct rk_judge_tags none;

	if (judge->tags)
		return judge->tags;
	judge->tags = calloc(1, sizeof(*judge->tags));
	if (!judge->tags) {
		judge->no_memory = true;
		return &none;
	}
	for (size_t i = 0; i < RK_ARRAY_LEN(crates); i++)
		if (!rk_crate_tag_of_kernel(judge->target->kernel->symvers, crates[i],
					    judge->tags->kernel[i]))
			judge->tags->kernel[i][0] = '\0';
	return judge->tags;
}

/* The hash in a symbol, and the kernel's of the same crate. */
struct tags {
	const char *crate;
	char own[RK_CRATE_TAG_SIZE];
	const char *kernel;
};

static bool find_tags(struct rk_judge *judge, const char *name, struct tags *ret)
{
	const struct rk_judge_tags *tags = kernel_tags(judge);

	for (size_t i = 0; i < RK_ARRAY_LEN(crates); i++) {
		ret->crate = crates[i];
		ret->kernel = tags->kernel[i];
		if (ret->kernel[0] && rk_crate_tag_of(name, crates[i], ret->own))
			return true;
	}
	return false;
}

enum rk_symbol_cause rk_symbol_missing_cause(struct rk_judge *judge, const char *name)
{
	struct tags tags;

	if (!is_rust(name))
		return RK_SYMBOL_UNKNOWN;
	if (!kernel_tags(judge)->kernel[0][0])
		return RK_SYMBOL_RUST_OFF;
	if (find_tags(judge, name, &tags) && strcmp(tags.own, tags.kernel) != 0)
		return RK_SYMBOL_RUST_COMPILER;
	return RK_SYMBOL_RUST_MISSING;
}

/* "the module HEAD 'name'TAIL", "the module MANY_HEAD 7 symbolsMANY_TAIL: ..." */
struct words {
	const char *code;
	const char *head;
	const char *tail;
	const char *many_head; /* NULL: as for one */
	const char *many_tail;
};

static const struct words words[] = {
	[RK_SYMBOL_UNKNOWN] = {"symbol-unknown", "needs", ", which nothing exports", NULL,
			       " that nothing exports"},
	[RK_SYMBOL_RUST_OFF] = {"rust-off", "needs",
				" of the kernel's Rust code, and this kernel has none",
				NULL,
				" of the kernel's Rust code, and this kernel has none"},
	[RK_SYMBOL_RUST_COMPILER] =
		{"rust-compiler",
		 "was built with another rustc than the kernel, in which",
		 " has another symbol name",
		 "was built with another rustc than the kernel, in which",
		 " have other names"},
	[RK_SYMBOL_RUST_MISSING] = {"rust-symbol", "needs",
				    ", which this kernel's Rust code does not export",
				    NULL,
				    " that this kernel's Rust code does not export"},
	[RK_SYMBOL_GPL_ONLY] = {"symbol-gpl-only", "needs",
				", which is for GPL modules only", NULL,
				" that are for GPL modules only"},
	[RK_SYMBOL_PROPRIETARY_OWNER] = {"symbol-gpl-only", "needs",
					 " of a module that is not GPL", NULL,
					 " of a module that is not GPL"},
	[RK_SYMBOL_NOT_LOADED] = {"symbol-not-loaded", "needs",
				  " of a module that is not loaded", NULL,
				  " of a module that is not loaded"},
	[RK_SYMBOL_NAMESPACE] = {"symbol-namespace", "needs",
				 " from a namespace that it does not import", NULL,
				 " from a namespace that it does not import"},
	[RK_SYMBOL_NOT_FOR_MODULE] = {"symbol-not-for-module", "needs",
				      ", which is for other modules only", NULL,
				      " that are for other modules only"},
	[RK_SYMBOL_VERSION_DIFFERS] = {"symbol-version",
				       "was built with another version of",
				       " than the kernel's",
				       "was built with other versions of",
				       " than the kernel's"},
	[RK_SYMBOL_VERSION_MISSING] = {"symbol-version-missing", "has no version of", "",
				       NULL, ""},
	[RK_SYMBOL_VERSION_NONE] = {"symbol-version-missing",
				    "has no symbol versions, and the kernel has one of",
				    "",
				    "has no symbol versions, and the kernel has those of",
				    ""},
	[RK_SYMBOL_COMMON] = {"symbol-common", "has the common symbol", "", "has",
			      " that are common ones"},
	[RK_SYMBOL_SECTION] = {"symbol-section", "has", " in a section that is not there",
			       NULL, " in sections that are not there"},
	[RK_SYMBOL_WEAK] = {"symbol-weak", "uses",
			    " if it is there, and nothing exports it", NULL,
			    " if they are there, and nothing exports them"},
};

static void add_name(struct rk_judge *judge, struct rk_buf *to, const char *name)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *readable = NULL;

	if (rk_demangle(name, &readable, &err) < 0)
		judge->no_memory = true;
	else
		rk_buf_addf(to, "'%s'", readable);
}

static void describe(struct rk_judge *judge, const struct rk_symbol_group *group,
		     struct rk_buf *to)
{
	const struct words *w = &words[group->cause];

	if (group->count == 1) {
		rk_buf_addf(to, "the module %s ", w->head);
		add_name(judge, to, group->names[0]);
		rk_buf_adds(to, w->tail);
		return;
	}
	rk_buf_addf(to, "the module %s %zu symbols%s: ",
		    w->many_head ? w->many_head : w->head, group->count, w->many_tail);
	for (size_t i = 0; i < group->count && i < RK_SYMBOL_N_NAMES; i++) {
		if (i)
			rk_buf_adds(to, ", ");
		add_name(judge, to, group->names[i]);
	}
	if (group->count > RK_SYMBOL_N_NAMES)
		rk_buf_adds(to, ", ...");
}

/* The version text that leads to the kernel's hashes, if the configuration names it. */
static const char *fitting_text(const struct rk_judge *judge, const struct tags *tags)
{
	const char *text = judge->target->kernel->rustc_text;
	struct rk_crate_tags computed;

	if (!text || !text[0])
		return NULL;
	computed = rk_crate_tags(tags->crate, text);
	if (strcmp(computed.sip13, tags->kernel) != 0 &&
	    strcmp(computed.sip24, tags->kernel) != 0)
		return NULL;
	return text;
}

static void explain_compiler(struct rk_judge *judge, struct rk_finding *finding,
			     const struct rk_symbol_group *group)
{
	cleanup_free char *own = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const char *text;
	struct tags tags;

	if (!find_tags(judge, group->names[0], &tags))
		return;
	if (rk_origin_rustc(&judge->view, &own, &err) < 0)
		judge->no_memory = true;
	text = fitting_text(judge, &tags);
	rk_judge_why(
		judge, finding,
		"rustc hashes its own version text into every symbol name: crate '%s' is %s in the module (%s) and %s in the kernel (%s)",
		tags.crate, tags.own, own ? own : "compiler not known", tags.kernel,
		text ? text : "compiler not known");
	if (text)
		rk_judge_fix(judge, finding,
			     "build it with the kernel's own '%s', as rkmod build does",
			     text);
}

static void explain_off(struct rk_judge *judge, struct rk_finding *finding)
{
	const struct rk_kernel *kernel = judge->target->kernel;
	const char *release = kernel->release ? kernel->release : "";

	if (kernel->rust)
		rk_judge_why(
			judge, finding,
			"kernel '%s' exports no Rust symbol, though its configuration has CONFIG_RUST=y",
			release);
	else
		rk_judge_why(judge, finding, "kernel '%s' was built without Rust: %s",
			     release, rk_kernel_why_no_rust(kernel));
	rk_judge_fix(
		judge, finding,
		"use a kernel with CONFIG_RUST=y (rkmod kernels tells which those here are), and build the module for it");
}

static void explain_license(struct rk_judge *judge, struct rk_finding *finding)
{
	const char *license = rk_modinfo_get(&judge->modinfo, "license");

	rk_judge_why(
		judge, finding,
		"the module's license is '%s', which the kernel does not take for GPL",
		license ? license : "unspecified");
	rk_judge_fix(
		judge, finding,
		"declare the license as \"GPL\" (or \"Dual MIT/GPL\", ...) if it is");
}

static void explain_namespace(struct rk_judge *judge, struct rk_finding *finding,
			      const char *ns)
{
	/* Before 6.13 it was a word, not a string. */
	const char *quote = judge->facts.checks_strings ? "\"" : "";

	rk_judge_why(judge, finding, "it is exported in namespace '%s'", ns);
	rk_judge_fix(
		judge, finding,
		"import it: MODULE_IMPORT_NS(%s%s%s) in C, imports_ns: [\"%s\"] in module! in Rust",
		quote, ns, quote, ns);
}

static void explain_cause(struct rk_judge *judge, struct rk_finding *finding,
			  const struct rk_symbol_group *group)
{
	switch (group->cause) {
	case RK_SYMBOL_RUST_OFF:
		explain_off(judge, finding);
		break;
	case RK_SYMBOL_RUST_COMPILER:
		explain_compiler(judge, finding, group);
		break;
	case RK_SYMBOL_GPL_ONLY:
		explain_license(judge, finding);
		break;
	case RK_SYMBOL_PROPRIETARY_OWNER:
		rk_judge_why(
			judge, finding,
			"module '%s' is not GPL, and this one uses GPL-only symbols already",
			group->detail);
		break;
	case RK_SYMBOL_NOT_LOADED:
		rk_judge_why(judge, finding, "it is exported by module '%s'",
			     group->detail);
		rk_judge_fix(judge, finding, "load that first: modprobe %s",
			     group->detail);
		break;
	case RK_SYMBOL_NAMESPACE:
		explain_namespace(judge, finding, group->detail);
		break;
	case RK_SYMBOL_NOT_FOR_MODULE:
		rk_judge_why(judge, finding, "exported for '%s', and this is '%s'",
			     group->detail + strlen("module:"), judge->name);
		break;
	default:
		rk_judge_why(judge, finding, "%s", finding->kind->cause);
	}
	if (finding->fix[0] == '\0')
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

void rk_symbol_explain(struct rk_judge *judge, const struct rk_symbol_group *group,
		       int sys_errno)
{
	cleanup_buf struct rk_buf what = RK_BUF_INIT;
	const char *code = words[group->cause].code;
	struct rk_finding *finding;

	describe(judge, group, &what);
	if (group->cause == RK_SYMBOL_WEAK)
		finding = rk_judge_note(judge, code, "%s", rk_buf_str(&what));
	else
		finding =
			rk_judge_refuse(judge, sys_errno, code, "%s", rk_buf_str(&what));
	rk_judge_where(judge, finding, "symbol table, entry %zu, '%s'", group->first,
		       group->names[0]);
	explain_cause(judge, finding, group);
}
