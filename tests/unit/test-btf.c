/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/base/buf.h"
#include "lib/kernel/btf.h"
#include "tests/unit/tap.h"

enum {
	KIND_INT = 1,
	KIND_PTR = 2,
	KIND_STRUCT = 4,
	KIND_ENUM64 = 19,
	KIND_FUTURE = 21,
};

/* "\0int\0module\0modules\0" */
enum {
	NAME_INT = 1,
	NAME_MODULE = 5,
	NAME_MODULES = 12,
};
static const char names[] = "\0int\0module\0modules";

static void add16(struct rk_buf *buf, unsigned int value)
{
	rk_buf_addc(buf, (char)(value & 0xff));
	rk_buf_addc(buf, (char)(value >> 8 & 0xff));
}

static void add32(struct rk_buf *buf, uint32_t value)
{
	add16(buf, value & 0xffff);
	add16(buf, value >> 16);
}

static void add_type(struct rk_buf *types, uint32_t name, uint32_t kind, uint32_t vlen,
		     uint32_t size)
{
	add32(types, name);
	add32(types, kind << 24 | vlen);
	add32(types, size);
}

static void add_zeros(struct rk_buf *buf, size_t n)
{
	while (n--)
		rk_buf_addc(buf, '\0');
}

/* int; ptr; a struct "modules" with a member; "module" with two; an enum64. */
static void add_types(struct rk_buf *types)
{
	add_type(types, NAME_INT, KIND_INT, 0, 4);
	add_zeros(types, 4);
	add_type(types, 0, KIND_PTR, 0, 1);
	add_type(types, NAME_MODULES, KIND_STRUCT, 1, 8);
	add_zeros(types, 12);
	add_type(types, NAME_MODULE, KIND_STRUCT, 2, 1344);
	add_zeros(types, 24);
	add_type(types, 0, KIND_ENUM64, 1, 8);
	add_zeros(types, 12);
}

static void add_header(struct rk_buf *btf, uint32_t types_size, uint32_t layout_size)
{
	add16(btf, 0xeb9f);
	rk_buf_addc(btf, 1);
	rk_buf_addc(btf, 0);
	add32(btf, layout_size ? 32 : 24);
	add32(btf, 0);
	add32(btf, types_size);
	add32(btf, types_size);
	add32(btf, sizeof(names));
	if (layout_size) {
		add32(btf, types_size + sizeof(names));
		add32(btf, layout_size);
	}
}

static void make_btf(struct rk_buf *btf, const struct rk_buf *types)
{
	add_header(btf, (uint32_t)types->len, 0);
	rk_buf_add(btf, types->data, types->len);
	rk_buf_add(btf, names, sizeof(names));
}

static void make_good(struct rk_buf *btf)
{
	cleanup_buf struct rk_buf types = RK_BUF_INIT;

	add_types(&types);
	make_btf(btf, &types);
}

/* Exactly as long as it is, so that AddressSanitizer sees a read behind it. */
static int size_of(const void *data, size_t size, const char *name, uint32_t *ret,
		   struct rk_error *err)
{
	cleanup_free void *copy = malloc(size ? size : 1);

	if (!copy)
		return rk_error_nomem(err);
	memcpy(copy, data, size);
	return rk_btf_struct_size(copy, size, name, ret, err);
}

static void finds_the_size_behind_other_types(void)
{
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size = 0;

	make_good(&btf);
	EXPECT_INT(size_of(btf.data, btf.len, "module", &size, &err), 0);
	EXPECT_INT(size, 1344);
	EXPECT_INT(size_of(btf.data, btf.len, "modules", &size, &err), 0);
	EXPECT_INT(size, 8);
}

static void a_name_of_another_kind_or_a_part_is_not_found(void)
{
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size = 7;

	make_good(&btf);
	EXPECT_INT(size_of(btf.data, btf.len, "int", &size, &err), -RK_ENOTFOUND);
	EXPECT_INT(size_of(btf.data, btf.len, "modul", &size, &err), -RK_ENOTFOUND);
	EXPECT_INT(size, 7);
}

static void steps_over_an_unknown_kind_only_if_the_layout_has_it(void)
{
	cleanup_buf struct rk_buf types = RK_BUF_INIT;
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;
	cleanup_buf struct rk_buf old = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size = 0;

	add_type(&types, 0, KIND_FUTURE, 2, 0);
	add_zeros(&types, 4 + 2 * 8);
	add_types(&types);
	add_header(&btf, (uint32_t)types.len, (KIND_FUTURE + 1) * 4);
	rk_buf_add(&btf, types.data, types.len);
	rk_buf_add(&btf, names, sizeof(names));
	add_zeros(&btf, KIND_FUTURE * (size_t)4);
	rk_buf_add(&btf, "\4\10\0\0", 4);
	EXPECT_INT(size_of(btf.data, btf.len, "module", &size, &err), 0);
	EXPECT_INT(size, 1344);

	make_btf(&old, &types);
	EXPECT_INT(size_of(old.data, old.len, "module", &size, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "unknown kind 21 at byte 24");
}

static void refuses_another_magic_or_byte_order(void)
{
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size;

	make_good(&btf);
	btf.data[0] = (char)0xeb;
	btf.data[1] = (char)0x9f;
	EXPECT_INT(size_of(btf.data, btf.len, "module", &size, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "byte 0");
}

static void refuses_a_type_that_does_not_end(void)
{
	cleanup_buf struct rk_buf types = RK_BUF_INIT;
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;
	struct rk_error err = RK_ERROR_INIT;
	uint32_t size;

	add_type(&types, NAME_MODULES, KIND_STRUCT, 0xffffff, 8);
	make_btf(&btf, &types);
	EXPECT_INT(size_of(btf.data, btf.len, "module", &size, &err), -RK_EFORMAT);
	EXPECT_HAS(err.msg, "at byte 24 does not end");
}

static void refuses_sections_outside_of_the_bytes(void)
{
	static const size_t fields[] = {8, 12, 16, 20};

	for (size_t i = 0; i < RK_ARRAY_LEN(fields); i++) {
		cleanup_buf struct rk_buf btf = RK_BUF_INIT;
		struct rk_error err = RK_ERROR_INIT;
		uint32_t size;

		make_good(&btf);
		memset(btf.data + fields[i], 0xff, 4);
		EXPECT_INT(size_of(btf.data, btf.len, "module", &size, &err),
			   -RK_EFORMAT);
		EXPECT_HAS(err.msg, "lies outside");
	}
}

static void survives_every_cut(void)
{
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;

	make_good(&btf);
	for (size_t len = 0; len < btf.len; len++) {
		struct rk_error err = RK_ERROR_INIT;
		uint32_t size;

		EXPECT_INT(size_of(btf.data, len, "module", &size, &err), -RK_EFORMAT);
	}
}

static void survives_every_changed_byte(void)
{
	cleanup_buf struct rk_buf btf = RK_BUF_INIT;

	make_good(&btf);
	for (size_t i = 0; i < btf.len; i++) {
		char old = btf.data[i];

		for (int byte = 0; byte < 256; byte++) {
			struct rk_error err = RK_ERROR_INIT;
			uint32_t size;
			int r;

			btf.data[i] = (char)byte;
			r = size_of(btf.data, btf.len, "module", &size, &err);
			EXPECT(r == 0 || r == -RK_EFORMAT || r == -RK_ENOTFOUND);
		}
		btf.data[i] = old;
	}
}

static const struct test tests[] = {
	TEST(finds_the_size_behind_other_types),
	TEST(a_name_of_another_kind_or_a_part_is_not_found),
	TEST(steps_over_an_unknown_kind_only_if_the_layout_has_it),
	TEST(refuses_another_magic_or_byte_order),
	TEST(refuses_a_type_that_does_not_end),
	TEST(refuses_sections_outside_of_the_bytes),
	TEST(survives_every_cut),
	TEST(survives_every_changed_byte),
};
TAP_MAIN(tests)
