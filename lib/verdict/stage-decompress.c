/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel/module/decompress.c: what kmod hands over packed if the kernel unpacks that kind
 * itself. Other kinds kmod unpacks, and what it cannot unpack never reaches the kernel.
 */
#include <errno.h>

#include "lib/verdict/judge.h"

/* Of the kernel's decoder for xz (include/linux/xz.h: enum xz_ret). */
static int xz_status(enum rk_packing packing)
{
	switch (packing) {
	case RK_PACKING_CUT:
		return 0;
	case RK_PACKING_OPTIONS:
	case RK_PACKING_CHECK:
		return 6;
	default:
		return 7;
	}
}

static void refuse_check(struct rk_judge *judge)
{
	struct rk_finding *finding =
		rk_judge_refuse(judge, EINVAL, "file-compression",
				"compressed with a check that the kernel does not know");

	rk_judge_fix(judge, finding, "compress it with 'xz --check=crc32'");
}

/* A packed file of nothing: a security module that is asked again wants bytes to
 * appraise; else the signature is missed first, then the header. What kmod unpacked is
 * measured before either. */
static void judge_empty(struct rk_judge *judge, bool by_kernel)
{
	bool asked =
		by_kernel && judge->facts.appraises_unpacked && judge->facts.ima_appraise;

	if (!by_kernel || asked)
		rk_judge_refuse(judge, asked ? EACCES : ENOEXEC, "file-size",
				"the file is empty when unpacked");
}

/* Whether what there is of the plain bytes is taken. gzip: kmod reads as zlib's gzread(),
 * which is content with a file that ends early; the kernel knows few headers and does not
 * look at checks. */
static bool is_taken(const struct rk_module *module, bool by_kernel)
{
	switch (module->packing) {
	case RK_PACKING_SOUND:
		return true;
	case RK_PACKING_TRAILER:
		return by_kernel;
	case RK_PACKING_CHECK:
		return !by_kernel;
	case RK_PACKING_CUT:
	case RK_PACKING_OPTIONS:
		return !by_kernel && module->compression == RK_COMPRESSION_GZIP;
	default:
		return false;
	}
}

/* The kernel's decoder for zstd takes a file that ends early for one that ends, and what
 * is left is then no module: the errno is that of another check. */
static int damage_errno(const struct rk_module *module, bool by_kernel)
{
	return by_kernel && module->compression != RK_COMPRESSION_ZSTD ? EINVAL : 0;
}

void rk_stage_decompress(struct rk_judge *judge)
{
	const struct rk_module *module = judge->module;
	bool by_kernel = judge->facts.unpacks == module->compression;
	struct rk_finding *finding;

	if (module->compression == RK_COMPRESSION_NONE)
		return;
	if (module->packing == RK_PACKING_CHECK && by_kernel) {
		refuse_check(judge);
	} else if (!is_taken(module, by_kernel)) {
		finding = rk_judge_refuse(judge, damage_errno(module, by_kernel),
					  "file-compression",
					  "the compressed data is damaged");
		rk_judge_fix(judge, finding, "compress it again");
	} else if (module->size == 0) {
		judge_empty(judge, by_kernel);
	}
	if (by_kernel && module->compression == RK_COMPRESSION_XZ &&
	    module->packing != RK_PACKING_SOUND)
		rk_judge_message(judge, "decompression failed with status %d",
				 xz_status(module->packing));
}
