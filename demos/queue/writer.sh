# Writes values for mp-demo:
#   mp-demo queue --writer 'sh writer.sh'
for value in '"A"' 2 '{"n": 3}'; do
  # A value is one line of JSON. echo writes it at once; behind a | it would
  # wait in the buffer of the next program.
  echo "$value"
  sleep 0.3
done
