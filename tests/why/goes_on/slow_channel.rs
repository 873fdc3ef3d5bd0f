// because: the thread that sends sleeps first
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

fn main() {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        thread::sleep(Duration::from_secs(1000));
        sender.send(1)
    });
    eprintln!("ready");
    println!("{:?}", receiver.recv());
}
