/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/module/main.c: simplify_symbols(). Every symbol is looked at, whatever failed
 * before; the errno is that of the last one that failed.
 */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/file.h"
#include "lib/verdict/judge.h"

enum {
	SHN_LIVEPATCH = 0xff20,
};

/* What is found under a name. */
struct hit {
	const char *ns;
	const char *owner; /* a sibling's name, NULL: the kernel or one of its modules */
	uint32_t crc;
	bool has_crc;
	bool gpl_only;
	bool owner_proprietary;
	const char *absent; /* the module that would export it, and is not loaded */
};

struct pass {
	struct rk_judge *judge;
	struct rk_symbol_group groups[RK_SYMBOL_N_GROUPS];
	size_t n_groups;
	size_t index; /* entry of the symbol table */
	int sys_errno;
	char *message; /* of the last that failed */
	bool doubt_said;
	bool state_doubt_said;
};

static struct rk_symbol_group *find_group(struct pass *pass, enum rk_symbol_cause cause,
					  const char *detail)
{
	/* Each cause must find a place: few are left, details no longer count. */
	bool any_detail = pass->n_groups >= RK_SYMBOL_N_GROUPS - RK_N_SYMBOL_CAUSES;

	for (size_t i = 0; i < pass->n_groups; i++) {
		struct rk_symbol_group *group = &pass->groups[i];

		if (group->cause == cause &&
		    (any_detail || strcmp(group->detail, detail) == 0))
			return group;
	}
	pass->groups[pass->n_groups] = (struct rk_symbol_group){
		.cause = cause,
		.detail = detail,
		.first = pass->index,
	};
	return &pass->groups[pass->n_groups++];
}

static void note(struct pass *pass, enum rk_symbol_cause cause, const char *name,
		 const char *detail)
{
	struct rk_symbol_group *group = find_group(pass, cause, detail);

	if (group->count < RK_SYMBOL_N_NAMES)
		group->names[group->count] = name;
	group->count++;
}

static void RK_PRINTF(3, 4) fail(struct pass *pass, int sys_errno, const char *fmt, ...)
{
	char *message = NULL;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vasprintf(&message, fmt, args);
	va_end(args);
	if (len < 0) {
		pass->judge->no_memory = true;
		return;
	}
	free(pass->message);
	pass->message = message;
	pass->sys_errno = sys_errno;
}

static void fail_unknown(struct pass *pass, const char *name, int sys_errno)
{
	fail(pass, sys_errno, "%s: Unknown symbol %s (err %d)", pass->judge->name, name,
	     -sys_errno);
}

/* Of the running kernel's modules only those that are loaded export anything. */
static void ask_owner(const struct rk_state *state, const char *owner, struct hit *hit)
{
	const struct rk_loaded *loaded = rk_state_find_module(state, owner);

	if (!loaded || loaded->phase == RK_PHASE_UNLOADING)
		hit->absent = owner;
	else if (loaded->proprietary)
		hit->owner_proprietary = true;
	hit->owner = owner;
}

static bool find_in_kernel(const struct rk_judge *judge, const char *name,
			   struct hit *ret)
{
	const struct rk_export *export =
		rk_symvers_find(judge->target->kernel->symvers, name);

	if (!export)
		return false;
	*ret = (struct hit){
		.ns = export->ns,
		.crc = export->crc,
		.has_crc = judge->facts.modversions,
		.gpl_only = export->gpl_only,
	};
	if (judge->target->state && strcmp(export->owner, "vmlinux") != 0)
		ask_owner(judge->target->state, rk_path_base(export->owner), ret);
	return true;
}

static bool find_in_siblings(const struct rk_judge *judge, const char *name,
			     struct hit *ret)
{
	const struct rk_siblings *siblings = judge->target->siblings;

	for (size_t i = 0; siblings && i < siblings->n_items; i++) {
		const struct rk_sibling *sibling = &siblings->items[i];
		const struct rk_module_export *export =
			sibling->module == judge->module
				? NULL
				: rk_module_exports_find(&sibling->exports, name);

		/* A hidden hit is no hit: the search goes on. */
		if (!export || (export->gpl_only && judge->proprietary))
			continue;
		*ret = (struct hit){
			.ns = export->ns,
			.owner = sibling->name,
			.crc = export->crc,
			.has_crc = judge->facts.modversions && export->has_crc,
			.gpl_only = export->gpl_only,
			.owner_proprietary = sibling->proprietary,
		};
		return true;
	}
	return false;
}

/* Modules that are not here, but whose Module.symvers is. */
static bool find_in_extra(const struct rk_judge *judge, const char *name, struct hit *ret)
{
	for (size_t i = 0; i < judge->target->n_extra; i++) {
		const struct rk_export *export =
			rk_symvers_find(judge->target->extra[i], name);

		if (!export || (export->gpl_only && judge->proprietary))
			continue;
		*ret = (struct hit){
			.ns = export->ns,
			.owner = rk_path_base(export->owner),
			.crc = export->crc,
			.has_crc = judge->facts.modversions,
			.gpl_only = export->gpl_only,
		};
		return true;
	}
	return false;
}

static bool find_beside(const struct rk_judge *judge, const char *name, struct hit *ret)
{
	if (find_in_siblings(judge, name, ret))
		return true;
	judge->verdict->misses_symbols = true;
	return find_in_extra(judge, name, ret);
}

/* A character of a module's name: '-' and '_' are one. */
static char fold(char c)
{
	return (char)(c == '-' ? '_' : c);
}

static bool name_matches(const char *pattern, size_t len, const char *name)
{
	bool glob = len && pattern[len - 1] == '*';

	if (glob)
		len--;
	for (size_t i = 0; i < len; i++)
		if (fold(pattern[i]) != fold(name[i]) || name[i] == '\0')
			return false;
	return glob || name[len] == '\0';
}

static bool is_for_modules(const char *ns)
{
	return strncmp(ns, "module:", strlen("module:")) == 0;
}

/* verify_module_namespace(): "module:a,b*" names who may use the symbol. */
static bool is_for_module(const struct rk_judge *judge, const char *ns)
{
	if (!judge->facts.module_namespaces || !is_for_modules(ns))
		return false;
	ns += strlen("module:");
	while (*ns) {
		size_t len = strcspn(ns, ",");

		if (name_matches(ns, len, judge->name))
			return true;
		ns += len + (ns[len] == ',');
	}
	return false;
}

static bool imports(const struct rk_judge *judge, const char *ns)
{
	const char *own = NULL;

	while ((own = rk_modinfo_next(&judge->modinfo, "import_ns", own)))
		if (strcmp(own, ns) == 0)
			return true;
	return false;
}

static bool check_version(struct pass *pass, const struct hit *hit, const char *name)
{
	struct rk_judge *judge = pass->judge;

	if (!hit->has_crc)
		return true;
	switch (rk_judge_version(judge, name, hit->crc)) {
	case RK_VERSION_FITS:
		return true;
	case RK_VERSION_DIFFERS:
		note(pass, RK_SYMBOL_VERSION_DIFFERS, name, "");
		break;
	case RK_VERSION_MISSING:
		note(pass, RK_SYMBOL_VERSION_MISSING, name, "");
		break;
	case RK_VERSION_NONE:
		note(pass, RK_SYMBOL_VERSION_NONE, name, "");
		break;
	case RK_VERSION_UNKNOWN:
		if (!pass->doubt_said)
			rk_judge_doubt(
				judge,
				"the module has no version of '%s': Debian's kernels refuse that, others do not",
				name);
		pass->doubt_said = true;
		return true;
	}
	fail_unknown(pass, name, EINVAL);
	return false;
}

static void check_namespace(struct pass *pass, const struct hit *hit, const char *name)
{
	struct rk_judge *judge = pass->judge;

	if (hit->ns[0] == '\0' || is_for_module(judge, hit->ns) ||
	    imports(judge, hit->ns) || judge->facts.missing_namespace_ok)
		return;
	note(pass,
	     judge->facts.module_namespaces && is_for_modules(hit->ns)
		     ? RK_SYMBOL_NOT_FOR_MODULE
		     : RK_SYMBOL_NAMESPACE,
	     name, hit->ns);
	fail_unknown(pass, name, EINVAL);
}

/* resolve_symbol(). False: as if there were no such symbol. */
static bool resolve(struct pass *pass, const struct hit *hit, const char *name)
{
	struct rk_judge *judge = pass->judge;

	if (hit->gpl_only)
		judge->uses_gpl_only = true;
	if (hit->owner_proprietary && judge->uses_gpl_only)
		return false;
	if (hit->owner_proprietary) {
		judge->proprietary = true;
		rk_judge_taint(judge, RK_TAINT_PROPRIETARY);
	}
	if (check_version(pass, hit, name))
		check_namespace(pass, hit, name);
	return true;
}

/* Should init call it, the kernel falls over; see stage-init.c. */
static void note_nowhere(struct pass *pass, const Elf64_Sym *symbol)
{
	struct rk_judge *judge = pass->judge;

	if (symbol->st_value == 0 && judge->n_nowhere < RK_MAX_NOWHERE)
		judge->nowhere[judge->n_nowhere++] = pass->index;
}

static void miss(struct pass *pass, const Elf64_Sym *symbol, const char *name,
		 const struct hit *hidden)
{
	struct rk_judge *judge = pass->judge;

	if (ELF64_ST_BIND(symbol->st_info) == STB_WEAK) {
		note(pass, RK_SYMBOL_WEAK, name, "");
		note_nowhere(pass, symbol);
		return;
	}
	if (judge->view.header.e_machine == EM_X86_64 &&
	    strcmp(name, "_GLOBAL_OFFSET_TABLE_") == 0)
		return;
	if (hidden && hidden->absent)
		note(pass, RK_SYMBOL_NOT_LOADED, name, hidden->absent);
	else if (hidden && hidden->owner_proprietary)
		note(pass, RK_SYMBOL_PROPRIETARY_OWNER, name, hidden->owner);
	else if (hidden)
		note(pass, RK_SYMBOL_GPL_ONLY, name, "");
	else
		note(pass, rk_symbol_missing_cause(judge, name), name, "");
	fail_unknown(pass, name, ENOENT);
}

/* One doubt for all symbols. */
static void doubt_state(struct pass *pass, enum rk_state_file file, const char *name)
{
	char what[256];

	if (pass->state_doubt_said)
		return;
	pass->state_doubt_said = true;
	snprintf(what, sizeof(what), "whether a loaded module exports '%.180s'", name);
	rk_judge_doubt_state(pass->judge, file, what);
}

/* A name that no Module.symvers has. Return: true if that is all to be said of it. */
static bool ask_kallsyms(struct pass *pass, const char *name)
{
	const struct rk_state *state = pass->judge->target->state;
	const struct rk_state_export *export;

	if (!state)
		return false;
	export = rk_state_find_export(state, name);
	if (export) {
		struct hit hit = {.ns = ""};

		ask_owner(state, export->owner, &hit);
		/* Its license, namespace and version are not in there. */
		if (hit.owner_proprietary || pass->judge->proprietary ||
		    pass->judge->facts.modversions)
			doubt_state(pass, RK_STATE_KALLSYMS, name);
		return true;
	}
	if (rk_judge_sees_exports(pass->judge))
		return false;
	doubt_state(pass, RK_STATE_KALLSYMS, name);
	return true;
}

static void look_elsewhere(struct pass *pass, const Elf64_Sym *symbol, const char *name,
			   const struct hit *absent)
{
	const struct rk_state *state = pass->judge->target->state;
	struct hit hit;

	if (find_beside(pass->judge, name, &hit)) {
		if (!resolve(pass, &hit, name))
			miss(pass, symbol, name, &hit);
	} else if (absent && state->unread[RK_STATE_MODULES]) {
		doubt_state(pass, RK_STATE_MODULES, name);
	} else if (absent || !ask_kallsyms(pass, name)) {
		miss(pass, symbol, name, absent);
	}
}

static void look_up(struct pass *pass, const Elf64_Sym *symbol, const char *name)
{
	struct rk_judge *judge = pass->judge;
	struct hit hit;

	if (!(judge->have & RK_HAVE_SYMVERS))
		return;
	if (!find_in_kernel(judge, name, &hit))
		look_elsewhere(pass, symbol, name, NULL);
	else if (hit.absent)
		look_elsewhere(pass, symbol, name, &hit);
	else if ((hit.gpl_only && judge->proprietary) || !resolve(pass, &hit, name))
		miss(pass, symbol, name, &hit);
}

static void look_at(struct pass *pass, const Elf64_Sym *symbol)
{
	struct rk_judge *judge = pass->judge;
	const char *name = rk_judge_symbol_name(judge, symbol);

	switch (symbol->st_shndx) {
	case SHN_UNDEF:
		look_up(pass, symbol, name);
		break;
	case SHN_ABS:
		/* Every C file has its name as one. */
		if (ELF64_ST_TYPE(symbol->st_info) != STT_FILE)
			note_nowhere(pass, symbol);
		break;
	case SHN_LIVEPATCH:
		break;
	case SHN_COMMON:
		if (strncmp(name, "__gnu_lto", strlen("__gnu_lto")) == 0)
			break;
		note(pass, RK_SYMBOL_COMMON, name, "");
		fail(pass, ENOEXEC, "%s: please compile with -fno-common", judge->name);
		break;
	default:
		if (symbol->st_shndx < judge->view.n_sections)
			break;
		note(pass, RK_SYMBOL_SECTION, name, "");
		fail(pass, ENOEXEC,
		     "%s: Symbol %s has an invalid section index %u (max %zu)",
		     judge->name, name, symbol->st_shndx, judge->view.n_sections - 1);
	}
}

static void report(struct pass *pass)
{
	for (size_t i = 0; i < pass->n_groups; i++)
		rk_symbol_explain(pass->judge, &pass->groups[i], pass->sys_errno);
	if (pass->message)
		rk_judge_message(pass->judge, "%s", pass->message);
	free(pass->message);
}

void rk_stage_symbols(struct rk_judge *judge)
{
	struct pass pass = {.judge = judge};
	Elf64_Sym symbol;

	if (judge->have & RK_HAVE_KERNEL && !(judge->have & RK_HAVE_SYMVERS))
		rk_judge_doubt(
			judge,
			"the target has no Module.symvers: whether it exports what the module needs is not known");
	/* The first entry is never looked at. */
	for (pass.index = 1; rk_bytes_symbol(judge->symbols, pass.index, &symbol);
	     pass.index++)
		look_at(&pass, &symbol);
	report(&pass);
}
