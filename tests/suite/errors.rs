//! Errors in the user's language: mp-demo's sentences, and behind them the operating system's.

use std::fs;

use crate::common::*;

/// The stderr of a command in Chinese. In the command, `LOG` stands for a file with the given text.
fn in_chinese(words: &str, log: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("LOG"), log).unwrap();
    let mut command = shell(&format!("cd {}; mp-demo {words}", folder.path().display()));
    run(command.env("LANG", "zh_CN.UTF-8")).stderr
}

/// The first words that are a piece of an English sentence: three in a row, none of them a name or
/// an option.
fn english_in(text: &str) -> Option<String> {
    let is_word = |word: &&&str| word.chars().all(|c| c.is_ascii_lowercase()) && !word.is_empty();
    let text = text.replace("(os error", "(");
    let words: Vec<&str> = text.split([' ', '\n', '，', '：', '；', '（', '）']).collect();
    let pieces = words.windows(3).find(|three| three.iter().filter(is_word).count() == 3);
    pieces.map(|three| three.join(" "))
}

#[test]
fn whatever_is_wrong_with_a_file_is_said_in_chinese() {
    for (words, expected) in [
        ("view no/such", "无法打开 no/such：没有这个文件或文件夹 (os error 2)"),
        ("view .", ".：无法读取：是一个文件夹 (os error 21)"),
        ("view - 0>/dev/null", "标准输入：无法读取：文件描述符无效 (os error 9)"),
        ("view LOG 1</dev/null", "无法写入标准输出：文件描述符无效 (os error 9)"),
        ("--help >/dev/full", "无法写入标准输出：设备上没有空间 (os error 28)"),
        ("view LOG", "LOG：没有内容，这里应当是用 --json 记录下来的一次运行"),
        ("pipe --trace .", "无法写入 .：这是一个文件夹；请给出其中的文件名"),
        ("pipe --trace no/", "无法写入 no/：这个文件夹不存在；请给出文件名"),
        (
            "pipe --trace no/such",
            "无法写入 no/such：没有这个文件或文件夹 (os error 2)；请换一个存在而且可以写入的文件夹",
        ),
        ("pipe --trace LOG/x", "无法写入 LOG/x：不是文件夹 (os error 20)；请换一个文件"),
        (
            "pipe --speed 100 --trace /dev/full >/dev/null",
            "无法把跟踪写入 /dev/full：设备上没有空间 (os error 28)",
        ),
        ("view LOG --trace ./LOG", "无法把跟踪写入 ./LOG：那就是这份记录本身；请换一个文件"),
    ] {
        assert_eq!(in_chinese(words, ""), format!("mp-demo: {expected}\n"), "{words}");
    }
}

#[test]
fn whatever_is_wrong_with_a_recording_is_said_in_chinese() {
    let event = |fields: &str| format!("{{\"v\":1,\"t\":0.1,\"pid\":7,\"role\":\"x\",{fields}}}\n");
    let whole = text_of("tests/logs/memory.jsonl");
    for (log, expected) in [
        ("Parent process 7\n".into(), "不是 JSON 对象"),
        ("\u{1}{\n".into(), "不是 JSON 对象"),
        ("{\"v\":0}\n".into(), "`v` 是 0"),
        (
            "{\"v\":3}\n".into(),
            "LOG，第 1 行的日志版本是 3，而本程序只能读版本 2：需要更新的 mp-demo",
        ),
        ("{\"v\":1,\"t\":0}\n".into(), "缺少字段 `pid`"),
        ("{\"v\":1,\"t\":[],\"pid\":7}\n".into(), "有字段的值不合要求"),
        ("{\"v\":1, oops}\n".into(), "不符合 JSON 语法"),
        ("{\"v\":1,\n".into(), "JSON 没有写完"),
        ("{\"v\":1,".into(), "LOG，第 1 行没有写完"),
        (event("\"event\":\"fly\""), "日志版本 2 没有事件 `fly`"),
        (event("\"event\":\"put\""), "事件 `put` 需要字段 `value`"),
        (event("\"event\":\"wait\",\"call\":\"fly\""), "有字段的值不合要求"),
        (event("\"event\":\"empty\""), "LOG，第 1 行是事件 `empty`：这里应当是 `run`"),
        (event("\"event\":\"empty\",\"thread\":\"\\u0007\""), r"`\x07` 不能作为名字"),
        (event("\"event\":\"empty\"").replace("0.1", "-1"), "时间是 -1"),
        (whole.repeat(2), "开始了另一次运行"),
        (whole.replace("\"parent\"", "\"\u{fffd}\"") + "\n\n{", "没有写完"),
    ] {
        let told = in_chinese("view LOG", &log);
        assert!(told.contains(expected), "{log}: {told}");
        assert_eq!(english_in(&told), None, "{told}");
    }
}

#[test]
fn how_a_recorded_run_ended_is_said_in_chinese() {
    let mut log = text_of("tests/logs/every-event.jsonl");
    // Messages of the recorded processes stay as they were recorded.
    for message in named(&log.lines().map(event).collect::<Vec<_>>(), "error") {
        log = log.replace(message["message"].as_str().unwrap(), "出错了");
    }
    let told = in_chinese("view LOG 2>&1 >/dev/null | tail -2 >&2", &log);
    let expected = "mp-demo: 1 个值放进了队列却没有被取走：null\n\
         mp-demo: 这次运行中，child（PID 103）结束了，退出状态是 1：出错了\n";
    assert_eq!(told, expected);
    let lost = text_of("tests/logs/queue-lost.jsonl");
    let cut: String = lost.lines().take(20).map(|line| format!("{line}\n")).collect();
    let told = in_chinese("view LOG", &cut);
    assert!(told.contains("就这份日志来看，"), "{told}");
    assert!(told.contains("的结束没有记录下来\n"), "{told}");
    assert_eq!(english_in(&told), None, "{told}");
}

#[test]
fn who_failed_in_a_run_is_said_in_chinese() {
    let mut run = Running::with_log("queue --pause 1000 --seed 7 --lang zh");
    let writer = run.wait_for("sleep", "writer");
    let writer = pid_in(&writer["pid"]);
    rustix::process::kill_process(writer, rustix::process::Signal::KILL).unwrap();
    let ended = run.finish();
    let pid = writer.as_raw_pid();
    let first = format!("mp-demo: writer（PID {pid}）被 SIGKILL（9）终止\n");
    assert!(ended.stderr.starts_with(&first), "{}", ended.stderr);
}

#[test]
fn the_titles_of_a_trace_are_chinese_and_its_form_is_not() {
    let trace = |language: &str| {
        let log = recorded("queue-lost");
        let options = ["--json", "--trace", "-", "--lang", language];
        let ended = run(mp_demo(["view", &log]).args(options));
        let (_, trace) = ended.stdout.split_once("{\"displayTimeUnit").unwrap();
        format!("{{\"displayTimeUnit{trace}")
    };
    let mut english = trace("en");
    for (from, to) in [
        ("\"name\":\"running\",\"ph\":\"X\"", "\"name\":\"运行\",\"ph\":\"X\""),
        ("\"name\":\"sleep\",", "\"name\":\"休眠\","),
        ("\"name\":\"get (waiting)\"", "\"name\":\"get（等待）\""),
        ("\"name\":\"values in the queue\"", "\"name\":\"队列里的值\""),
        ("\"args\":{\"now\":", "\"args\":{\"当前\":"),
        ("\"name\":\"value\"", "\"name\":\"值\""),
        ("\"status\":\"exit 0\"", "\"status\":\"退出状态 0\""),
        ("\"status\":\"killed by SIGTERM (15)\"", "\"status\":\"被 SIGTERM（15）终止\""),
    ] {
        assert!(english.contains(from), "{from}");
        english = english.replace(from, to);
    }
    assert_eq!(trace("zh"), english);
}
