# 为 mp-demo 写值：
#   mp-demo queue --writer 'sh writer.sh'
for value in '"A"' 2 '{"n": 3}'; do
  # 一个值就是一行 JSON。printf 会立刻原样写出（echo 不一定）；
  # 如果后面接了 |，它就会留在下一个程序的缓冲区里。
  printf '%s\n' "$value"
  sleep 0.3
done
