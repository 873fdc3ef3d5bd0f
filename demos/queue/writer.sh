# Writes values for mp-demo:
#   mp-demo queue --writer 'sh writer.sh'
for value in '"A"' 2 '{"n": 3}'; do
  # A value is one line of JSON. printf writes it at once, and as it is (echo
  # may not); behind a | it would wait in the buffer of the next program.
  printf '%s\n' "$value"
  sleep 0.3
done
