/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/module/signing.c: module_sig_check(), the first thing that the loader does. */
#include <errno.h>

#include "lib/verdict/judge.h"

/* What is tolerated unless signatures are demanded. */
static void tolerate(struct rk_judge *judge, const char *what, const char *reason)
{
	struct rk_finding *finding;

	if (judge->facts.sig_enforce == RK_FACT_YES) {
		finding = rk_judge_refuse(judge, EKEYREJECTED, "signature-required",
					  "%s, and the kernel demands a signature", what);
		rk_judge_why(
			judge, finding,
			"CONFIG_MODULE_SIG_FORCE or module.sig_enforce lets only modules in that are signed by a key the kernel knows");
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(judge, "Loading of %s is rejected", reason);
	} else if (judge->facts.lockdown == RK_FACT_YES) {
		finding = rk_judge_refuse(judge, EPERM, "signature-required",
					  "%s, and the kernel is locked down", what);
		rk_judge_why(
			judge, finding,
			"lockdown, which Secure Boot often brings with it, lets only modules in that are signed by a key the kernel knows");
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(
			judge,
			"Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7");
	} else if (judge->facts.sig_enforce == RK_FACT_UNKNOWN) {
		rk_judge_doubt_state(judge, RK_STATE_SIG_ENFORCE,
				     "whether the kernel demands a signature");
	} else if (judge->facts.lockdown == RK_FACT_UNKNOWN) {
		rk_judge_doubt_state(judge, RK_STATE_LOCKDOWN,
				     "whether the kernel is locked down");
	}
}

/* Even where no signature is demanded: a changed module of a known signer is refused. */
static void judge_undecided(struct rk_judge *judge, const char *why)
{
	struct rk_finding *finding;

	judge->maybe_verified = true;
	finding = rk_judge_doubt(
		judge,
		"the module is signed, and whether the kernel trusts the signature is not known");
	rk_judge_why(judge, finding, "%s", why);
	rk_judge_fix(
		judge, finding,
		"install the kernel's image, or name the signer's certificate with --cert");
}

static void judge_unknown(struct rk_judge *judge)
{
	struct rk_finding *finding;

	tolerate(judge, "the key that signed the module is not one of the kernel's",
		 "module with unavailable key");
	if (judge->failed)
		return;
	finding = rk_judge_note(
		judge, "signature-unknown-key",
		"the key that signed the module is not one of the kernel's");
	rk_judge_why(
		judge, finding,
		"it is loaded as if it were not signed; keys that the firmware or shim hands over (MOK) are not known here, --cert names one");
}

static void judge_message(struct rk_judge *judge)
{
	struct rk_signer signer = rk_signer_judge(judge);
	struct rk_finding *finding;

	switch (signer.answer) {
	case RK_SIGNER_TRUSTED:
		judge->is_verified = true;
		break;
	case RK_SIGNER_UNKNOWN:
		judge_unknown(judge);
		break;
	case RK_SIGNER_UNSUPPORTED:
		tolerate(judge, signer.why, "module with unsupported crypto");
		break;
	case RK_SIGNER_WRONG:
		finding = rk_judge_refuse(
			judge, EKEYREJECTED, "signature-wrong",
			"the signature is not that of these bytes by this key");
		rk_judge_why(judge, finding, "%s", finding->kind->cause);
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		break;
	case RK_SIGNER_REFUSED:
		break;
	case RK_SIGNER_UNDECIDED:
		judge_undecided(judge, signer.why);
		break;
	}
}

void rk_stage_signature(struct rk_judge *judge)
{
	if (!judge->facts.module_sig)
		return;
	judge->signature = rk_signature_find(judge->module->data, judge->module->size);
	rk_view_init(&judge->view, judge->module->data, judge->signature.size);
	switch (judge->signature.state) {
	case RK_SIGNATURE_NONE:
		tolerate(judge, "the module is not signed", "unsigned module");
		break;
	case RK_SIGNATURE_UNKNOWN_TYPE:
		tolerate(judge, "the signature is of another kind than PKCS#7",
			 "module with unsupported crypto");
		rk_judge_message(judge,
				 "module: not signed with expected PKCS#7 message");
		break;
	case RK_SIGNATURE_DAMAGED:
		rk_judge_refuse(judge, EBADMSG, "signature-damaged",
				"the sizes in the signature's block make no sense");
		break;
	case RK_SIGNATURE_BAD_FIELDS:
		rk_judge_refuse(judge, EBADMSG, "signature-damaged",
				"fields of the signature's block that must be 0 are not");
		rk_judge_message(
			judge,
			"module: PKCS#7 signature info has unexpected non-zero params");
		break;
	case RK_SIGNATURE_PRESENT:
		judge_message(judge);
		break;
	}
}
