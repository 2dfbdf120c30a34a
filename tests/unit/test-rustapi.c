/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/kernel/rustapi.h"
#include "tests/unit/tap.h"

/* Lines as they are in real files. */
#define CSTR                                                                             \
	"0x00000000\t_RNvXs_NtCsfATHBUcknU9_6kernel3strNtB4_4CStrNtNtCs3yuwAp0waWO_4co"  \
	"re3fmt7Display3fmt\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
#define CORE_CSTR                                                                        \
	"0x00000000\t_RNvXs0_NtNtCs30YITssOn10_4core3ffi5c_strNtB5_4CStrNtNtB9_3fmt5De"  \
	"bug3fmt\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
#define RAW                                                                              \
	"0x00000000\t_RNvYNtNtCsikukNlOigsz_6kernel3str12RawFormatterNtNtCs30YITssOn10"  \
	"_4core3fmt5Write10write_charB6_\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"
#define PARAM                                                                            \
	"0x00000000\t_RNvNtCsb5MLIFMWygY_6kernel12module_param12PARAM_OPS_I8\tvmlinux\t" \
	"EXPORT_SYMBOL_GPL\t\n"

static struct rk_rust_api guess(const char *makefile, const char *symvers)
{
	cleanup(rk_symvers_free_p) struct rk_symvers *table = NULL;
	cleanup_buf struct rk_buf text = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	struct rk_rust_api api;

	rk_buf_adds(&text, symvers);
	EXPECT(rk_symvers_parse(&text, &table, &err) == 0);
	rk_rust_api_guess(makefile, table, &api);
	return api;
}

static void expect(struct rk_rust_api api, bool bytes, bool authors, bool params,
		   bool miscdevice)
{
	EXPECT_INT(api.byte_strings, bytes);
	EXPECT_INT(api.authors, authors);
	EXPECT_INT(api.params, params);
	EXPECT_INT(api.miscdevice, miscdevice);
	EXPECT(api.from);
}

static void the_first_kernels_want_byte_strings(void)
{
	expect(guess("\t--extern alloc --extern kernel \\\n", RAW CORE_CSTR), true, false,
	       false, false);
}

static void strings_came_with_the_kernels_own_cstr(void)
{
	expect(guess("\t--extern alloc --extern kernel \\\n", RAW CSTR), false, false,
	       false, false);
}

static void lists_of_authors_came_with_pin_init(void)
{
	expect(guess("\t-Zunstable-options --extern pin_init --extern kernel \\\n", RAW),
	       false, true, false, false);
}

static void parameters_are_exported(void)
{
	expect(guess("\t--extern pin_init --extern kernel \\\n", RAW PARAM), false, true,
	       true, true);
}

static char top[] = "/tmp/rkmod-rustapi-XXXXXX";

static void put(const char *below, const char *text)
{
	struct rk_error err = RK_ERROR_INIT;
	char path[256];

	snprintf(path, sizeof(path), "%s/rust/%s", top, below);
	EXPECT(rk_file_write(path, text, strlen(text), 0600, &err) == 0);
}

static struct rk_rust_api read_kept(void)
{
	struct rk_rust_api api;

	/* KDIR is not looked at. */
	rk_rust_api_read(NULL, top, &api);
	return api;
}

static void kept_sources_tell_all(void)
{
	struct rk_error err = RK_ERROR_INIT;
	char path[256];

	EXPECT(mkdtemp(top));
	snprintf(path, sizeof(path), "%s/rust/macros", top);
	EXPECT(rk_dir_make(path, 0700, &err) == 0);
	snprintf(path, sizeof(path), "%s/rust/kernel", top);
	EXPECT(rk_dir_make(path, 0700, &err) == 0);
	put("macros/module.rs",
	    "const EXPECTED_KEYS: &[&str] = &[\"type\", \"name\", \"authors\", "
	    "\"license\", \"params\"];\n"
	    "\"license\" => info.license = expect_string_ascii(it),\n");
	expect(read_kept(), false, true, true, false);
	put("kernel/miscdevice.rs", "fn read_iter(");
	put("kernel/iov.rs", "pub struct IovIterDest");
	put("ffi.rs", "pub use core::ffi::CStr;");
	expect(read_kept(), false, true, true, true);
	put("macros/module.rs",
	    "const EXPECTED_KEYS: &[&str] = &[\"type\", \"author\", \"license\"];\n"
	    "\"license\" => info.license = expect_byte_string(it),\n");
	expect(read_kept(), true, false, false, true);
	EXPECT(rk_dir_remove(top, &err) == 0);
}

static void nothing_at_all_is_survived(void)
{
	struct rk_rust_api api;

	rk_rust_api_guess(NULL, NULL, &api);
	EXPECT(api.byte_strings && !api.authors && !api.params);
	rk_rust_api_newest(&api);
	expect(api, false, true, true, true);
}

static const struct test tests[] = {
	TEST(the_first_kernels_want_byte_strings),
	TEST(strings_came_with_the_kernels_own_cstr),
	TEST(lists_of_authors_came_with_pin_init),
	TEST(parameters_are_exported),
	TEST(kept_sources_tell_all),
	TEST(nothing_at_all_is_survived),
};
TAP_MAIN(tests)
