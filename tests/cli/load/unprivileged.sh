# SPDX-License-Identifier: GPL-2.0-or-later
# may_not COMMAND...: without the right to load modules
may_not() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --bounding-set=-sys_module rkmod "$@"
	else
		rkmod "$@"
	fi 2>&1 | sed 's|sudo /.*/rkmod|sudo RKMOD|'
}
