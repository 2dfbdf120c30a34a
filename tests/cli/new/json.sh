rkmod new --hook --quiet x && test -x x/.git/hooks/pre-commit && rkmod new --kind params --format json y | sed "/kernel.:/d"
