/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_DIAGNOSE_H
#define RK_PIPELINE_DIAGNOSE_H

#include "lib/finding/recognise.h"
#include "lib/pipeline/pipeline.h"

/**
 * rk_pipeline_diagnose() - what make and the programs it ran have said, as findings
 * @pipeline: what it found out so far makes causes and cures exact: the kernel's
 *            configuration and symbols, its compiler, the distribution's packages
 */
RK_MUST_CHECK int rk_pipeline_diagnose(struct rk_pipeline *pipeline,
				       struct rk_recogniser *recogniser,
				       struct rk_error *err);

/* The same for a text from elsewhere: how that build was made is not known, the kernel
 * that it was for is; rk_pipeline_kernel() was called. */
RK_MUST_CHECK int rk_pipeline_explain(struct rk_pipeline *pipeline,
				      struct rk_recogniser *recogniser,
				      struct rk_error *err);

#endif
