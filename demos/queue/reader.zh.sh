# 从 mp-demo 读值：
#   mp-demo queue --reader 'sh reader.sh'
# 再也不会有值时，stdin 到了末尾，循环随之结束。
while IFS= read -r line; do
  # 这里是原样的一行；要得到值，可以用 jq。
  printf 'got %s\n' "$line"
  sleep 0.1
done
echo "the queue has ended"
