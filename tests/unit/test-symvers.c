/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/kernel/symvers.h"
#include "tests/unit/tap.h"

static int parse(const char *text, size_t size, struct rk_symvers **ret,
		 struct rk_error *err)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;

	rk_buf_add(&buf, text, size);
	return rk_symvers_parse(&buf, ret, err);
}

static void expect_refused(const char *text, size_t size, const char *words)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(parse(text, size, &symvers, &err), -RK_EFORMAT);
	EXPECT(!symvers);
	EXPECT_HAS(err.msg, words);
}

static void expect_text_refused(const char *text, const char *words)
{
	expect_refused(text, strlen(text), words);
}

static struct rk_symvers *parse_good(const char *text)
{
	struct rk_symvers *symvers = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(parse(text, strlen(text), &symvers, &err), 0);
	EXPECT_STR(err.msg, "");
	return symvers;
}

static void finds_each_column(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = parse_good(
		"0x00000000\tsystem_state\tvmlinux\tEXPORT_SYMBOL\t\n"
		"0xDEADbeef\tusb_ok\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\tUSB\n");
	const struct rk_export *export;

	EXPECT_INT(rk_symvers_count(symvers), 2);
	export = rk_symvers_find(symvers, "system_state");
	if (EXPECT(export != NULL)) {
		EXPECT_STR(export->owner, "vmlinux");
		EXPECT_STR(export->ns, "");
		EXPECT(!export->gpl_only);
		EXPECT_INT(export->crc, 0);
	}
	export = rk_symvers_find(symvers, "usb_ok");
	if (EXPECT(export != NULL)) {
		EXPECT_STR(export->owner, "drivers/usb/core/usbcore");
		EXPECT_STR(export->ns, "USB");
		EXPECT(export->gpl_only);
		EXPECT_INT(export->crc, 0xdeadbeef);
	}
	EXPECT(!rk_symvers_find(symvers, "usb_o"));
	EXPECT(!rk_symvers_find(symvers, ""));
	EXPECT_STR(rk_symvers_at(symvers, 1)->name, "usb_ok");
}

static void takes_lines_of_4_columns_and_a_last_line_without_newline(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers =
		parse_good("0x1\ta\tvmlinux\tEXPORT_SYMBOL\n"
			   "0x2\tb\tvmlinux\tEXPORT_SYMBOL_GPL");
	const struct rk_export *export = rk_symvers_find(symvers, "b");

	EXPECT_INT(rk_symvers_count(symvers), 2);
	EXPECT(export && export->gpl_only && export->crc == 2);
	EXPECT_STR(export ? export->ns : NULL, "");
}

static void an_empty_file_has_no_exports(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = parse_good("");

	EXPECT_INT(rk_symvers_count(symvers), 0);
	EXPECT(!rk_symvers_find(symvers, "printk"));
}

static void finds_the_entry_of_vmlinux_first(void)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers =
		parse_good("0x1\ta\tdrivers/x\tEXPORT_SYMBOL\t\n"
			   "0x2\ta\tvmlinux\tEXPORT_SYMBOL\t\n"
			   "0x3\ta\tvmlinux\tEXPORT_SYMBOL\t\n"
			   "0x4\tb\tdrivers/y\tEXPORT_SYMBOL\t\n"
			   "0x5\tb\tdrivers/z\tEXPORT_SYMBOL\t\n");
	const struct rk_export *a = rk_symvers_find(symvers, "a");
	const struct rk_export *b = rk_symvers_find(symvers, "b");

	EXPECT_INT(rk_symvers_count(symvers), 5);
	EXPECT(a && a->crc == 2);
	EXPECT(b && b->crc == 4);
}

static void finds_every_one_of_many_names(void)
{
	enum {
		N_NAMES = 30000,
	};
	cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	size_t n_found = 0;

	for (unsigned int i = 0; i < N_NAMES; i++)
		rk_buf_addf(&buf,
			    "0x%08x\t_RNvNtNtCs2lKf6AS60Zg_4core%u\tvmlinux\t"
			    "EXPORT_SYMBOL_GPL\t\n",
			    i, i);
	symvers = parse_good(rk_buf_str(&buf));
	for (unsigned int i = 0; i < N_NAMES; i++) {
		const struct rk_export *export;
		char name[64];

		snprintf(name, sizeof(name), "_RNvNtNtCs2lKf6AS60Zg_4core%u", i);
		export = rk_symvers_find(symvers, name);
		n_found += export && export->crc == i;
	}
	EXPECT_INT(n_found, N_NAMES);
}

static void refuses_too_few_and_too_many_columns(void)
{
	expect_text_refused("0x1\ta\tvmlinux\n", "line 1 has fewer than 4 columns");
	expect_text_refused("0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\nhello\n", "line 2");
	expect_text_refused("\n", "line 1 has fewer");
	expect_text_refused("0x1\ta\tvmlinux\tEXPORT_SYMBOL\tNS\tmore\n",
			    "more than 5 columns");
}

static void refuses_a_crc_that_is_no_number_of_32_bits(void)
{
	expect_text_refused("0xg\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "no CRC");
	expect_text_refused("0x\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "no CRC");
	expect_text_refused("\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "no CRC");
	expect_text_refused("0x123456789\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "no CRC");
	expect_text_refused("-1\ta\tvmlinux\tEXPORT_SYMBOL\t\n", "no CRC");
}

static void refuses_empty_names_and_other_exports(void)
{
	expect_text_refused("0x1\t\tvmlinux\tEXPORT_SYMBOL\t\n", "empty name");
	expect_text_refused("0x1\ta\t\tEXPORT_SYMBOL\t\n", "empty name");
	expect_text_refused("0x1\ta\tvmlinux\tEXPORT_SYMBOL_NEW\t\n", "column 4");
	expect_text_refused("0x1\ta\tvmlinux\t\t\n", "column 4");
}

static void refuses_a_nul_byte_with_its_line(void)
{
	static const char text[] = "0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\n"
				   "0x1\tb\0c\tvmlinux\tEXPORT_SYMBOL\t\n";

	expect_refused(text, sizeof(text) - 1, "line 2 has a NUL byte");
}

static void survives_every_cut_and_every_changed_byte(void)
{
	static const char good[] = "0x00000001\ta\tvmlinux\tEXPORT_SYMBOL\tNS\n"
				   "0x00000002\tb\tm\tEXPORT_SYMBOL_GPL\t\n";

	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		for (int byte = 0; byte < 256; byte++) {
			cleanup(rk_symvers_free_p) struct rk_symvers *symvers = NULL;
			struct rk_error err = RK_ERROR_INIT;
			char text[sizeof(good)];

			memcpy(text, good, sizeof(good));
			text[i] = (char)byte;
			if (parse(text, sizeof(good) - 1 - i, &symvers, &err) == 0)
				EXPECT(rk_symvers_count(symvers) <= 4);
			else
				EXPECT_INT(err.code, RK_EFORMAT);
		}
	}
}

static void the_text_stays_the_callers_on_failure(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_symvers *symvers = NULL;
	struct rk_error err = RK_ERROR_INIT;

	rk_buf_adds(&buf, "junk\n");
	EXPECT_INT(rk_symvers_parse(&buf, &symvers, &err), -RK_EFORMAT);
	EXPECT_INT(buf.len, 5);
}

static const struct test tests[] = {
	TEST(finds_each_column),
	TEST(takes_lines_of_4_columns_and_a_last_line_without_newline),
	TEST(an_empty_file_has_no_exports),
	TEST(finds_the_entry_of_vmlinux_first),
	TEST(finds_every_one_of_many_names),
	TEST(refuses_too_few_and_too_many_columns),
	TEST(refuses_a_crc_that_is_no_number_of_32_bits),
	TEST(refuses_empty_names_and_other_exports),
	TEST(refuses_a_nul_byte_with_its_line),
	TEST(survives_every_cut_and_every_changed_byte),
	TEST(the_text_stays_the_callers_on_failure),
};
TAP_MAIN(tests)
