# because: it waits for a signal, and for a job that sleeps
trap 'exit 0' TERM
sleep 1000 &
echo ready >&2
wait
