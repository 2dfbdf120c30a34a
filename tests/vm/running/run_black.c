// SPDX-License-Identifier: GPL-2.0-or-later
/* Its name stands in module_blacklist=. */
#include <linux/module.h>

MODULE_DESCRIPTION("a test of rkmod");
MODULE_LICENSE("GPL");
