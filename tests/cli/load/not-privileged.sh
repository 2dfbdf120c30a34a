. "$CASE_DIR/unprivileged.sh"
may_not load 'my module.ko' a=1; may_not unload x; may_not reload x
may_not load x --format json
