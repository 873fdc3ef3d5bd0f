# Reads values from mp-demo:
#   mp-demo queue --reader 'sh reader.sh'
# The loop ends when nothing more can come: stdin is at its end then.
while IFS= read -r line; do
  # This is the line itself; jq makes values of it.
  printf 'got %s\n' "$line"
  sleep 0.1
done
echo "the queue has ended"
