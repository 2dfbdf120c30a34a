// SPDX-License-Identifier: GPL-2.0-or-later
/* A license that is not compatible with the GPL; only symbols open to all. */
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>

static unsigned long since;

static int __init ora_owned_init(void)
{
	since = jiffies;
	pr_info("loaded\n");
	return 0;
}

static void __exit ora_owned_exit(void)
{
}

module_init(ora_owned_init);
module_exit(ora_owned_exit);
MODULE_DESCRIPTION("oracle base: proprietary");
MODULE_LICENSE("Proprietary");
