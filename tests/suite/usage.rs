//! Help, and refused command lines.

use snapbox::str;
use unicode_width::UnicodeWidthStr;

use crate::common::*;

#[test]
fn help_shows_the_lessons_in_the_order_of_the_tour_before_the_options() {
    let help = run_words("--help").succeeded().stdout;
    snapbox::assert_data_eq!(
        help_without_lessons(&help, "en"),
        str![[r#"
Learn how processes work together, by running real ones

Each lesson starts real processes that talk over pipes, as a Python program with
multiprocessing does; `mp-demo show` prints that program.

Usage: mp-demo <LESSON> [OPTIONS]

Examples:
  mp-demo tour                    new here? begin with this
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed
  mp-demo show queue              read about it: what is true, what to try

Lessons:

Other commands:
  tour         Begin here: all of it step by step, in the order of a course
  run          Run a Python program of yours, and show what its processes do
  show         Read about a lesson: what is true, what to try, its programs
  view         Show a recorded run again
  compare      Run two commands, and show what differs
  predict      Predict what a command does, then see: questions, runs, grades
  exercise     Repair a Python program that has a fault: the exercises
  check        Check an exercise by running it
  why          Tell who waits for whom in a program that hangs
  completions  Print a completion script for your shell
  man          Print the manual page

Options:
...
More options of every lesson: mp-demo help options

"#]]
    );
    assert_eq!(run_words("help").succeeded().stdout, help);
}

#[test]
fn who_asks_for_nothing_gets_a_screen_of_24_lines() {
    for words in ["", "--lang zh", "--lang=zh_CN.UTF-8", "--lang en"] {
        let shown = run_words(words).succeeded().stdout;
        assert!(shown.lines().count() < 24, "{shown}");
        for line in shown.lines() {
            assert!(line.width() <= 80, "{line}");
        }
        let narrow = run(mp_demo(words.split_whitespace()).env("COLUMNS", "40")).stdout;
        assert!(narrow.lines().all(|line| line.width() <= 40), "{narrow}");
        assert_eq!(words_of(&narrow).replace(' ', ""), words_of(&shown).replace(' ', ""));
        for lesson in lessons() {
            let language = if words.contains("zh") { "zh" } else { "en" };
            let title = title(&lesson, language);
            let row = format!("{lesson} {title}");
            assert!(shown.lines().any(|it| words_of(it) == row), "{shown}");
        }
        for tool in tools() {
            // In Chinese no space stands before it.
            let is_named = |line: &str| line.split([' ', ',', '、', '：']).any(|word| word == tool);
            assert!(shown.lines().any(is_named), "{tool}: {shown}");
        }
    }
}

#[test]
fn the_nearest_name_is_suggested() {
    for words in ["quue", "QUEUE", "help quue", "help QUEUE", "man quue", "man Queue"] {
        assert_refused(words, "tip: a similar subcommand exists: 'queue'");
        assert_refused(&format!("--lang zh {words}"), "是不是想用 'queue'？");
    }
    assert_refused("show quue", "tip: a similar value exists: 'queue'");
    let page = run_words("show QUEUE").succeeded().stdout;
    assert_eq!(page, run_words("show queue").stdout);
}

#[test]
fn a_language_may_have_the_name_of_a_locale() {
    let chinese = run_words("help queue --lang zh").succeeded().stdout;
    for name in ["zh_CN", "zh_TW", "zh-Hans", "zh_CN.UTF-8"] {
        assert_eq!(run_words(&format!("help queue --lang {name}")).stdout, chinese, "{name}");
    }
    assert_eq!(run_words("help queue --lang en_US").stdout, run_words("help queue").stdout);
    assert_refused("queue --lang fr", "[possible values: en, zh]");
}

#[test]
fn wrong_usage_is_told_in_chinese() {
    for (words, expected) in [
        (
            "queue --stp",
            "错误：没有 '--stp' 这个参数\n\n  是不是想用 '--stop'？\n\n用法：mp-demo queue",
        ),
        ("queue --stop x", "错误：'--stop <STOP>' 的值不能是 'x'\n  [可选：'terminate'、"),
        ("queue --speed 0", "错误：'--speed <X>' 的值不能是 '0'：应当是大于 0 的数\n"),
        ("queue --speed", "错误：'--speed <X>' 需要一个值，却没有给出\n"),
        ("queue --json --json", "错误：'--json' 只能用一次\n"),
        ("queue --json --labels", "错误：--json 和 --labels 不能一起用：先用 --json 记录运行"),
        ("pipe --bytes 9 A", "错误：'--bytes <N>' 不能和 '[VALUE]...' 一起用\n"),
        ("show", "错误：缺少必需的参数 '<LESSON>'\n\n用法：mp-demo show <LESSON>\n"),
        ("man --json", "错误：`mp-demo man` 没有 --json 选项\n"),
        (
            "spawn --sleep 1,x",
            "错误：'--sleep <SECONDS,...>' 的值不能是 'x'：应当是 0 到 86400 的秒数\n",
        ),
        (
            "queue --kill x",
            "错误：--kill 只能是读进程，这里有 2 个：reader-1 到 reader-2，而不是 x\n",
        ),
    ] {
        assert_refused(&format!("--lang zh {words}"), expected);
        let ended = run(mp_demo(words.split_whitespace()).env("LANG", "zh_CN.UTF-8"));
        assert!(ended.stderr.contains(expected), "{words}: {}", ended.stderr);
    }
}

#[test]
fn help_of_a_lesson_has_examples_before_options() {
    snapbox::assert_data_eq!(
        run_words("help queue").succeeded().stdout,
        str![[r#"
Put values into a queue in one process, get them in another

The writer puts each value and pauses; the reader gets in an endless loop; the
parent joins the writer, then terminates the reader, which may not have got
everything by then.

Rust and Python: here put() itself delivers; in Python a feeder thread does.

Usage: mp-demo queue [OPTIONS] [VALUE]...

Examples:
  mp-demo queue                          what is not got in time is lost
...

Arguments:
  [VALUE]...
          What to put: JSON, or else a string; each at most 4,096 bytes as a
          line of JSON

          [default: A B C]

Options:
      --writers <N>
          How many processes put, 1 to 1000: they share the values out in turn

          [default: 1]
...
      --stop <STOP>
          How the readers end; with --kill, sentinel by default; with a command,
          eof

          Possible values:
          - terminate: SIGTERM once the writers are done: values may be lost
...
Options of every lesson:
...
"#]]
    );
}

#[test]
fn help_fits_80_columns_and_says_where_rust_differs_from_python() {
    let whole = run_words("help").succeeded().stdout;
    let options = whole.find("\nOptions of every lesson:").unwrap();
    let options = whole[options..].trim_end();
    for lesson in lessons() {
        let help = run(mp_demo(["help", &lesson]).env("COLUMNS", "200")).succeeded().stdout;
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let example = help.find("\nExamples:\n").unwrap();
        assert!(example < help.find("\nOptions:\n").unwrap());
        assert!(help.contains(options), "{help}");
        assert!(help.ends_with("\nMore options of every lesson: mp-demo help options\n"), "{help}");
        let difference = help.lines().find(|line| line.starts_with("Rust and Python: "));
        assert!(difference.unwrap().ends_with('.'), "{help}");
        assert_eq!(run_words(&format!("{lesson} --help")).succeeded().stdout, help);
    }
    let spawn = run_words("help spawn").succeeded().stdout;
    assert!(spawn.contains("\"spawn\" also names a start method, and this is that method"));
}

#[test]
fn help_on_options_has_all_that_lessons_share() {
    let shared = run_words("help options").succeeded().stdout;
    let of_queue = run_words("queue --help").succeeded().stdout;
    for option in ["--timeline[", "--explain[", "--repeat [", "--seed <", "--one-core", "--lang <"]
    {
        let is_first = option.ends_with('[');
        assert!(shared.contains(&format!("\n      {option}")), "{option}: {shared}");
        assert_eq!(of_queue.contains(&format!("\n      {option}")), is_first, "{option}");
    }
    let chinese = run_words("help options --lang zh").succeeded().stdout;
    assert!(chinese.contains("随机停顿的种子"), "{chinese}");
    assert!(shared.contains("\n\nExit status of a lesson:\n  0 "), "{shared}");
    assert!(chinese.contains("\n\n一课的退出状态：\n  0 "), "{chinese}");
}

#[test]
fn errors_say_what_to_write_instead() {
    for (words, expected) in [
        ("queue --explain brief", "the value of --explain needs an equals sign: --explain=brief\n"),
        ("spawn --timeline order", "--timeline=order\n"),
        ("run --labels lines x.py", "--labels=lines\n"),
        ("why python3 prog.py -x", ": mp-demo why -- python3 prog.py -x\n"),
        ("why --end python3 prog.py", ": mp-demo why -- python3 prog.py\n"),
        ("queue --bytes 5", "--bytes is an option of pipe\n\nUsage: mp-demo queue "),
        ("list", "tip: `mp-demo` lists the lessons and commands\n"),
        ("list --lang zh", "  `mp-demo` 列出全部课程和命令\n"),
        ("queue --kill reader", "this run has 2: `reader-1` to `reader-2`, not `reader`\n"),
        ("queue --kill writer --readers 1", "this run has one: `reader`, not `writer`\n"),
        ("spawn --lang zh --bytes=5", "--bytes 是 pipe 的选项\n"),
    ] {
        assert_refused(words, expected);
    }
}

#[test]
fn the_version_is_the_packages() {
    let expected = concat!("mp-demo ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run_words("--version").succeeded().stdout, expected);
}

#[test]
fn bad_usage_is_status_2_with_the_bound_or_the_nearest_name() {
    for (expected, refused) in [
        (
            "expected a whole number from 1 to 1000",
            "spawn --children 0, spawn --children 1001, spawn --children 99999999999999999999, \
             spawn --threads 0, spawn --threads x, queue --writers 0, queue --writers 1001, \
             queue --readers -1, async --customers 0, async --customers 1001, bound --tasks 0, \
             bound --tasks -1, bound --workers 0, bound --workers 1001",
        ),
        (
            "expected a number of seconds from 0 to 86400",
            "spawn --sleep -1, spawn --sleep nan, queue --pause inf, async --wait -1, async --wait x, \
             queue --take 86401, why --patience 1e9 1",
        ),
        ("expected a number above 0", "queue --speed 0, queue --speed -1, queue --speed fast"),
        ("expected a whole number from 0 to 18446744073709551615", "pipe --seed -1"),
        ("a similar subcommand exists: 'spawn'", "spwan"),
        ("a similar argument exists: '--readers'", "queue --raeders 3"),
        ("--reader takes a command; --readers 3 sets how many there are", "queue --reader 3"),
        ("a similar value exists: 'eof'", "queue --stop eoff"),
        ("[possible values: last, each, all]", "spawn --join first"),
        ("[possible values: compute, io, disk, both, all]", "bound --kind foo"),
        ("[possible values: processes, threads, both]", "bound --with foo"),
        ("[possible values: auto, always, never]", "pipe --color sometimes"),
        ("cannot be used multiple times", "pipe --json --json"),
        ("[subcommands: memory, spawn, pipe, ", "--json"),
        ("'queue-writer'", "child queue-writr"),
    ] {
        for words in refused.split(", ") {
            assert_refused(words, expected);
        }
    }
    // Of a list, the wrong element is named.
    for (words, part) in [("1,x", "x"), ("1,", "")] {
        let expected =
            format!("'{part}' for '--workers <N,...>': expected a whole number from 1 to");
        assert_refused(&format!("bound --workers {words}"), &expected);
    }
}

#[test]
fn the_hidden_subcommand_shows_nowhere() {
    for (words, shown) in
        [("-h", "\n  view  "), ("--json", ", view,"), ("spwan", "'spawn'"), ("chil", "'chil'")]
    {
        let ended = run_words(words);
        let screen = ended.stdout + &ended.stderr;
        assert!(screen.contains(shown), "{words}: {screen}");
        for hidden in [" child,", "  child ", "'child'"] {
            assert!(!screen.contains(hidden), "{words}: {screen}");
        }
    }
}

#[test]
fn options_may_stand_before_or_after_the_lesson() {
    for words in [
        "--json --seed 4 --speed 1000 queue --stop eof",
        "queue --stop eof --json --seed 4 --speed 1000",
        "--speed 1000 queue --seed 4 --stop eof --json",
    ] {
        let events = run_words(words).succeeded().events();
        assert_eq!(events[0]["seed"], 4);
        assert_eq!(events[0]["options"]["speed"], 1000.0);
        assert_eq!(events[0]["options"]["stop"], "eof");
    }
}

#[test]
fn an_argument_that_is_not_text_is_refused() {
    use std::os::unix::ffi::OsStrExt;
    let rubbish = std::ffi::OsStr::from_bytes(b"\xff\xfe");
    let ended = run(mp_demo(["pipe"]).arg(rubbish));
    assert_eq!(ended.code(), 2);
    assert!(ended.stderr.contains("invalid UTF-8"), "{}", ended.stderr);
}

#[test]
fn huge_and_tiny_times_are_no_trouble() {
    for words in [
        "queue --stop eof --pause 86400 --speed 1e308",
        "pipe --speed 1e300",
        "spawn --sleep 1e-300 --children 1",
    ] {
        run_words(words).succeeded();
    }
    // A sleep of centuries can at least be ended.
    let mut run = Running::with_log("queue --speed 1e-308 --seed 1");
    run.wait_for("sleep", "writer");
    run.signal(rustix::process::Signal::TERM);
    assert_eq!(run.finish().code(), 143);
}

#[test]
fn a_run_without_options_says_on_a_terminal_what_to_try_next() {
    let screen = on_terminal(&["memory"], &[UTF_8, ("LANG", "en_US.UTF-8")], (24, 80));
    assert!(screen.ends_with("Next: mp-demo memory --explain=brief\u{1b}[0m\n"), "{screen}");
    let screen = on_terminal(&["memory", "--labels"], &[UTF_8], (24, 80));
    assert!(!screen.contains("Next:"), "{screen}");
    let piped = run_words("memory").succeeded();
    assert!(!(piped.stdout + &piped.stderr).contains("Next:"));
}
