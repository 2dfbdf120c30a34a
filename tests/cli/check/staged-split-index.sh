git init -q . && echo x >a && git add a && git update-index --split-index; rkmod check --staged
