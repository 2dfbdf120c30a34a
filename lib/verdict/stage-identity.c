/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is it a module for this kernel: versions, vermagic, livepatch, name. */
#include <errno.h>
#include <string.h>

#include "lib/verdict/judge.h"

static void read_versions(struct rk_judge *judge, const Elf64_Shdr *crcs,
			  const Elf64_Shdr *names)
{
	struct rk_error err = RK_ERROR_INIT;
	Elf64_Shdr basic = rk_view_section(&judge->view, judge->versions_index);
	int r;

	/* Where there is an extended form the basic one is not looked at. */
	if (judge->extended_crcs_index)
		r = rk_versions_read_extended(rk_view_contents(&judge->view, crcs),
					      rk_view_contents(&judge->view, names),
					      &judge->versions, &err);
	else
		r = rk_versions_read(&judge->view, rk_view_contents(&judge->view, &basic),
				     &judge->versions, &err);
	if (r < 0)
		judge->no_memory = true;
}

/* elf_validity_cache_index_versions(): also without CONFIG_MODVERSIONS. */
void rk_stage_versions(struct rk_judge *judge)
{
	size_t crcs = rk_view_find_loaded(&judge->view, "__version_ext_crcs");
	size_t names = rk_view_find_loaded(&judge->view, "__version_ext_names");
	Elf64_Shdr crcs_section = rk_view_section(&judge->view, crcs);
	Elf64_Shdr names_section = rk_view_section(&judge->view, names);

	if (judge->facts.checks_strings && !crcs != !names) {
		rk_judge_refuse(judge, ENOEXEC, "versions-damaged",
				"%s is there without %s",
				crcs ? "__version_ext_crcs" : "__version_ext_names",
				crcs ? "__version_ext_names" : "__version_ext_crcs");
		rk_judge_message(judge,
				 "extended version crc+name presence does not match");
		return;
	}
	if (crcs && judge->facts.checks_strings &&
	    !rk_versions_extended_fit(rk_view_contents(&judge->view, &crcs_section),
				      rk_view_contents(&judge->view, &names_section))) {
		rk_judge_refuse(
			judge, ENOEXEC, "versions-damaged",
			"__version_ext_names has fewer names than there are checksums");
		rk_judge_message(judge, "more extended version crcs than names");
		return;
	}
	judge->versions_index = rk_view_find_loaded(&judge->view, "__versions");
	if (judge->facts.checks_strings) {
		judge->extended_crcs_index = crcs;
		judge->extended_names_index = names;
	}
	judge->percpu_index = rk_view_find_loaded(&judge->view, ".data..percpu");
	if (judge->facts.modversions)
		read_versions(judge, &crcs_section, &names_section);
}

/* check_modstruct_version(): whatever is wrong with the version is ENOEXEC here. */
void rk_stage_module_layout(struct rk_judge *judge)
{
	static const char name[] = "module_layout";
	const struct rk_export *export =
		rk_symvers_find(judge->target->kernel->symvers, name);
	enum rk_version_answer answer;

	if (!judge->facts.modversions || !export)
		return;
	answer = rk_judge_version(judge, name, export->crc);
	if (answer == RK_VERSION_DIFFERS) {
		struct rk_finding *finding = rk_judge_refuse(
			judge, ENOEXEC, "symbol-version",
			"the module was built with another version of 'module_layout'");

		rk_judge_why(
			judge, finding,
			"its checksum covers the structures of the loader itself: another kernel or configuration");
		rk_judge_message(judge, "%s: disagrees about version of symbol %s",
				 judge->info_name, name);
	} else if (answer == RK_VERSION_MISSING) {
		rk_judge_refuse(judge, ENOEXEC, "symbol-version-missing",
				"the module has no version of 'module_layout'");
		rk_judge_message(judge, "%s: no symbol version for %s", judge->info_name,
				 name);
	} else if (answer == RK_VERSION_NONE) {
		rk_judge_refuse(
			judge, ENOEXEC, "symbol-version-missing",
			"the module has no symbol versions, and the kernel wants them");
	} else if (answer == RK_VERSION_UNKNOWN) {
		rk_judge_doubt(
			judge,
			"the module has no version of 'module_layout': Debian's kernels refuse that, others do not");
	}
}

/* What is compared: behind the first blank where symbols have versions. */
static const char *relevant(const char *magic, bool has_versions)
{
	return has_versions ? magic + strcspn(magic, " ") : magic;
}

static void refuse_vermagic(struct rk_judge *judge, const char *own, const char *expected)
{
	int own_len = (int)strcspn(own, " ");
	int expected_len = (int)strcspn(expected, " ");
	struct rk_finding *finding;

	if (own_len != expected_len || strncmp(own, expected, (size_t)own_len) != 0)
		finding = rk_judge_refuse(
			judge, ENOEXEC, "vermagic",
			"the module was built for kernel '%.*s', not for '%.*s'", own_len,
			own, expected_len, expected);
	else
		finding = rk_judge_refuse(
			judge, ENOEXEC, "vermagic",
			"the module was built for another configuration of kernel '%.*s'",
			own_len, own);
	rk_judge_where(judge, finding, "section .modinfo, vermagic");
	rk_judge_why(
		judge, finding,
		"a module's version magic must be the kernel's own: '%s' should be '%s'",
		own, expected);
	rk_judge_fix(
		judge, finding,
		"build it against the headers of '%.*s', as rkmod build --kernel %.*s does",
		expected_len, expected, expected_len, expected);
	rk_judge_message(judge, "%s: version magic '%s' should be '%s'", judge->info_name,
			 own, expected);
}

void rk_stage_vermagic(struct rk_judge *judge)
{
	const char *own = rk_modinfo_get(&judge->modinfo, "vermagic");
	const char *expected = judge->facts.vermagic;
	bool has_versions = judge->facts.modversions && judge->versions_index;

	if (!own) {
		if (rk_judge_force_load(judge, "bad vermagic", "no version magic"))
			return;
		rk_judge_refuse(judge, ENOEXEC, "vermagic-missing",
				"the module has no version magic");
		return;
	}
	if (!expected) {
		rk_judge_doubt(
			judge,
			"the target's version magic is not known; the module's is '%s'",
			own);
		return;
	}
	if (strcmp(relevant(own, has_versions), relevant(expected, has_versions)) == 0)
		return;
	refuse_vermagic(judge, own, expected);
}

void rk_stage_livepatch(struct rk_judge *judge)
{
	if (!rk_modinfo_get(&judge->modinfo, "livepatch"))
		return;
	if (judge->facts.livepatch) {
		rk_judge_taint(judge, RK_TAINT_LIVEPATCH);
		return;
	}
	rk_judge_refuse(judge, ENOEXEC, "livepatch-off",
			"a livepatch, and the kernel has no CONFIG_LIVEPATCH");
	rk_judge_message(
		judge,
		"%s: module is marked as livepatch module, but livepatch support is disabled",
		judge->name);
}

/* klp_module_coming() */
void rk_stage_module_name(struct rk_judge *judge)
{
	if (!judge->facts.livepatch || strcmp(judge->name, "vmlinux") != 0)
		return;
	rk_judge_refuse(judge, EINVAL, "module-name",
			"the module is called 'vmlinux', as the kernel itself");
	rk_judge_message(judge, "livepatch: vmlinux.ko: invalid module name");
}
