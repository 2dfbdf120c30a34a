git init -q . && rkmod hook install && rkmod hook status
sed "s,^rkmod=.*,rkmod=THIS," .git/hooks/pre-commit; ls -l .git/hooks/pre-commit | cut -c1-10
