// SPDX-License-Identifier: GPL-2.0-or-later
/* Exports what run_taker needs. */
#include <linux/module.h>

int run_give(void);
int run_give(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(run_give);

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
