/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this kernel's module! will say to the sources, before rustc is run. */
#include <string.h>

#include "lib/base/file.h"
#include "lib/finding/recognise.h"
#include "lib/kernel/macro.h"
#include "lib/pipeline/doctor-lines.h"

enum {
	SOURCE_LIMIT = 4 << 20,
};

/* One macro of one file, and what it is judged by. */
struct judging {
	struct rk_doctor_look *look;
	const struct rk_macro_rules *rules;
	const struct rk_macro *macro;
	const char *file;
	bool refused;
	unsigned int forms; /* that were refused: a bit for each pair */
};

/* Cause and cure are those of the text that the compiler would print. */
static void explain(struct judging *judging, struct rk_doctor_line *line,
		    const char *message)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	const struct rk_recognised *items;
	struct rk_findings findings = RK_FINDINGS_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	size_t n;

	if (rk_recogniser_new(&recogniser, &ignored) < 0)
		return;
	rk_recogniser_line(recogniser, message, strlen(message));
	if (rk_recogniser_finish(recogniser, &items, &n, &ignored) == 0 && n) {
		const struct rk_finding *finding =
			rk_recognised_add(&items[0], &findings);

		line->code = finding->kind->code;
		rk_doctor_why(judging->look, line, "%s", finding->why);
		rk_doctor_cure(judging->look, line, "%s", finding->fix);
	}
	rk_findings_release(&findings);
}

static struct rk_doctor_line *refuse(struct judging *judging, size_t line,
				     const char *what)
{
	judging->refused = true;
	return rk_doctor_add(judging->look, RK_DOCTOR_BLOCKS, RK_DOCTOR_COMPILE, "source",
			     "api-drift", "%s:%zu: %s", judging->file, line, what);
}

/* ---- the keys ---- */

static void list_keys(const struct judging *judging, bool only_used, struct rk_buf *to)
{
	const struct rk_macro_rules *rules = judging->rules;
	size_t n = 0;

	for (size_t i = 0; i < rules->n_keys; i++) {
		bool used = false;

		for (size_t k = 0; k < judging->macro->n_keys; k++)
			used = used || strcmp(judging->macro->keys[k].name,
					      rules->keys[i].name) == 0;
		if (used || !only_used)
			rk_buf_addf(to, "%s\"%s\"", n++ ? ", " : "", rules->keys[i].name);
	}
}

static void refuse_unknown(struct judging *judging, const struct rk_macro_key *key)
{
	cleanup_buf struct rk_buf what = RK_BUF_INIT;
	cleanup_buf struct rk_buf message = RK_BUF_INIT;

	rk_buf_addf(&what, "%s! of this kernel has no key '%s'", judging->macro->name,
		    key->name);
	rk_buf_addf(&message, "  = help: message: Unknown key \"%s\". Valid keys are: [",
		    key->name);
	list_keys(judging, false, &message);
	rk_buf_adds(&message, "].");
	explain(judging, refuse(judging, key->line, rk_buf_str(&what)),
		rk_buf_str(&message));
}

static const char *form_name(enum rk_value_form form)
{
	static const char *const names[] = {
		[RK_VALUE_STRING] = "a string",
		[RK_VALUE_BYTES] = "a byte string",
		[RK_VALUE_LIST] = "a list",
		[RK_VALUE_BLOCK] = "a block in braces",
		[RK_VALUE_OTHER] = "neither string nor list",
	};

	return names[form];
}

/* What rustc prints, as far as it differs from one form to the other. */
static const char *form_message(enum rk_value_form is, enum rk_value_form wants)
{
	if (wants == RK_VALUE_BYTES)
		return "  = help: message: Expected byte string";
	if (is == RK_VALUE_BYTES && wants == RK_VALUE_STRING)
		return "  = help: message: Expected string";
	if (wants == RK_VALUE_LIST)
		return "error: expected square brackets";
	return NULL;
}

static void check_form(struct judging *judging, const struct rk_macro_key *key,
		       const struct rk_macro_rule *rule)
{
	const char *message = form_message(key->form, rule->form);
	unsigned int pair = 1u << (key->form * RK_VALUE_OTHER + rule->form);
	cleanup_buf struct rk_buf what = RK_BUF_INIT;
	struct rk_doctor_line *line;

	/* The first of each kind is enough: all of them are written alike. */
	if (key->form == rule->form || rule->form == RK_VALUE_OTHER ||
	    key->form == RK_VALUE_OTHER || (judging->forms & pair))
		return;
	judging->forms |= pair;
	rk_buf_addf(&what, "'%s' is %s, and this kernel's %s! wants %s", key->name,
		    form_name(key->form), judging->macro->name, form_name(rule->form));
	line = refuse(judging, key->line, rk_buf_str(&what));
	if (message)
		explain(judging, line, message);
}

static void check_keys(struct judging *judging)
{
	const struct rk_macro *macro = judging->macro;

	for (size_t i = 0; i < macro->n_keys; i++) {
		const struct rk_macro_key *key = &macro->keys[i];
		const struct rk_macro_rule *rule =
			rk_macro_rules_find(judging->rules, key->name);

		if (!rule)
			refuse_unknown(judging, key);
		else
			check_form(judging, key, rule);
		if (!key->comma)
			explain(judging,
				refuse(judging, key->line,
				       "there is no comma behind the last value"),
				"error: expected `,`");
	}
}

/* ---- order, and what is missing ---- */

static void check_order(struct judging *judging)
{
	const struct rk_macro_rule *last = NULL;

	for (size_t i = 0; i < judging->macro->n_keys; i++) {
		const struct rk_macro_key *key = &judging->macro->keys[i];
		const struct rk_macro_rule *rule =
			rk_macro_rules_find(judging->rules, key->name);
		cleanup_buf struct rk_buf message = RK_BUF_INIT;
		cleanup_buf struct rk_buf what = RK_BUF_INIT;

		if (!rule)
			continue;
		if (!last || rule > last) {
			last = rule;
			continue;
		}
		rk_buf_addf(&what, "'%s' stands behind '%s'", key->name, last->name);
		rk_buf_adds(&message, "  = help: message: Keys are not ordered as "
				      "expected. Order them like: [");
		list_keys(judging, true, &message);
		rk_buf_adds(&message, "].");
		explain(judging, refuse(judging, key->line, rk_buf_str(&what)),
			rk_buf_str(&message));
		return;
	}
}

static bool has_key(const struct rk_macro *macro, const char *name)
{
	for (size_t i = 0; i < macro->n_keys; i++)
		if (strcmp(macro->keys[i].name, name) == 0)
			return true;
	return false;
}

static void check_required(struct judging *judging)
{
	for (size_t i = 0; i < judging->rules->n_keys; i++) {
		const struct rk_macro_rule *rule = &judging->rules->keys[i];
		cleanup_buf struct rk_buf message = RK_BUF_INIT;
		cleanup_buf struct rk_buf what = RK_BUF_INIT;

		if (!rule->required || has_key(judging->macro, rule->name))
			continue;
		rk_buf_addf(&what, "%s! has no '%s'", judging->macro->name, rule->name);
		rk_buf_addf(&message, "  = help: message: Missing required key \"%s\".",
			    rule->name);
		explain(judging, refuse(judging, judging->macro->line, rk_buf_str(&what)),
			rk_buf_str(&message));
	}
}

/* ---- files ---- */

/* Return: whether all of its macros are taken. */
static bool judge_file(struct rk_doctor_look *look, const struct rk_macro_rules *rules,
		       const char *file, size_t *n_macros)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	cleanup_free char *path = NULL;
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_macro_scan scan;
	struct rk_macro macro;
	bool good = true;

	if (rk_path_join(look->pipeline->request->dir, file, &path, &ignored) < 0 ||
	    rk_file_read(path, SOURCE_LIMIT, &text, &ignored) < 0)
		return true;
	rk_macro_begin(&scan, rk_buf_str(&text), text.len);
	while (rk_macro_next(&scan, &macro)) {
		struct judging judging = {
			.look = look, .rules = rules, .macro = &macro, .file = file};

		check_keys(&judging);
		check_order(&judging);
		check_required(&judging);
		good = good && !judging.refused;
		++*n_macros;
	}
	return good;
}

void rk_doctor_look_at_source(struct rk_doctor_look *look)
{
	const struct rk_pipeline *p = look->pipeline;
	cleanup_strv struct rk_strv files = RK_STRV_INIT;
	struct rk_error ignored = RK_ERROR_INIT;
	struct rk_macro_rules rules;
	struct rk_doctor_line *line;
	size_t n_macros = 0;
	bool good = true;

	if (!p->kernel || !p->kernel->rust || !rk_macro_rules_read(p->kernel, &rules) ||
	    rk_repo_rust_files(p->request->dir, &files, &ignored) < 0)
		return;
	for (size_t i = 0; i < files.n_items; i++)
		good = judge_file(look, &rules, files.items[i], &n_macros) && good;
	if (!n_macros || !good)
		return;
	line = rk_doctor_add(look, RK_DOCTOR_OK, RK_DOCTOR_COMPILE, "source", NULL,
			     "module! is written as this kernel takes it (%zu seen)",
			     n_macros);
	rk_doctor_why(look, line, "%s",
		      rules.from_source ? "by the kernel's rust/macros/module.rs"
					: "by the kernel's version");
}
