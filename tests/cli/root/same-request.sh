umask 022; d=$HOME/.local/share/rkmod/roots/one; mkdir -p "$d/tree"
printf '{"request":"suite stable, kernel package of the suite","suite":"stable","headers":"","version":"","release":""}' >"$d/rkmod-root.json"
rkmod root create one
