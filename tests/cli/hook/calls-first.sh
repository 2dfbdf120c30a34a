git init -q . && printf "#!/bin/sh\necho before\n" >.git/hooks/pre-commit && chmod +x .git/hooks/pre-commit && rkmod hook install && rkmod hook status --format json
KDIR=/nowhere git -c user.name=t -c user.email=t@t commit -q --allow-empty -m m; RKMOD_HOOK=0 git -c user.name=t -c user.email=t@t commit -q --allow-empty -m m && rkmod hook uninstall; cat .git/hooks/pre-commit
