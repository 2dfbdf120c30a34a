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
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(judge, "Loading of %s is rejected", reason);
	} else if (judge->facts.lockdown == RK_FACT_YES) {
		finding = rk_judge_refuse(judge, EPERM, "signature-required",
					  "%s, and the kernel is locked down", what);
		rk_judge_fix(judge, finding, "%s", finding->kind->cure);
		rk_judge_message(
			judge,
			"Lockdown: insmod: unsigned module loading is restricted; see man kernel_lockdown.7");
	}
}

/* The outermost element of the message: a sequence that the block's size can hold. Any
 * other is -EBADMSG in the kernel's decoder. */
static bool is_sequence(struct rk_bytes pkcs7)
{
	enum {
		SEQUENCE = 0x30,
		INDEFINITE = 0x80,
	};
	size_t n_digits;
	uint64_t size = 0;

	if (pkcs7.size < 2 || pkcs7.data[0] != SEQUENCE)
		return false;
	if (pkcs7.data[1] < INDEFINITE)
		return pkcs7.data[1] <= pkcs7.size - 2;
	n_digits = pkcs7.data[1] & 0x7f;
	if (n_digits == 0)
		return true;
	if (n_digits > 4 || n_digits > pkcs7.size - 2)
		return false;
	for (size_t i = 0; i < n_digits; i++)
		size = size << 8 | pkcs7.data[2 + i];
	return size <= pkcs7.size - 2 - n_digits;
}

static void judge_message(struct rk_judge *judge)
{
	struct rk_finding *finding;

	if (!is_sequence(judge->signature.pkcs7)) {
		rk_judge_refuse(judge, EBADMSG, "signature-damaged",
				"the signature is no PKCS#7 message");
		return;
	}
	if (judge->facts.sig_enforce == RK_FACT_YES ||
	    judge->facts.lockdown == RK_FACT_YES) {
		rk_judge_doubt(
			judge,
			"the module is signed, and the kernel's keys are not known here");
		return;
	}
	finding = rk_judge_note(
		judge, "signature-unknown-key",
		"the module is signed; whether the kernel knows the key is not known here");
	rk_judge_why(
		judge, finding,
		"an unknown key is accepted with taint E; a known key whose digest does not match is refused (EKEYREJECTED)");
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
