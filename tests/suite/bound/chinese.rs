//! The tables and verdicts of `bound` in Chinese.

use unicode_width::UnicodeWidthStr as _;

use super::starts::runs_without_room;
use super::{fastest, knee, number};
use crate::common::*;

/// The words of English in these lines, but for names that are the same in Chinese.
pub fn english_in(lines: &[&str]) -> Vec<String> {
    const NAMES: [&str; 12] = [
        "mp-demo show bound --python | python3 - fork",
        "TMPDIR=/var/tmp mp-demo bound --kind disk",
        "TMPDIR",
        "tmpfs",
        "IO",
        "CPU",
        "GIL",
        "MiB",
        "Rust",
        "Python",
        "mp-demo: ",
        "PID",
    ];
    let text = lines.join("\n");
    let text = NAMES.iter().fold(text, |text, name| text.replace(name, ""));
    text.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether no word crosses the edge of a terminal with this many columns.
pub fn breaks_between_words_at(columns: usize, line: &str) -> bool {
    let mut width = 0;
    let mut last = ' ';
    for c in line.chars() {
        if width == columns {
            return last == ' ' || c == ' ' || (last == '#' && c == '#');
        }
        width += c.to_string().width();
        last = c;
    }
    true
}

#[test]
fn each_line_is_chinese_and_follows_from_the_figures() {
    let words = "bound --lang zh --json --kind all --with both --tasks 3 --workers 1,2,3 --speed 5";
    let events = run_words(words).succeeded().events();
    let cores = events[0]["cores"].as_u64().unwrap();
    let lines = lines_in(&events);
    assert_eq!(english_in(&lines), [""; 0], "{lines:#?}");

    let all_rows = named(&events, "measured");
    for (kind, name) in [("compute", "计算密集型"), ("io", "IO 密集型"), ("disk", "磁盘读写")]
    {
        for (with, many, worker) in
            [("processes", "多进程", "个工作进程"), ("threads", "多线程", "个工作线程")]
        {
            let heading = format!("{name}：3 个任务，{many}");
            let at = lines.iter().position(|line| *line == heading).unwrap();
            let rows: Vec<_> = all_rows
                .iter()
                .copied()
                .filter(|row| row["kind"] == kind && row["with"] == with)
                .collect();
            assert_eq!(rows.len(), 3);
            let (knee, speed_up) = knee(&rows);
            let verdict = match knee {
                0 => format!("{name}：超过 1 {worker}后没有收益（不到 10%）。"),
                1 => format!(
                    "{name}：增加到 2 {worker}为止都有收益（加速比 {speed_up:.2}），再增加则不到 10%。"
                ),
                _ => format!(
                    "{name}：增加到最多的一组（3 {worker}）仍有收益（加速比 {speed_up:.2}）。"
                ),
            };
            assert_eq!(lines[at + 5], verdict);
            let may_use = format!("本程序能用 {cores} 个核心，");
            assert!(lines[at + 6..at + 8].iter().any(|line| line.starts_with(&may_use)));

            let used = |row| number(row, "processor_seconds") / number(row, "tasks_seconds");
            let percent = 100.0 * (1.0 - used(rows[0]));
            if kind == "disk" {
                let waited = format!("1 {worker}时，磁盘任务有 {percent:.1}% 的时间在等待。");
                assert!(lines.contains(&waited.as_str()), "{waited}: {lines:#?}");
            }
        }
        let times = fastest(&all_rows, kind, "threads") / fastest(&all_rows, kind, "processes");
        let compared = format!("{name}：多线程的用时是多进程的 {times:.2} 倍，收益");
        assert!(lines.iter().any(|line| line.starts_with(&compared)), "{lines:#?}");
    }
}

#[test]
fn columns_stand_below_their_heads_and_fill_a_narrow_terminal() {
    for language in ["en", "zh"] {
        let words = format!("bound --kind io --tasks 2 --workers 1,2 --speed 5 --lang {language}");
        let ended = run_words(&words).succeeded();
        let lines = ended.lines();
        assert_eq!(lines[1].width(), 38, "{ended:?}");
        for row in &lines[2..4] {
            let figures = row.trim_end_matches('#');
            assert_eq!(figures.width(), 40, "{ended:?}");
            assert_eq!(figures.trim_end().width(), 38, "{ended:?}");
            assert!(breaks_between_words_at(40, row), "{ended:?}");
        }
    }
}

#[test]
fn errors_are_chinese_in_parent_and_children() {
    let script = "TMPDIR=/nowhere mp-demo bound --kind disk --lang zh";
    let ended = run(&mut shell(script));
    let error = "mp-demo: 无法在临时目录里建立文件（可以用 `TMPDIR` 指定另一个目录）";
    assert!(ended.stderr.starts_with(error), "{ended:?}");

    for ended in runs_without_room("bound --kind compute --tasks 1 --lang zh") {
        assert!(ended.stderr.contains("无法启动第 "), "{ended:?}");
        assert!(ended.stderr.contains(" 个线程（共 40 个）："), "{ended:?}");
    }
}
