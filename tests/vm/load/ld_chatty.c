// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints many lines of its own, and others between. */
#include <linux/module.h>

static int lines = 10;
module_param(lines, int, 0444);
static int noise;
module_param(noise, int, 0444);

static int __init ld_chatty_init(void)
{
	for (int i = 0; i < lines; i++) {
		pr_info("ld_chatty: line %d of %d\n", i + 1, lines);
		for (int k = 0; k < noise; k++)
			pr_info("noise %d %d\n", i, k);
	}
	return 0;
}

static void __exit ld_chatty_exit(void)
{
}

module_init(ld_chatty_init);
module_exit(ld_chatty_exit);
MODULE_DESCRIPTION("prints");
MODULE_LICENSE("GPL");
