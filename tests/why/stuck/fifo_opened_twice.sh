# Two processes open two FIFOs in opposite orders. To open one waits for the other end.
# verdict: likely_stuck
# edge: P open P.1
# edge: P.1 open P
# repair: open_both_ends
folder=$(mktemp -d)
mkfifo "$folder/a" "$folder/b"
( exec 3>"$folder/a" 4>"$folder/b" ) &
exec 4<"$folder/b" 3<"$folder/a"
