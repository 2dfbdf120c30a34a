/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VERDICT_VERDICT_H
#define RK_VERDICT_VERDICT_H

#include "lib/finding/finding.h"
#include "lib/kernel/certs.h"
#include "lib/kernel/state.h"
#include "lib/module/module.h"

struct rk_loader_facts; /* lib/verdict/facts.h */
struct rk_siblings;     /* lib/verdict/siblings.h */

/* What the kernel will answer to finit_module. */
enum rk_answer {
	RK_ANSWER_ACCEPT,
	RK_ANSWER_REFUSE,
	RK_ANSWER_FAULT,     /* it would oops or corrupt itself; counts as refused */
	RK_ANSWER_UNDECIDED, /* a fact that decides cannot be known here; findings say
				which */
};
const char *rk_answer_name(enum rk_answer answer); /* "accept", "refuse", ... */

/* Against what a module is judged. All is borrowed, and may be shared by threads. */
struct rk_verdict_target {
	const struct rk_kernel *kernel;     /* or NULL: the file alone is judged */
	const struct rk_siblings *siblings; /* modules given together, or NULL */
	/* Module.symvers of other module folders (KBUILD_EXTRA_SYMBOLS). */
	struct rk_symvers *const *extra;
	size_t n_extra;
	/* Of @kernel, where many modules are judged; NULL: read for this call. */
	const struct rk_loader_facts *facts;
	/* Whose signatures it trusts; NULL: not looked for. */
	const struct rk_certs *certs;
	/* A known signer is believed: the digest over the module is not computed. */
	bool skip_digests;
	/* Of the running kernel; NULL: @kernel does not run, or is not asked. */
	const struct rk_state *state;
	const struct rk_strv *params; /* "name=value" given when loading, or NULL */
};

struct rk_verdict {
	enum rk_answer answer;
	int sys_errno;        /* errno of finit_module, 0: accepted or not known */
	char *kernel_message; /* the line that the kernel will log, "" if none */
	const char *stage;    /* name of the refusing stage, NULL if none; static */
	char taints[27];      /* letters that loading adds, "" if none: "OE" */
	struct rk_findings findings; /* most important first */
	/* A symbol was looked for among siblings, and not found there. */
	bool misses_symbols;
};

/* "ENOEXEC"; the kernel's ENOTSUPP has no name outside and is "524". NULL for 0. */
const char *rk_verdict_errno_name(const struct rk_verdict *verdict);

/**
 * rk_verdict_judge() - simulate load_module() of the target kernel
 *
 * Stages in the kernel's order over one state; the first refusing one fixes answer,
 * errno and message, later ones run while what they need holds and add findings.
 * Return: 0 whatever the answer, or -RK_ENOMEM.
 */
RK_MUST_CHECK int rk_verdict_judge(const struct rk_module *module,
				   const struct rk_verdict_target *target,
				   struct rk_verdict *ret, struct rk_error *err);
void rk_verdict_release(struct rk_verdict *verdict);

#endif
