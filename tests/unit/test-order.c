/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <elf.h>
#include <stdlib.h>

#include "lib/base/file.h"
#include "lib/pipeline/order.h"
#include "tests/unit/tap.h"

static void lists_are_searched_by_whole_names(void)
{
	EXPECT(rk_depends_has("a", "a"));
	EXPECT(rk_depends_has("a,b-c,d", "b_c"));
	EXPECT(rk_depends_has("x,a_b", "a-b"));
	EXPECT(!rk_depends_has("ab,cd", "a"));
	EXPECT(!rk_depends_has("ab,cd", "bc"));
	EXPECT(!rk_depends_has("", "a"));
	EXPECT(!rk_depends_has(",,", ""));
}

static char top[] = "/tmp/rkmod-order-XXXXXX";

/* The least that has a .modinfo. */
static void put(const char *name, const char *depends)
{
	static const char names[] = "\0.modinfo\0.shstrtab";
	cleanup_buf struct rk_buf info = RK_BUF_INIT;
	cleanup_buf struct rk_buf file = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	char path[256];
	Elf64_Ehdr header = {.e_type = ET_REL,
			     .e_machine = EM_X86_64,
			     .e_version = EV_CURRENT,
			     .e_ehsize = sizeof(header),
			     .e_shoff = sizeof(header),
			     .e_shentsize = sizeof(Elf64_Shdr),
			     .e_shnum = 3,
			     .e_shstrndx = 2};
	Elf64_Shdr sections[3] = {{0},
				  {.sh_name = 1, .sh_type = SHT_PROGBITS},
				  {.sh_name = 10, .sh_type = SHT_STRTAB}};

	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	rk_buf_addf(&info, "name=%s", name);
	rk_buf_addc(&info, '\0');
	rk_buf_addf(&info, "depends=%s", depends);
	rk_buf_addc(&info, '\0');
	sections[1].sh_offset = sizeof(header) + sizeof(sections);
	sections[1].sh_size = info.len;
	sections[2].sh_offset = sections[1].sh_offset + info.len;
	sections[2].sh_size = sizeof(names);
	rk_buf_add(&file, &header, sizeof(header));
	rk_buf_add(&file, sections, sizeof(sections));
	rk_buf_add(&file, info.data, info.len);
	rk_buf_add(&file, names, sizeof(names));
	snprintf(path, sizeof(path), "%s/%s.ko", top, name);
	EXPECT(rk_file_write(path, file.data, file.len, 0600, &err) == 0);
}

/* "b a": in this order */
static void expect(const char *names, const char *wanted)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;
	cleanup_strv struct rk_strv ordered = RK_STRV_INIT;
	cleanup_buf struct rk_buf got = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;

	while (*names) {
		char name[2] = {*names, '\0'};

		rk_strv_addf(&paths, "%s/%s.ko", top, name);
		names += names[1] ? 2 : 1;
	}
	EXPECT(rk_pipeline_order(&paths, &ordered, &err) == 0);
	for (size_t i = 0; i < ordered.n_items; i++)
		rk_buf_addf(&got, "%s%.1s", i ? " " : "", rk_path_base(ordered.items[i]));
	EXPECT_STR(rk_buf_str(&got), wanted);
}

static void modules_come_behind_those_they_need(void)
{
	struct rk_error err = RK_ERROR_INIT;

	EXPECT(mkdtemp(top));
	put("a", "b,none");
	put("b", "d");
	put("c", "");
	put("d", "");
	expect("a b c d", "c d b a");
	expect("c d", "c d");
	expect("d c", "d c");
	put("c", "d");
	put("d", "c");
	expect("c d", "c d");
	expect("", "");
	EXPECT(rk_dir_remove(top, &err) == 0);
}

static void what_is_no_file_is_told(void)
{
	cleanup_strv struct rk_strv paths = RK_STRV_INIT;
	cleanup_strv struct rk_strv ordered = RK_STRV_INIT;
	struct rk_error err = RK_ERROR_INIT;

	rk_strv_add(&paths, "/nonexistent.ko");
	EXPECT(rk_pipeline_order(&paths, &ordered, &err) == -RK_ENOTFOUND);
}

static const struct test tests[] = {
	TEST(modules_come_behind_those_they_need),
	TEST(what_is_no_file_is_told),
	TEST(lists_are_searched_by_whole_names),
};
TAP_MAIN(tests)
