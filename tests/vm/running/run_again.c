// SPDX-License-Identifier: GPL-2.0-or-later
/* Exports what run_giver exports, too. */
#include <linux/module.h>

int run_give(void);
int run_give(void)
{
	return 2;
}
EXPORT_SYMBOL(run_give);

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
