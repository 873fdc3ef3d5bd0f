// Writes values for mp-demo:
//   rustc writer.rs && mp-demo queue --writer ./writer
use std::thread::sleep;
use std::time::Duration;

fn main() {
    for value in [r#""A""#, "2", r#"{"n": 3}"#] {
        // A value is one line of JSON. println! writes each
        // line at once, into a pipe too.
        println!("{value}");
        sleep(Duration::from_millis(300));
    }
}
