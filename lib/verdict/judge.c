/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <string.h>

#include "lib/verdict/judge.h"

static struct rk_finding *RK_PRINTF(3, 0)
	add_finding(struct rk_judge *judge, const char *code, const char *fmt,
		    va_list args)
{
	char what[1024];

	vsnprintf(what, sizeof(what), fmt, args);
	return rk_findings_add(&judge->verdict->findings, code, "%s", what);
}

/* True if this stage is the one that decides. */
static bool decides(struct rk_judge *judge, enum rk_answer answer)
{
	judge->failed = true;
	if (!judge->decided) {
		judge->decided = true;
		judge->verdict->answer = answer;
		judge->verdict->stage = judge->stage->name;
	}
	return judge->verdict->stage == judge->stage->name;
}

struct rk_finding *rk_judge_refuse(struct rk_judge *judge, int sys_errno,
				   const char *code, const char *fmt, ...)
{
	struct rk_finding *finding;
	va_list args;

	/* Where an earlier stage may have refused, so may its errno be the one. */
	if (decides(judge, RK_ANSWER_REFUSE) &&
	    judge->verdict->answer == RK_ANSWER_REFUSE)
		judge->verdict->sys_errno = judge->in_doubt ? 0 : sys_errno;
	va_start(args, fmt);
	finding = add_finding(judge, code, fmt, args);
	va_end(args);
	return finding;
}

struct rk_finding *rk_judge_fault(struct rk_judge *judge, const char *code,
				  const char *fmt, ...)
{
	struct rk_finding *finding;
	va_list args;

	decides(judge, RK_ANSWER_FAULT);
	va_start(args, fmt);
	finding = add_finding(judge, code, fmt, args);
	va_end(args);
	return finding;
}

struct rk_finding *rk_judge_doubt(struct rk_judge *judge, const char *fmt, ...)
{
	struct rk_finding *finding;
	va_list args;

	if (!judge->decided) {
		judge->in_doubt = true;
		judge->verdict->answer = RK_ANSWER_UNDECIDED;
	}
	va_start(args, fmt);
	finding = add_finding(judge, "undecided", fmt, args);
	va_end(args);
	return finding;
}

struct rk_finding *rk_judge_note(struct rk_judge *judge, const char *code,
				 const char *fmt, ...)
{
	struct rk_finding *finding;
	va_list args;

	va_start(args, fmt);
	finding = add_finding(judge, code, fmt, args);
	va_end(args);
	return finding;
}

/* As /dev/kmsg shows it: bytes that are not printable as \xNN. New memory, or NULL. */
static char *escape(const char *text)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char *ret = NULL;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < ' ' || c >= 127 || c == '\\')
			rk_buf_addf(&buf, "\\x%02x", c);
		else
			rk_buf_addc(&buf, *text);
	}
	return rk_buf_take(&buf, &ret, &err) == 0 ? ret : NULL;
}

void rk_judge_message(struct rk_judge *judge, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	if (!judge->failed || judge->verdict->stage != judge->stage->name)
		return;
	va_start(args, fmt);
	len = vasprintf(&text, fmt, args);
	va_end(args);
	if (len < 0) {
		judge->no_memory = true;
		return;
	}
	free(judge->verdict->kernel_message);
	judge->verdict->kernel_message = escape(text);
	free(text);
	if (!judge->verdict->kernel_message)
		judge->no_memory = true;
}

void rk_judge_taint(struct rk_judge *judge, enum rk_taint taint)
{
	judge->taints |= 1U << taint;
}

bool rk_judge_force_load(struct rk_judge *judge, const char *reason, const char *lacks)
{
	struct rk_finding *finding;

	if (!judge->facts.force_load)
		return false;
	if (!(judge->taints & 1U << RK_TAINT_FORCED)) {
		finding = rk_judge_note(
			judge, "forced",
			"the module has %s, which this kernel lets pass by force (taint F)",
			lacks);
		rk_judge_why(
			judge, finding,
			"CONFIG_MODULE_FORCE_LOAD is set; the kernel logs '%s: %s: kernel tainted'",
			judge->info_name, reason);
	}
	rk_judge_taint(judge, RK_TAINT_FORCED);
	return true;
}

bool rk_judge_is_loaded(const struct rk_judge *judge, size_t index,
			const Elf64_Shdr *section)
{
	/* layout_symtab() has both loaded, for kallsyms. */
	if (judge->facts.kallsyms && index &&
	    (index == judge->symtab_index || index == judge->strtab_index))
		return true;
	return section->sh_flags & SHF_ALLOC &&
	       (index == 0 ||
		(index != judge->info_index && index != judge->versions_index &&
		 index != judge->extended_crcs_index &&
		 index != judge->extended_names_index && index != judge->percpu_index));
}

const char *rk_judge_symbol_name(const struct rk_judge *judge, const Elf64_Sym *symbol)
{
	if (symbol->st_name >= judge->strings.size)
		return "";
	return (const char *)judge->strings.data + symbol->st_name;
}

enum rk_version_answer rk_judge_version(struct rk_judge *judge, const char *name,
					uint32_t crc)
{
	const struct rk_version *version;

	if (!judge->extended_crcs_index && !judge->versions_index)
		return rk_judge_force_load(judge, name, "no symbol versions")
			       ? RK_VERSION_FITS
			       : RK_VERSION_NONE;
	version = rk_versions_find(&judge->versions, name);
	if (version)
		return version->crc == crc ? RK_VERSION_FITS : RK_VERSION_DIFFERS;
	if (judge->extended_crcs_index ||
	    judge->facts.refuses_missing_version == RK_FACT_NO)
		return RK_VERSION_FITS;
	return judge->facts.refuses_missing_version == RK_FACT_YES ? RK_VERSION_MISSING
								   : RK_VERSION_UNKNOWN;
}

bool rk_license_is_gpl_compatible(const char *license)
{
	static const char *const compatible[] = {
		"GPL",          "GPL v2",       "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL",
	};

	for (size_t i = 0; license && i < RK_ARRAY_LEN(compatible); i++)
		if (strcmp(license, compatible[i]) == 0)
			return true;
	return false;
}
