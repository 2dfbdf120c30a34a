// SPDX-License-Identifier: GPL-2.0-or-later
/* Parameters of the kernel's own types; the code around them never runs. */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int number = 1;
static bool flag;
static char *text = "none";
static unsigned long list[4];
static unsigned int n_list;

module_param(number, int, 0444);
MODULE_PARM_DESC(number, "a number");
module_param(flag, bool, 0644);
MODULE_PARM_DESC(flag, "a flag");
module_param(text, charp, 0444);
MODULE_PARM_DESC(text, "a text");
module_param_array(list, ulong, &n_list, 0444);
MODULE_PARM_DESC(list, "numbers");

MODULE_DESCRIPTION("oracle base: parameters");
MODULE_LICENSE("GPL v2");
