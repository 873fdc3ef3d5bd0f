// Writes values for mp-demo:
//
//	go build writer.go && mp-demo queue --writer ./writer
package main

import (
	"encoding/json"
	"os"
	"time"
)

func main() {
	// A value is one line of JSON. os.Stdout has no buffer: each
	// line is written at once.
	out := json.NewEncoder(os.Stdout)
	for _, value := range []any{"A", 2, map[string]int{"n": 3}} {
		if err := out.Encode(value); err != nil {
			panic(err)
		}
		time.Sleep(300 * time.Millisecond)
	}
}
