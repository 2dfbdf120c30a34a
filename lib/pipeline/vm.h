/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_VM_H
#define RK_PIPELINE_VM_H

#include "lib/pipeline/pipeline.h"
#include "lib/vm/vm.h"

/**
 * rk_pipeline_vm() - boot the target kernel with modules and what they need
 * @request: the user's modules and wishes; image, arch and busybox are filled here. The
 *           modules named by depends= that are not among the user's come first, as
 *           dependencies
 * @ret:     rk_vm_result_release()
 *
 * Return: as rk_vm_run(); also what finding the kernel or a dependency can return, and
 * -RK_ENOTFOUND (busybox-missing).
 */
RK_MUST_CHECK int rk_pipeline_vm(struct rk_pipeline *pipeline,
				 const struct rk_vm_request *request,
				 struct rk_vm_result *ret, struct rk_error *err);

#endif
