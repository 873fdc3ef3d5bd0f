// Sends a list to mp-demo:
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
	// A message is one line of JSON. os.Stdout has no buffer: it is
	// written at once.
	list := []string{"A", "B", "C"}
	if err := json.NewEncoder(os.Stdout).Encode(list); err != nil {
		panic(err)
	}

	// Only with --reply is there something to read. stdout is the pipe;
	// stderr is yours.
	lines := bufio.NewScanner(os.Stdin)
	if lines.Scan() {
		fmt.Fprintln(os.Stderr, "the reply:", lines.Text())
	}
}
