. "$CASE_DIR/key.sh"
rkmod sign m.ko --key a.key --cert a.pem; tail -c 28 m.ko
rkmod sign m.ko --key b.key --cert b.pem --hash sha512 -o n.ko
openssl x509 -in a.pem -outform DER -out a.der; rkmod sign n.ko --key a.key --cert a.der --format json
cmp m.ko n.ko && echo same; openssl rsa -aes128 -passout pass:x -in a.key -out c.key 2>/dev/null
KBUILD_SIGN_PIN=x rkmod sign n.ko --key c.key --cert a.pem
