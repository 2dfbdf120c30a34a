. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_DECOMPRESS=y CONFIG_MODULE_COMPRESS_GZIP=y
gzip </dev/null >nothing.ko.gz; xz </dev/null >nothing.ko.xz
check nothing.ko.gz nothing.ko.xz
option CONFIG_MODULE_SIG_FORCE=y
check nothing.ko.gz nothing.ko.xz
