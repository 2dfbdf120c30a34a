/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/file.h"
#include "lib/finding/pattern.h"
#include "lib/finding/recognise.h"
#include "lib/finding/texts.h"
#include "tests/unit/tap.h"

/* ---- the tables ---- */

static void expect_sound_rows(const struct rk_text *rows)
{
	for (; rows->code; rows++) {
		size_t anchor;

		EXPECT(rk_finding_kind(rows->code) != NULL);
		EXPECT(rows->pattern[0] != '{');
		EXPECT(rk_pattern_weight(rows->pattern, &anchor) >=
		       RK_PATTERN_ANCHOR_LEN);
		EXPECT(!strstr(rows->pattern, "  "));
		if (rows[1].code && strcmp(rows->code, rows[1].code) > 0)
			EXPECT_STR(rows->code, "sorted before its neighbour");
	}
}

static void the_tables_are_sorted_and_name_known_codes(void)
{
	expect_sound_rows(rk_texts);
	expect_sound_rows(rk_drift_texts);
}

/* ---- patterns ---- */

static bool matches(const char *pattern, const char *line)
{
	struct rk_captures captures;

	return rk_pattern_match(pattern, line, &captures);
}

static void expect_capture(const char *pattern, const char *line, const char *value)
{
	struct rk_captures captures;
	char text[200] = "";

	if (EXPECT(rk_pattern_match(pattern, line, &captures)))
		snprintf(text, sizeof(text), "%.*s", (int)captures.items[0].value_len,
			 captures.items[0].value);
	EXPECT_STR(text, value);
}

static void a_word_has_no_blank_and_is_never_empty(void)
{
	EXPECT(matches("crate `{name}` is", "the crate `core` is here"));
	EXPECT(!matches("crate `{name}` is", "the crate `` is here"));
	EXPECT(!matches("crate `{name}` is", "the crate `a b` is here"));
	EXPECT(matches("crate `{name*}` is", "the crate `a b` is here"));
	EXPECT(!matches("crate `{name}` is", "the crate `core`"));
}

static void a_capture_is_as_short_as_it_can_be(void)
{
	expect_capture("path {p*}: ", "path /a: b: c", "/a");
	expect_capture("path {p}", "path /a b", "/a");
	expect_capture("path {p*}", "path /a b", "/a b");
	expect_capture("symbol {s=_R} (", "symbol x ( symbol _Rx (", "_Rx");
}

static void a_dollar_is_the_end_of_the_line(void)
{
	EXPECT(matches("expected `,`$", "error: expected `,`"));
	EXPECT(!matches("expected `,`$", "error: expected `,`, found `}`"));
	expect_capture("this ({text*})$", "this (a (b))", "a (b)");
}

/* ---- recognising ---- */

/* The codes of a text, with blanks between. */
static void codes_of(const char *text, size_t size, char *ret, size_t ret_size)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_recognised *items;
	size_t n_items = 0;
	size_t len = 0;

	ret[0] = '\0';
	EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
	rk_recogniser_feed(recogniser, text, size);
	EXPECT_INT(rk_recogniser_finish(recogniser, &items, &n_items, &err), 0);
	for (size_t i = 0; i < n_items && len < ret_size; i++)
		len += (size_t)snprintf(ret + len, ret_size - len, "%s%s", i ? " " : "",
					rk_recognised_code(&items[i]));
}

static void expect_codes(const char *name, const char *how, const struct rk_buf *text,
			 const char *want)
{
	char got[500];

	codes_of(rk_buf_str(text), text->len, got, sizeof(got));
	if (!EXPECT_STR(got, want))
		printf("# %s, %s:\n%s\n", name, how, rk_buf_str(text));
}

/* As rustc colours: codes and quoted words in between. */
static void in_colour(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_adds(to, "\033[1m\033[38;5;9m");
	for (size_t i = 0; i < len; i++) {
		if (line[i] == ' ')
			rk_buf_adds(to, "\033[0m");
		rk_buf_addc(to, line[i]);
		if (line[i] == ':')
			rk_buf_adds(to, "\033[m\033[K");
	}
	rk_buf_adds(to, "\033[0m\n");
}

static void with_crlf(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_add(to, line, len);
	rk_buf_adds(to, "\r\n");
}

static void from_make(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_addf(to, "make[2]: %.*s\n", (int)len, line);
}

static void from_dmesg(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_addf(to, "[ 1234.567890] %.*s\n", (int)len, line);
}

static void from_journal(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_addf(to, "Nov 20 18:00:01 host kernel: %.*s\n", (int)len, line);
}

static void from_mail(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_addf(to, "> > %.*s  \n", (int)len, line);
}

static void between_others(const char *line, size_t len, struct rk_buf *to)
{
	rk_buf_addf(
		to,
		"  CC [M]  other.o\n%.*s\n  LD [M]  other.ko\nmake[2]: Nothing to be done\n",
		(int)len, line);
}

/* "/usr/src/x/y.o" becomes "/opt/my-trees/7/usr/src/x/y.o" */
static void other_paths(const char *line, size_t len, struct rk_buf *to)
{
	for (size_t i = 0; i < len; i++) {
		bool begins = line[i] == '/' && i + 1 < len && isalpha(line[i + 1]) &&
			      (i == 0 || strchr(" `'\"([", line[i - 1]));

		rk_buf_adds(to, begins ? "/opt/my-trees/7" : "");
		rk_buf_addc(to, line[i]);
	}
	rk_buf_addc(to, '\n');
}

/* 6.12.9 becomes 9.45.2: in words with a dot after a digit */
static void other_versions(const char *line, size_t len, struct rk_buf *to)
{
	static const char digits[] = "0123456789";
	static const char others[] = "3456789012";

	for (size_t i = 0; i < len; i++) {
		const char *digit = strchr(digits, line[i]);
		bool near_dot = (i + 1 < len && line[i + 1] == '.') ||
				(i > 0 && line[i - 1] == '.');

		if (digit && near_dot)
			rk_buf_add(to, others + (digit - digits), 1);
		else
			rk_buf_add(to, line + i, 1);
	}
	rk_buf_addc(to, '\n');
}

/* The fixtures' own names: blink becomes snd_soc_x9, Blink SndSoc */
static void other_names(const char *line, size_t len, struct rk_buf *to)
{
	for (size_t i = 0; i < len; i++) {
		if (len - i >= 5 && memcmp(line + i, "blink", 5) == 0) {
			rk_buf_adds(to, "snd_soc_x9");
			i += 4;
		} else if (len - i >= 5 && memcmp(line + i, "Blink", 5) == 0) {
			rk_buf_adds(to, "SndSoc");
			i += 4;
		} else {
			rk_buf_addc(to, line[i]);
		}
	}
	rk_buf_addc(to, '\n');
}

static const struct variation {
	const char *name;
	void (*add)(const char *line, size_t len, struct rk_buf *to);
} variations[] = {
	{"in colour", in_colour},
	{"with CRLF", with_crlf},
	{"from make", from_make},
	{"from dmesg", from_dmesg},
	{"from the journal", from_journal},
	{"quoted in a mail", from_mail},
	{"between lines of another job", between_others},
	{"other paths", other_paths},
	{"other versions", other_versions},
	{"other names", other_names},
};

static void vary(const char *text, const struct variation *how, struct rk_buf *to)
{
	while (*text) {
		size_t len = strcspn(text, "\n");

		how->add(text, len, to);
		text += len + (text[len] == '\n');
	}
}

static void read_text(const char *name, struct rk_buf *ret)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;

	EXPECT_INT(rk_format(&path, &err, "%s/tests/cli/explain/%s",
			     getenv("RKMOD_SOURCE_ROOT"), name),
		   0);
	EXPECT_INT(rk_file_read(path, 1 << 20, ret, &err), 0);
}

/* A fixture's first line is "# CODE..."; the rest is the text. */
static void check_fixture(const char *name)
{
	cleanup_buf struct rk_buf file = RK_BUF_INIT;
	cleanup_buf struct rk_buf path = RK_BUF_INIT;
	cleanup_buf struct rk_buf as_is = RK_BUF_INIT;
	char *text;

	rk_buf_addf(&path, "texts/%s", name);
	read_text(rk_buf_str(&path), &file);
	text = strchr(rk_buf_str(&file), '\n');
	if (!EXPECT(text && strncmp(rk_buf_str(&file), "# ", 2) == 0))
		return;
	*text++ = '\0';
	rk_buf_adds(&as_is, text);
	expect_codes(name, "as it is", &as_is, rk_buf_str(&file) + 2);
	for (size_t i = 0; i < RK_ARRAY_LEN(variations); i++) {
		cleanup_buf struct rk_buf varied = RK_BUF_INIT;

		vary(text, &variations[i], &varied);
		expect_codes(name, variations[i].name, &varied, rk_buf_str(&file) + 2);
	}
}

static void every_recorded_text_is_recognised_in_ten_variations(void)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const struct dirent *entry;
	int n = 0;
	DIR *dir;

	EXPECT_INT(rk_format(&path, &err, "%s/tests/cli/explain/texts",
			     getenv("RKMOD_SOURCE_ROOT")),
		   0);
	dir = opendir(path);
	if (!EXPECT(dir != NULL))
		return;
	while ((entry = readdir(dir))) {
		if (!strstr(entry->d_name, ".txt"))
			continue;
		check_fixture(entry->d_name);
		n++;
	}
	closedir(dir);
	EXPECT(n > 100);
}

static void nothing_in_ordinary_output_is_recognised(void)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	size_t n_lines = 0;

	read_text("ordinary.log", &text);
	for (size_t i = 0; i < text.len; i++)
		n_lines += text.data[i] == '\n';
	EXPECT(n_lines >= 200);
	expect_codes("ordinary.log", "as it is", &text, "");
	for (size_t i = 0; i < RK_ARRAY_LEN(variations); i++) {
		cleanup_buf struct rk_buf varied = RK_BUF_INIT;

		vary(rk_buf_str(&text), &variations[i], &varied);
		expect_codes("ordinary.log", variations[i].name, &varied, "");
	}
}

static void pieces_of_any_size_give_the_same(void)
{
	static const char text[] = "x\nmake: *** /lib/modules/6.1/build: No such file or "
				   "directory.  Stop.\nblink: loading out-of-tree module "
				   "taints kernel.";

	for (size_t piece = 1; piece < sizeof(text); piece++) {
		cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
		struct rk_error err = RK_ERROR_INIT;
		const struct rk_recognised *items;
		size_t n_items = 0;

		EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
		for (size_t at = 0; at < sizeof(text) - 1; at += piece) {
			size_t left = sizeof(text) - 1 - at;

			rk_recogniser_feed(recogniser, text + at,
					   left < piece ? left : piece);
		}
		EXPECT_INT(rk_recogniser_finish(recogniser, &items, &n_items, &err), 0);
		if (EXPECT_INT(n_items, 2)) {
			EXPECT_INT(items[0].line, 2);
			EXPECT_STR(rk_recognised_part(&items[0], "path"),
				   "/lib/modules/6.1");
			EXPECT_STR(rk_recognised_code(&items[1]), "taint");
		}
	}
}

/* Adds the findings of a text. */
static void find(const char *text, struct rk_findings *findings)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_recognised *items;
	size_t n_items = 0;

	EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
	rk_recogniser_feed(recogniser, text, strlen(text));
	EXPECT_INT(rk_recogniser_finish(recogniser, &items, &n_items, &err), 0);
	for (size_t i = 0; i < n_items; i++)
		rk_recognised_add(&items[i], findings);
}

static void lines_that_belong_together_are_one_finding(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("error[E0514]: found crate `core` compiled by an incompatible version of rustc\n"
	     "  LD [M] other.ko\n"
	     "  crate `core` compiled by rustc 1.82.0 (a): /k/rust/libcore.rmeta\n"
	     "  = help: please recompile that crate using this compiler (rustc 1.85.0 (b)) "
	     "(consider running `cargo clean` first)\n",
	     &findings);
	if (!EXPECT_INT(findings.n_items, 1))
		return;
	EXPECT_HAS(findings.items[0].why,
		   "'rustc 1.82.0 (a)', this is 'rustc 1.85.0 (b)'");
	EXPECT_HAS(findings.items[0].fix, "rustc 1.82.0 (a)");
	EXPECT_HAS(findings.items[0].text, "error[E0514]");
}

static void a_part_that_is_missing_leaves_the_catalogue_s_words(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("error[E0514]: found crate `core` compiled by an incompatible version of rustc",
	     &findings);
	EXPECT_STR(findings.items[0].why, rk_finding_kind("metadata-rustc")->cause);
}

static void a_line_completes_the_finding_that_it_follows(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("*** Rust compiler 'rustc' is too new. This may or may not work.\n"
	     "***   Your version:     1.65.0\n"
	     "***   Expected version: 1.62.0\n",
	     &findings);
	EXPECT_INT(findings.n_items, 1);
	EXPECT_HAS(findings.items[0].why, "this is 1.65.0, the kernel expects 1.62.0");
}

static void what_completes_nothing_is_nothing(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("*** Your version: 1.2.3\nThe kernel was built by: gcc\n", &findings);
	EXPECT_INT(findings.n_items, 0);
}

static void lines_far_apart_do_not_belong_together(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;

	rk_buf_adds(&text, "warning: unused attribute\n");
	for (int i = 0; i < 50; i++)
		rk_buf_adds(&text, "  CC x.o\n");
	rk_buf_adds(&text, "1 | #![no_std]\n");
	find(rk_buf_str(&text), &findings);
	EXPECT_INT(findings.n_items, 0);
}

static void many_of_a_kind_are_one_finding_and_names_are_readable(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("ERROR: modpost: \"_RNvNtCs2lKf6AS60Zg_4core9panicking5panic\" [a.ko] undefined!\n"
	     "ERROR: modpost: \"__rust_dealloc\" [a.ko] undefined!\n"
	     "ERROR: modpost: \"rust_helper_x\" [a.ko] undefined!\n",
	     &findings);
	EXPECT_INT(findings.n_items, 1);
	EXPECT_STR(findings.items[0].what,
		   "the kernel does not export core::panicking::panic and 2 more");
}

static void colour_is_not_kept(void)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;

	find("\033[31merror\033[0m: unknown codegen option: `\033]8;;x\033\\x`\n",
	     &findings);
	if (EXPECT_INT(findings.n_items, 1))
		EXPECT_STR(findings.items[0].text, "error: unknown codegen option: `x`");
}

static void a_large_log_takes_less_than_a_second(void)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_recognised *items;
	size_t n_items = 0;
	clock_t begin;

	read_text("ordinary.log", &text);
	rk_buf_adds(&text, "ERROR: modpost: \"blink_set\" [blink.ko] undefined!\n");
	EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
	begin = clock();
	for (size_t size = 0; size < (10 << 20); size += text.len)
		rk_recogniser_feed(recogniser, rk_buf_str(&text), text.len);
	EXPECT_INT(rk_recogniser_finish(recogniser, &items, &n_items, &err), 0);
	EXPECT(clock() - begin < CLOCKS_PER_SEC);
	printf("# %.0f ms of CPU for 10 MiB\n",
	       1000.0 * (double)(clock() - begin) / CLOCKS_PER_SEC);
	if (EXPECT_INT(n_items, 1))
		EXPECT(items[0].count > 100);
}

static void hostile_lines_end_soon(void)
{
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	cleanup_buf struct rk_buf line = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	clock_t begin;

	/* All pieces of all patterns, which match nothing, in one line after another. */
	for (const struct rk_text *row = rk_texts; row->code; row++)
		rk_buf_addf(&line, "%.*s", (int)strcspn(row->pattern, "{"), row->pattern);
	rk_buf_adds(&line, "\n");
	EXPECT_INT(rk_recogniser_new(&recogniser, &err), 0);
	begin = clock();
	for (int i = 0; i < 1000; i++)
		rk_recogniser_feed(recogniser, rk_buf_str(&line), line.len);
	EXPECT(clock() - begin < 2 * CLOCKS_PER_SEC);
}

static const struct test tests[] = {
	TEST(the_tables_are_sorted_and_name_known_codes),
	TEST(a_word_has_no_blank_and_is_never_empty),
	TEST(a_capture_is_as_short_as_it_can_be),
	TEST(a_dollar_is_the_end_of_the_line),
	TEST(every_recorded_text_is_recognised_in_ten_variations),
	TEST(nothing_in_ordinary_output_is_recognised),
	TEST(pieces_of_any_size_give_the_same),
	TEST(lines_that_belong_together_are_one_finding),
	TEST(a_part_that_is_missing_leaves_the_catalogue_s_words),
	TEST(a_line_completes_the_finding_that_it_follows),
	TEST(what_completes_nothing_is_nothing),
	TEST(lines_far_apart_do_not_belong_together),
	TEST(many_of_a_kind_are_one_finding_and_names_are_readable),
	TEST(colour_is_not_kept),
	TEST(a_large_log_takes_less_than_a_second),
	TEST(hostile_lines_end_soon),
};
TAP_MAIN(tests)
