// SPDX-License-Identifier: GPL-2.0-or-later
/* An init function that takes its time, or fails. */
#include <linux/delay.h>
#include <linux/module.h>

static int fail;
module_param(fail, int, 0444);
static int wait_ms;
module_param(wait_ms, int, 0444);

static int __init ld_init_init(void)
{
	pr_info("ld_init: begins\n");
	msleep(wait_ms);
	pr_info("ld_init: ends\n");
	return -fail;
}

static void __exit ld_init_exit(void)
{
}

module_init(ld_init_init);
module_exit(ld_init_exit);
MODULE_DESCRIPTION("waits and fails");
MODULE_LICENSE("GPL");
