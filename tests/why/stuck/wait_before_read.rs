// The parent waits for a program whose output nobody reads; wait_with_output() would read it.
// edge: P end P.1
// edge: P.1 room P
// shape: circle P P.1
// repair: read_before_wait
use std::process::{Command, Stdio};

fn main() {
    let mut program = Command::new("seq").arg("1000000").stdout(Stdio::piped()).spawn().unwrap();
    program.wait().unwrap();
}
