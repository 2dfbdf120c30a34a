rkmod check --staged
