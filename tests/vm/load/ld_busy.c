// SPDX-License-Identifier: GPL-2.0-or-later
/* Holds itself until 0 is written to its parameter "held". */
#include <linux/module.h>

static int held;

static int set_held(const char *value, const struct kernel_param *param)
{
	int before = held;
	int r = param_set_int(value, param);

	if (r)
		return r;
	if (held && !before)
		__module_get(THIS_MODULE);
	if (!held && before)
		module_put(THIS_MODULE);
	return 0;
}

static const struct kernel_param_ops held_ops = {
	.set = set_held,
	.get = param_get_int,
};
module_param_cb(held, &held_ops, &held, 0644);
__MODULE_PARM_TYPE(held, "int");

static int __init ld_busy_init(void)
{
	return 0;
}

static void __exit ld_busy_exit(void)
{
	pr_info("ld_busy: gone\n");
}

module_init(ld_busy_init);
module_exit(ld_busy_exit);
MODULE_DESCRIPTION("holds itself");
MODULE_LICENSE("GPL");
