/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Type information: the size of a struct in the kernel's; a module's own, behind that of
 * a kernel or of .BTF.base. An input is up to three of them, each behind its size.
 */
#include <string.h>

#include "lib/kernel/btf.h"
#include "lib/verdict/btf.h"
#include "tests/fuzz/fuzz.h"

static struct rk_bytes take(struct rk_bytes *rest)
{
	struct rk_bytes ret = {rest->data, rk_bytes_u32(*rest, 0)};

	if (rest->size < sizeof(uint32_t))
		return (struct rk_bytes){0};
	ret.data += sizeof(uint32_t);
	if (ret.size > rest->size - sizeof(uint32_t))
		ret.size = rest->size - sizeof(uint32_t);
	rest->data = ret.data + ret.size;
	rest->size -= sizeof(uint32_t) + ret.size;
	return ret;
}

static void check_alone(struct rk_bytes data, bool has_layout)
{
	struct rk_btf btf = {.has_layout = has_layout, .base_is_unknown = true};
	struct rk_btf_problem problem = {0};

	if (!rk_btf_check(&btf, data, &problem))
		MUST(problem.text && (problem.sys_errno || problem.is_fault));
}

static void check(struct rk_bytes kernel_data, struct rk_bytes base_data,
		  struct rk_bytes data, bool has_layout)
{
	struct rk_btf kernel = {.has_layout = has_layout};
	struct rk_btf base = {.has_layout = has_layout};
	struct rk_btf btf = {.has_layout = has_layout};
	struct rk_btf_problem problem = {0};

	if (!rk_btf_check(&kernel, kernel_data, &problem))
		return; /* the kernel's own is sound */
	btf.base = &kernel;
	if (!rk_btf_check(&btf, data, &problem))
		MUST(problem.text && (problem.sys_errno || problem.is_fault));
	if (!rk_btf_check(&base, base_data, &problem))
		return;
	btf = (struct rk_btf){.has_layout = has_layout, .base = &base};
	if (rk_btf_check(&btf, data, &problem) &&
	    !rk_btf_relocate(&btf, &kernel, &problem))
		MUST(problem.text && (problem.sys_errno || problem.is_fault));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rk_error err = RK_ERROR_INIT;
	struct rk_bytes rest = {data, size};
	struct rk_bytes first = take(&rest);
	struct rk_bytes second = take(&rest);
	struct rk_bytes third = take(&rest);
	uint32_t ret;

	if (rk_btf_struct_size(first.data, first.size, "module", &ret, &err) < 0)
		MUST(err.msg[0]);
	for (int layout = 0; layout < 2; layout++) {
		check_alone(third, layout);
		check(first, second, third, layout);
	}
	return 0;
}
