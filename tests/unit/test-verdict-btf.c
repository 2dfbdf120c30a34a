/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/base/buf.h"
#include "lib/verdict/btf.h"
#include "tests/unit/tap.h"

/* BTF is put together word by word: types, then names, then the header before both. */
struct builder {
	struct rk_buf types;
	struct rk_buf strings;
	struct rk_buf whole;
	uint32_t first_name; /* offset of this one's first name: what the base has */
};

static void begin(struct builder *b, uint32_t first_name)
{
	*b = (struct builder){.first_name = first_name};
	if (!first_name)
		rk_buf_addc(&b->strings, '\0');
}

static uint32_t name(struct builder *b, const char *text)
{
	uint32_t at = b->first_name + (uint32_t)b->strings.len;

	if (!text)
		return 0;
	rk_buf_add(&b->strings, text, strlen(text) + 1);
	return at;
}

static void words(struct builder *b, const uint32_t *values, size_t n)
{
	rk_buf_add(&b->types, values, n * sizeof(*values));
}

static void type(struct builder *b, const char *text, uint32_t kind, uint32_t n,
		 uint32_t size)
{
	const uint32_t values[] = {name(b, text), kind << 24 | n, size};

	words(b, values, 3);
}

static void integer(struct builder *b, const char *text, uint32_t size, uint32_t encoding)
{
	const uint32_t data = encoding << 24 | size * 8;

	type(b, text, RK_BTF_INT, 0, size);
	words(b, &data, 1);
}

static void structure(struct builder *b, const char *text, uint32_t size, uint32_t member)
{
	const uint32_t values[] = {0, member, 0};

	type(b, text, RK_BTF_STRUCT, member ? 1 : 0, size);
	words(b, values, member ? 3 : 0);
}

static struct rk_bytes end(struct builder *b)
{
	const uint32_t header[] = {0x0001eb9f,
				   24,
				   0,
				   (uint32_t)b->types.len,
				   (uint32_t)b->types.len,
				   (uint32_t)b->strings.len};

	rk_buf_add(&b->whole, header, sizeof(header));
	rk_buf_add(&b->whole, b->types.data, b->types.len);
	rk_buf_add(&b->whole, b->strings.data, b->strings.len);
	return (struct rk_bytes){(const uint8_t *)b->whole.data, b->whole.len};
}

static void release(struct builder *b)
{
	rk_buf_release(&b->types);
	rk_buf_release(&b->strings);
	rk_buf_release(&b->whole);
}

/* One of each: the kernel's, .BTF.base, .BTF. */
struct trio {
	struct builder kernel, base, module;
	struct rk_btf kernel_btf, base_btf, btf;
	struct rk_btf_problem problem;
};

/* "int" and struct "page" of 64 bytes are in the kernel and wanted by the module. */
static void begin_trio(struct trio *t)
{
	*t = (struct trio){0};
	begin(&t->kernel, 0);
	integer(&t->kernel, "char", 1, 0);
	integer(&t->kernel, "int", 4, 1);
	structure(&t->kernel, "page", 64, 2);
	begin(&t->base, 0);
	integer(&t->base, "int", 4, 1);
	structure(&t->base, "page", 64, 0);
}

static void begin_module(struct trio *t)
{
	begin(&t->module, (uint32_t)t->base.strings.len);
}

/* Return: the answer of the check and the relocation. */
static bool judge(struct trio *t)
{
	bool ok;

	EXPECT(rk_btf_open(&t->kernel_btf, end(&t->kernel)));
	EXPECT(rk_btf_check(&t->base_btf, end(&t->base), &t->problem));
	t->btf.base = &t->base_btf;
	ok = rk_btf_check(&t->btf, end(&t->module), &t->problem) &&
	     rk_btf_relocate(&t->btf, &t->kernel_btf, &t->problem);
	release(&t->kernel);
	release(&t->base);
	release(&t->module);
	return ok;
}

static void finds_types_by_name(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	type(&t.module, "count", RK_BTF_TYPEDEF, 0, 1);
	structure(&t.module, "own", 64, 2);
	EXPECT(judge(&t));
}

static void refuses_a_name_that_the_kernel_lacks(void)
{
	struct trio t;

	begin_trio(&t);
	structure(&t.base, "folio", 64, 0);
	begin_module(&t);
	EXPECT(!judge(&t));
	EXPECT_INT(t.problem.sys_errno, EINVAL);
	EXPECT_INT(t.problem.type, 3);
}

static void does_not_judge_by_a_kernel_with_types_of_a_later_kind(void)
{
	struct trio t;

	begin_trio(&t);
	type(&t.kernel, "later", RK_BTF_N_KINDS, 0, 0);
	structure(&t.base, "folio", 64, 0);
	begin_module(&t);
	EXPECT(judge(&t));
}

static void refuses_an_integer_of_another_size(void)
{
	struct trio t;

	begin_trio(&t);
	integer(&t.base, "char", 2, 0);
	begin_module(&t);
	EXPECT(!judge(&t));
}

static void refuses_an_integer_of_another_encoding(void)
{
	struct trio t;

	begin_trio(&t);
	integer(&t.base, "char", 1, 1);
	begin_module(&t);
	EXPECT(!judge(&t));
}

static void takes_a_struct_that_grew_behind_a_pointer(void)
{
	struct trio t;

	begin_trio(&t);
	structure(&t.kernel, "file", 80, 2);
	structure(&t.base, "file", 72, 0);
	begin_module(&t);
	type(&t.module, NULL, RK_BTF_PTR, 0, 3);
	EXPECT(judge(&t));
}

static void refuses_a_struct_that_grew_inside_another(void)
{
	struct trio t;

	begin_trio(&t);
	structure(&t.kernel, "file", 80, 2);
	structure(&t.base, "file", 72, 0);
	begin_module(&t);
	type(&t.module, "file_t", RK_BTF_TYPEDEF, 0, 3);
	structure(&t.module, "own", 96, 4);
	EXPECT(!judge(&t));
	EXPECT_INT(t.problem.sys_errno, EINVAL);
}

static void refuses_two_candidates_of_one_size(void)
{
	struct trio t;

	begin_trio(&t);
	structure(&t.kernel, "page", 64, 0);
	begin_module(&t);
	EXPECT(!judge(&t));
}

static void refuses_a_function_in_the_base(void)
{
	struct trio t;

	begin_trio(&t);
	type(&t.base, NULL, RK_BTF_PTR, 0, 1);
	begin_module(&t);
	EXPECT(!judge(&t));
}

static void a_name_of_the_base_must_be_that_of_a_type(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	{
		/* the second byte of "int" */
		const uint32_t values[] = {2, RK_BTF_TYPEDEF << 24, 1};

		words(&t.module, values, 3);
	}
	EXPECT(!judge(&t));
	EXPECT_INT(t.problem.sys_errno, ENOENT);
}

static void a_member_of_no_type_is_a_fault(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	structure(&t.module, "own", 64, 4711);
	EXPECT(!judge(&t));
	EXPECT(t.problem.is_fault);
}

static void an_array_of_itself_is_a_fault(void)
{
	struct trio t;
	const uint32_t array[] = {3, 1, 4};

	begin_trio(&t);
	begin_module(&t);
	type(&t.module, NULL, RK_BTF_ARRAY, 0, 0);
	words(&t.module, array, 3);
	structure(&t.module, "own", 64, 3);
	EXPECT(!judge(&t));
	EXPECT(t.problem.is_fault);
}

static void refuses_modifiers_in_a_circle(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	type(&t.module, NULL, RK_BTF_CONST, 0, 4);
	type(&t.module, NULL, RK_BTF_VOLATILE, 0, 3);
	EXPECT(!judge(&t));
	EXPECT_INT(t.problem.sys_errno, ELOOP);
}

static void refuses_a_modifier_of_no_type(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	type(&t.module, NULL, RK_BTF_CONST, 0, 99);
	EXPECT(!judge(&t));
	EXPECT_INT(t.problem.sys_errno, EINVAL);
}

static void latin_letters_are_letters_to_the_kernel(void)
{
	struct trio t;

	begin_trio(&t);
	begin_module(&t);
	structure(&t.module, "l\xd8ng", 64, 0);
	EXPECT(judge(&t));
	begin_trio(&t);
	begin_module(&t);
	structure(&t.module, "l\xd7ng", 64, 0);
	EXPECT(!judge(&t));
}

static const struct test tests[] = {
	TEST(finds_types_by_name),
	TEST(refuses_a_name_that_the_kernel_lacks),
	TEST(does_not_judge_by_a_kernel_with_types_of_a_later_kind),
	TEST(refuses_an_integer_of_another_size),
	TEST(refuses_an_integer_of_another_encoding),
	TEST(takes_a_struct_that_grew_behind_a_pointer),
	TEST(refuses_a_struct_that_grew_inside_another),
	TEST(refuses_two_candidates_of_one_size),
	TEST(refuses_a_function_in_the_base),
	TEST(a_name_of_the_base_must_be_that_of_a_type),
	TEST(a_member_of_no_type_is_a_fault),
	TEST(an_array_of_itself_is_a_fault),
	TEST(refuses_modifiers_in_a_circle),
	TEST(refuses_a_modifier_of_no_type),
	TEST(latin_letters_are_letters_to_the_kernel),
};

TAP_MAIN(tests)
