// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing. */
#include <linux/module.h>

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
