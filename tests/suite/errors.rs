//! Errors in the user's language: mp-demo's sentences, and behind them the operating system's.

use std::fs;

use crate::common::*;
use crate::programs::english_in;

/// The stderr of a command. In the command, `LOG` stands for a file with the given text.
fn told_in(language: &str, words: &str, log: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("LOG"), log).unwrap();
    let mut command = shell(&format!("cd {}; mp-demo {words}", folder.path().display()));
    run(command.env("LANG", language)).stderr
}

fn in_chinese(words: &str, log: &str) -> String {
    told_in("zh_CN.UTF-8", words, log)
}

#[test]
fn whatever_is_wrong_with_a_file_is_said_in_both_languages() {
    for (words, english, chinese) in [
        (
            "view no/such",
            "cannot open no/such: No such file or directory",
            "无法打开 no/such：没有这个文件或文件夹",
        ),
        ("view .", "cannot read .: Is a directory", ".：无法读取：是一个文件夹"),
        (
            "view - 0>/dev/null",
            "cannot read standard input: Bad file descriptor",
            "标准输入：无法读取：文件描述符无效",
        ),
        (
            "view LOG 1</dev/null",
            "cannot write to stdout: Bad file descriptor",
            "无法写入标准输出：文件描述符无效",
        ),
        (
            "view LOG",
            "LOG is empty: expected a run that was recorded with --json",
            "LOG：没有内容，这里应当是用 --json 记录下来的一次运行",
        ),
        (
            "pipe --trace .",
            "cannot write to .: it is a folder; name a file in it",
            "无法写入 .：这是一个文件夹；请给出其中的文件名",
        ),
        (
            "pipe --trace no/",
            "cannot write to no/: it names a folder that is not there; name a file",
            "无法写入 no/：这个文件夹不存在；请给出文件名",
        ),
        (
            "pipe --trace no/such",
            "cannot write to no/such: No such file or directory; choose a folder that \
             is there and that you may write to",
            "无法写入 no/such：没有这个文件或文件夹；请换一个存在而且可以写入的文件夹",
        ),
        (
            "pipe --trace LOG/x",
            "cannot write to LOG/x: Not a directory; choose another file",
            "无法写入 LOG/x：不是文件夹；请换一个文件",
        ),
        (
            "pipe --speed 100 --trace /dev/full >/dev/null",
            "cannot write the trace to /dev/full: No space left on device",
            "无法把跟踪写入 /dev/full：设备上没有空间",
        ),
        (
            "view LOG --trace ./LOG",
            "cannot write to ./LOG: it is the recording itself; choose another file",
            "无法写入 ./LOG：那就是这份记录本身；请换一个文件",
        ),
        (
            "view LOG LOG --page ./LOG",
            "cannot write to ./LOG: it is the recording itself; choose another file",
            "无法写入 ./LOG：那就是这份记录本身；请换一个文件",
        ),
    ] {
        assert_eq!(told_in("C", words, ""), format!("mp-demo: {english}\n"), "{words}");
        assert_eq!(in_chinese(words, ""), format!("mp-demo: {chinese}\n"), "{words}");
    }
}

#[test]
fn whatever_is_wrong_with_a_recording_is_said_with_its_line_in_both_languages() {
    let whole = text_of("tests/logs/memory.jsonl");
    let first = whole.lines().next().unwrap();
    let with_second = |line: &str| format!("{first}\n{line}\n");
    let event = |fields: &str| {
        with_second(&format!("{{\"v\":1,\"t\":0.1,\"pid\":7,\"role\":\"x\",{fields}}}"))
    };
    for (log, english, chinese) in [
        ("\n".into(), " is empty: expected", "没有内容"),
        (
            "Parent process 7\n".into(),
            "1 is damaged or foreign (it is not a JSON ",
            "不是 JSON 对象",
        ),
        ("\u{1}{\n".into(), "line 1 is damaged or foreign (it is not", "不是 JSON 对象"),
        ("{\"level\":\"info\"}\n".into(), "(missing field `v`): expected an event", "缺少字段 `v`"),
        ("{\"v\":0}\n".into(), "(its `v` is 0)", "`v` 是 0"),
        (
            "{\"v\":3}\n".into(),
            "1 is of version 3 of the log, and this mp-demo reads version 2: a newer mp-demo",
            "LOG，第 1 行的日志版本是 3，而本程序只能读版本 2：需要更新的 mp-demo",
        ),
        ("{\"v\":1,\"t\":0}\n".into(), "(missing field `pid`)", "缺少字段 `pid`"),
        ("{\"v\":1,\"t\":[],\"pid\":7}\n".into(), "line 1 is damaged", "有字段的值不合要求"),
        ("{\"v\":1, oops}\n".into(), "line 1 is damaged or foreign (", "不符合 JSON 语法"),
        (with_second("{\"v\":1,"), "line 2 is damaged or foreign (EOF while", "JSON 没有写完"),
        (with_second("mp-demo: a note"), "line 2 is damaged or foreign", "不是 JSON 对象"),
        (format!("{first}\n{{\"v\":1,"), "line 2 ends in the middle: ", "LOG，第 2 行没有写完"),
        (
            event("\"event\":\"fly\""),
            "(version 2 of the log has no event `fly`)",
            "日志版本 2 没有事件 `fly`",
        ),
        (
            event("\"event\":\"put\""),
            "(the event `put` needs a field `value`)",
            "事件 `put` 需要字段 `value`",
        ),
        (event("\"event\":\"wait\",\"call\":\"fly\""), "line 2 is damaged", "有字段的值不合要求"),
        (
            event("\"event\":\"empty\"").split_once('\n').unwrap().1.to_owned(),
            "line 1 is the event `empty`: expected `run`, with which every recorded run begins",
            "LOG，第 1 行是事件 `empty`：这里应当是 `run`",
        ),
        (
            event("\"event\":\"empty\",\"thread\":\"\\u0007\""),
            r"`\x07` is not a name",
            r"`\x07` 不能作为名字",
        ),
        (event("\"event\":\"empty\"").replace("0.1", "-1"), "-1", "时间是 -1"),
        (whole.repeat(2), "begins another run: expected only one", "开始了另一次运行"),
        (whole.replace("\"parent\"", "\"\u{fffd}\"") + "\n\n{", "in the middle", "没有写完"),
    ] {
        let told = told_in("C", "view LOG --timeline >&2", &log);
        assert!(told.contains(english), "{log}: {told}");
        // Half a timeline would be a wrong one.
        assert!(!told.contains("\n\n"), "{log}: {told}");
        let told = in_chinese("view LOG", &log);
        assert!(told.contains(chinese), "{log}: {told}");
        assert_eq!(english_in(&told), None, "{told}");
    }
    let rubbish = view_log(b"\x7fELF\x02\xff\xfe\n", &[]);
    assert!(rubbish.stderr.contains(", line 1 is not text in UTF-8: expected"), "{rubbish:?}");
}

#[test]
fn how_a_recorded_run_ended_is_said_in_chinese() {
    let mut log = text_of("tests/logs/every-event.jsonl");
    // Messages of the recorded processes stay as they were recorded.
    for message in named(&log.lines().map(event).collect::<Vec<_>>(), "error") {
        log = log.replace(message["message"].as_str().unwrap(), "出错了");
    }
    let told = in_chinese("view LOG 2>&1 >/dev/null | tail -3 >&2", &log);
    let expected = "mp-demo: 1 个值放进了队列却没有被取走：null\n\
         mp-demo: 1 个值已从管道取出，程序却没有读取：[\"A\",1]\n\
         mp-demo: 这次运行中，child（PID 103）结束了，退出状态是 1：出错了\n";
    assert_eq!(told, expected);
    let lost = text_of("tests/logs/queue-lost.jsonl");
    let cut: String = lost.lines().take(20).map(|line| format!("{line}\n")).collect();
    let told = in_chinese("view LOG", &cut);
    assert!(told.contains("就这份日志来看"), "{told}");
    assert!(told.contains("的结束没有记录下来\n"), "{told}");
    assert_eq!(english_in(&told), None, "{told}");
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
        ("\"name\":\"sleep\",", "\"name\":\"睡眠\","),
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
