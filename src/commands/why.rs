//! `mp-demo why`.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use unicode_width::UnicodeWidthStr as _;

use super::exit_code;
use crate::both;
use crate::cli::{Asked, LinesOfCode};
use crate::os::streams::{StandardStream, cannot_write, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::why::{self, Diagnosis, Notice, Stacks};
use crate::words::figures::wrapped;
use crate::words::plain::in_json;

/// Tells who waits for whom in a program.
pub fn why(asked: Asked, json: bool, of_code: LinesOfCode) -> ExitCode {
    let lines = |finding: &Diagnosis, width| match json {
        true => {
            format!("{}\n", in_json(&why::json(finding, &stacks(finding, of_code)).to_string()))
        }
        false => broken(&why::report(finding, &stacks(finding, of_code)), width),
    };
    let width = |stream: &StandardStream| stream.is_terminal().then(|| terminal::width(stream));
    match asked {
        Asked::Process { pid, group } => exit_code(check_stdout().and_then(|()| {
            let finding = why::look_at(pid, group)?;
            let text = lines(&finding, width(&stdout()));
            stdout().write_all(text.as_bytes()).with_context(cannot_write)
        })),
        Asked::Program(program) => {
            let ended = why::run(&program, &mut |told: &Notice| {
                let text = match told {
                    Notice::Stuck(finding) if json => lines(finding, None),
                    Notice::Stuck(_) | Notice::CannotRun(_) => {
                        words(told, width(&stderr()), of_code)
                    }
                    _ if json => String::new(),
                    _ => words(told, None, of_code),
                };
                // If stderr is closed, the notice is lost, and the program goes on all the same.
                let _ = stderr().write_all(text.as_bytes());
            });
            ended.map_or_else(|error| exit_code(Err(error)), why::end_as)
        }
    }
}

/// The frames of a program's threads, if they are to be shown.
fn stacks(finding: &Diagnosis, of_code: LinesOfCode) -> Stacks {
    match of_code {
        LinesOfCode::Auto => Stacks::of(finding),
        LinesOfCode::Never => Stacks::default(),
    }
}

/// A notice about a program, as lines for a terminal of this width.
pub(super) fn words(told: &Notice, width: Option<usize>, of_code: LinesOfCode) -> String {
    match told {
        Notice::CannotRun(sentence) => format!("mp-demo: {sentence}\n"),
        Notice::Stuck(finding) => broken(&why::report(finding, &stacks(finding, of_code)), width),
        Notice::Full(pid, seconds, call, readers) => {
            let readers: Vec<_> = readers.iter().map(ToString::to_string).collect();
            let readers = readers.join(", ");
            both!(
                "{pid} has waited {seconds} s in {call}() for room in a pipe that only {readers} \
                 can read.\n",
                "{pid} 在 {call}() 里等管道有空位已经 {seconds} 秒，这个管道只有 {readers} 能读。\n"
            )
        }
        Notice::WillEnd(seconds) => both!(
            "mp-demo ends it in {seconds} s if nothing happens.\n",
            "如果没有变化，mp-demo 会在 {seconds} 秒后结束这个程序。\n"
        ),
        Notice::IsLeft => {
            both!("It is left as it is; Ctrl-C ends it.\n", "程序保持原样；按 Ctrl-C 可以结束。\n")
        }
        Notice::GoesOn => both!("It goes on again.\n", "程序又继续运行了。\n"),
        Notice::Ends(_) => both!("mp-demo ends it.\n", "mp-demo 就此结束这个程序。\n"),
    }
}

/// Lines, broken where a terminal of this width would break them in the middle of a word.
fn broken(lines: &[String], width: Option<usize>) -> String {
    let lines = lines.iter().map(|line| match width {
        Some(width) if line.width() > width => wrapped(line, width, "    "),
        _ => format!("{line}\n"),
    });
    lines.collect()
}
