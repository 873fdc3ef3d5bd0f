# because: whoever writes into the FIFO sleeps
folder=$(mktemp -d)
mkfifo "$folder/fifo"
( exec 3>"$folder/fifo"; rm -r "$folder"; echo ready >&2; sleep 1000 ) &
cat "$folder/fifo"
