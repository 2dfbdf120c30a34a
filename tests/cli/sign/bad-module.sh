. "$CASE_DIR/key.sh"
gzip m.ko; echo text >t.ko; : >e.ko
for file in m.ko.gz t.ko e.ko none.ko; do rkmod sign "$file" --key a.key --cert a.pem; done
