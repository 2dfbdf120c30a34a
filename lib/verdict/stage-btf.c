/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel/bpf/btf.c: btf_parse_module(), as far as the section alone decides. */
#include <errno.h>

#include "lib/verdict/judge.h"

void rk_stage_btf(struct rk_judge *judge)
{
	enum {
		MAGIC = 0xeb9f,
		HEADER_SIZE = 24,
	};
	size_t count;
	Elf64_Shdr section = rk_view_section(
		&judge->view, rk_view_find_any(&judge->view, ".BTF", &count));
	struct rk_bytes btf = rk_view_contents(&judge->view, &section);
	struct rk_finding *finding;

	if (!judge->facts.btf_modules || judge->facts.btf_mismatch_ok || btf.size == 0)
		return;
	if (btf.size >= HEADER_SIZE && (rk_bytes_u32(btf, 0) & 0xffff) == MAGIC)
		return;
	finding = rk_judge_refuse(judge, EINVAL, "btf", "the .BTF section has no header");
	rk_judge_fix(judge, finding, "%s", finding->kind->cure);
	rk_judge_message(judge, "failed to validate module [%s] BTF: -%d", judge->name,
			 EINVAL);
}
