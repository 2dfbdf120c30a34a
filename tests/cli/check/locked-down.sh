. "$CASE_DIR/kernel.sh"; kernel; image; take plain.ko signed.ko
option CONFIG_SECURITY_LOCKDOWN_LSM=y
check plain.ko
option CONFIG_LOCK_DOWN_KERNEL_FORCE_INTEGRITY=y
check plain.ko signed.ko
sed -i 's/FORCE_INTEGRITY/FORCE_CONFIDENTIALITY/' "$dir/.config"
check plain.ko
