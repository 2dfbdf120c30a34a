/* SPDX-License-Identifier: GPL-2.0-or-later */
/* module_augment_kernel_taints(): never a refusal, but the license decides later. */
#include <string.h>

#include "lib/verdict/judge.h"

static void taint(struct rk_judge *judge, enum rk_taint taint, const char *what)
{
	rk_judge_taint(judge, taint);
	rk_judge_note(judge, "taint", "%s", what);
}

static void check_license(struct rk_judge *judge)
{
	const char *license = rk_modinfo_get(&judge->modinfo, "license");
	struct rk_finding *finding;

	if (rk_license_is_gpl_compatible(license))
		return;
	judge->proprietary = true;
	rk_judge_taint(judge, RK_TAINT_PROPRIETARY);
	finding =
		rk_judge_note(judge, "license", "the license '%s' is not GPL-compatible",
			      license ? license : "unspecified");
	rk_judge_where(judge, finding, "section .modinfo, license");
	rk_judge_why(
		judge, finding,
		"the kernel compares with a few exact strings; it taints itself, and hides GPL-only symbols, all of Rust's among them");
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
}

/* These were caught pretending. */
static void check_offenders(struct rk_judge *judge)
{
	if (strcmp(judge->name, "driverloader") == 0 || strcmp(judge->name, "lve") == 0)
		judge->proprietary = true;
	if (judge->proprietary || strcmp(judge->name, "ndiswrapper") == 0)
		rk_judge_taint(judge, RK_TAINT_PROPRIETARY);
}

static void check_signature(struct rk_judge *judge)
{
	bool is_refused =
		judge->decided && strcmp(judge->verdict->stage, "signature") == 0;

	if (!judge->facts.module_sig || judge->is_verified || judge->maybe_verified ||
	    is_refused)
		return;
	taint(judge, RK_TAINT_UNSIGNED,
	      judge->signature.state == RK_SIGNATURE_NONE
		      ? "the module is not signed (taint E)"
		      : "the module is not signed by a key of the kernel (taint E)");
}

void rk_stage_taints(struct rk_judge *judge)
{
	if (!rk_modinfo_get(&judge->modinfo, "intree"))
		taint(judge, RK_TAINT_OUT_OF_TREE,
		      "the module is from outside the kernel's tree (taint O)");
	if (rk_modinfo_get(&judge->modinfo, "staging"))
		taint(judge, RK_TAINT_STAGING,
		      "the module is from the staging directory (taint C)");
	if (rk_modinfo_get(&judge->modinfo, "test"))
		taint(judge, RK_TAINT_TEST, "the module is a test (taint N)");
	check_license(judge);
	check_offenders(judge);
	check_signature(judge);
}
