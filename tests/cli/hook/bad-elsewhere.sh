git init -q . && git config core.hooksPath "$HOME/hooks" && mkdir "$HOME/hooks"
rkmod hook install; ls "$HOME/hooks"; rkmod hook status --format json
