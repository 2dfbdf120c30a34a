# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The sound modules that tests/vm/oracle starts from. To be sourced after tests/lib.sh.

TREE_BINDS=() # bwrap arguments: more that is seen in the root tree

# in_tree DIR COMMAND...: in the root tree, where only DIR can be written
in_tree()
{
	local dir=$1 entry
	local -a argv=(bwrap --tmpfs /)

	shift
	for entry in "$ROOT"/*; do
		case ${entry##*/} in
		dev | proc | run | tmp | var) ;;
		*)
			if [ -L "$entry" ]; then
				argv+=(--symlink "$(readlink "$entry")" "/${entry##*/}")
			else
				argv+=(--ro-bind "$entry" "/${entry##*/}")
			fi
			;;
		esac
	done
	argv+=(--dev /dev --proc /proc --tmpfs /tmp "${TREE_BINDS[@]}" --bind "$dir" "$dir"
		--chdir "$dir" --unsetenv TMPDIR
		--unshare-pid --unshare-net --new-session --die-with-parent)
	as_user "${argv[@]}" "$@"
}

# has_config NAME: of the target kernel
has_config()
{
	grep -q "^CONFIG_$1=y" "$KDIR/.config" "$ROOT$KDIR/.config" 2>/dev/null
}

# make_c_bases DIR: plain Kbuild does for modules without Rust
make_c_bases()
{
	local -a llvm=()

	! has_config CC_IS_CLANG || llvm=(LLVM=1)
	rm -rf "$T/bases"
	cp -r "$TOP/tests/vm/oracle/bases" "$T/bases" && give "$T/bases" &&
		in_tree "$T/bases" make -s -C "$KDIR" M="$T/bases" "${llvm[@]}" modules \
			>"$T/bases.log" 2>&1 &&
		cp "$T/bases"/*.ko "$1"
}

# build_rust NAME DIR: a kernel that has its Rust metadata needs no rkmod
build_rust()
{
	if [ -d "$KDIR/rust" ]; then
		in_tree "$2" make -s -C "$KDIR" M="$2" modules
	else
		rkmod build --root "$ROOT" "$2"
	fi
}

# make_rust_bases DIR: if the kernel has Rust
make_rust_bases()
{
	local name

	has_config RUST || return 0
	if [ -n "${LITERAL:-}" ]; then
		make_old_rust_base "$1"
		return
	fi
	for name in hello params; do
		make_sample "$name" "$T/base-$name" &&
			build_rust "$name" "$T/base-$name" >"$T/bases.log" 2>&1 &&
			cp "$T/base-$name/$name.ko" "$1/rust_$name.ko" || return 1
	done
}

# make_old_rust_base DIR: in the form of an old kernel (tests/old)
make_old_rust_base()
{
	. "$TOP/tests/kernel/shapes-lib.sh"
	mkdir "$T/base-hello" && rust_module "$T/base-hello/hello.rs" hello &&
		echo 'obj-m := hello.o' >"$T/base-hello/Kbuild" && give "$T/base-hello" &&
		rkmod build --root "$ROOT" "$T/base-hello" >"$T/bases.log" 2>&1 &&
		cp "$T/base-hello/hello.ko" "$1/rust_hello.ko"
}

# make_signed_base DIR: of the distribution, small, and able to load anywhere; or signed by
# the tests' own key
make_signed_base()
{
	local packed=$ROOT/usr/lib/modules/$RELEASE/kernel/fs/nls/nls_iso8859-9.ko.xz

	if [ -n "${SMALL:-}" ]; then
		cp "$1/ora_plain.ko" "$T/bases/signed_plain.ko" && give "$T/bases" &&
			in_tree "$T/bases" "$SMALL/scripts/sign-file" sha256 "$SMALL_KEY" \
				"$SMALL_CERT" signed_plain.ko &&
			cp "$T/bases/signed_plain.ko" "$1"
	elif [ -e "$packed" ]; then
		xz -dc "$packed" >"$1/signed_nls.ko"
	fi
}

# make_signature FILE MODULE: by a key that is thrown away
make_signature()
{
	openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=oracle -keyout "$T/oracle.key" \
		-out "$T/oracle.pem" 2>/dev/null &&
		openssl cms -sign -binary -noattr -nosmimecap -nocerts -md sha256 \
			-signer "$T/oracle.pem" -inkey "$T/oracle.key" -in "$2" \
			-outform DER -out "$1"
}

# make_bases DIR: debugging information would only be carried along
make_bases()
{
	mkdir -p "$1" && make_c_bases "$1" && make_rust_bases "$1" && strip -g "$1"/*.ko &&
		make_signed_base "$1" && make_signature "$1/unknown.p7s" "$1/ora_plain.ko"
}
