# The shell has the FIFO open for reading and writing, so cat never comes to its end.
# edge: P end P.1
# edge: P.1 value P,P.1
# repair: close_write_end
folder=$(mktemp -d)
mkfifo "$folder/fifo"
exec 3<>"$folder/fifo"
rm -r "$folder"
cat <&3
