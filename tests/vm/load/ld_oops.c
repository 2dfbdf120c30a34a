// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel falls over in its init function. */
#include <linux/module.h>

static int __init ld_oops_init(void)
{
	pr_info("ld_oops: before\n");
	*(volatile int *)8 = 0;
	return 0;
}

module_init(ld_oops_init);
MODULE_DESCRIPTION("falls over");
MODULE_LICENSE("GPL");
