# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034
#
# The head of the scripts that tests/vm/load.sh runs in a guest: busybox sh, uid 0, in the
# home of the user "user", where the modules are. Each result is a line that begins with
# "@ok" or "@not"; the host makes TAP of them.
mkdir -p /run /etc/modprobe.d
touch /tmp/out

ok() {
	echo "@ok $1"
}

not_ok() {
	echo "@not $1"
	sed 's/^/# /' /tmp/out
}

# as_user COMMAND...: as an ordinary user
as_user() {
	su user -s /bin/sh -c "$*"
}

# as_sudo COMMAND...: what sudo does for that user
as_sudo() {
	env -i PATH="$PATH" TERM=dumb SUDO_UID=1000 SUDO_GID=1000 SUDO_USER=user "$@"
}

# expect STATUS CLAIM COMMAND...: output in /tmp/out
expect() {
	want=$1
	claim=$2
	shift 2
	"$@" >/tmp/out 2>&1
	got=$?
	[ "$got" = "$want" ] && ok "$claim" && return
	echo "exit status $got, not $want: $*" >>/tmp/out
	not_ok "$claim"
}

# load STATUS CLAIM ARGS...: and what the kernel does is what was predicted. What rkmod
# refuses the kernel is given by force besides, to see that it does; but not what would
# make it fall over. Where something keeps rkmod from knowing, $blind is what it says.
blind=
load() {
	want=$1
	claim=$2
	shift 2
	expect "$want" "$claim" as_sudo rkmod load "$@"
	[ "$want" != 2 ] || return
	cp /tmp/out /tmp/first
	if grep -q ': not inserted: refuse' /tmp/out; then
		as_sudo rkmod load --force "$@" >/tmp/out 2>&1
		n_forced=$((n_forced + 1))
	fi
	! grep -q ': not inserted: fault' /tmp/out || return
	n_loads=$((n_loads + 1))
	if ! grep -qF "${blind:-as predicted}" /tmp/out ||
		{ [ -z "$blind" ] && grep -q 'could not be predicted' /tmp/out; } ||
		grep -q 'is a defect of rkmod' /tmp/out; then
		not_ok "$claim: as predicted"
		n_wrong=$((n_wrong + 1))
	fi
	mv /tmp/first /tmp/out
}
n_loads=0
n_forced=0
n_wrong=0

# predicted: at the end
predicted() {
	[ $n_loads = 0 ] || is "$n_loads loads as predicted, $n_forced of them refusals" 0 $n_wrong
}

# has CLAIM TEXT, lacks CLAIM TEXT: of the last output
has() {
	if grep -qF -e "$2" /tmp/out; then ok "$1"; else
		echo "no '$2'" >>/tmp/out
		not_ok "$1"
	fi
}

lacks() {
	if grep -qF -e "$2" /tmp/out; then not_ok "$1"; else ok "$1"; fi
}

# is CLAIM WANT GOT
is() {
	[ "$2" = "$3" ] && ok "$1" && return
	echo "wanted '$2', got '$3'" >/tmp/out
	not_ok "$1"
}

# loaded CLAIM NAMES: the modules of these tests that are loaded, newest first
loaded() {
	is "$1" "$2" "$(sed -n 's/^\(ld_[a-z]*\|hello\|loop\) .*/\1/p' /proc/modules | tr '\n' ' ' | sed 's/ $//')"
}

# follows SCHEMA COMMAND...: its JSON, for the host to look at
follows() {
	schema=$1
	shift
	echo "@json $schema $("$@" 2>/dev/null | tr -d '\n')"
}
