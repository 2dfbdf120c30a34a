/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_JUDGE_H
#define RK_PIPELINE_JUDGE_H

#include "lib/pipeline/pipeline.h"

/**
 * rk_pipeline_judge() - judge files beside each other, on all CPUs
 * @pipeline: has its kernel; gets its modules, in the order of @paths
 *
 * Of more than a few files the bytes are dropped as soon as they are judged: data of
 * the modules is then NULL.
 */
RK_MUST_CHECK int rk_pipeline_judge(struct rk_pipeline *pipeline,
				    const struct rk_strv *paths, struct rk_error *err);

#endif
