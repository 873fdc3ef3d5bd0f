// 为 mp-demo 写值：
//   rustc writer.rs && mp-demo queue --writer ./writer
use std::thread::sleep;
use std::time::Duration;

fn main() {
    for value in [r#""A""#, "2", r#"{"n": 3}"#] {
        // 一个值就是一行 JSON。println! 会立刻写出每一行，
        // 写进管道时也一样。
        println!("{value}");
        sleep(Duration::from_millis(300));
    }
}
