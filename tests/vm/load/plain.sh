# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh disable=SC2034,SC2154
# Loading and unloading. Kernel parameters: module_blacklist=ld_chatty

# --- Rights
expect 2 'an ordinary user may not' as_user rkmod load ./hello.ko
has 'that is said' 'CAP_SYS_MODULE'
has 'and which command would do' 'sudo /usr/bin/rkmod load ./hello.ko'
loaded 'nothing is loaded' ''

# --- One module
load 0 'a Rust module is loaded' ./hello.ko
has 'its line is shown' '| hello: hello from Rust'
has 'the taint is harmless' 'taints kernel.  (harmless'
loaded 'it is there' 'hello'
load 1 'twice the same is refused' ./hello.ko
has 'before the kernel is asked' 'not inserted: refuse (EEXIST'
expect 0 'its status is shown' as_user rkmod status hello
has 'with its file' 'file: /home/user/hello.ko'
has 'which is the loaded one' 'same build-id'
cp ld_base.ko other.ko
expect 0 'a status beside another file' as_user rkmod status --file other.ko hello
has 'which is not the loaded one' 'other build-id'
expect 0 'it is loaded anew' as_sudo rkmod reload ./hello.ko
has 'first goes the old one' '| hello: goodbye'
has 'then comes the new one' '| hello: hello from Rust'
expect 0 'it is unloaded' as_sudo rkmod unload hello
has 'with its last words' '| hello: goodbye'
expect 2 'what is not loaded cannot be unloaded' as_sudo rkmod unload hello
loaded 'nothing is left' ''
expect 0 'uid 0 itself may, too' rkmod load ./hello.ko
expect 0 'and unload' rkmod unload ./hello.ko

# --- Others than uid 0 by sudo
expect 0 'one capability is enough' helper with-cap 16 1000 rkmod load ./hello.ko
expect 0 'to load and unload' helper with-cap 16 1000 rkmod unload hello
expect 2 'another is not' helper with-cap 12 1000 rkmod load ./hello.ko
expect 2 'a caller who cannot be' env SUDO_UID=4294967295 SUDO_GID=1000 rkmod load ./hello.ko
has 'is named' "SUDO_UID and SUDO_GID are '4294967295' and '1000', which name nobody"
expect 2 'half a caller' env SUDO_UID=1000 rkmod load ./hello.ko
expect 2 'a caller of pkexec who is nobody' env PKEXEC_UID=77 rkmod load ./hello.ko
has 'is named, too' "PKEXEC_UID is '77', which is nobody"
loaded 'nothing is loaded' ''

# --- Not by the rules
cp hello.ko closed.ko
chmod 600 closed.ko
chown root closed.ko
load 2 'sudo does not read what the user may not' ./closed.ko
has 'that is said' 'Permission denied'
expect 2 'nor does pkexec' env PKEXEC_UID=1000 rkmod load ./closed.ko
has 'that is said, too' 'Permission denied'
expect 0 'what the user may read, it loads' env PKEXEC_UID=1000 rkmod load ./hello.ko
expect 0 'and unloads' env PKEXEC_UID=1000 rkmod unload hello
echo rubbish >rubbish.ko
load 1 'what is no module is refused' ./rubbish.ko
: >empty.ko
load 1 'so is an empty file' ./empty.ko
sed 's/ mod_unload / mod_UNLOAD /' hello.ko >alien.ko
load 1 'so is a module of another kernel' ./alien.ko
has 'with the line of the kernel' 'version magic'
load 1 'by force the kernel refuses it itself' --force ./alien.ko
has 'which was said before' 'by force, although the kernel will probably answer ENOEXEC'
has 'with its own words' '| hello: version magic'
load 1 'a module that would make the kernel fall over' ./fault.ko
has 'is not given to it' 'not inserted: fault'
load 1 'not even by force' --force ./fault.ko
has 'is it' 'not inserted: fault'
load 1 'a name that the kernel was told not to load' ./ld_chatty.ko
has 'that is known before' 'not inserted: refuse (EPERM'
load 2 'no such file' ./nothing.ko
load 2 'no such module' nothing_of_this_name
load 2 'a file is meant' hello
has 'which is guessed' "say 'hello.ko'"
load 2 'two roots are none' --root x ./hello.ko
echo '{ "kdir": "/nowhere" }' >rkmod.json
load 0 'rkmod.json does not steer it' ./hello.ko
expect 0 'and it is unloaded' as_sudo rkmod unload hello
rm rkmod.json
expect 2 'a closed descriptor is no place for output' sh -c 'exec rkmod load ./hello.ko >&-'

# --- In JSON
follows load as_sudo rkmod load --format json ./hello.ko
follows status as_user rkmod status --format json
follows load as_sudo rkmod load --format json ./hello.ko
follows load as_sudo rkmod reload --format json ./hello.ko
follows unload as_sudo rkmod unload --format json hello
follows load as_sudo rkmod load --format json ./ld_top.ko fail=5
follows load as_sudo rkmod load --format json ./nothing.ko

# --- What is needed
# Without CONFIG_KALLSYMS_ALL it does not tell what a loaded module exports.
[ -z "$is_old" ] || blind='/proc/kallsyms does not tell enough'
load 0 'three deep' ./ld_top.ko
has 'all of it works' 'ld_top: value is 3'
loaded 'all are there' 'ld_top ld_mid ld_base'
expect 0 'its status' as_user rkmod status ld_base
has 'names who uses it' 'used by: ld_mid'
expect 1 'what is needed is not unloaded' as_sudo rkmod unload ld_base
has 'and who needs it is said' "used by 'ld_mid'"
expect 0 'together they go in the right order' as_sudo rkmod unload ld_base ld_mid ld_top
loaded 'nothing is left' ''
load 1 'a failing last one' ./ld_top.ko fail=5
has 'its errno is told' 'its init function answered EIO'
has 'the others are removed again' 'ld_base: loaded (needed first), and removed again'
lacks 'what the others said meanwhile is not lost' 'overwritten'
loaded 'nothing is left' ''
blind=
mv ld_base.ko hidden
load 2 'a module that is needed and is not there' ./ld_top.ko
has 'which is named' "needs 'ld_base'"
has 'with what to do' "put 'ld_base.ko' beside it"
loaded 'nothing is inserted' ''
mv hidden ld_base.ko

mkdir apart
sed 's/depends=ld_mid/dependz=ld_mid/' ld_top.ko >apart/ld_top.ko
cp ld_mid.ko ld_base.ko apart
[ -z "$is_old" ] || blind='/proc/kallsyms does not tell enough'
load 0 'what depends= does not name is found by its exports' ./apart/ld_top.ko
blind=
loaded 'all are there' 'ld_top ld_mid ld_base'
expect 0 'they go' as_sudo rkmod unload ld_top ld_mid ld_base

# --- Parameters
load 2 'an unknown one' ./ld_params.ko an_innt=1
has 'with the nearest' "did you mean 'an_int'"
for value in a_bool=maybe a_byte=256 a_byte=-1 a_short=32768 a_ushort=65536 an_int=x \
	an_int=2147483648 a_uint=-1 a_long=9223372036854775808 a_ulong=1x a_ullong= ; do
	load 1 "$value" ./ld_params.ko "$value"
	has "$value is known before" 'not inserted: refuse ('
done
load 0 'right ones' ./ld_params.ko a_bool an_invbool=1 a_byte=255 a_short=-32768 \
	a_ushort=65535 an_int=-1 a_uint=0x10 a_long=-5 a_ulong=010 a_ullong=18446744073709551615 \
	'a_charp=two words'
has 'have arrived' "ld_params: 1 0 255 -32768 65535 -1 16 -5 8 18446744073709551615 'two words' 0:0,0,0"
expect 0 'they are shown' rkmod status ld_params
has 'with their values' 'parameter: a_charp=two words'
expect 0 'it goes' as_sudo rkmod unload ld_params
# How many it takes does not stand in the file.
blind="whether parameter 'some_ints' of type array of int takes"
load 0 'an array' ./ld_params.ko some_ints=1,2
has 'has arrived' '2:1,2,0'
expect 0 'it goes' as_sudo rkmod unload ld_params
load 1 'too many for an array' ./ld_params.ko some_ints=1,2,3,4
blind=

# --- An init function that fails
# Newer kernels make EBUSY of EEXIST.
eexist=EBUSY
[ -z "$is_old" ] || eexist=EEXIST
for pair in 1:EPERM 2:ENOENT 12:ENOMEM 16:EBUSY "17:$eexist" 19:ENODEV 22:EINVAL 110:ETIMEDOUT; do
	load 1 "init answers ${pair#*:}" ./ld_init.ko "fail=${pair%:*}"
	has "which is shown (${pair%:*})" "its init function answered ${pair#*:}"
done
load 1 'an init function that takes too long' --timeout 1 ./ld_init.ko wait_ms=4000
has 'is given up' 'no answer from the kernel'
sleep 5
expect 0 'when it is done it can go' as_sudo rkmod unload ld_init

# --- Busy
load 0 'a module that holds itself' ./ld_busy.ko
echo 1 >/sys/module/ld_busy/parameters/held
expect 1 'is not unloaded' as_sudo rkmod unload ld_busy
has 'its references are told' 'in use: 1 reference(s)'
(sleep 3; echo 0 >/sys/module/ld_busy/parameters/held) &
expect 0 'after waiting it is' as_sudo rkmod unload --wait ld_busy
has 'with its last words' 'ld_busy: gone'

# --- Compressed
gzip -k -c hello.ko >zip.ko.gz
load 0 'gzip' ./zip.ko.gz
expect 0 'goes' as_sudo rkmod unload hello
for name in crc32.ko.xz crc64.ko.xz one.ko.zst; do
	load 0 "$name" "./$name"
	expect 0 "$name goes" as_sudo rkmod unload hello
done
head -c $(($(stat -c %s crc64.ko.xz) / 2)) crc64.ko.xz >cut.ko.xz
load 2 'half of one' ./cut.ko.xz
has 'is damaged' 'damaged'

# --- Without the kernel's headers
mkdir /tmp/headers
mv "/lib/modules/$(uname -r)/build" /usr/src/* /tmp/headers
blind='there was no prediction'
load 0 'the file alone is judged' ./hello.ko
has 'which is said' 'there was no prediction'
expect 0 'it goes' as_sudo rkmod unload hello
load 1 'rubbish is seen all the same' ./rubbish.ko
blind=
mv /tmp/headers/build "/lib/modules/$(uname -r)/build"
mv /tmp/headers/* /usr/src

# --- No programs in files in memory
if [ -e /proc/sys/vm/memfd_noexec ]; then
	echo 2 >/proc/sys/vm/memfd_noexec
	load 0 'a module is no program' ./hello.ko
	expect 0 'it goes' as_sudo rkmod unload hello
fi
