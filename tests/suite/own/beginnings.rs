//! Programs to begin with, in each language.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::common::*;

/// The languages of programs to begin with: their endings, and the program that each needs.
const LANGUAGES: [(&str, &str, &str); 6] = [
    ("python", "py", "python3"),
    ("rust", "rs", "rustc"),
    ("c", "c", "cc"),
    ("go", "go", "go"),
    ("javascript", "js", "node"),
    ("sh", "sh", "sh"),
];

/// The lessons with programs to begin with, and the parts that they play.
const PARTS: [(&str, &str); 3] = [("queue", "writer"), ("queue", "reader"), ("pipe", "child")];

#[test]
fn a_program_to_begin_with_runs_in_each_language() {
    at_once(LANGUAGES, |(language, ending, program)| {
        if has(program) {
            at_once(PARTS, |(lesson, part)| check_beginning(lesson, part, language, ending));
        }
    });
}

fn check_beginning(lesson: &str, part: &str, language: &str, ending: &str) {
    let folder = tempfile::tempdir().unwrap();
    let show = format!("show {lesson} --{part}-in {language} --lang en");
    let text = run_words(&show).succeeded().stdout;
    let commands: Vec<_> = text.lines().filter_map(command_in_head).collect();
    assert_eq!(commands.len(), if part == "child" { 2 } else { 1 }, "{text}");
    fs::write(folder.path().join(format!("{part}.{ending}")), &text).unwrap();
    for command in commands {
        let (compile, start) = match command.split_once(" && ") {
            Some((compile, start)) => (compile, start),
            None => ("true", &*command),
        };
        // A compiler may take long the first time; its cache is kept for the next time.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("go");
        let mut compiler = Command::new("sh");
        compiler.args(["-c", compile]).current_dir(folder.path()).env("GOCACHE", cache);
        assert!(compiler.status().unwrap().success(), "{compile}");
        let mut shell = shell(&format!("{start} --speed 50 --patience 1000"));
        let ended = run(shell.current_dir(folder.path()));
        assert_eq!(ended.code(), 0, "{command}: {ended:?}");
        let lines = ended.lines();
        let count = |start: &str| lines.iter().filter(|it| it.starts_with(start)).count();
        match part {
            "writer" => {
                assert_eq!(count("Get "), 3, "{command}: {ended:?}");
                assert!(lines.contains(&"Get {'n': 3} from queue."), "{ended:?}");
            }
            "reader" => {
                assert_eq!(count("got "), 3, "{command}: {ended:?}");
                assert_eq!(lines.last(), Some(&"the queue has ended"), "{ended:?}");
            }
            _ => assert!(lines.contains(&"['A', 'B', 'C']"), "{command}: {ended:?}"),
        }
        let reply = match command.ends_with("--reply") {
            true => "the reply: ",
            false => "",
        };
        assert!(ended.stderr.starts_with(reply), "{command}: {ended:?}");
        assert_eq!(ended.stderr.is_empty(), reply.is_empty(), "{ended:?}");
    }
}

/// The command in a line of a program's head, if there is one.
fn command_in_head(line: &str) -> Option<String> {
    let line = line.trim_start_matches(['#', '/']).trim();
    let is_command = line.contains("mp-demo ") && (line.contains(" --")) && !line.contains('`');
    // The first command compiles the program for the second one, too.
    is_command.then(|| line.to_owned())
}

#[test]
fn only_the_lessons_that_take_commands_have_programs_to_begin_with() {
    for words in ["show spawn --writer-in c", "show pipe --reader-in c", "show queue --child-in c"]
    {
        assert_refused(words, "queue has --writer-in and --reader-in, pipe has --child-in");
    }
    assert_refused("show queue --writer-in cobol", "possible values: python, rust, c, go");
    // The child of `pipe` is its writer.
    let of_pipe = |part: &str| run_words(&format!("show pipe --{part}-in sh")).succeeded().stdout;
    assert_eq!(of_pipe("writer"), of_pipe("child"));
}

#[test]
fn a_program_to_begin_with_stands_in_the_lessons_folder() {
    for (language, ending, _) in LANGUAGES {
        for (lesson, part) in PARTS {
            let file = path_of(&format!("demos/{lesson}/{part}.{ending}"));
            let shown = run_words(&format!("show {lesson} --{part}-in {language}")).succeeded();
            assert_eq!(shown.stdout, fs::read_to_string(Path::new(&file)).unwrap());
            assert!(shown.stdout.is_ascii(), "{file}");
        }
    }
}
