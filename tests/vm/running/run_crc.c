// SPDX-License-Identifier: GPL-2.0-or-later
/* Needs a module of the kernel. */
#include <linux/module.h>

#include <linux/crc-itu-t.h>

u16 run_crc_value;

static int __init run_crc_init(void)
{
	run_crc_value = crc_itu_t(0, (const u8 *)"rkmod", 5);
	return 0;
}

static void __exit run_crc_exit(void)
{
}

module_init(run_crc_init);
module_exit(run_crc_exit);

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
