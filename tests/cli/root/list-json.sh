d=$HOME/.local/share/rkmod/roots/one; mkdir -p "$d/tree"
printf '{"request":"r","suite":"stable","headers":"linux-headers-7","version":"7-1","release":"7"}' >"$d/rkmod-root.json"
rkmod root list --format json && rkmod root list
