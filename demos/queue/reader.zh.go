// 从 mp-demo 读值：
//
//	go build reader.go && mp-demo queue --reader ./reader
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

func main() {
	// 再也不会有值时，stdin 到了末尾，循环随之结束。
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var value any
		if err := json.Unmarshal(lines.Bytes(), &value); err != nil {
			panic(err)
		}
		fmt.Println("got", value)
		time.Sleep(100 * time.Millisecond)
	}
	fmt.Println("the queue has ended")
}
