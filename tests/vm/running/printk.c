// SPDX-License-Identifier: GPL-2.0-or-later
/* Has the name of something that is built in. */
#include <linux/module.h>

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
