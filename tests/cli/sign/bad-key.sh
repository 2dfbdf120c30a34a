. "$CASE_DIR/key.sh"
rkmod sign m.ko --key a.key --cert b.pem; rkmod sign m.ko --key a.pem --cert a.pem; rkmod sign m.ko --key a.key --cert a.key
rkmod sign m.ko --key a.key --cert a.pem --hash md17; rkmod sign m.ko --key none --cert a.pem
openssl rsa -aes128 -passout pass:x -in a.key -out c.key 2>/dev/null; rkmod sign m.ko --key c.key --cert a.pem </dev/null
KBUILD_SIGN_PIN=y rkmod sign m.ko --key c.key --cert a.pem
cmp m.ko "$RKMOD_FIXTURES/plain.ko" && echo 'the module is as it was'
