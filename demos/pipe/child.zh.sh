# 向 mp-demo 发送一个列表：
#   mp-demo pipe --child 'sh child.sh'
#   mp-demo pipe --child 'sh child.sh' --reply
# 一条消息就是一行 JSON。
printf '%s\n' '["A", "B", "C"]'

# 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
if IFS= read -r line; then
  printf 'the reply: %s\n' "$line" >&2
fi
