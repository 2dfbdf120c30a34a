umask 022; d=$HOME/.local/share/rkmod/roots/one; mkdir -p "$d/tree"
printf '{"request":"r","suite":"stable","headers":"","version":"","release":""}' >"$d/rkmod-root.json"
rkmod root create one
