// SPDX-License-Identifier: GPL-2.0-or-later
/* Needed by ld_mid. */
#include <linux/module.h>

int ld_base_value(void);

int ld_base_value(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(ld_base_value);

static int __init ld_base_init(void)
{
	pr_info("ld_base: here\n");
	return 0;
}

static void __exit ld_base_exit(void)
{
	pr_info("ld_base: gone\n");
}

module_init(ld_base_init);
module_exit(ld_base_exit);
MODULE_DESCRIPTION("needed by ld_mid");
MODULE_LICENSE("GPL");
