/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/pipeline/severity.h"

static bool parse_severity(const char *word, size_t len, enum rk_severity *ret)
{
	static const enum rk_severity all[] = {RK_SEVERITY_NOTE, RK_SEVERITY_WARNING,
					       RK_SEVERITY_ERROR};

	for (size_t i = 0; i < RK_ARRAY_LEN(all); i++) {
		const char *name = rk_severity_name(all[i]);

		if (strlen(name) == len && memcmp(name, word, len) == 0) {
			*ret = all[i];
			return true;
		}
	}
	return false;
}

/* Return: false if @text says nothing about @code. */
static bool asked_severity(const char *text, const char *code, enum rk_severity *ret)
{
	size_t code_len = strlen(code);

	while (*text) {
		size_t len = strcspn(text, " ");

		if (len > code_len + 1 && memcmp(text, code, code_len) == 0 &&
		    text[code_len] == '=')
			return parse_severity(text + code_len + 1, len - code_len - 1,
					      ret);
		text += len + (text[len] == ' ');
	}
	return false;
}

static size_t count_errors(const struct rk_findings *findings)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->n_items; i++)
		n += findings->items[i].severity == RK_SEVERITY_ERROR;
	return n;
}

/* Return: true if one became an error that was none. */
static bool weigh(struct rk_findings *findings, const char *text)
{
	bool raised = false;

	for (size_t i = 0; i < findings->n_items; i++) {
		struct rk_finding *finding = &findings->items[i];
		enum rk_severity asked;

		if (!asked_severity(text, finding->kind->code, &asked))
			continue;
		raised = raised || (asked == RK_SEVERITY_ERROR &&
				    finding->severity != RK_SEVERITY_ERROR);
		finding->severity = asked;
	}
	return raised;
}

void rk_pipeline_apply_severities(struct rk_pipeline *pipeline, const char *text)
{
	if (!text)
		return;
	weigh(&pipeline->findings, text);
	for (size_t i = 0; i < pipeline->n_modules; i++) {
		struct rk_pipeline_module *module = &pipeline->modules[i];
		struct rk_findings *findings = &module->verdict.findings;
		size_t before = count_errors(findings);

		module->condemned = weigh(findings, text);
		module->forgiven = before > 0 && count_errors(findings) == 0;
	}
}
