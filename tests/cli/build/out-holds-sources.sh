mkdir m; touch m/Kbuild; rkmod build --out . m; rkmod build --out m/../m m
