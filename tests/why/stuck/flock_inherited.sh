# needs: flock
# A job waits in the background and still has the lock; the next one waits for that.
# edge: P end P.1,P.2
# edge: P.2 lock P.1
# shape: circle P P.1
# repair: close_locked_file
folder=$(mktemp -d)
mkfifo "$folder/fifo"
exec 8<>"$folder/fifo"
exec 7>"$folder/lock" 9>"$folder/lock"
rm -r "$folder"
flock 9
read -r line <&8 &
exec 9>&-
flock 7
true
