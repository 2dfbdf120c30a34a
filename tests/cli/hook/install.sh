git init -q . && rkmod hook install && rkmod hook status
sed "s,^rkmod=.*,rkmod=THIS," .git/hooks/pre-commit; stat -c %A .git/hooks/pre-commit
