. "$CASE_DIR/kernel.sh"; kernel; option CONFIG_MODULE_DECOMPRESS=y CONFIG_MODULE_COMPRESS_GZIP=y; take plain.ko
gzip plain.ko; check plain.ko.gz
