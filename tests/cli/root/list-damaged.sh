d=$HOME/.local/share/rkmod/roots; mkdir -p "$d/one/tree" "$d/two" "$d/.three.tmp-x"; printf "{" >"$d/one/rkmod-root.json"
rkmod root list
