// A thread receives from a channel until it is closed, and the main thread joins it before it drops
// its sender. edge: P thread P
use std::sync::mpsc::channel;
use std::thread;

fn main() {
    let (sender, receiver) = channel::<u32>();
    let thread = thread::spawn(move || receiver.iter().sum::<u32>());
    sender.send(1).unwrap();
    println!("{}", thread.join().unwrap());
}
