/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Temporary: what is not written yet, so that the program links. To be removed. */
#include <string.h>

#include "lib/depend/depend.h"
#include "lib/pipeline/pipeline.h"
#include "lib/root/create.h"
#include "lib/vm/vm.h"

#define STUB(decl)                                                                       \
	__attribute__((weak)) int decl                                                   \
	{                                                                                \
		return rk_error_set(err, RK_ETOOL, "%s is not written yet", __func__);   \
	}
#define STUB_VOID(decl)                                                                  \
	__attribute__((weak)) void decl                                                  \
	{                                                                                \
	}

STUB(rk_root_open(const struct rk_machine *m, const char *n, struct rk_root **r, struct rk_error *err))
STUB_VOID(rk_root_free(struct rk_root *root))
STUB(rk_metadata_find(const struct rk_machine *machine, const struct rk_kernel *kernel, struct rk_metadata **ret, struct rk_error *err))
STUB(rk_metadata_make(const struct rk_machine *machine, const struct rk_kernel *kernel, const struct rk_toolchain *toolchain, const struct rk_metadata_make *make, struct rk_metadata **ret, struct rk_error *err))
STUB_VOID(rk_metadata_free(struct rk_metadata *metadata))
STUB(rk_module_open(const char *path, struct rk_module **ret, struct rk_error *err))
STUB_VOID(rk_module_free(struct rk_module *module))
STUB(rk_verdict_judge(const struct rk_module *module, const struct rk_verdict_target *target, struct rk_verdict *ret, struct rk_error *err))
STUB_VOID(rk_verdict_release(struct rk_verdict *verdict))
__attribute__((weak)) const char *rk_answer_name(enum rk_answer answer)
{
	return "";
}
