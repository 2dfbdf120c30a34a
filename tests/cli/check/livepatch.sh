. "$CASE_DIR/kernel.sh"; kernel; take plain.ko
sed -i s/description=a/livepatch=Y\\x00\\x00/ plain.ko; check plain.ko
