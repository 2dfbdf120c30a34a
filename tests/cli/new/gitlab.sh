rkmod new -q --no-git --ci gitlab --kind mixed x && ls -A x && cat x/.gitignore && grep -c "rkmod ci --root / .*--skip vm --format gitlab" x/.gitlab-ci.yml
