// Sends a list to mp-demo:
//   rustc child.rs && mp-demo pipe --child ./child
//   mp-demo pipe --child ./child --reply
use std::io::stdin;

fn main() {
    // A message is one line of JSON. println! writes each
    // line at once, into a pipe too.
    println!(r#"["A", "B", "C"]"#);

    // Only with --reply is there something to read. stdout is the pipe;
    // stderr is yours.
    let mut line = String::new();
    stdin().read_line(&mut line).expect("text in UTF-8");
    if !line.is_empty() {
        eprintln!("the reply: {}", line.trim_end());
    }
}
