// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbols that are only for modules under the GPL. */
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/ktime.h>
#include <linux/module.h>

static ktime_t since;

static int __init ora_gpl_init(void)
{
	since = ktime_get();
	return kernel_kobj ? 0 : -ENODEV;
}

static void __exit ora_gpl_exit(void)
{
}

module_init(ora_gpl_init);
module_exit(ora_gpl_exit);
MODULE_DESCRIPTION("oracle base: GPL-only symbols");
MODULE_LICENSE("GPL");
