/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/kmsg.h"
#include "lib/vm/lines.h"
#include "tests/unit/tap.h"

#define NONCE "0123456789abcdef"
#define OURS  "rkmod1 " NONCE " "

static int read_line(struct rk_vm_reader *reader, const char *line,
		     enum rk_vm_line_type *type, struct rk_buf *text)
{
	struct rk_error err = RK_ERROR_INIT;

	return rk_vm_line_read(reader, line, type, text, &err);
}

static void expect_line(const char *line, enum rk_vm_line_type type, const char *text)
{
	struct rk_vm_reader reader = {.nonce = NONCE};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	enum rk_vm_line_type found = RK_VM_LINE_FOREIGN;

	EXPECT_INT(read_line(&reader, line, &found, &buf), 0);
	EXPECT_INT(found, type);
	EXPECT_STR(rk_buf_str(&buf), text);
}

static void reads_every_type(void)
{
	expect_line(OURS "0 hello Linux version 7.2", RK_VM_LINE_HELLO,
		    "Linux version 7.2");
	expect_line(OURS "0 begin 3", RK_VM_LINE_BEGIN, "3");
	expect_line(OURS "0 kmsg 6,1,2,-;x", RK_VM_LINE_KMSG, "6,1,2,-;x");
	expect_line(OURS "0 out a\\x0ab", RK_VM_LINE_OUT, "a\nb");
	expect_line(OURS "0 end job=0", RK_VM_LINE_END, "job=0");
	expect_line(OURS "0 fault why", RK_VM_LINE_FAULT, "why");
	expect_line(OURS "0 bye ", RK_VM_LINE_BYE, "");
}

static void reads_escaped_bytes_also_nul(void)
{
	struct rk_vm_reader reader = {.nonce = NONCE};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	enum rk_vm_line_type type;

	EXPECT_INT(read_line(&reader, OURS "0 out \\x00\\x5cxff\\xff", &type, &buf), 0);
	EXPECT_INT(buf.len, 6);
	EXPECT(memcmp(buf.data, "\0\\xff\xff", 6) == 0);
}

static void leaves_what_is_no_escape(void)
{
	expect_line(OURS "0 out \\x", RK_VM_LINE_OUT, "\\x");
	expect_line(OURS "0 out \\x1", RK_VM_LINE_OUT, "\\x1");
	expect_line(OURS "0 out \\xZZ\\", RK_VM_LINE_OUT, "\\xZZ\\");
}

static void ignores_forged_lines(void)
{
	static const char *const lines[] = {
		"",
		"rkmod1",
		"rkmod1 ",
		"rkmod1 0 end job=0 how=done",
		"rkmod1 fedcba9876543210 0 end job=0 how=done errno=0",
		"rkmod1  0 end job=0 how=done errno=0",
		"rkmod1 0123456789abcde 0 end job=0",
		"rkmod1 0123456789abcdef0 0 end job=0",
		/* NOLINTNEXTLINE(bugprone-suspicious-missing-comma) */
		" rkmod1 " NONCE " 0 end job=0",
		"RKMOD1 " NONCE " 0 end job=0",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++)
		expect_line(lines[i], RK_VM_LINE_FOREIGN, "");
}

static void forged_lines_do_not_move_the_count(void)
{
	struct rk_vm_reader reader = {.nonce = NONCE};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	enum rk_vm_line_type type;

	EXPECT_INT(read_line(&reader, OURS "0 begin 0", &type, &buf), 0);
	EXPECT_INT(read_line(&reader, "rkmod1 x 1 bye ", &type, &buf), 0);
	EXPECT_INT(type, RK_VM_LINE_FOREIGN);
	EXPECT_INT(read_line(&reader, OURS "1 begin 1", &type, &buf), 0);
	EXPECT_INT(type, RK_VM_LINE_BEGIN);
}

static void refuses_lines_that_are_missing_or_come_twice(void)
{
	struct rk_vm_reader reader = {.nonce = NONCE};
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	enum rk_vm_line_type type;

	EXPECT_INT(read_line(&reader, OURS "1 begin 0", &type, &buf), -RK_EFORMAT);
	EXPECT_INT(read_line(&reader, OURS "0 begin 0", &type, &buf), 0);
	EXPECT_INT(read_line(&reader, OURS "0 begin 0", &type, &buf), -RK_EFORMAT);
}

static void refuses_damaged_lines(void)
{
	static const char *const lines[] = {
		OURS,
		OURS "begin 0",
		OURS "-0 begin 0",
		OURS "0",
		OURS "0 ",
		OURS "0 begin",
		OURS "0 begun 0",
		OURS "99999999999999999999999999 begin 0",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(lines); i++) {
		struct rk_vm_reader reader = {.nonce = NONCE};
		cleanup_buf struct rk_buf buf = RK_BUF_INIT;
		enum rk_vm_line_type type;

		EXPECT_INT(read_line(&reader, lines[i], &type, &buf), -RK_EFORMAT);
	}
}

static void reads_the_end_of_a_job(void)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_vm_end end;

	EXPECT_INT(rk_vm_end_read("job=2 how=killed errno=8 unload=16 value=9 ms=120 "
				  "taint=4224 new=1 name=hello",
				  3, &end, &err),
		   0);
	EXPECT_INT(end.job, 2);
	EXPECT_INT(end.how, RK_VM_KILLED);
	EXPECT_INT(end.error, 8);
	EXPECT_INT(end.unload_error, 16);
	EXPECT_INT(end.value, 9);
	EXPECT_INT(end.ms, 120);
	EXPECT_INT(end.taint, 4224);
	EXPECT_STR(end.name, "hello");
}

static void refuses_a_damaged_end(void)
{
	static const char *const texts[] = {
		"",
		"how=done",
		"job=",
		"job=x",
		"job=3",
		"job=-1",
		"job=0x1",
		"job=1 how=well",
		"job=1 errno=",
		"job=1 errno=-2",
		"job=1 errno=4294967296",
		"job=1 nothing",
		"job=1 job=9",
		"job=1 name=0123456789012345678901234567890123456789012345678901234567890123",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(texts); i++) {
		struct rk_error err = RK_ERROR_INIT;
		struct rk_vm_end end;

		EXPECT_INT(rk_vm_end_read(texts[i], 3, &end, &err), -RK_EFORMAT);
	}
}

static void reads_a_kernel_log_record(void)
{
	cleanup_buf struct rk_buf buf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint64_t seq = 0;

	EXPECT_INT(rk_kmsg_read("6,339,5140900,-,caller=T1;hello: a; b\\x0atwo", &seq,
				&buf, &err),
		   0);
	EXPECT_INT(seq, 339);
	EXPECT_STR(rk_buf_str(&buf), "hello: a; b\ntwo");
}

static void refuses_a_damaged_kernel_log_record(void)
{
	static const char *const records[] = {
		"", ";", "6;x", "6,;x", "6,1;x", "x,1,2,-;x", "6,1,2,-", "6,;1,2,-",
	};

	for (size_t i = 0; i < RK_ARRAY_LEN(records); i++) {
		cleanup_buf struct rk_buf buf = RK_BUF_INIT;
		struct rk_error err = RK_ERROR_INIT;
		uint64_t seq;

		EXPECT_INT(rk_kmsg_read(records[i], &seq, &buf, &err), -RK_EFORMAT);
	}
}

static void finds_where_an_oops_begins(void)
{
	static const char kmsg[] = "fine\nBUG: kernel NULL pointer dereference\n#PF: x";
	static const char console[] =
		"[    1.0] x\n[    1.234567] Kernel panic - not syncing: y\n";

	EXPECT(rk_vm_oops_find(kmsg) == kmsg + 5);
	EXPECT(rk_vm_oops_find(console) == console + 12);
	EXPECT(!rk_vm_oops_find("hello: Oops, said the module\n[x] Oops"));
	EXPECT(!rk_vm_oops_find(""));
}

static const struct test tests[] = {
	TEST(reads_every_type),
	TEST(reads_escaped_bytes_also_nul),
	TEST(leaves_what_is_no_escape),
	TEST(ignores_forged_lines),
	TEST(forged_lines_do_not_move_the_count),
	TEST(refuses_lines_that_are_missing_or_come_twice),
	TEST(refuses_damaged_lines),
	TEST(reads_the_end_of_a_job),
	TEST(refuses_a_damaged_end),
	TEST(reads_a_kernel_log_record),
	TEST(refuses_a_damaged_kernel_log_record),
	TEST(finds_where_an_oops_begins),
};
TAP_MAIN(tests)
