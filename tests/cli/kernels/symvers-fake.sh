# SPDX-License-Identifier: GPL-2.0-or-later
# Exports of a kernel that b made, and of a module that a made; c does not run.
printf '0x0\t_RNvCs30YITssOn10_4core1f\tdrivers/x\tEXPORT_SYMBOL_GPL\t\n' >symvers
printf '0x0\t_RNvCs2lKf6AS60Zg_4core1f\tvmlinux\tEXPORT_SYMBOL_GPL\t\n' >>symvers
printf '#!/bin/sh\necho "rustc 1.63.0"\n' >a
printf '#!/bin/sh\necho "rustc 1.85.1 (4eb161250 2025-03-15) (built from a source tarball)"\n' >b
printf '#!/bin/sh\nexit 1\n' >c
chmod +x a b c
