// 从 mp-demo 读值：
//   rustc reader.rs && mp-demo queue --reader ./reader
use std::io::stdin;
use std::thread::sleep;
use std::time::Duration;

fn main() {
    // 再也不会有值时，stdin 到了末尾，循环随之结束。
    for line in stdin().lines() {
        // 这里是原样的一行；要得到值，可以用 serde_json 这个 crate。
        let value = line.expect("text in UTF-8");
        println!("got {value}");
        sleep(Duration::from_millis(100));
    }
    println!("the queue has ended");
}
