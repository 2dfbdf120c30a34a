// SPDX-License-Identifier: GPL-2.0-or-later
/* Has a parameter. */
#include <linux/module.h>

static int number;
module_param(number, int, 0444);
MODULE_PARM_DESC(number, "a number");

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
