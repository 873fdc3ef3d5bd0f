// Reads values from mp-demo:
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
	// The loop ends when nothing more can come: stdin is at its end then.
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
