/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "lib/finding/recognise.h"
#include "tests/fuzz/fuzz.h"

/* The first byte tells in how large pieces the rest comes. */
static void feed(struct rk_recogniser *recogniser, const uint8_t *data, size_t size)
{
	size_t piece = size > 0 ? data[0] + (size_t)1 : 1;

	for (size_t at = 1; at < size; at += piece)
		rk_recogniser_feed(recogniser, (const char *)data + at,
				   size - at < piece ? size - at : piece);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cleanup(rk_findings_release) struct rk_findings findings = RK_FINDINGS_INIT;
	cleanup(rk_recogniser_free_p) struct rk_recogniser *recogniser = NULL;
	struct rk_error err = RK_ERROR_INIT;
	const struct rk_recognised *items;
	size_t n_items = 0;

	MUST(rk_recogniser_new(&recogniser, &err) == 0);
	feed(recogniser, data, size);
	MUST(rk_recogniser_finish(recogniser, &items, &n_items, &err) == 0);
	for (size_t i = 0; i < n_items; i++) {
		MUST(items[i].line > 0 && items[i].count > 0);
		rk_recognised_add(&items[i], &findings);
	}
	MUST(rk_findings_check(&findings, &err) == 0 && findings.n_items == n_items);
	for (size_t i = 0; i < n_items; i++)
		MUST(findings.items[i].text[0] &&
		     !strpbrk(findings.items[i].text, "\n\033"));
	return 0;
}
