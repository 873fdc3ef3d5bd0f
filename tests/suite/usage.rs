//! Help, and what is refused.

use snapbox::str;

use crate::common::*;

#[test]
fn help_shows_the_lessons_in_the_articles_order() {
    let help = run_words("--help").succeeded().stdout;
    snapbox::assert_data_eq!(
        &help,
        str![[r#"
Learn how processes work together: the lessons of Python's multiprocessing, run
for real

Each lesson starts real processes that talk over pipes, and prints what the
article's Python program prints.

Usage: mp-demo [OPTIONS] <LESSON>

Examples:
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed
  mp-demo show queue              read about it: what is true, what to try

Lessons:
  spawn   Start processes that start threads, and join them
  queue   Put values into a queue in one process, get them in another
  pipe    Send a list through a pipe from a child to its parent
  memory  Count in a child process, and find the parent's counter unchanged
  bound   Measure what more workers gain, in compute-bound and IO-bound tasks
  async   Wait for many answers: in line, in many processes, in one event loop
  cost    Measure what processes, threads, queues and pipes cost here
  help    Print this message or the help of the given subcommand(s)

Options:
  -h, --help
          Print help (see a summary with '-h')

  -V, --version
          Print version

Options of every lesson:
      --timeline
          Draw who did what when, a lane for each process, after the lines

      --explain
          Explain this run between its lines, on stderr

      --labels
          Print each line behind its time, role and PID

      --trace <FILE>
          Write the run as a Chrome trace, which ui.perfetto.dev opens

      --json
          Print the log of events, one JSON object a line, instead of the
          article's lines

      --color <WHEN>
          Colour the lines, a colour for each process
          
          [default: auto]
          [possible values: auto, always, never]

      --lang <LANGUAGE>
          The language of texts and notes; the locale's if not given

          Possible values:
          - en: English
          - zh: 中文

      --seed <N>
          Repeat the random pauses of the run that had this seed (--json shows
          it)

      --speed <X>
          Divide every pause by this number; 1 is the article's timing
          
          [default: 1]

Beside the lessons:
  show         Read about a lesson: what is true, what to try, its programs
  view         Show a recorded run again
  completions  Print what completes this command line in your shell
  man          Print the manual page

"#]]
    );
    assert_eq!(run_words("").succeeded().stdout, help);
    assert_eq!(run_words("help").succeeded().stdout, help);
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

Rust and Python: here put() itself delivers; in Python a hidden thread does.

Usage: mp-demo queue [OPTIONS] [VALUE]...

Examples:
  mp-demo queue                       the article's program
  mp-demo queue --pause 0             no pauses: often, not all values are got
  mp-demo queue --stop sentinel       sentinels tell the readers to end
  mp-demo queue --stop eof            closing the queue tells them
  mp-demo queue --readers 3 a 1 2.5 '[null, "x"]'  three compete for JSON values

Arguments:
  [VALUE]...
          What to put: JSON, or else a string; each at most 4,096 bytes as a
          line of JSON
          
          [default: A B C]

Options:
      --writers <N>
          How many processes put, 1 to 1000: they share the values out in turn
          
          [default: 1]

      --readers <N>
          How many processes get, 1 to 1000: each value goes to exactly one
          
          [default: 1]

      --pause <SECONDS>
          The longest random pause after a put
          
          [default: 1]

      --stop <STOP>
          How the readers end

          Possible values:
          - terminate: SIGTERM once the writers are done: values may be lost
          - sentinel:  A sentinel for each reader, behind the last value
          - eof:       The queue is closed: the readers come to end-of-file
          
          [default: terminate]

  -h, --help
          Print help (see a summary with '-h')

Options of every lesson:
      --timeline
          Draw who did what when, a lane for each process, after the lines

      --explain
          Explain this run between its lines, on stderr

      --labels
          Print each line behind its time, role and PID

      --trace <FILE>
          Write the run as a Chrome trace, which ui.perfetto.dev opens

      --json
          Print the log of events, one JSON object a line, instead of the
          article's lines

      --color <WHEN>
          Colour the lines, a colour for each process
          
          [default: auto]
          [possible values: auto, always, never]

      --lang <LANGUAGE>
          The language of texts and notes; the locale's if not given

          Possible values:
          - en: English
          - zh: 中文

      --seed <N>
          Repeat the random pauses of the run that had this seed (--json shows
          it)

      --speed <X>
          Divide every pause by this number; 1 is the article's timing
          
          [default: 1]

"#]]
    );
}

#[test]
fn help_fits_80_columns_and_says_where_rust_differs_from_python() {
    for lesson in ["spawn", "queue", "pipe", "memory", "bound", "async", "cost"] {
        let help = run(mp_demo(["help", lesson]).env("COLUMNS", "200"))
            .succeeded()
            .stdout;
        for line in help.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
        let example = help.find("\nExamples:\n").unwrap();
        assert!(example < help.find("\nOptions:\n").unwrap());
        let difference = help
            .lines()
            .find(|line| line.starts_with("Rust and Python: "));
        assert!(difference.unwrap().ends_with('.'), "{help}");
        assert_eq!(
            run_words(&format!("{lesson} --help")).succeeded().stdout,
            help
        );
    }
    let spawn = run_words("help spawn").succeeded().stdout;
    assert!(spawn.contains("\"spawn\" also names a start method, and this is that method"));
}

#[test]
fn the_version_is_the_packages() {
    let expected = concat!("mp-demo ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run_words("--version").succeeded().stdout, expected);
}

#[test]
fn bad_usage_is_status_2_with_the_bound_or_the_nearest_name() {
    for (words, expected) in [
        ("spwan", "a similar subcommand exists: 'spawn'"),
        ("queue --reader 3", "a similar argument exists: '--readers'"),
        ("queue --stop eoff", "a similar value exists: 'eof'"),
        ("spawn --join first", "[possible values: last, each, all]"),
        (
            "spawn --children 0",
            "expected a whole number from 1 to 1000",
        ),
        (
            "spawn --children 1001",
            "expected a whole number from 1 to 1000",
        ),
        (
            "spawn --children 99999999999999999999",
            "expected a whole number from 1 to 1000",
        ),
        (
            "spawn --threads 0",
            "expected a whole number from 1 to 1000",
        ),
        (
            "spawn --threads x",
            "expected a whole number from 1 to 1000",
        ),
        ("spawn --sleep -1", "0 or more"),
        ("spawn --sleep nan", "0 or more"),
        (
            "queue --writers 0",
            "expected a whole number from 1 to 1000",
        ),
        (
            "queue --writers 1001",
            "expected a whole number from 1 to 1000",
        ),
        (
            "queue --readers -1",
            "expected a whole number from 1 to 1000",
        ),
        ("queue --pause inf", "0 or more"),
        ("queue --speed 0", "expected a number above 0"),
        ("queue --speed -1", "expected a number above 0"),
        ("queue --speed fast", "expected a number above 0"),
        (
            "pipe --seed -1",
            "expected a whole number from 0 to 18446744073709551615",
        ),
        (
            "pipe --color sometimes",
            "[possible values: auto, always, never]",
        ),
        (
            "async --customers 0",
            "expected a whole number from 1 to 1000",
        ),
        (
            "async --customers 1001",
            "expected a whole number from 1 to 1000",
        ),
        ("async --wait -1", "0 or more"),
        ("async --wait x", "0 or more"),
        ("pipe --json --json", "cannot be used multiple times"),
        ("--json", "[subcommands: spawn, queue, pipe, "),
        ("child queue-writr", "'queue-writer'"),
    ] {
        let ended = run_words(words);
        assert_eq!(ended.code(), 2, "{words}: {ended:?}");
        assert_eq!(ended.stdout, "", "{words}");
        assert!(ended.stderr.contains(expected), "{words}: {}", ended.stderr);
    }
}

#[test]
fn the_hidden_subcommand_shows_nowhere() {
    for words in ["-h", "--json", "spwan", "chil"] {
        let ended = run_words(words);
        let screen = ended.stdout + &ended.stderr;
        assert!(!screen.contains(" child,"), "{screen}");
        assert!(!screen.contains("  child "), "{screen}");
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
        "queue --stop eof --pause 1e308 --speed 1e308",
        "pipe --speed 1e300",
        "spawn --sleep 1e-300 --children 1",
    ] {
        run_words(words).succeeded();
    }
    // A sleep longer than the machine will live can at least be ended.
    let mut run = Running::start(&mut mp_demo(
        "queue --speed 1e-308 --json --seed 1".split(' '),
    ));
    run.wait_for("sleep", "writer");
    run.signal(rustix::process::Signal::TERM);
    assert_eq!(run.finish().code(), 143);
}
