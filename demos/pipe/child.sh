# Sends a list to mp-demo:
#   mp-demo pipe --child 'sh child.sh'
#   mp-demo pipe --child 'sh child.sh' --reply
# A message is one line of JSON.
printf '%s\n' '["A", "B", "C"]'

# Only with --reply is there something to read. stdout is the pipe;
# stderr is yours.
if IFS= read -r line; then
  printf 'the reply: %s\n' "$line" >&2
fi
