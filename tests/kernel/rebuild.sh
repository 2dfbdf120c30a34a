#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What makes a module be built again: its source, the metadata set, the kernel, the
# compiler. Nothing else does.
. "$(dirname "$0")/../lib.sh"
begin
make_module "$T/m"

# build_is WORD CLAIM: builds; WORD says whether hello.o and hello.ko were made anew
build_is()
{
	local before after word=unchanged

	before=$(stat -c '%i %Y %Z' "$T/m/hello.o" "$T/m/hello.ko" 2>/dev/null)
	sleep 0.01
	expect 0 "$2: builds" rkmod build --root "$ROOT" "$T/m"
	after=$(stat -c '%i %Y %Z' "$T/m/hello.o" "$T/m/hello.ko" 2>/dev/null)
	[ "$before" = "$after" ] || word=new
	same "$2: the module is $1" "$1" "$word"
}

build_is new 'first'
build_is unchanged 'nothing changed'
echo '// a remark' >>"$T/m/hello.rs"
build_is new 'other source'

copy_kdir_with_metadata "$T/kdir" || exit 2
bind_over_kdir "$T/kdir"
build_is new 'other set'
build_is unchanged 'the same set'

sed -i "s/$RELEASE/$RELEASE-x/" "$T/kdir/include/generated/utsrelease.h" \
	"$T/kdir/include/config/kernel.release" "$T/kdir/.kernelvariables"
build_is new 'other kernel'
has "$T/m/hello.ko" 'and it is for that kernel' "vermagic=$RELEASE-x "

# Another compiler: the same one under another text. What rustc would refuse, a set
# whose text is not its own, is hidden from it.
text=$(sed -n 's/^CONFIG_RUSTC_VERSION_TEXT="rustc \(.*\)"$/\1/p' "$ROOT$KDIR/.config")
other=${text/-/_}
cp -a "$T/kdir/rust" "$T/kdir/rust-of-rustc"
find "$T/kdir/rust" -maxdepth 1 -name 'lib*' -exec sed -i "s/$text/$other/" {} +
sed -i "s/$text/$other/" "$T/kdir/.config" "$T/kdir/include/config/auto.conf"
cat >"$T/rustc" <<EOF
#!/bin/sh
[ "\$*" = --version ] && echo 'rustc $other' && exit
[ "\$1" = -vV ] && /usr/src/rustc-real "\$@" | sed 's/^rustc .*/rustc $other/' && exit
n=\$#
while [ \$n -gt 0 ]; do
	case \$1 in
	*/rust/) set -- "\$@" "\${1%/}-of-rustc/" ;;
	*) set -- "\$@" "\$1" ;;
	esac
	shift
	n=\$((n - 1))
done
exec $KDIR/rustc-real "\$@"
EOF
sed -i "s,/usr/src/rustc-real,$KDIR/rustc-real," "$T/rustc"
chmod 755 "$T/rustc"
real=$(readlink -f "$ROOT/usr/bin/rustc")
cp "$real" "$T/kdir/rustc-real"
BINDS+=(--ro-bind "$T/rustc" "$real")
build_is new 'other compiler'
build_is unchanged 'the same compiler'
finish
