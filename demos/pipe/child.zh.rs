// 向 mp-demo 发送一个列表：
//   rustc child.rs && mp-demo pipe --child ./child
//   mp-demo pipe --child ./child --reply
use std::io::stdin;

fn main() {
    // 一条消息就是一行 JSON。println! 会立刻写出每一行，
    // 写进管道时也一样。
    println!(r#"["A", "B", "C"]"#);

    // 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
    let mut line = String::new();
    stdin().read_line(&mut line).expect("text in UTF-8");
    if !line.is_empty() {
        eprintln!("the reply: {}", line.trim_end());
    }
}
