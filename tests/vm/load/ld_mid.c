// SPDX-License-Identifier: GPL-2.0-or-later
/* Needs ld_base, and is needed by ld_top. */
#include <linux/module.h>

int ld_base_value(void);
int ld_mid_value(void);

int ld_mid_value(void)
{
	return ld_base_value() + 1;
}
EXPORT_SYMBOL_GPL(ld_mid_value);

static int __init ld_mid_init(void)
{
	pr_info("ld_mid: here\n");
	return 0;
}

static void __exit ld_mid_exit(void)
{
	pr_info("ld_mid: gone\n");
}

module_init(ld_mid_init);
module_exit(ld_mid_exit);
MODULE_DESCRIPTION("in the middle");
MODULE_LICENSE("GPL");
