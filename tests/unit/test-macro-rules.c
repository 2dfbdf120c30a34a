/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/macro.h"
#include "tests/unit/tap.h"

static const char forms[] = "sblBo"; /* string, bytes, list, block, other */

/* "type:o! name:s!": '!' is required. */
static void expect(const struct rk_macro_rules *rules, const char *wanted)
{
	cleanup_buf struct rk_buf got = RK_BUF_INIT;

	for (size_t i = 0; i < rules->n_keys; i++)
		rk_buf_addf(&got, "%s%s:%c%s", i ? " " : "", rules->keys[i].name,
			    forms[rules->keys[i].form],
			    rules->keys[i].required ? "!" : "");
	EXPECT_STR(rk_buf_str(&got), wanted);
}

static void expect_version(const char *version, const char *wanted)
{
	struct rk_macro_rules rules;

	EXPECT(rk_macro_rules_of_version(version, &rules));
	EXPECT(!rules.from_source);
	expect(&rules, wanted);
}

static void versions_have_their_forms(void)
{
	expect_version("6.1.176-1",
		       "type:o! name:b! author:b description:b license:b! alias:b");
	expect_version("6.2",
		       "type:o! name:s! author:s description:s license:s! alias:s");
	expect_version("6.4.6",
		       "type:o! name:s! author:s description:s license:s! alias:l");
	expect_version("6.12.107-1", "type:o! name:s! author:s description:s license:s! "
				     "alias:l firmware:l");
	expect_version("6.15", "type:o! name:s! author:s authors:l description:s "
			       "license:s! alias:l firmware:l");
	expect_version("6.18.2", "type:o! name:s! authors:l description:s license:s! "
				 "alias:l firmware:l");
	expect_version("7.2.11-1~bpo13+1",
		       "type:o! name:s! authors:l description:s license:s! alias:l "
		       "firmware:l imports_ns:l params:B");
}

static void without_a_version_nothing_is_known(void)
{
	struct rk_macro_rules rules;

	EXPECT(!rk_macro_rules_of_version("", &rules));
	EXPECT(!rk_macro_rules_of_version("next", &rules));
}

static void lists_of_keys_are_read(void)
{
	static const char text[] =
		"const EXPECTED_KEYS: &[&str] = &[\n\t\"type\",\n\t\"name\",\n"
		"\t\"author\", \"license\", \"alias\", \"params\", ];\n"
		"const REQUIRED_KEYS: &[&str] = &[\"type\", \"name\", \"license\"];\n"
		"match key {\n"
		"\t\"type\" => info.type_ = expect_ident(it),\n"
		"\t\"name\" => info.name = expect_byte_string(it),\n"
		"\t\"author\" => info.author = Some(expect_string(it)),\n"
		"\t\"license\" => info.license = expect_string_ascii(it),\n"
		"\t\"alias\" => info.alias = Some(expect_string_array(it)),\n"
		"\t\"params\" => info.params = Some(expect_params(it)),\n}\n";
	struct rk_macro_rules rules;

	EXPECT(rk_macro_rules_parse(text, &rules));
	EXPECT(rules.from_source);
	expect(&rules, "type:o! name:b! author:s license:s! alias:l params:B");
}

static void ordered_fields_are_read(void)
{
	static const char text[] =
		"impl Parse for Parameter {\n\tparse_ordered_fields! {\n\t\tfrom fields;\n"
		"\t\tdefault [required] => fields.parse()?,\n\t}\n}\n"
		"impl Parse for ModuleInfo {\n\tparse_ordered_fields!(\n\t\tfrom input;\n"
		"\t\ttype as type_ [required] => input.parse()?,\n"
		"\t\tname [required] => input.parse()?,\n"
		"\t\tauthors => {\n\t\t\tlet list;\n\t\t\tbracketed!(list in input);\n\t\t},\n"
		"\t\tlicense [required] => input.parse()?,\n"
		"\t\tparams => {\n\t\t\tlet list;\n\t\t\tbraced!(list in input);\n\t\t},\n"
		"\t);\n\tOk(ModuleInfo {\n\t\ttype_,\n";
	struct rk_macro_rules rules;

	EXPECT(rk_macro_rules_parse(text, &rules));
	expect(&rules, "type:o! name:s! authors:l license:s! params:B");
}

static void other_sources_tell_nothing(void)
{
	static const char *const texts[] = {
		"",
		"const EXPECTED_KEYS",
		"const EXPECTED_KEYS: &[&str] = &[\"type\", \"lic",
		"const EXPECTED_KEYS: &[&str] = &[\"type\", \"name\"];",
		"impl Parse for ModuleInfo { from input;",
		"impl Parse for ModuleInfo { from input; Ok(ModuleInfo",
		"impl Parse for ModuleInfo { from input; => => Ok(ModuleInfo",
	};
	struct rk_macro_rules rules;

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++)
		EXPECT(!rk_macro_rules_parse(texts[i], &rules));
}

static const struct test tests[] = {
	TEST(versions_have_their_forms),  TEST(without_a_version_nothing_is_known),
	TEST(lists_of_keys_are_read),     TEST(ordered_fields_are_read),
	TEST(other_sources_tell_nothing),
};
TAP_MAIN(tests)
