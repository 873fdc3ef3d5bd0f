// Reads values from mp-demo:
//   rustc reader.rs && mp-demo queue --reader ./reader
use std::io::stdin;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    // The loop ends when nothing more can come: stdin is at its end then.
    for line in stdin().lines() {
        // This is the line itself; the crate serde_json makes values of it.
        let value = line.expect("text in UTF-8");
        println!("got {value}");
        sleep(Duration::from_millis(100));
    }
    println!("the queue has ended");
}
