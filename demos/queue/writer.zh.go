// 为 mp-demo 写值：
//
//	go build writer.go && mp-demo queue --writer ./writer
package main

import (
	"encoding/json"
	"os"
	"time"
)

func main() {
	// 一个值就是一行 JSON。os.Stdout 没有缓冲区：每一行都会立刻写出。
	out := json.NewEncoder(os.Stdout)
	for _, value := range []any{"A", 2, map[string]int{"n": 3}} {
		if err := out.Encode(value); err != nil {
			panic(err)
		}
		time.Sleep(300 * time.Millisecond)
	}
}
