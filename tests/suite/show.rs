//! `mp-demo show`: what there is to read of a lesson, on screens and terminals of all sorts.

use std::fs;
use std::io::{Read, Write};
use std::path::Path;

use anstream::adapter::strip_str;
use snapbox::{assert_data_eq, file, str};
use unicode_width::UnicodeWidthStr;

use crate::common::*;

const SIZE: (u16, u16) = (24, 80);

/// The page as printed to a pipe.
fn page(lesson: &str, language: &str, columns: usize, locale: (&str, &str)) -> String {
    let mut command = mp_demo(["show", lesson, "--lang", language]);
    command.env("COLUMNS", columns.to_string());
    run(command.env(locale.0, locale.1)).succeeded().stdout
}

/// The part of a page before the programs, and the part with them.
fn halves(page: &str) -> (&str, &str) {
    let heading = page.find("Python: mp-demo").unwrap();
    page.split_at(page[..heading].rfind('\n').unwrap() + 1)
}

/// The page with only the first lines of its programs, which are beside it in `demos/`.
fn without_programs(page: &str) -> String {
    let (text, programs) = halves(page);
    let python: Vec<_> = programs.lines().take(6).collect();
    let rust = programs.lines().skip_while(|line| !line.starts_with("Rust: "));
    let rust: Vec<_> = rust.take(6).collect();
    format!("{text}{}\n...\n{}\n", python.join("\n"), rust.join("\n"))
}

#[test]
fn a_page_of_80_columns_and_a_chinese_one_with_ascii_rules() {
    let english = page("pipe", "en", 80, UTF_8);
    assert_data_eq!(without_programs(&english), file!["screens/show-80.txt"].raw());
    let chinese = page("pipe", "zh", 80, ASCII);
    assert_data_eq!(without_programs(&chinese), file!["screens/show-80-zh.txt"].raw());
}

#[test]
fn nothing_but_an_address_or_a_line_of_a_program_is_wider_than_the_terminal() {
    for lesson in lessons() {
        for language in ["en", "zh"] {
            let programs = ["--python", "--rust"].map(|option| {
                let words = format!("show {lesson} {option} --lang {language}");
                let program = run_words(&words).succeeded().stdout;
                let name = if option == "--python" { "Python" } else { "Rust" };
                let heading = format!("{name}: mp-demo show {lesson} {option}");
                format!("{heading}\n{}\n{program}", "─".repeat(heading.len()))
            });
            for columns in [40, 47, 80, 300] {
                let page = page(&lesson, language, columns, UTF_8);
                let (text, below) = halves(&page);
                for line in text.lines().filter(|line| !line.contains("https://")) {
                    assert!(line.width() <= columns.min(80), "{lesson}, {columns}: {line}");
                }
                assert!(below == programs.join("\n"), "{lesson}, {columns}");
            }
        }
    }
    // All but the name of the article.
    let ascii = page("pipe", "en", 40, ASCII).replace(|c| "多进程我家小海星".contains(c), "");
    assert!(ascii.is_ascii(), "{ascii}");
}

/// The paragraphs of a Markdown text, without white space and the addresses of links; commands as
/// they are.
fn paragraphs(markdown: &str) -> Vec<String> {
    let mut parts = markdown.split("](");
    let first = parts.next().unwrap().to_owned();
    let text = parts.fold(first, |mut text, part| {
        text.remove(text.rfind('[').unwrap());
        text + part.split_once(')').unwrap().1
    });
    text.split("\n- ")
        .flat_map(|part| part.split("\n\n"))
        .map(|part| part.trim_start_matches(['#', '-', ' ']).to_owned())
        .map(|part| part.replace("```sh", "").replace("```", ""))
        .map(|part| part.split_whitespace().collect())
        .filter(|part: &String| !part.is_empty())
        .collect()
}

#[test]
fn a_page_has_all_of_the_text() {
    for lesson in lessons() {
        for language in ["en", "zh"] {
            let markdown = demo(&lesson, &format!("{language}.md"));
            for columns in [40, 80] {
                let page = page(&lesson, language, columns, ASCII);
                let lines = halves(&page).0.lines();
                let words = lines.map(|line| line.strip_suffix(" \\").unwrap_or(line));
                let mut shown: String = words.flat_map(str::split_whitespace).collect();
                let count = markdown.matches("](").count();
                (1..=count).for_each(|number| shown = shown.replace(&format!("[{number}]"), ""));
                let mut at = 0;
                for paragraph in paragraphs(&markdown) {
                    let found = shown[at..].find(&paragraph);
                    at += found.unwrap_or_else(|| panic!("{lesson}, {language}: {paragraph}"));
                }
                for link in markdown.split("](").skip(1) {
                    let address = link.split(')').next().unwrap();
                    let mut lines = page.lines();
                    assert!(lines.any(|line| line.ends_with(&format!("] {address}"))), "{address}");
                }
            }
        }
    }
}

#[test]
fn a_program_alone_is_its_file() {
    for lesson in lessons() {
        for (option, file) in [("--python", "program.py"), ("--rust", "program.rs")] {
            let program = demo(&lesson, file);
            let ended = run(&mut mp_demo(["show", &lesson, option])).succeeded();
            assert!(ended.stdout == program, "{lesson} {option}");
            let ended = run(&mut mp_demo(["show", option, &lesson, "--color=always"]));
            assert!(ended.succeeded().stdout == program, "{lesson} {option}");
        }
    }
    let pager = [("PAGER", "echo called")];
    let screen = on_terminal(&["show", "pipe", "--python"], &pager, SIZE);
    assert_eq!(screen, demo("pipe", "program.py"));
}

#[test]
fn colours_change_nothing_but_the_quotes_around_code() {
    for lesson in lessons() {
        for columns in [40, 250] {
            let mut command = mp_demo(["show", &lesson, "--color=always"]);
            command.env(UTF_8.0, UTF_8.1);
            let coloured = run(command.env("COLUMNS", columns.to_string())).succeeded();
            let words = |page: &str| page.replace('`', "").split_whitespace().collect::<String>();
            let plain = page(&lesson, "en", columns, UTF_8);
            assert_eq!(words(&strip_str(&coloured.stdout).to_string()), words(&plain));
            // A pager forgets colours at the end of a line.
            let has_colour = |line: &&str| line.contains('\x1b');
            assert!(coloured.lines().iter().any(has_colour), "{lesson}");
            for line in coloured.stdout.lines().filter(has_colour) {
                let last = line.rsplit('\x1b').next().unwrap();
                assert!(last.starts_with("[0m") || last.starts_with("[39m"), "{line:?}");
            }
        }
    }
    let coloured = run_words("show queue --color always").succeeded().stdout;
    let (text, programs) = halves(&coloured);
    assert!(text.contains("\x1b[38;5;30mterminate()\x1b[0m"), "{text}");
    for piece in [
        "\x1b[38;5;133mdef\x1b[0m ",
        "\x1b[38;5;30m# The writer is done.",
        "\x1b[38;5;28m\"A\"\x1b[0m",
        "\x1b[38;5;133mfn\x1b[0m ",
        "\x1b[38;5;30m// The writer is done.",
    ] {
        assert!(programs.contains(piece), "{piece:?} {programs}");
    }
}

fn on_terminal_with(pager: &str, options: &[&str], folder: &Path) -> String {
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", folder.display());
    let variables = [UTF_8, ("PAGER", pager), ("PATH", &path)];
    on_terminal(&[&["show", "queue"], options].concat(), &variables, SIZE)
}

#[test]
fn a_terminal_gets_the_page_through_the_pager() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    script(&folder.join("cat"), "echo called as cat");
    script(&folder.join("less"), "echo called as less with $LESS and $LV; exec sed 's/^/> /'");
    script(&folder.join("my-pager"), "echo called as my-pager; exec sed 's/^/> /'");
    let without = on_terminal_with("cat", &[], folder);
    assert!(without.contains("What is true"), "{without}");
    assert!(!without.contains("called"), "{without}");
    assert_eq!(on_terminal_with("", &[], folder), without);
    // Lines are as wide as the terminal, and the pager gets their colours.
    assert!(
        strip_str(halves(&without).0)
            .to_string()
            .lines()
            .all(|line| { line.width() <= 80 || line.contains("https://") })
    );
    assert!(without.contains("\x1b[38;5;133m"), "{without}");
    let through: String = without.lines().map(|line| format!("> {line}\n")).collect();
    for (pager, first) in [
        ("my-pager", "called as my-pager\n"),
        ("echo $LESS $LV; sed 's/^/> /'", "-R -FX -c\n"),
        ("LESS=S my-pager", "called as my-pager\n"),
    ] {
        let expected = format!("{first}{through}");
        assert!(on_terminal_with(pager, &[], folder) == expected, "{pager}");
    }
    let plain = on_terminal_with("my-pager", &["--color", "never"], folder);
    assert!(!plain.contains('\x1b'), "{plain}");

    let path = format!("{}:/usr/bin:/bin", folder.display());
    let unset = on_terminal(&["show", "queue"], &[UTF_8, ("PATH", &path)], SIZE);
    assert!(unset == format!("called as less with -R -FX and -c\n{through}"), "{unset}");
    let variables = [UTF_8, ("PATH", &path), ("LESS", "S"), ("LV", "-l")];
    let set = on_terminal(&["show", "queue"], &variables, SIZE);
    assert!(set.starts_with("called as less with -R S and -l\n"), "{set}");
}

#[test]
fn who_leaves_the_pager_early_has_read_enough() {
    let folder = tempfile::tempdir().unwrap();
    for pager in ["true", "head -1", "exec <&-; exit 3", "kill -TERM $$"] {
        // It would panic if the status were not 0.
        let screen = on_terminal_with(pager, &[], folder.path());
        assert!(!screen.contains("What is true"), "{pager}: {screen}");
        let title = title("queue", "en");
        assert_eq!(screen.contains(&title), pager == "head -1", "{screen}");
    }
}

#[test]
fn ctrl_c_is_for_the_pager() {
    use pty_process::blocking::{Command, open};
    let (mut terminal, other_side) = open().unwrap();
    let pager = "trap 'echo interrupted' INT; cat >/dev/null; echo reading; \
                 for try in 1 2 3; do read answer </dev/tty && break; done; echo got $answer";
    let command = Command::new(PROGRAM).args(["show", "queue"]);
    let mut child = command.env("PAGER", pager).spawn(other_side).unwrap();
    let mut screen = String::new();
    let mut wait_for = |terminal: &mut pty_process::blocking::Pty, text: &str| {
        let mut buffer = [0; 4096];
        while !screen.contains(text) {
            let length = terminal.read(&mut buffer).unwrap();
            screen += str::from_utf8(&buffer[..length]).unwrap();
        }
    };
    wait_for(&mut terminal, "reading");
    terminal.write_all(b"\x03").unwrap();
    wait_for(&mut terminal, "interrupted");
    terminal.write_all(b"enough\n").unwrap();
    wait_for(&mut terminal, "got enough");
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_is_no_terminal_gets_the_page_without_a_pager() {
    let mut command = mp_demo(["show", "queue"]);
    let ended = run(command.env("PAGER", "echo called")).succeeded();
    assert!(ended.stdout.starts_with("Put values into a queue"), "{ended:?}");
    assert!(!ended.stdout.contains('\x1b'));
    let ended = run(&mut shell("mp-demo show queue | head -1; echo ${PIPESTATUS[0]}"));
    assert_eq!(ended.succeeded().lines()[1], "0");
}

#[test]
fn wrong_usage_of_show_says_what_would_be_right() {
    for (words, expected) in [
        ("show", "<LESSON>"),
        ("show queue --lang fr", "[possible values: en, zh]"),
        ("help --lang", "a value is required for '--lang <LANGUAGE>'"),
        ("show queue --python --rust", "the argument '--python' cannot be used with '--rust'"),
        ("show queue --seed 4", "`mp-demo show` doesn't take --seed"),
    ] {
        assert_refused(words, expected);
    }
    let offered = run_words("show quue").stderr;
    for lesson in lessons() {
        assert!(offered.contains(&lesson), "{lesson}: {offered}");
    }
}

#[test]
fn help_in_chinese_describes_the_lessons_in_chinese() {
    let help = run_words("help --lang zh").succeeded().stdout;
    assert_data_eq!(help_without_lessons(&help, "zh"), file!["screens/help-zh.txt"].raw());
    for words in ["help --lang=zh", "--lang zh --help", "--help --lang zh", "--lang zh help"] {
        assert_eq!(run_words(words).succeeded().stdout, help, "{words}");
    }
    for words in ["help", "--help"] {
        let of_locale = run(mp_demo([words]).env("LANG", "zh_CN.UTF-8")).succeeded();
        assert_eq!(of_locale.stdout, help);
        let mut asked_for = mp_demo([words, "--lang", "en"]);
        let asked_for = run(asked_for.env("LANG", "zh_CN.UTF-8")).succeeded().stdout;
        assert_eq!(asked_for, run_words("help").succeeded().stdout);
    }
    assert_data_eq!(
        run_words("help queue --lang zh").succeeded().lines()[..4].join("\n"),
        str![[r#"
一个进程把值放入队列，另一个取出

写进程每放入一个值就停顿一会儿，读进程在无限循环里取值；父进程先 join 写进程，再
终止读进程，这时读进程不一定取完了所有的值。
"#]]
    );
    // A value that looks like an option is a value.
    let ended = run_words("pipe --speed 1000 -- --lang zh").succeeded();
    assert_eq!(ended.lines()[2], "['--lang', 'zh']");
}

#[test]
fn a_handout_asks_first_and_answers_on_pages_of_their_own_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let page = |lesson: &str, options: &[&str]| {
        let file = folder.path().join("page.html");
        let mut command = mp_demo(["show", lesson, "--page"]);
        let ended = run(command.arg(&file).args(options));
        assert_eq!((ended.code(), ended.stdout.as_str()), (0, ""), "{}", ended.stderr);
        fs::read_to_string(file).unwrap()
    };
    let with = page("buffer", &[]);
    let order = [
        "<h2>Predict",
        "<h2>What happened",
        "<h3><code>mp-demo buffer --flush",
        "in Python",
        "<h2>Answers",
    ];
    let places: Vec<_> = order.iter().map(|it| with.find(it).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
    // The runs are real: the PID in the output is the one in the picture.
    let (_, runs) = with.split_once("<h2>What happened").unwrap();
    let (_, pid) = runs.split_once("parent ").unwrap();
    let pid: String = pid.chars().take_while(char::is_ascii_digit).collect();
    assert!(runs.matches(&pid).count() > 1 && pid.len() > 1, "{runs}");
    for text in ["<script", "style=", "http-equiv=\"refresh"] {
        assert!(!with.contains(text), "{text}");
    }
    assert!(with.contains("script-src 'none'"));
    let reason = "What is true";
    assert!(with.contains(reason));
    let without = page("buffer", &["--without-answers", "--lang", "en"]);
    assert!(!without.contains(reason) && !without.contains("<h2>Answers"));
    assert!(without.contains("<h2>Predict"));
    assert!(page("memory", &["--lang", "zh"]).contains("先预测"));
}

#[test]
fn every_lesson_has_runs_for_its_handout() {
    for lesson in lessons() {
        let file: toml::Table = demo(&lesson, "experiments.toml").parse().unwrap();
        let commands = file["handout"].as_array().unwrap();
        assert!(!commands.is_empty());
        for command in commands.iter().map(|it| it.as_str().unwrap()) {
            assert_eq!(command.split(' ').next(), Some(&*lesson));
            assert!(mp_demo::cli::request_in(command).is_ok(), "{command}");
        }
    }
}
