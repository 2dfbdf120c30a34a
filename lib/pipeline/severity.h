/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_PIPELINE_SEVERITY_H
#define RK_PIPELINE_SEVERITY_H

#include "lib/pipeline/pipeline.h"

/**
 * rk_pipeline_apply_severities() - weigh findings as the user asked
 * @text: "CODE=SEVERITY ...", or NULL
 *
 * How findings are shown changes, and whether a module counts as good; never a verdict.
 */
void rk_pipeline_apply_severities(struct rk_pipeline *pipeline, const char *text);

#endif
