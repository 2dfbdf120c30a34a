/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Modules against a running kernel, whose /proc and /sys are folders of this test. */
#include <errno.h>

#include "tests/unit/ko.h"

/* What the imagined kernel says of itself; NULL: that file is not there. */
struct world {
	const char *modules_disabled;
	const char *sig_enforce;
	const char *lockdown;
	const char *cmdline;
	const char *modules;
	const char *kallsyms;
	const char *sys_module; /* a folder there, or NULL */
	const char *patched;    /* "patch/object", or NULL */
	const char *params;     /* one, or NULL */
};

#define QUIET                                                                            \
	{                                                                                \
		"0\n", "N\n", "[none] integrity confidentiality\n",                      \
			"root=/dev/vda quiet\n", "ext4 1000 0 - Live 0x0\n", "", NULL,   \
			NULL, NULL                                                       \
	}

static char dir[] = "/tmp/rkmod-test-XXXXXX";

static void must(int r, const struct rk_error *err)
{
	if (r == 0)
		return;
	printf("Bail out! %s\n", err->msg);
	exit(1);
}

static void put(const char *name, const char *text)
{
	cleanup_free char *path = NULL;
	cleanup_free char *parent = NULL;
	struct rk_error err = RK_ERROR_INIT;

	if (!text)
		return;
	must(rk_path_join(dir, name, &path, &err), &err);
	must(rk_strdup(path, &parent, &err), &err);
	*strrchr(parent, '/') = '\0';
	must(rk_dir_make(parent, 0755, &err), &err);
	must(rk_file_write(path, text, strlen(text), 0644, &err), &err);
}

static void make(const struct world *world)
{
	put("proc/sys/kernel/modules_disabled", world->modules_disabled);
	put("sys/module/module/parameters/sig_enforce", world->sig_enforce);
	put("sys/kernel/security/lockdown", world->lockdown);
	put("proc/cmdline", world->cmdline);
	put("proc/modules", world->modules);
	put("proc/kallsyms", world->kallsyms);
	if (world->sys_module) {
		cleanup_free char *name = NULL;
		struct rk_error err = RK_ERROR_INIT;

		must(rk_format(&name, &err, "sys/module/%s/x", world->sys_module), &err);
		put(name, "");
	}
	if (world->patched) {
		cleanup_free char *name = NULL;
		struct rk_error err = RK_ERROR_INIT;

		must(rk_format(&name, &err, "sys/kernel/livepatch/%s/x", world->patched),
		     &err);
		put(name, "");
	}
}

static void read_world(const struct world *world, struct rk_state *ret)
{
	cleanup_free char *proc = NULL;
	cleanup_free char *sys = NULL;
	struct rk_machine machine = {0};
	struct rk_error err = RK_ERROR_INIT;

	must(mkdtemp(dir) ? 0 : -1, &err);
	make(world);
	must(rk_path_join(dir, "proc", &proc, &err), &err);
	must(rk_path_join(dir, "sys", &sys, &err), &err);
	machine.proc_dir = proc;
	machine.sys_dir = sys;
	must(rk_state_read(&machine, ret, &err), &err);
	must(rk_dir_remove(dir, &err), &err);
	memset(strrchr(dir, '-') + 1, 'X', strlen("XXXXXX"));
}

#define SYMVERS "0x0\tfar_thing\tdrivers/far-away\tEXPORT_SYMBOL\t\n"

static void judge(struct ko *ko, const struct world *world, const char *config,
		  const struct ko_expected *expected, const char *why)
{
	struct ko_kernel *kernel = ko_kernel(config, SYMVERS);
	struct rk_strv params = RK_STRV_INIT;
	struct rk_state state;
	struct rk_verdict_target target = {
		.kernel = &kernel->kernel, .state = &state, .params = &params};
	struct rk_error err = RK_ERROR_INIT;
	struct rk_verdict verdict;

	if (world->params)
		rk_strv_add(&params, world->params);
	read_world(world, &state);
	EXPECT_INT(rk_verdict_judge(ko_module(ko), &target, &verdict, &err), 0);
	ko_expect(&verdict, expected);
	if (why && EXPECT(verdict.findings.n_items > 0))
		EXPECT_HAS(verdict.findings.items[0].why, why);
	rk_verdict_release(&verdict);
	rk_state_release(&state);
	rk_strv_release(&params);
	ko_kernel_free(kernel);
}

/* Judges a fixture in a quiet world but for @change, an assignment. */
#define STATE(test, fixture, config, expectation, reason, change)                        \
	static void test(void)                                                           \
	{                                                                                \
		static const struct ko_expected expected = expectation;                  \
		struct world world = QUIET;                                              \
		struct ko ko = ko_open(fixture);                                         \
                                                                                         \
		change;                                                                  \
		judge(&ko, &world, config, &expected, reason);                           \
		ko_close(&ko);                                                           \
	}
#define ACCEPTED                                                                         \
	{                                                                                \
		.answer = RK_ANSWER_ACCEPT                                               \
	}
#define ACCEPTED_WITH(finding)                                                           \
	{                                                                                \
		.answer = RK_ANSWER_ACCEPT, .code = finding                              \
	}
#define REFUSED(error, where, text, finding)                                             \
	{                                                                                \
		RK_ANSWER_REFUSE, error, where, text, finding                            \
	}
#define UNDECIDED                                                                        \
	{                                                                                \
		.answer = RK_ANSWER_UNDECIDED, .code = "undecided"                       \
	}
#define LOCKDOWN_LSM "CONFIG_SECURITY_LOCKDOWN_LSM=y\n"

STATE(a_quiet_kernel_accepts, "plain.ko", LOCKDOWN_LSM, ACCEPTED, NULL, (void)world)
STATE(no_more_modules_is_eperm, "plain.ko", "",
      REFUSED(EPERM, "caller", "", "modules-disabled"), NULL,
      world.modules_disabled = "1\n")
STATE(whether_modules_are_disabled_may_be_unreadable, "plain.ko", "", UNDECIDED,
      "proc/sys/kernel/modules_disabled", world.modules_disabled = NULL)
STATE(enforced_signatures_are_read, "plain.ko", "",
      REFUSED(EKEYREJECTED, "signature", "Loading of unsigned module is rejected",
	      "signature-required"),
      NULL, world.sig_enforce = "Y\n")
STATE(enforcement_may_be_unreadable, "plain.ko", "", UNDECIDED, "sig_enforce",
      world.sig_enforce = NULL)
STATE(enforcement_that_the_configuration_says_needs_no_file, "plain.ko",
      "CONFIG_MODULE_SIG_FORCE=y\n",
      REFUSED(EKEYREJECTED, "signature", "", "signature-required"), NULL,
      world.sig_enforce = NULL)
STATE(lockdown_is_eperm, "plain.ko", LOCKDOWN_LSM,
      REFUSED(EPERM, "signature", "Lockdown: insmod: unsigned module loading",
	      "signature-required"),
      NULL, world.lockdown = "none [integrity] confidentiality\n")
STATE(lockdown_may_be_unreadable, "plain.ko", LOCKDOWN_LSM, UNDECIDED,
      "kernel/security/lockdown", world.lockdown = NULL)
STATE(a_kernel_without_lockdown_needs_no_file, "plain.ko", "", ACCEPTED, NULL,
      world.lockdown = NULL)
STATE(a_blacklisted_name_is_eperm, "plain.ko", "",
      REFUSED(EPERM, "blacklist", "Module fixture is blacklisted", "module-blacklisted"),
      NULL, world.cmdline = "module_blacklist=a module_blacklist=b,fixture,c quiet\n")
STATE(the_last_blacklist_counts, "plain.ko", "", ACCEPTED, NULL,
      world.cmdline = "module_blacklist=fixture module_blacklist=fixtures,fix\n")
STATE(the_command_line_may_be_unreadable, "plain.ko", "", UNDECIDED, "proc/cmdline",
      world.cmdline = NULL)
STATE(a_loaded_name_is_eexist, "plain.ko", "",
      REFUSED(EEXIST, "loaded", "", "module-loaded"), NULL,
      world.modules = "fixture 4096 1 other, Live 0xffffffffc0000000 (OE)\n")
STATE(a_name_that_goes_away_is_ebusy, "plain.ko", "",
      REFUSED(EBUSY, "loaded", "", "module-loaded"), NULL,
      world.modules = "fixture 4096 0 - Unloading 0x0 (O-)\n")
STATE(a_name_that_is_coming_has_no_errno_yet, "plain.ko", "",
      REFUSED(0, "loaded", "", "module-loaded"), "EEXIST if",
      world.modules = "fixture 4096 0 - Loading 0x0 (O+)\n")
STATE(loaded_names_may_be_unreadable, "plain.ko", "", UNDECIDED, "proc/modules",
      world.modules = NULL)
STATE(a_built_in_of_this_name_is_einval, "plain.ko", "",
      REFUSED(EINVAL, "built-in", "fixture: module is already loaded", "module-built-in"),
      NULL, world.sys_module = "fixture")
STATE(a_livepatch_for_it_is_undecided, "plain.ko", "", UNDECIDED, NULL,
      world.patched = "patch_1/fixture")
STATE(a_livepatch_for_another_does_not_matter, "plain.ko", "", ACCEPTED, NULL,
      world.patched = "patch_1/vmlinux")

/* ---- symbols of other modules ---- */
STATE(a_symbol_of_a_module_that_is_not_loaded_is_enoent, "needs-far.ko", "",
      REFUSED(ENOENT, "symbols", "Unknown symbol far_thing (err -2)",
	      "symbol-not-loaded"),
      "module 'far-away'", (void)world)
STATE(a_symbol_of_a_loaded_module_is_found, "needs-far.ko", "", ACCEPTED, NULL,
      world.modules = "far_away 1 0 - Live 0x0\n")
STATE(a_symbol_of_a_module_that_goes_is_enoent, "needs-far.ko", "",
      REFUSED(ENOENT, "symbols", "", "symbol-not-loaded"), NULL,
      world.modules = "far_away 1 0 - Unloading 0x0\n")
STATE(kallsyms_tells_exports_of_foreign_modules, "needs-export.ko", "", ACCEPTED, NULL,
      world.modules = "foreign 1 0 - Live 0x0 (OE)\n";
      world.kallsyms = "0000000000000000 T other\n"
		       "0000000000000000 r __ksymtab_fixture_export\t[foreign]\n"
		       "0000000000000000 r __ksymtab_kernels_own\n")
STATE(kallsyms_without_data_symbols_tells_no_exports, "needs-export.ko", "", UNDECIDED,
      "/proc/kallsyms does not tell enough",
      world.modules = "foreign 1 0 - Live 0x0 (OE)\n")
STATE(kallsyms_with_data_symbols_tells_what_is_missing, "needs-export.ko",
      "CONFIG_KALLSYMS_ALL=y\n", REFUSED(ENOENT, "symbols", "", "symbol-unknown"), NULL,
      world.modules = "foreign 1 0 - Live 0x0 (OE)\n")
STATE(without_foreign_modules_kallsyms_does_not_matter, "needs-export.ko", "",
      REFUSED(ENOENT, "symbols", "", "symbol-unknown"), NULL, world.kallsyms = NULL)
STATE(with_foreign_modules_kallsyms_is_needed, "needs-export.ko", "", UNDECIDED,
      "proc/kallsyms", world.modules = "foreign 1 0 - Live 0x0 (OE)\n";
      world.kallsyms = NULL)
STATE(what_a_proprietary_module_exports_is_undecided, "needs-export.ko", "", UNDECIDED,
      NULL, world.modules = "foreign 1 0 - Live 0x0 (POE)\n";
      world.kallsyms = "0 r __ksymtab_fixture_export\t[foreign]\n")
STATE(an_export_of_a_loaded_module_is_enoexec, "exports.ko", "",
      REFUSED(ENOEXEC, "duplicate-exports",
	      "exporter: exports duplicate symbol fixture_export (owned by foreign)",
	      "export-duplicate"),
      NULL, world.modules = "foreign 1 0 - Live 0x0 (OE)\n";
      world.kallsyms = "0 r __ksymtab_fixture_export\t[foreign]\n")

STATE(whether_it_exports_the_same_as_a_loaded_module_is_undecided, "exports.ko", "",
      UNDECIDED, "proc/kallsyms", world.modules = "foreign 1 0 - Live 0x0 (OE)\n";
      world.kallsyms = NULL)
STATE(an_export_that_no_loaded_module_has_is_accepted, "exports.ko",
      "CONFIG_KALLSYMS_ALL=y\n", ACCEPTED, NULL,
      world.modules = "foreign 1 0 - Live 0x0 (OE)\n")

/* ---- parameters ---- */
static const char *word_of(size_t len)
{
	static char text[2048];

	memcpy(text, "a_word=", 7);
	memset(text + 7, 'x', len);
	text[7 + len] = '\0';
	return text;
}

#define VALUE(test, param, ...)                                                          \
	static void test(void)                                                           \
	{                                                                                \
		static const struct ko_expected expected = __VA_ARGS__;                  \
		struct world world = QUIET;                                              \
		struct ko ko = ko_open("params.ko");                                     \
                                                                                         \
		world.params = (param);                                                  \
		judge(&ko, &world, "", &expected, NULL);                                 \
		ko_close(&ko);                                                           \
	}
#define INVALID(error, text) REFUSED(error, "parameters", text, "parameter-value")

VALUE(an_int_in_range_is_taken, "number=-0x80", ACCEPTED)
VALUE(an_int_may_end_in_a_newline, "number=017\n", ACCEPTED)
VALUE(an_int_out_of_range_is_erange, "number=2147483648",
      INVALID(ERANGE, "fixture: `2147483648' invalid for parameter `number'"))
VALUE(the_least_int_is_taken, "number=-2147483648", ACCEPTED)
VALUE(no_int_is_einval, "number=12x", INVALID(EINVAL, "`12x' invalid"))
VALUE(an_empty_int_is_einval, "number=", INVALID(EINVAL, "`' invalid"))
VALUE(no_value_is_einval, "number", INVALID(EINVAL, "invalid for parameter `number'"))
VALUE(octal_digits_are_below_8, "number=08", INVALID(EINVAL, ""))
VALUE(too_many_digits_are_erange, "wide=99999999999999999999", INVALID(ERANGE, ""))
VALUE(an_unsigned_takes_no_minus, "wide=-1", INVALID(EINVAL, ""))
VALUE(a_byte_ends_at_255, "small=256", INVALID(ERANGE, ""))
VALUE(a_bool_needs_no_value, "flag", ACCEPTED)
VALUE(a_bool_may_be_on_or_off, "flag=off", ACCEPTED)
VALUE(a_bool_must_be_one, "flag=2", INVALID(EINVAL, "`2' invalid"))
VALUE(dashes_and_underscores_of_names_are_one, "a-word=x", ACCEPTED)
VALUE(a_word_may_have_1024_bytes, word_of(1024), ACCEPTED)
VALUE(a_longer_word_is_enospc, word_of(1025), INVALID(ENOSPC, "too large for parameter"))
VALUE(rusts_integers_are_einval_out_of_range, "rusty=128", INVALID(EINVAL, ""))
VALUE(rusts_integers_have_a_binary_form, "rusty=-0b1000_0000", INVALID(EINVAL, ""))
VALUE(rusts_least_integer_is_taken, "rusty=-0b10000000", ACCEPTED)
VALUE(an_array_may_be_too_long, "list=1,2", UNDECIDED)
VALUE(a_wrong_value_in_an_array_is_refused, "list=1,x", INVALID(EINVAL, ""))
VALUE(another_type_is_undecided, "odd=1", UNDECIDED)
VALUE(an_unknown_parameter_is_ignored, "nothing=1", ACCEPTED_WITH("parameter-unknown"))

/* ---- reading ---- */
static void lines_that_make_no_sense_are_left_out(void)
{
	struct world world = QUIET;
	struct rk_state state;

	world.modules = "short 1\n\nok 1 0 - Live 0x0 (PO)\n(((((\n";
	world.kallsyms = "__ksymtab_a\n\t[\n0 r __ksymtab_b\t[\n0 r __ksymtab_c\t[m]\n";
	read_world(&world, &state);
	EXPECT_INT(state.n_modules, 1);
	EXPECT(state.n_modules && state.modules[0].proprietary);
	EXPECT(rk_state_find_export(&state, "c"));
	EXPECT(!rk_state_find_export(&state, "a"));
	EXPECT(!rk_state_is_blacklisted(&state, ""));
	rk_state_release(&state);
}

static void nothing_at_all_is_no_failure(void)
{
	static const struct world nothing;
	struct rk_state state;

	read_world(&nothing, &state);
	for (size_t i = 0; i < RK_N_STATE_FILES; i++)
		EXPECT(state.unread[i]);
	EXPECT_STR(state.blacklist, "");
	rk_state_release(&state);
}

static void many_modules_are_all_kept(void)
{
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct world world = QUIET;
	struct rk_state state;

	for (int i = 0; i < 1000; i++)
		rk_buf_addf(&text, "m%d 1 0 - Live 0x0\n", i);
	world.modules = rk_buf_str(&text);
	read_world(&world, &state);
	EXPECT_INT(state.n_modules, 1000);
	EXPECT(rk_state_find_module(&state, "m999"));
	rk_state_release(&state);
}

static const struct test tests[] = {
	TEST(a_quiet_kernel_accepts),
	TEST(no_more_modules_is_eperm),
	TEST(whether_modules_are_disabled_may_be_unreadable),
	TEST(enforced_signatures_are_read),
	TEST(enforcement_may_be_unreadable),
	TEST(enforcement_that_the_configuration_says_needs_no_file),
	TEST(lockdown_is_eperm),
	TEST(lockdown_may_be_unreadable),
	TEST(a_kernel_without_lockdown_needs_no_file),
	TEST(a_blacklisted_name_is_eperm),
	TEST(the_last_blacklist_counts),
	TEST(the_command_line_may_be_unreadable),
	TEST(a_loaded_name_is_eexist),
	TEST(a_name_that_goes_away_is_ebusy),
	TEST(a_name_that_is_coming_has_no_errno_yet),
	TEST(loaded_names_may_be_unreadable),
	TEST(a_built_in_of_this_name_is_einval),
	TEST(a_livepatch_for_it_is_undecided),
	TEST(a_livepatch_for_another_does_not_matter),
	TEST(a_symbol_of_a_module_that_is_not_loaded_is_enoent),
	TEST(a_symbol_of_a_loaded_module_is_found),
	TEST(a_symbol_of_a_module_that_goes_is_enoent),
	TEST(kallsyms_tells_exports_of_foreign_modules),
	TEST(kallsyms_without_data_symbols_tells_no_exports),
	TEST(kallsyms_with_data_symbols_tells_what_is_missing),
	TEST(without_foreign_modules_kallsyms_does_not_matter),
	TEST(with_foreign_modules_kallsyms_is_needed),
	TEST(what_a_proprietary_module_exports_is_undecided),
	TEST(an_export_of_a_loaded_module_is_enoexec),
	TEST(whether_it_exports_the_same_as_a_loaded_module_is_undecided),
	TEST(an_export_that_no_loaded_module_has_is_accepted),
	TEST(an_int_in_range_is_taken),
	TEST(an_int_may_end_in_a_newline),
	TEST(an_int_out_of_range_is_erange),
	TEST(the_least_int_is_taken),
	TEST(no_int_is_einval),
	TEST(an_empty_int_is_einval),
	TEST(no_value_is_einval),
	TEST(octal_digits_are_below_8),
	TEST(too_many_digits_are_erange),
	TEST(an_unsigned_takes_no_minus),
	TEST(a_byte_ends_at_255),
	TEST(a_bool_needs_no_value),
	TEST(a_bool_may_be_on_or_off),
	TEST(a_bool_must_be_one),
	TEST(dashes_and_underscores_of_names_are_one),
	TEST(a_word_may_have_1024_bytes),
	TEST(a_longer_word_is_enospc),
	TEST(rusts_integers_are_einval_out_of_range),
	TEST(rusts_integers_have_a_binary_form),
	TEST(rusts_least_integer_is_taken),
	TEST(an_array_may_be_too_long),
	TEST(a_wrong_value_in_an_array_is_refused),
	TEST(another_type_is_undecided),
	TEST(an_unknown_parameter_is_ignored),
	TEST(lines_that_make_no_sense_are_left_out),
	TEST(nothing_at_all_is_no_failure),
	TEST(many_modules_are_all_kept),
};
TAP_MAIN(tests)
