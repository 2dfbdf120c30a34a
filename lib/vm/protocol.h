/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RK_VM_PROTOCOL_H
#define RK_VM_PROTOCOL_H

/*
 * What host and guest program say to each other. For lib/vm only.
 *
 * Host to guest: files in the initramfs. RK_VM_JOBS is text, a line each:
 *
 *	nonce 0123456789abcdef
 *	limit MILLISECONDS              for one job; 0 none
 *	load PATH PARAMS...             finit_module
 *	try FLAGS PATH PARAMS...        the same with flags, unloaded at once
 *	exec PATH                       a script for busybox sh
 *	unload @JOB                     what that job (counted from 0) loaded
 *
 * Guest to host: lines on the second serial port,
 *
 *	rkmod1 NONCE SEQ TYPE TEXT\n
 *
 * The kernel's own messages go to the first port. A line without the nonce, which only
 * the guest program and the host know, is nobody's: a module cannot forge a result by
 * printing one. Bytes of TEXT outside of printable ASCII, and '\', are \xNN. SEQ counts
 * from 0, so that a lost line is noticed.
 *
 *	hello   /proc/version
 *	begin   JOB
 *	kmsg    a record of /dev/kmsg without its dictionary
 *	out     bytes that the script printed
 *	end     job=N how=HOW errno=E unload=E value=V ms=T taint=MASK name=MODULE;
 *	        HOW is done, skipped, killed (value: signal) or timeout; other keys may
 *follow fault   why no more jobs are run bye     all is said
 */
#define RK_VM_GREETING "rkmod1"
#define RK_VM_JOBS     "/rkmod/jobs"
#define RK_VM_SCRIPT   "/rkmod/script"
#define RK_VM_PORT     "/dev/ttyS1"

enum {
	RK_VM_NONCE_LEN = 16,
	RK_VM_KMSG_MAX = 8192, /* the kernel's CONSOLE_EXT_LOG_MAX */
	RK_VM_OUT_MAX = 4096,  /* script output per line */
	RK_VM_TAINT_DIE = 1 << 7,
};

#endif
