// SPDX-License-Identifier: GPL-2.0-or-later
/* Needs run_giver, which no Module.symvers names. */
#include <linux/module.h>

int run_give(void);

static int __init run_taker_init(void)
{
	return run_give() > 0 ? 0 : -EINVAL;
}

static void __exit run_taker_exit(void)
{
}

module_init(run_taker_init);
module_exit(run_taker_exit);

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
