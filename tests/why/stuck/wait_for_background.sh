# The shell waits for a job in the background that reads from a FIFO which the shell holds.
# edge: P end P.1
# edge: P.1 value P
# shape: circle P P.1
# repair: close_write_end
folder=$(mktemp -d)
mkfifo "$folder/fifo"
cat "$folder/fifo" >/dev/null &
exec 3>"$folder/fifo"
rm -r "$folder"
wait
