// 向 mp-demo 发送一个列表：
//
//	go build child.go && mp-demo pipe --child ./child
//	mp-demo pipe --child ./child --reply
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	// 一条消息就是一行 JSON。os.Stdout 没有缓冲区：消息会立刻写出。
	list := []string{"A", "B", "C"}
	if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
		panic(err)
	}

	// 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
	lines := bufio.NewScanner(os.Stdin)
	if lines.Scan() {
		fmt.Fprintln(os.Stderr, "the reply:", lines.Text())
	}
}
