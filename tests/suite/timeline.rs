//! `--timeline`: fixed logs, and the whole pictures that are drawn of them.

use std::io::Write;
use std::process::{Command, Stdio};

use snapbox::{assert_data_eq, str};
use unicode_width::UnicodeWidthStr;

use crate::common::*;

/// The picture of a log in `tests/logs`, without the article's lines above it.
fn picture(log: &str, columns: usize, options: &[&str], locale: (&str, &str)) -> String {
    let mut command = mp_demo(["view", &recorded(log), "--timeline=time"]);
    picture_of(command.args(options), columns, locale)
}

/// The picture of a log that is not in a file.
fn picture_of_log(log: &str, columns: usize, locale: (&str, &str)) -> String {
    picture_of(&mut view(log, &["--timeline=time"]), columns, locale)
}

fn picture_of(command: &mut Command, columns: usize, locale: (&str, &str)) -> String {
    command.env(locale.0, locale.1);
    let ended = run(command.env("COLUMNS", columns.to_string()));
    assert_eq!(ended.code(), 0, "{ended:?}");
    let (_, picture) = ended.stdout.rsplit_once("\n\n").unwrap_or(("", &ended.stdout));
    assert!(!picture.is_empty(), "{ended:?}");
    picture.to_owned()
}

#[test]
fn a_lane_shows_life_waits_values_and_end() {
    assert_data_eq!(
        picture("queue-terminate", 80, &[], UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
             │0 s        │0.5         │1.0         │1.5
parent 43784 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄†
             writer                                         reader
writer 43785 ▼·················▼············▼················┤ exit 0
             A                 B            C
reader 43786 ▲─────────────────▲────────────▲────────────────✗ killed by SIGTERM
             A                 B            C
· sleeps   ─ waits for another   ┄ waits in join   ▼ put   ▲ get   † terminate

"#]]
    );
}

#[test]
fn without_utf_8_the_same_is_plain_ascii() {
    let unicode = picture("queue-terminate", 80, &[], UTF_8);
    let glyphs = ["━=", "·.", "─-", "┄~", "│|", "┤|", "▼v", "▲^", "†!", "✗x"];
    let expected = glyphs.iter().fold(unicode, |picture, glyph| {
        let (unicode, ascii) = glyph.split_at(glyph.len() - 1);
        picture.replace(unicode, ascii)
    });
    assert_eq!(picture("queue-terminate", 80, &[], ASCII), expected);
}

#[test]
fn its_words_are_in_the_language_asked_for() {
    let picture = picture("queue-terminate", 80, &["--lang", "zh"], UTF_8);
    assert!(
        picture.contains("┤ 退出状态 0\n") && picture.contains("✗ 被 SIGTERM 终止\n"),
        "{picture}"
    );
    let legend = "· 睡眠   ─ 等待其他进程   ┄ 在 join 中等待   ▼ put   ▲ get   † terminate\n";
    assert!(picture.ends_with(legend), "{picture}");
}

#[test]
fn on_a_narrow_terminal_names_stand_above_the_lanes() {
    assert_data_eq!(
        picture("queue-sentinel", 40, &[], UTF_8),
        str![[r#"
By time
│0 ms      │100       │200        │300
parent 43784
┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄▼
writer-1              sentinel sentinel
writer-1 43785, exit 0
▼······▼··········▼············━━━━━━━━┤
1      你好世界   5
writer-2 43786, exit 0
▼····················▼········━━━━━━━━┤
2                    [None, 2.5]
reader-1 43787, exit 0
▲─────────────────▲───────────────────▲┤
1 2               5            sentinel
reader-2 43788, exit 0
───────▲─────────────▲────────────────▲┤
       你好世界      [None, 2.5]
━ runs   · sleeps   ─ waits for another
┄ waits in join   ▼ put   ▲ get

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
    let labels = picture.lines().filter(|line| line.contains("1 +1") || line.contains("1#2"));
    assert_eq!(labels.count(), 2, "{picture}");
}

#[test]
fn what_falls_together_is_marked_as_several_and_nothing_of_it_is_lost() {
    let log = made_up(
        r#"0.001 2 writer send "value":["A"]
        0.002 1 parent recv "value":["A"]
        0.003 1 parent send "value":["B"]
        0.004 2 writer recv "value":["B"]
        0.12 2 writer put "value":1
        0.14 2 writer put "value":2
        0.141 1 parent get "value":1
        0.142 1 parent get "value":2
        0.6 2 writer put "value":3
        0.6001 2 writer put "value":4
        0.6002 1 parent get "value":4
        0.9 2 writer sleep "seconds":0.1
        1 1 parent say"#,
    );
    assert_data_eq!(
        picture_of_log(&log, 66, UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
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
fn the_legend_has_the_number_of_values_that_are_not_named() {
    let puts = |value| format!("0.5000{value} 2 writer put \"value\":{value}\n");
    let log: String = (1..=9).map(puts).collect();
    let picture = picture_of_log(&made_up(&(log + "1 1 parent say")), 66, UTF_8);
    assert!(picture.contains(" 1 2 3 +6\n"), "{picture}");
    assert!(picture.contains("+6 so many more"), "{picture}");
}

#[test]
fn a_sleep_is_no_longer_than_it_was_meant_to_be_and_a_zombie_waits_for_nobody() {
    let log = made_up(
        r#"0 1 parent started "child":2,"child_role":"writer"
        0 1 parent started "child":3,"child_role":"reader"
        0 1 parent sleep "seconds":0.2
        0 2 writer sleep "seconds":0
        0.1 3 reader wait "call":"get"
        0.5 1 parent process_state "of":3,"state":"Z"
        0.6 1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        1 1 parent exited "child":3,"child_role":"reader","status":{"signal":15}"#,
    );
    assert_data_eq!(
        picture_of_log(&log.replace("queue", "zombie"), 66, UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
         │0 s     │0.2      │0.4     │0.6      │0.8
parent 1 ························━━━━━━━━━━━━━━━━━━━━━━━━
writer 2 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┤                    exit 0
reader 3 ━━━━━───────────────────✗zzzzzzzzzzzzzzzzzzzzzzz╢ SIGTERM
━ runs   · sleeps   ─ waits for another
z zombie: ended, not reaped   ╢ reaped

"#]]
    );
}

#[test]
fn threads_that_last_have_lanes_below_their_process() {
    assert_data_eq!(
        picture("bound-threads", 80, &[], UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
                 │0 ms   │100    │200    │300    │400    │500    │600
parent     43784 ────────────────────────────────┄─────────────────────┄
                                                 worker                worker
worker     43785 ╷┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤                       exit 0
                                                 answerer
  worker-1       ┯───────┯───────┯───────┯────────
                 1       2       3       4
answerer   43786 ·································┤                       exit 0
worker     43787                                 ╷┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤ exit 0
                                                 ×2        answerer-1 answerer-2
  worker-1                                       ┯─────────┯────────────
                                                 1         4
  worker-2                                       ┯─────────┯────────────
                                                 2         3
answerer-1 43788                                 ·········──···········─┤ exit 0
answerer-2 43789                                 ━······················┤ exit 0
━ runs   · sleeps   ─ waits for another   ┄ waits in join   ╷ a thread begins
┯ a task begins   ×2 so many at once

"#]]
    );
}

#[test]
fn threads_of_a_moment_are_marks_on_their_process() {
    assert_data_eq!(
        picture("spawn", 80, &[], UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
              │0 ms      │100       │200        │300       │400
parent  43784 ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄
              child-3                                                  child-2
child-1 43785 ·························································╷┤ exit 0
                                                                       ×2
child-2 43786 ·························································╷┤ exit 0
                                                                       ×2
child-3 43787 ·························································╷┤ exit 0
                                                                       ×2
· sleeps   ┄ waits in join   ╷ a thread begins   ×2 so many at once

"#]]
    );
}

#[test]
fn refusals_errors_and_violent_ends_are_seen() {
    assert_data_eq!(
        picture("every-event", 76, &[], UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
                  │0 s            │0.5             │1.0
parent        100 ━━━⊘◆━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━◆
                     ['A', 1] ▲['A', 1]#2 †reader       ‡reader ⌃child ∞
child-command 104                                       ━┤ exit 0
writer        101 ▼··◆┤                                    exit 0
                  A  ▽None ▼sentinel
reader        102 ▲━━▲◆━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━✗ killed by SIGKILL
                  A  sentinel ▲empty △
child         103 ╷━━━▼━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━✗✗ exit 1
                      ['A', 1]#2
  Thread-1        ┯━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                  1
━ runs   · sleeps   ╷ a thread begins   ┯ a task begins   ▼ put   ▲ get
▼ send   ▲ recv   △ end of file (EOF)   ▽ put, never got   † terminate
⌃ SIGINT   ‡ kill   ⊘ is refused   ✗ gives up   ∞ no process can go on
◆ several of these   #2 an equal value again

"#]]
    );
}

/// A log of many children that each wait for one value, and of what follows.
fn many(children: usize, behind: &str) -> String {
    let starts = (1..=children).map(|child| {
        let pid = child + 1;
        format!(
            r#"{child} 1 parent started "child":{pid},"child_role":"reader-{child}"
            {child} {pid} reader-{child} wait "call":"get""#
        )
    });
    made_up(&starts.chain([behind.to_owned()]).collect::<Vec<_>>().join("\n"))
}

#[test]
fn with_many_processes_it_says_how_many_are_left_out() {
    let writer = r#"1001 1 parent started "child":5000,"child_role":"writer""#;
    let picture = picture_of_log(&many(1000, writer), 80, ASCII);
    let lines: Vec<_> = picture.lines().collect();
    assert!(lines.len() < 40, "{picture}");
    assert!(lines[2].starts_with("parent       1 "), "{picture}");
    assert!(lines[32].starts_with("reader-30   31 "), "{picture}");
    // Many of a kind leave room for the others.
    assert!(lines[33].starts_with("writer    5000 "), "{picture}");
    assert_eq!(lines[34], "970 more are left out; --trace FILE has all");
}

#[test]
fn a_faster_run_looks_the_same_on_another_axis() {
    let log = include_str!("../logs/queue-terminate.jsonl");
    let hundred_times_faster: String = log
        .lines()
        .map(|line| {
            let mut event = event(line);
            event["t"] = ((number(&event, "t") * 1e6).round() / 1e8).into();
            format!("{event}\n")
        })
        .collect();
    let lanes = |picture: &str| {
        let (_, picture) = picture.split_once('\n').unwrap();
        let (axis, lanes) = picture.split_once('\n').unwrap();
        (axis.to_owned(), lanes.to_owned())
    };
    for columns in [40, 80, 133] {
        let slow = picture_of_log(log, columns, UTF_8);
        let fast = picture_of_log(&hundred_times_faster, columns, UTF_8);
        let (slow_axis, slow_lanes) = lanes(&slow);
        let (fast_axis, fast_lanes) = lanes(&fast);
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
    let run = made_up("");
    let picture = picture_of_log(&run, 40, ASCII);
    assert_eq!(picture, "By time\n|0 us\nparent 1\n=\n= runs\n");
    for time in ["123456789", "1e15", "1e300"] {
        let later = run.replace("\"t\":0", &format!("\"t\":{time}"));
        assert!(picture_of_log(&later, 40, ASCII).contains("parent 1\n"));
        let log = made_up(&format!("{time} 1 parent say"));
        let picture = picture_of_log(&log, 40, ASCII);
        assert!(picture.contains("parent 1\n===="), "{picture}");
    }
}

#[test]
fn times_that_go_back_and_pids_that_come_again_are_drawn() {
    let log = many(
        2,
        r#"0.5 2 reader-1 say
        1.5 1 parent exited "child":2,"child_role":"reader-1","status":{"code":3}
        3 1 parent started "child":2,"child_role":"reader-9"
        4 1 parent exited "child":2,"child_role":"reader-9","status":{"signal":40}"#,
    );
    assert_data_eq!(
        picture_of_log(&log, 60, ASCII),
        str![[r#"
By time (--timeline=order: each event has a column)
           |0 s     |1        |2       |3
parent   1 ======================================
reader-1 2          ======x                        exit 3
reader-2 3                    -------------------
reader-9 2                             ==========x signal 40
= runs   - waits for another

"#]]
    );
}

#[test]
fn it_takes_less_than_a_hundred_bytes_an_event() {
    let mut command = mp_demo(["view", "-", "--timeline"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(many(3, "").as_bytes()).unwrap();
    let status = format!("/proc/{}/status", child.id());
    let peak_kib = || -> u64 {
        let status = std::fs::read_to_string(&status).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|kib| kib.trim().strip_suffix(" kB")?.parse().ok()).unwrap()
    };
    let mut t = 3.0;
    let mut feed = |events: usize| {
        for number in 0..events / 2 {
            t += 0.01;
            let events = made_up(&format!(
                "{t} 2 reader-1 put \"value\":{number}\n{t} 3 reader-2 get \"value\":{number}"
            ));
            // In one run only.
            let (_, events) = events.split_once('\n').unwrap();
            stdin.write_all(events.as_bytes()).unwrap();
        }
    };
    // When a write returns, all is drawn but what the pipe holds.
    feed(10_000);
    let before = peak_kib();
    let events = if is_soak() { 200_000 } else { 40_000 };
    feed(events);
    let after = peak_kib();
    assert!((after - before) * 1024 < events as u64 * 100, "{before} KiB, then {after} KiB");
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn on_a_terminal_it_has_the_terminals_width_and_the_processes_colours() {
    let log = recorded("queue-terminate");
    let args = ["view", &log, "--timeline=time"];
    // The terminal's width counts, and not COLUMNS, which a shell may have from another terminal.
    let variables = [UTF_8, ("COLUMNS", "200")];
    let screen = on_terminal(&args, &variables, (24, 64));
    let colours = |line: &str| line.split_once('m').unwrap().0.to_owned();
    let of_line = |what: &str| colours(screen.lines().find(|line| line.contains(what)).unwrap());
    assert_eq!(of_line("writer 43785"), of_line("Put B"));
    assert_eq!(of_line("reader 43786"), of_line("Get B"));
    assert_ne!(of_line("reader 43786"), of_line("Put B"));
    let plain = anstream::adapter::strip_str(&screen).to_string();
    let (_, picture) = plain.split_once("\n\n").unwrap();
    assert_eq!(picture, self::picture("queue-terminate", 64, &[], UTF_8));
}

#[test]
fn a_terminal_with_wide_lines_gets_ascii_ones_and_chinese_words() {
    let with = |options: &[&str], variables| picture("queue-terminate", 80, options, variables);
    let ascii = with(&["--ascii"], UTF_8);
    assert!(ascii.is_ascii(), "{ascii}");
    assert_eq!(ascii, with(&[], ASCII));
    // With --lang zh values are shown in full, whatever the locale says, and never as escapes.
    let log = made_up(r#"1 2 writer put "value":"你好""#);
    let chinese = picture_of(&mut view(log, &["--timeline", "--lang", "zh"]), 80, ASCII);
    assert!(chinese.contains("你好") && !chinese.contains("\\u"), "{chinese}");
    assert!(chinese.contains("运行") && !chinese.contains('━'), "{chinese}");
}

/// A log of a program of the user's.
fn of_program(events: &str) -> String {
    made_up(events).replacen(r#""lesson":"queue""#, r#""lesson":"run""#, 1)
}

#[test]
fn a_value_that_was_changed_after_its_put_is_drawn_as_it_arrives() {
    let log = of_program(
        r#"0.1 1 parent put "value":[1],"on":"q","number":1
        0.2 1 parent fed "on":"q","number":1,"value":[1,2]
        0.6 2 child get "value":[1,2],"on":"q","number":1
        0.9 1 parent exited "child":1,"child_role":"parent","status":{"code":0}"#,
    );
    let picture = picture_of_log(&log, 80, UTF_8);
    let labels: Vec<_> = picture.lines().filter(|it| it.contains('[')).map(str::trim).collect();
    assert_eq!(labels, ["[1]", "[1, 2]"], "{picture}");
}

#[test]
fn a_pool_of_many_workers_has_one_lane() {
    let with_workers = |count: u32| {
        let mut log = Vec::new();
        let mut say = |t: f64, pid: u32, what: String| {
            let role = if pid == 1 { "parent".into() } else { format!("Worker-{pid}") };
            log.push(format!("{t} {pid} {role} {what}"));
        };
        for pid in 2..count + 2 {
            let fields = format!(r#""child":{pid},"child_role":"Worker-{pid}","library":true"#);
            say(0.1, 1, format!("started {fields}"));
        }
        for pid in 2..count + 2 {
            let task = format!(r#""pool":"pool","job":"0","task":{pid}"#);
            let begin = format!(r#"begin {task},"function":"square","values":1"#);
            say(if pid == 2 { 0.5 } else { 0.6 }, pid, begin);
            say(0.7, pid, format!("end {task}"));
        }
        for pid in 2..count + 2 {
            let fields = format!(r#""child":{pid},"child_role":"Worker-{pid}""#);
            say(0.9, 1, format!(r#"exited {fields},"status":{{"code":0}}"#));
        }
        say(1.0, 1, r#"exited "child":1,"child_role":"parent","status":{"code":0}"#.into());
        picture_of_log(&of_program(&log.join("\n")), 80, UTF_8)
    };
    assert_data_eq!(
        with_workers(12),
        str![[r#"
By time (--timeline=order: each event has a column)
           │0 s         │0.2          │0.4         │0.6          │0.8
parent   1 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
pool ×12         ━───────────────────────────▸━━━━━▸━━━━━━━──────────────
                                                   ×11
━ runs   ─ waits for another   ▸ task   ×11 so many at once

"#]]
    );
    assert!(with_workers(12).lines().count() < 7 && with_workers(100).contains("pool ×100 "));
    assert_eq!(with_workers(8).matches("Worker-").count(), 8);
}

#[test]
fn of_a_program_threads_end_and_what_was_not_put_is_marked() {
    let log = of_program(
        r#"0.1 1 parent/T running
           0.1 1 parent put "on":"q","value":"A","number":1
           0.2 1 parent/QueueFeederThread fed "on":"q","number":1
           0.3 1 parent put "on":"q","value":"B","number":2
           0.4 1 parent full "on":"q","number":2
           0.5 1 parent put "on":"q","value":"C","number":3
           0.5 1 parent/QueueFeederThread dropped "on":"q","number":3,"exception":"E"
           0.6 1 parent/T get "on":"q","value":"A","number":1
           0.7 1 parent/T thread_end
           0.8 1 parent/T running
           0.8 1 parent printed "stream":"stdout","text":"x"
           0.9 1 parent/T thread_end
           1.0 1 parent exited "child":1,"child_role":"parent","status":{"signal":9}"#,
    );
    assert_data_eq!(
        picture_of_log(&log, 80, UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
         │0 s      │0.2      │0.4       │0.6      │0.8
parent 1 ━━━━━◆━━━━━━━━━⊘━━━━━━━━━━▽━━━━━━━━━━━━━━╷━━━━━━━━━━✗ killed by SIGKILL
              ╷ ▼A      B          C
  T           ━━━━━━━━━━━━━━━━━━━━━━━━━━▲━━━━━
                                        A
━ runs   ╷ a thread begins   ▼ put   ▲ get   ▽ put, never got   ⊘ is refused
◆ several of these

"#]]
    );
}

#[test]
fn by_order_each_event_has_a_column() {
    let log = made_up(
        r#"0 1 parent started "child":2,"child_role":"writer"
        0.001 2 writer put "value":1
        0.0011 2 writer put "value":2
        0.0012 1 parent get "value":1
        0.0013 1 parent get "value":2
        5 1 parent exited "child":2,"child_role":"writer","status":{"code":0}"#,
    );
    let drawn = |how: &str| picture_of(&mut view(&log, &[how]), 70, UTF_8);
    assert_data_eq!(
        drawn("--timeline=order"),
        str![[r#"
By order, each event has a column (--timeline=time: by time)
         │0 µs  │1 µs  │1.00 ms      │1.20 ms      │5.00 s
parent 1 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━▲━━━━━━▲━━━━━━━━━━━━━
                                     1      2
writer 2        ━━━━━━━▼━━━━━━▼━━━━━━━━━━━━━━━━━━━━━┤       exit 0
                       1      2
━ runs   ▼ put   ▲ get

"#]]
    );
    // Four of the marks would fall into one column.
    assert_eq!(drawn("--timeline"), drawn("--timeline=order"));
    let spread = |log: &str| picture_of(&mut view(log, &["--timeline"]), 80, UTF_8);
    let first = spread(include_str!("../logs/queue-terminate.jsonl"));
    assert!(first.starts_with("By time"), "{first}");
}

#[test]
fn a_lock_has_a_holder_and_a_zombie_is_reaped_by_its_program_or_not_at_all() {
    let log = made_up(
        r#"0 1 parent started "child":2,"child_role":"writer"
        0 1 parent started "child":3,"child_role":"reader"
        0.1 2 writer acquired "lock":"lock"
        0.2 3 reader wait "call":"acquire","on":"lock"
        0.3 2 writer sleep "seconds":0.1
        0.5 2 writer release "lock":"lock"
        0.5 3 reader acquired "lock":"lock"
        0.6 1 parent process_state "of":2,"state":"Z","status":{"code":0}
        0.7 3 reader wait "call":"recv","on":"pipe"
        0.9 1 parent join "child":2,"child_role":"writer"
        0.9 1 parent exited "child":2,"child_role":"writer","status":{"code":0}
        1 1 parent process_state "of":3,"state":"Z","status":{"signal":9}"#,
    );
    let log = log.replace("\"lesson\":\"queue\"", "\"lesson\":\"zombie\"");
    assert_data_eq!(
        picture_of_log(&log, 66, UTF_8),
        str![[r#"
By time (--timeline=order: each event has a column)
         │0 s     │0.2      │0.4     │0.6      │0.8
parent 1 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┄┄┄┄┄
writer 2 ━━━━━███████████████████━━━━┤zzzzzzzzzzzzzzz      exit 0
reader 3 ━━━━━━━━━━──────────────██████████▄▄▄▄▄▄▄▄▄▄▄▄▄✗  SIGKILL
━ runs   ─ waits for another   ┄ waits in join
█ held a lock in this column   ▄ held a lock, and waited
z zombie: ended, not reaped

"#]]
    );
    let its_own = log.replace(r#""event":"join""#, r#""at":{"file":"x","line":1},"event":"join""#);
    let picture = picture_of_log(&its_own, 66, UTF_8);
    assert!(picture.contains("zzz╢") && picture.contains("╢ reaped"), "{picture}");
}

#[test]
fn where_nothing_could_be_seen_a_sentence_says_so() {
    let children = (0..100).map(|child| {
        let pid = child + 2;
        format!(
            r#"{child} 1 parent started "child":{pid},"child_role":"child"
            {child}.001 1 parent exited "child":{pid},"child_role":"child","status":{{"code":0}}"#
        )
    });
    let log = made_up(&children.collect::<Vec<_>>().join("\n"));
    let picture = picture_of_log(&log, 80, UTF_8);
    assert!(picture.starts_with("No timeline: most of the 101 processes"), "{picture}");
}
