# because: the first program of the pipeline sleeps
echo ready >&2
sleep 1000 | cat | cat >/dev/null
