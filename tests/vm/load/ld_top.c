// SPDX-License-Identifier: GPL-2.0-or-later
/* Three deep; with "fail" its init fails with that errno. */
#include <linux/module.h>

int ld_mid_value(void);

static int fail;
module_param(fail, int, 0444);

static int __init ld_top_init(void)
{
	pr_info("ld_top: value is %d\n", ld_mid_value() + 1);
	return -fail;
}

static void __exit ld_top_exit(void)
{
	pr_info("ld_top: gone\n");
}

module_init(ld_top_init);
module_exit(ld_top_exit);
MODULE_DESCRIPTION("on top");
MODULE_LICENSE("GPL");
