#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of distributions with rpm and pacman: their packages are found in databases
# that these programs themselves have made.
. "$(dirname "$0")/../lib.sh"
begin

# make_kdir FOLDER RELEASE: headers of a kernel without Rust
make_kdir()
{
	mkdir -p "$1/include/config"
	echo "$2" >"$1/include/config/kernel.release"
	printf 'VERSION = 7\nPATCHLEVEL = 1\nSUBLEVEL = 8\n' >"$1/Makefile"
	echo CONFIG_X86_64=y | tee "$1/.config" >"$1/include/config/auto.conf"
}

# install_rpm RELEASE: kernel-devel with /usr/src/kernels/RELEASE, as Fedora has it
install_rpm()
{
	local version=${1%%-*} release=${1#*-} build=$T/rpm/$1

	release=${release%.*}
	make_kdir "$build/files/usr/src/kernels/$1" "$1"
	cat >"$build/kernel.spec" <<END
Name: kernel
Version: $version
Release: $release
Summary: test
License: GPL-2.0-or-later
BuildArch: noarch
%description
test
%package devel
Summary: test
%description devel
test
%install
cp -a $build/files/. %{buildroot}
%files devel
/usr/src/kernels/$1
END
	rpmbuild --quiet -bb --define "_topdir $build" --define "_rpmdir $build" --dbpath "$T/rpm/db" \
		"$build/kernel.spec" >"$build/log" 2>&1 || diag "$build/log"
	rpm --dbpath "$tree/var/lib/rpm" -i --justdb --nodeps --nosignature "$build"/noarch/*.rpm \
		>"$build/log" 2>&1 || diag "$build/log"
	cp -a "$build/files/." "$tree/"
}

# as_root COMMAND...: in a user namespace where that is needed
as_root()
{
	if [ "$(id -u)" = 0 ]; then "$@"; else unshare -r "$@"; fi
}

# install_pacman NAME BASE VERSION FILES: a package of the folder FILES
install_pacman()
{
	cat >"$4/.PKGINFO" <<END
pkgname = $1
pkgbase = $2
pkgver = $3
pkgdesc = test
url = test
builddate = 1
packager = test
size = 1
arch = any
END
	(cd "$4" && tar --owner=0 --group=0 -cf "$T/$1.pkg.tar" .PKGINFO -- *)
	printf '[options]\nSigLevel = Never\n' >"$T/pacman.conf"
	as_root pacman --config "$T/pacman.conf" --root "$tree" --dbpath "$tree/var/lib/pacman" \
		--cachedir "$T" --logfile "$T/pacman.log" --noconfirm --needed -Ud "$T/$1.pkg.tar" \
		>"$T/pacman.out" 2>&1 || diag "$T/pacman.out"
}

# new_tree NAME ID: a root tree of a distribution
new_tree()
{
	tree=$T/$1
	mkdir -p "$tree/usr/bin" "$tree/etc"
	echo "ID=$2" >"$tree/etc/os-release"
}

# knows PACKAGE VERSION RELEASE WORDS...: what rkmod kernels says of the tree
knows()
{
	local package=$1 version=$2 release=$3

	shift 3
	expect 0 "the kernel is found: $*" rkmod kernels --root "$tree" --format json "$@"
	same 'its release is told' "$release" "$(json kernels 0 release)"
	same 'and its package' "$package" "$(json kernels 0 kernel package)"
	same 'and the version of that' "$version" "$(json kernels 0 kernel package_version)"
}

if command -v rpmbuild >/dev/null; then
	new_tree fedora fedora
	mkdir -p "$tree/var/lib/rpm"
	rpm --dbpath "$tree/var/lib/rpm" --initdb
	install_rpm 7.1.8-200.fc44.x86_64
	give "$tree"
	knows kernel-devel 7.1.8-200.fc44 7.1.8-200.fc44.x86_64
	knows kernel-devel 7.1.8-200.fc44 7.1.8-200.fc44.x86_64 --package kernel-devel
	knows kernel-devel 7.1.8-200.fc44 7.1.8-200.fc44.x86_64 --kernel 7.1.8-200.fc44.x86_64
	install_rpm 7.1.10-200.fc44.x86_64
	knows kernel-devel 7.1.10-200.fc44 7.1.10-200.fc44.x86_64 --package kernel-devel
	knows kernel-devel 7.1.8-200.fc44 7.1.8-200.fc44.x86_64 --package kernel-devel-7.1.8-200.fc44
	expect 2 'a package that is not there is missed' rkmod kernels --root "$tree" --package kernel-rt-devel
	stderr_has 'and the cure is for this distribution' "dnf install kernel-rt-devel"
	expect 2 'so are the headers of a kernel' rkmod kernels --root "$tree" --kernel 9.9-1.fc44.x86_64
	stderr_has 'by their name here' 'dnf install kernel-devel-9.9-1.fc44.x86_64'
else
	echo '# no rpmbuild (package rpm): its database is not tested'
fi

if command -v pacman >/dev/null; then
	new_tree arch arch
	mkdir -p "$tree/var/lib/pacman"
	make_kdir "$T/linux-headers/usr/lib/modules/7.1.6-arch1-1/build" 7.1.6-arch1-1
	install_pacman linux-headers linux 7.1.6.arch1-1 "$T/linux-headers"
	mkdir -p "$T/linux/usr/lib/modules/7.1.6-arch1-1"
	echo linux >"$T/linux/usr/lib/modules/7.1.6-arch1-1/pkgbase"
	install_pacman linux linux 7.1.6.arch1-1 "$T/linux"
	ln -s usr/lib "$tree/lib"
	give "$tree"
	knows linux-headers 7.1.6.arch1-1 7.1.6-arch1-1
	knows linux-headers 7.1.6.arch1-1 7.1.6-arch1-1 --package linux-headers
	expect 2 'another package holds no headers' rkmod kernels --root "$tree" --package linux
	rm -r "$tree/usr/lib/modules/7.1.6-arch1-1/build"
	expect 2 'headers that are gone are missed' rkmod kernels --root "$tree" --kernel 7.1.6-arch1-1
	stderr_has 'by their name here' 'pacman -S linux-headers'
else
	echo '# no pacman (package pacman-package-manager): its database is not tested'
fi
finish
