umask 022; d=$HOME/.local/share/rkmod/roots; mkdir -p "$d/one/tree/usr" "$d/.one.tmp-left"; chmod -R go-w "$d"
rkmod root remove one; ls -A "$d"
