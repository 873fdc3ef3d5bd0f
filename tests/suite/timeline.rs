//! `--timeline`: fixed logs, and the whole pictures that are drawn of them.

use std::io::Write;
use std::process::Stdio;

use snapbox::{assert_data_eq, str};
use unicode_width::UnicodeWidthStr;

use crate::common::*;

const UTF_8: (&str, &str) = ("LC_ALL", "C.UTF-8");
const ASCII: (&str, &str) = ("LC_ALL", "C");

/// The picture of a log in `tests/logs`, without the article's lines above it.
fn picture(log: &str, columns: usize, options: &[&str], locale: (&str, &str)) -> String {
    let log = format!("{}/tests/logs/{log}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let mut command = mp_demo(["view", log.as_str(), "--timeline"]);
    command.args(options).env(locale.0, locale.1);
    picture_of(command.env("COLUMNS", columns.to_string()))
}

fn picture_of(command: &mut std::process::Command) -> String {
    let ended = run(command);
    assert_eq!(ended.code(), 0, "{ended:?}");
    let (_, picture) = ended.stdout.rsplit_once("\n\n").unwrap();
    picture.to_owned()
}

/// The picture of a log that is not in a file.
fn picture_of_log(log: &str, columns: usize, locale: (&str, &str)) -> String {
    let mut command = mp_demo(["view", "-", "--timeline"]);
    command
        .env(locale.0, locale.1)
        .env("COLUMNS", columns.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let log = log.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(log.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert!(output.status.success(), "{output:?}");
    let screen = String::from_utf8(output.stdout).unwrap();
    let (_, picture) = screen.split_once("\n\n").unwrap_or(("", &screen));
    picture.to_owned()
}

#[test]
fn a_lane_shows_life_waits_values_and_end() {
    assert_data_eq!(
        picture("queue-terminate", 80, &[], UTF_8),
        str![[r#"
             │0 s        │0.5         │1.0         │1.5
parent 43784 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄†
                                                       reader
writer 43785 ▼·················▼············▼················┤ exit 0
             A                 B            C
reader 43786 ▲─────────────────▲────────────▲────────────────✗ killed by SIGTERM
             A                 B            C
· sleeps   ─ waits for a value   ┄ waits in join   ▼ put   ▲ get   † terminate

"#]]
    );
}

#[test]
fn without_utf_8_it_is_plain_ascii() {
    let picture = picture("queue-terminate", 80, &[], ASCII);
    assert!(picture.is_ascii());
    assert_data_eq!(
        picture,
        str![[r#"
             |0 s        |0.5         |1.0         |1.5
parent 43784 ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~!
                                                       reader
writer 43785 v.................v............v................| exit 0
             A                 B            C
reader 43786 ^-----------------^------------^----------------x killed by SIGTERM
             A                 B            C
. sleeps   - waits for a value   ~ waits in join   v put   ^ get   ! terminate

"#]]
    );
}

#[test]
fn its_words_are_in_the_language_asked_for() {
    assert_data_eq!(
        picture("queue-terminate", 80, &["--lang", "zh"], UTF_8),
        str![[r#"
             │0 s         │0.5         │1.0         │1.5
parent 43784 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄†
                                                         reader
writer 43785 ▼·················▼··············▼················┤ 退出状态 0
             A                 B              C
reader 43786 ▲─────────────────▲──────────────▲────────────────✗ 被 SIGTERM 终止
             A                 B              C
· 睡眠   ─ 等待数据   ┄ 在 join 中等待   ▼ put   ▲ get   † terminate

"#]]
    );
}

#[test]
fn on_a_narrow_terminal_names_stand_above_the_lanes() {
    assert_data_eq!(
        picture("queue-sentinel", 40, &[], UTF_8),
        str![[r#"
│0 ms      │100       │200        │300
parent 43784
┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▼
                      sentinel sentinel
writer-1 43785, exit 0
▼······▼··········▼····················┤
1      你好世界   5
writer-2 43786, exit 0
▼····················▼················┤
2                    [None, 2.5]
reader-1 43787, exit 0
▲─────────────────▲───────────────────▲┤
1 2               5            sentinel
reader-2 43788, exit 0
───────▲─────────────▲────────────────▲┤
       你好世界      [None, 2.5]
· sleeps   ─ waits for a value
┄ waits in join   ▼ put   ▲ get

"#]]
    );
}

#[test]
fn on_a_wide_terminal_the_lanes_are_longer() {
    assert_data_eq!(
        picture("queue-sentinel", 120, &[], UTF_8),
        str![[r#"
               │0 ms         │50           │100          │150           │200          │250          │300
parent   43784 ━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▼
                                                                                               sentinel sentinel
writer-1 43785 ▼··················▼··························▼··················································┤ exit 0
               1                  你好世界                   5
writer-2 43786 ▼·····················································▼······································┤     exit 0
               2                                                     [None, 2.5]
reader-1 43787 ▲─────────────────────────────────────────────▲─────────────────────────────────────────────────▲┤ exit 0
               1 2                                           5                                          sentinel
reader-2 43788 ───────────────────▲──────────────────────────────────▲─────────────────────────────────────────▲┤ exit 0
                                  你好世界                           [None, 2.5]                        sentinel
━ runs   · sleeps   ─ waits for a value   ┄ waits in join   ▼ put   ▲ get

"#]]
    );
}

#[test]
fn values_that_were_put_and_never_got_look_different() {
    assert_data_eq!(
        picture("queue-lost", 70, &[], UTF_8),
        str![[r#"
             │0 ms      │0.5        │1.0        │1.5
parent 43784 ━━━━━━━━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄†┄┄┄┄
                                                        reader
writer 43785          ━━━━━━━━━━━━━━━━━━━▼━·▽····▽······┤      exit 0
                                         A  B    C
reader 43786                    ━━━━━━━━━━━━━━━▲━────────────✗ SIGTERM
                                               A
━ runs   · sleeps   ─ waits for a value   ┄ waits in join   ▼ put
▲ get   ▽ put, never got   † terminate

"#]]
    );
}

#[test]
fn equal_values_are_told_apart_at_both_ends() {
    let log = include_str!("../logs/queue-sentinel.jsonl")
        .replace("\"value\":2,", "\"value\":1,")
        .replace("\"value\":5,", "\"value\":1,");
    let picture = picture_of_log(&log, 100, UTF_8);
    assert_eq!(picture.matches("1#3").count(), 2, "{picture}");
    // 1 and 1#2 went to the same reader at the same moment.
    let labels = picture
        .lines()
        .filter(|line| line.contains("1 +1") || line.contains("1#2"));
    assert_eq!(labels.count(), 2, "{picture}");
}

#[test]
fn what_falls_together_is_marked_as_several_and_nothing_of_it_is_lost() {
    let run = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"run","lesson":"pipe","options":{},"seed":1,"cores":2,"version":"0"}
{"v":1,"t":0.001,"pid":2,"role":"writer","event":"send","value":["A"]}
{"v":1,"t":0.002,"pid":1,"role":"parent","event":"recv","value":["A"]}
{"v":1,"t":0.003,"pid":1,"role":"parent","event":"send","value":["B"]}
{"v":1,"t":0.004,"pid":2,"role":"writer","event":"recv","value":["B"]}
{"v":1,"t":0.12,"pid":2,"role":"writer","event":"put","value":1}
{"v":1,"t":0.14,"pid":2,"role":"writer","event":"put","value":2}
{"v":1,"t":0.141,"pid":1,"role":"parent","event":"get","value":1}
{"v":1,"t":0.142,"pid":1,"role":"parent","event":"get","value":2}
{"v":1,"t":0.6,"pid":2,"role":"writer","event":"put","value":3}
{"v":1,"t":0.6001,"pid":2,"role":"writer","event":"put","value":4}
{"v":1,"t":0.6002,"pid":1,"role":"parent","event":"get","value":4}
{"v":1,"t":0.9,"pid":2,"role":"writer","event":"sleep","seconds":0.1}
{"v":1,"t":1,"pid":1,"role":"parent","event":"ended"}
"#;
    assert_data_eq!(
        picture_of_log(run, 66, UTF_8),
        str![[r#"
         │0 s       │0.2       │0.4       │0.6       │0.8
parent 1 ◆━━━━━━▲━━━━━━━━━━━━━━━━━━━━━━━━━▲━━━━━━━━━━━━━━━━━━━━━━
         ▲['A'] ▼['B'] 1 2                4
writer 2 ◆━━━━━▼▼━━━━━━━━━━━━━━━━━━━━━━━━━◆━━━━━━━━━━━━━━━━······
         ▼['A'] ▲['B'] 1 2                ▽3 ▼4
━ runs   · sleeps   ▼ put   ▲ get   ▼ send   ▲ recv
▽ put, never got   ◆ several of these

"#]]
    );
}

#[test]
fn threads_that_last_have_lanes_below_their_process() {
    assert_data_eq!(
        picture("bound-threads", 80, &[], UTF_8),
        str![[r#"
                 │0 ms   │100    │200    │300    │400    │500    │600
parent     43784 ──────────────────────────────────────────────────────┄
worker     43785 ╷┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤                       exit 0
  worker-1       ┯───────┯───────┯───────┯────────
                 1       2       3       4
answerer   43786 ·································┤                       exit 0
worker     43787                                 ╷┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤ exit 0
                                                 ×2
  worker-1                                       ┯─────────┯────────────
                                                 1         4
  worker-2                                       ┯─────────┯────────────
                                                 2         3
answerer-1 43788                                 ·········──···········─┤ exit 0
answerer-2 43789                                 ━······················┤ exit 0
━ runs   · sleeps   ─ waits for a value   ┄ waits in join   ╷ a thread begins
┯ a task begins

"#]]
    );
}

#[test]
fn threads_of_a_moment_are_marks_on_their_process() {
    assert_data_eq!(
        picture("spawn", 80, &[], UTF_8),
        str![[r#"
              │0 ms      │100       │200        │300       │400
parent  43784 ━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
child-1 43785 ·························································╷┤ exit 0
                                                                       ×2
child-2 43786 ·························································╷┤ exit 0
                                                                       ×2
child-3 43787 ·························································╷┤ exit 0
                                                                       ×2
━ runs   · sleeps   ┄ waits in join   ╷ a thread begins

"#]]
    );
}

#[test]
fn refusals_errors_and_violent_ends_are_seen() {
    assert_data_eq!(
        picture("every-event", 76, &[], UTF_8),
        str![[r#"
               │0 s   │0.2   │0.4   │0.6    │0.8   │1.0
parent     100 ━━━━◆━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━‡
                   ⊘['A', 1] ▲['A', 1]#2 †reader   reader
writer     101 ▼··◆·┤                                      exit 0
               A  ▽None ▼sentinel
reader     102 ▲━━▲▲━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━✗ killed by SIGKILL
               A  sentinel EOF
child      103 ╷━▼▲▼━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━✗✗ exit 1
                 1 1 ['A', 1]#2
  Thread-1     ┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
               1
━ runs   · sleeps   ╷ a thread begins   ┯ a task begins   ▼ asks
▲ is served   ▼ put   ▲ get   ▼ send   ▲ recv   ▽ put, never got
† terminate   ‡ kill   ⊘ is refused   ✗ gives up   ◆ several of these

"#]]
    );
}

/// A log of many children, each of which waits for one value with a name as long as its number.
fn many(children: usize) -> String {
    let run = r#"{"v":1,"t":0,"pid":1,"role":"parent","event":"run","lesson":"queue","options":{},"seed":1,"cores":2,"version":"0"}"#;
    let mut log = format!("{run}\n");
    for child in 1..=children {
        let pid = child + 1;
        let t = child as f64;
        log += &format!(
            "{{\"v\":1,\"t\":{t},\"pid\":1,\"role\":\"parent\",\"event\":\"started\",\"child\":{pid},\"child_role\":\"reader-{child}\"}}\n\
             {{\"v\":1,\"t\":{t},\"pid\":{pid},\"role\":\"reader-{child}\",\"event\":\"wait\",\"call\":\"get\"}}\n"
        );
    }
    log
}

#[test]
fn with_many_processes_it_says_how_many_are_left_out() {
    let picture = picture_of_log(&many(1000), 80, ASCII);
    let lines: Vec<_> = picture.lines().collect();
    assert!(lines.len() < 40, "{picture}");
    assert!(lines[1].starts_with("parent     1 "), "{picture}");
    assert!(lines[31].starts_with("reader-30 31 "), "{picture}");
    assert_eq!(lines[32], "970 more are left out; --trace FILE has all");
}

#[test]
fn many_of_a_kind_leave_room_for_the_others() {
    let log = many(1000)
        + r#"{"v":1,"t":1001,"pid":1,"role":"parent","event":"started","child":5000,"child_role":"writer"}
"#;
    let picture = picture_of_log(&log, 80, ASCII);
    assert!(picture.contains("\nwriter    5000 "), "{picture}");
    assert!(picture.contains("\n970 more are left out;"), "{picture}");
}

/// The times of a log divided by a hundred.
fn hundred_times_faster(log: &str) -> String {
    let lines = log.lines().map(|line| {
        let mut event = event(line);
        let micros = (event["t"].as_f64().unwrap() * 1e6).round();
        event["t"] = (micros / 1e8).into();
        event.to_string() + "\n"
    });
    lines.collect()
}

#[test]
fn a_faster_run_looks_the_same_on_another_axis() {
    let log = include_str!("../logs/queue-terminate.jsonl");
    for columns in [40, 80, 133] {
        let slow = picture_of_log(log, columns, UTF_8);
        let fast = picture_of_log(&hundred_times_faster(log), columns, UTF_8);
        let (slow_axis, slow_lanes) = slow.split_once('\n').unwrap();
        let (fast_axis, fast_lanes) = fast.split_once('\n').unwrap();
        assert_eq!(slow_lanes, fast_lanes);
        assert!(slow_axis.contains("│0 s"), "{slow_axis}");
        assert!(fast_axis.contains("│0 ms"), "{fast_axis}");
    }
}

#[test]
fn no_line_is_wider_than_the_terminal_whatever_the_values_are() {
    let log = include_str!("../logs/queue-sentinel.jsonl")
        .replace("\"你好世界\"", "\"你好，世界！\\n\\u001b[31m👩‍👩‍👧 e\\u0301\"")
        .replace("[null,2.5]", &format!("[\"{}\"]", "很长".repeat(500)));
    for columns in (40..=200).step_by(7) {
        for locale in [UTF_8, ASCII] {
            let picture = picture_of_log(&log, columns, locale);
            assert!(locale != ASCII || picture.is_ascii());
            assert!(!picture.contains('\x1b'));
            for line in picture.lines() {
                assert!(line.width() <= columns, "{columns}: {line:?}");
            }
        }
    }
}

#[test]
fn hardly_any_time_and_hardly_any_events_are_drawn_too() {
    let run = r#"{"v":1,"t":0,"pid":7,"role":"parent","event":"run","lesson":"queue","options":{},"seed":1,"cores":2,"version":"0"}"#;
    assert_eq!(
        picture_of_log(&format!("{run}\n"), 40, ASCII),
        "|0 us\nparent 7\n=\n= runs\n"
    );
    for time in ["123456789", "1e15", "1e300"] {
        let later = run.replace("\"t\":0", &format!("\"t\":{time}"));
        assert!(picture_of_log(&format!("{later}\n"), 40, ASCII).contains("parent 7\n"));
        let end = run.replace("\"t\":0", &format!("\"t\":{time}"));
        let end = end.replace("\"event\":\"run\"", "\"event\":\"ended\"");
        let picture = picture_of_log(&format!("{run}\n{end}\n"), 40, ASCII);
        assert!(picture.contains("parent 7\n===="), "{picture}");
    }
}

#[test]
fn times_that_go_back_and_pids_that_come_again_are_drawn() {
    let log = many(2)
        + r#"{"v":1,"t":0.5,"pid":2,"role":"reader-1","event":"ended"}
{"v":1,"t":1.5,"pid":1,"role":"parent","event":"exited","child":2,"child_role":"reader-1","status":{"code":3}}
{"v":1,"t":3,"pid":1,"role":"parent","event":"started","child":2,"child_role":"reader-9"}
{"v":1,"t":4,"pid":1,"role":"parent","event":"exited","child":2,"child_role":"reader-9","status":{"signal":40}}
"#;
    assert_data_eq!(
        picture_of_log(&log, 60, ASCII),
        str![[r#"
           |0 s     |1        |2       |3
parent   1 ======================================
reader-1 2          ======x                        exit 3
reader-2 3                    -------------------
reader-9 2                             ==========x signal 40
= runs   - waits for a value

"#]]
    );
}

#[test]
fn its_memory_does_not_grow_with_the_events() {
    let mut command = mp_demo(["view", "-", "--timeline"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(many(3).as_bytes()).unwrap();
    let status = format!("/proc/{}/status", child.id());
    let peak_kib = || -> u64 {
        let status = std::fs::read_to_string(&status).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok())
            .unwrap()
    };
    let mut t = 3.0;
    let mut feed = |events: usize| {
        for number in 0..events / 2 {
            t += 0.01;
            let events = format!(
                "{{\"v\":1,\"t\":{t},\"pid\":2,\"role\":\"reader-1\",\"event\":\"put\",\"value\":{number}}}\n\
                 {{\"v\":1,\"t\":{t},\"pid\":3,\"role\":\"reader-2\",\"event\":\"get\",\"value\":{number}}}\n"
            );
            stdin.write_all(events.as_bytes()).unwrap();
        }
    };
    // All but what the pipe holds has been drawn when a write returns.
    feed(10_000);
    let before = peak_kib();
    feed(90_000);
    let after = peak_kib();
    assert!(after < before + 512, "{before} KiB, then {after} KiB");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn on_a_terminal_it_has_the_terminals_width_and_the_processes_colours() {
    let log = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/logs/queue-terminate.jsonl"
    );
    let args = ["view", log, "--timeline"];
    // The terminal says its width; COLUMNS, which a shell may have had from another one, does not count.
    let variables = [UTF_8, ("COLUMNS", "200")];
    let screen = on_terminal(&args, &variables, (24, 64));
    let colours = |line: &str| line.split_once('m').unwrap().0.to_owned();
    let of_line = |what: &str| colours(screen.lines().find(|line| line.contains(what)).unwrap());
    assert_eq!(of_line("writer 43785"), of_line("Put B"));
    assert_eq!(of_line("reader 43786"), of_line("Get B"));
    assert_ne!(of_line("reader 43786"), of_line("Put B"));
    let plain = anstream::adapter::strip_str(&screen).to_string();
    let (_, picture) = plain.split_once("\n\n").unwrap();
    assert_data_eq!(
        picture,
        str![[r#"
             │0 s       │0.5       │1.0       │1.5
parent 43784 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄†
                                                 reader
writer 43785 ▼··············▼···········▼··············┤ exit 0
             A              B           C
reader 43786 ▲──────────────▲───────────▲──────────────✗ SIGTERM
             A              B           C
· sleeps   ─ waits for a value   ┄ waits in join   ▼ put   ▲ get
† terminate

"#]]
    );
}
