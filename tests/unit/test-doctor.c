/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/pipeline/doctor-lines.h"
#include "lib/toolchain/programs.h"
#include "tests/unit/tap.h"

#define SECURE_BOOT                                                                      \
	"sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

/* A machine whose /proc, /sys and root are folders, with its own kernel as target. */
struct fixture {
	char dir[64];
	char *proc;
	char *sys;
	struct rk_machine machine;
	struct rk_root *keys; /* the machine's own root is read by its true paths */
	struct rk_pipeline pipeline;
	struct rk_kernel kernel;
	struct rk_doctor doctor;
};

static void put(const struct fixture *fixture, const char *name, const void *data,
		size_t size)
{
	cleanup_free char *path = NULL;
	struct rk_error err = RK_ERROR_INIT;
	char *slash;

	EXPECT_INT(rk_path_join(fixture->dir, name, &path, &err), 0);
	slash = strrchr(path, '/');
	*slash = '\0';
	EXPECT_INT(rk_dir_make(path, 0700, &err), 0);
	*slash = '/';
	EXPECT_INT(rk_file_write(path, data, size, 0600, &err), 0);
}

static void put_text(const struct fixture *fixture, const char *name, const char *text)
{
	put(fixture, name, text, strlen(text));
}

static void begin(struct fixture *fixture)
{
	static const char config[] = "CONFIG_RUST=y\nCONFIG_MODULE_SIG=y\n";
	struct rk_error err = RK_ERROR_INIT;

	*fixture = (struct fixture){.dir = "/tmp/rkmod-test-XXXXXX"};
	EXPECT(mkdtemp(fixture->dir) != NULL);
	put_text(fixture, "usr/x", "");
	put_text(fixture, "proc/sys/kernel/modules_disabled", "0\n");
	put_text(fixture, "proc/cmdline", "quiet\n");
	put_text(fixture, "sys/module/module/parameters/sig_enforce", "N\n");
	put_text(fixture, "sys/kernel/security/lockdown",
		 "[none] integrity confidentiality\n");
	EXPECT_INT(rk_path_join(fixture->dir, "proc", &fixture->proc, &err), 0);
	EXPECT_INT(rk_path_join(fixture->dir, "sys", &fixture->sys, &err), 0);
	fixture->machine = (struct rk_machine){.release = (char *)"6.18.0-own",
					       .proc_dir = fixture->proc,
					       .sys_dir = fixture->sys};
	fixture->pipeline.machine = &fixture->machine;
	fixture->pipeline.kernel = &fixture->kernel;
	EXPECT_INT(rk_root_open(&fixture->machine, fixture->dir, &fixture->keys, &err),
		   0);
	EXPECT_INT(rk_root_open(&fixture->machine, NULL, &fixture->pipeline.root, &err),
		   0);
	fixture->kernel.release = (char *)"6.18.0-own";
	fixture->kernel.rust = true;
	EXPECT_INT(
		rk_kconfig_parse(config, strlen(config), &fixture->kernel.config, &err),
		0);
}

static void end(struct fixture *fixture)
{
	struct rk_error err = RK_ERROR_INIT;

	rk_doctor_release(&fixture->doctor);
	rk_kconfig_free(fixture->kernel.config);
	rk_root_free(fixture->pipeline.root);
	rk_root_free(fixture->keys);
	EXPECT_INT(rk_dir_remove(fixture->dir, &err), 0);
	free(fixture->proc);
	free(fixture->sys);
}

/* The only line about loading: "STATE CODE". */
static const struct rk_doctor_line *expect(struct fixture *fixture,
					   enum rk_doctor_state state, const char *code)
{
	struct rk_doctor_look look = {.pipeline = &fixture->pipeline,
				      .doctor = &fixture->doctor,
				      .keys = fixture->keys};

	rk_doctor_release(&fixture->doctor);
	rk_doctor_look_at_load(&look);
	EXPECT(!fixture->doctor.failed);
	EXPECT_INT(fixture->doctor.n_lines, 1);
	EXPECT_STR(rk_doctor_state_name(fixture->doctor.lines[0].state),
		   rk_doctor_state_name(state));
	EXPECT_STR(fixture->doctor.lines[0].code, code);
	EXPECT_INT(fixture->doctor.lines[0].step, RK_DOCTOR_LOAD);
	return &fixture->doctor.lines[0];
}

static void a_kernel_without_rules_takes_all(void)
{
	struct fixture fixture;

	begin(&fixture);
	expect(&fixture, RK_DOCTOR_OK, NULL);
	end(&fixture);
}

static void another_kernel_is_not_judged(void)
{
	struct fixture fixture;

	begin(&fixture);
	put_text(&fixture, "proc/sys/kernel/modules_disabled", "1\n");
	fixture.kernel.release = (char *)"7.2.0";
	EXPECT_HAS(expect(&fixture, RK_DOCTOR_NOTE, NULL)->what, "does not run here");
	end(&fixture);
}

static void disabled_modules_block(void)
{
	struct fixture fixture;

	begin(&fixture);
	put_text(&fixture, "proc/sys/kernel/modules_disabled", "1\n");
	expect(&fixture, RK_DOCTOR_BLOCKS, "modules-disabled");
	end(&fixture);
}

static void enforced_signatures_block_without_a_key(void)
{
	struct fixture fixture;
	const struct rk_doctor_line *line;

	begin(&fixture);
	put_text(&fixture, "sys/module/module/parameters/sig_enforce", "Y\n");
	line = expect(&fixture, RK_DOCTOR_BLOCKS, "signature-required");
	EXPECT_HAS(line->why, "sig_enforce");
	EXPECT(!strstr(line->why, "Secure Boot"));
	EXPECT_HAS(line->cure, "make a key");
	end(&fixture);
}

static void lockdown_counts_where_signatures_do(void)
{
	struct fixture fixture;

	begin(&fixture);
	put_text(&fixture, "sys/kernel/security/lockdown",
		 "none [integrity] confidentiality\n");
	put(&fixture, SECURE_BOOT, "\x06\0\0\0\x01", 5);
	EXPECT_HAS(expect(&fixture, RK_DOCTOR_BLOCKS, "signature-required")->why,
		   "locked down, Secure Boot is on");
	rk_kconfig_free(fixture.kernel.config);
	fixture.kernel.config = NULL;
	{
		struct rk_error err = RK_ERROR_INIT;

		EXPECT_INT(rk_kconfig_parse("", 0, &fixture.kernel.config, &err), 0);
	}
	expect(&fixture, RK_DOCTOR_OK, NULL);
	end(&fixture);
}

static void a_key_of_its_own_has_to_be_enrolled(void)
{
	struct fixture fixture;

	begin(&fixture);
	put_text(&fixture, "sys/module/module/parameters/sig_enforce", "Y\n");
	put(&fixture, "var/lib/shim-signed/mok/MOK.der", "\x30\x82own", 5);
	EXPECT_HAS(expect(&fixture, RK_DOCTOR_BLOCKS, "signature-required")->cure,
		   "mokutil --import /var/lib/shim-signed/mok/MOK.der");
	put(&fixture, "sys/firmware/efi/mok-variables/MokListRT", "\x30\x82othe", 6);
	expect(&fixture, RK_DOCTOR_BLOCKS, "signature-required");
	put(&fixture, "sys/firmware/efi/mok-variables/MokListRT", "xx\x30\x82ownyy", 9);
	EXPECT_HAS(expect(&fixture, RK_DOCTOR_WARNING, "signature-required")->cure,
		   "/var/lib/shim-signed/mok/MOK.priv");
	end(&fixture);
}

static void unreadable_rules_are_said(void)
{
	struct fixture fixture;

	begin(&fixture);
	put_text(&fixture, "sys/module/module/parameters/sig_enforce", "?\n");
	EXPECT_HAS(expect(&fixture, RK_DOCTOR_NOTE, NULL)->why, "sig_enforce");
	end(&fixture);
}

static void versions_are_compared_by_their_last_number(void)
{
	EXPECT_INT(rk_program_number("bindgen 0.71.1"), 71001);
	EXPECT_INT(rk_program_number("x86_64-linux-gnu-gcc-14 (Debian 14.2.0-19) 14.2.0"),
		   14002000);
	EXPECT_INT(rk_program_number("Debian clang version 19.1"), 19001000);
	EXPECT_INT(rk_program_number("v9"), 0);
	EXPECT_INT(rk_program_number(""), 0);
	EXPECT_INT(rk_program_number("1.99999999999999999999999.1"), 1999001);
}

static const struct test tests[] = {
	TEST(a_kernel_without_rules_takes_all),
	TEST(another_kernel_is_not_judged),
	TEST(disabled_modules_block),
	TEST(enforced_signatures_block_without_a_key),
	TEST(lockdown_counts_where_signatures_do),
	TEST(a_key_of_its_own_has_to_be_enrolled),
	TEST(unreadable_rules_are_said),
	TEST(versions_are_compared_by_their_last_number),
};
TAP_MAIN(tests)
