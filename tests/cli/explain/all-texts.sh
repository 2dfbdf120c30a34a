for text in "$CASE_DIR"/texts/*.txt; do
	echo "== $(basename "$text" .txt)"
	rkmod explain - <"$text"
done
