/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/finding/finding.h"
#include "tests/unit/tap.h"

static void the_catalogue_is_sorted_and_complete(void)
{
	for (const struct rk_finding_kind *kind = rk_finding_catalogue; kind->code;
	     kind++) {
		if (kind[1].code && strcmp(kind->code, kind[1].code) >= 0)
			EXPECT_STR(kind->code, "sorted before its neighbour");
		EXPECT(kind->title[0] && kind->cause[0] && kind->cure[0]);
		EXPECT(rk_finding_kind(kind->code) == kind);
	}
}

static void an_unknown_code_is_not_found(void)
{
	EXPECT(!rk_finding_kind("no-such-code"));
	EXPECT(!rk_finding_kind(""));
}

static void a_finding_takes_its_severity_from_its_kind(void)
{
	struct rk_findings findings = RK_FINDINGS_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_finding *finding;

	finding = rk_findings_add(&findings, "taint", "x is %d", 7);
	EXPECT_INT(finding->severity, RK_SEVERITY_NOTE);
	EXPECT_STR(finding->what, "x is 7");
	EXPECT_STR(finding->where, "");
	EXPECT_INT(rk_findings_check(&findings, &err), 0);
	rk_findings_release(&findings);
	EXPECT_INT(findings.n_items, 0);
}

static void many_findings_keep_their_order(void)
{
	struct rk_findings findings = RK_FINDINGS_INIT;

	for (int i = 0; i < 100; i++) {
		struct rk_finding *finding =
			rk_findings_add(&findings, "vermagic", "%d", i);

		rk_finding_why(&findings, finding, "why %d", i);
	}
	EXPECT_INT(findings.n_items, 100);
	EXPECT_STR(findings.items[37].what, "37");
	EXPECT_STR(findings.items[99].why, "why 99");
	rk_findings_release(&findings);
}

static void text_of_a_hostile_file_stays_on_its_line(void)
{
	struct rk_findings findings = RK_FINDINGS_INIT;
	struct rk_finding *finding = rk_findings_add(&findings, "taint", "a\nb\033[1mc");

	EXPECT_STR(finding->what, "a?b?[1mc");
	rk_findings_release(&findings);
}

static void an_error_becomes_a_finding_of_its_id(void)
{
	struct rk_findings findings = RK_FINDINGS_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_error_set(&err, RK_ENOTFOUND, "no headers");
	rk_error_cure(&err, "headers-missing", "apt install them");
	rk_findings_add_error(&findings, &err);
	rk_error_set(&err, RK_ESYS, "disk on fire");
	rk_findings_add_error(&findings, &err);
	EXPECT_STR(findings.items[0].kind->code, "headers-missing");
	EXPECT_STR(findings.items[0].fix, "apt install them");
	EXPECT_STR(findings.items[1].kind->code, "failed");
	rk_findings_release(&findings);
}

static void expect_demangled(const char *name, const char *expected)
{
	struct rk_error err = RK_ERROR_INIT;
	cleanup_free char *text = NULL;

	EXPECT_INT(rk_demangle(name, &text, &err), 0);
	EXPECT_STR(text, expected);
}

static void demangles_v0_names(void)
{
	expect_demangled("_RNvNtCs2lKf6AS60Zg_4core9panicking5panic",
			 "core::panicking::panic");
}

static void leaves_other_names_alone(void)
{
	expect_demangled("_printk", "_printk");
	expect_demangled("", "");
	expect_demangled("_RNv", "_RNv");
}

static void a_name_that_would_expand_for_ever_is_left_alone(void)
{
	char name[500] = "_RMC0";

	for (size_t i = 0; i < 40; i++)
		memcpy(name + 5 + 6 * i, "TB_B_E", sizeof("TB_B_E"));
	expect_demangled(name, name);
}

static const struct test tests[] = {
	TEST(the_catalogue_is_sorted_and_complete),
	TEST(an_unknown_code_is_not_found),
	TEST(a_finding_takes_its_severity_from_its_kind),
	TEST(many_findings_keep_their_order),
	TEST(text_of_a_hostile_file_stays_on_its_line),
	TEST(an_error_becomes_a_finding_of_its_id),
	TEST(demangles_v0_names),
	TEST(leaves_other_names_alone),
	TEST(a_name_that_would_expand_for_ever_is_left_alone),
};
TAP_MAIN(tests)
