// SPDX-License-Identifier: GPL-2.0-or-later
/* The smallest that runs: init and exit, one symbol of the kernel. */
#include <linux/init.h>
#include <linux/module.h>

static int __init ora_plain_init(void)
{
	pr_info("loaded\n");
	return 0;
}

static void __exit ora_plain_exit(void)
{
	pr_info("unloaded\n");
}

module_init(ora_plain_init);
module_exit(ora_plain_exit);
MODULE_DESCRIPTION("oracle base: init and exit");
MODULE_LICENSE("GPL");
