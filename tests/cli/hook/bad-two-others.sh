git init -q . && mkdir -p .git/hooks && echo 1 >.git/hooks/pre-commit && echo 2 >.git/hooks/pre-commit.before-rkmod
rkmod hook install; cat .git/hooks/pre-commit .git/hooks/pre-commit.before-rkmod; rkmod hook status
