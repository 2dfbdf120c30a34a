# SPDX-License-Identifier: GPL-2.0-or-later
# Keys a and b, a module m.ko.
command -v openssl >/dev/null || exit 77
for name in a b; do
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=key $name" \
		-keyout $name.key -out $name.pem 2>/dev/null || exit 77
done
cp "$RKMOD_FIXTURES/plain.ko" m.ko
