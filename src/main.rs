//! The program: it reads its command line and carries it out. All else is in the library beside it.

use std::process::ExitCode;

use mp_demo::cli::{self, Request};
use mp_demo::commands;
use mp_demo::os::start;

fn main() -> ExitCode {
    match start::prepare() {
        Ok(()) => carry_out(),
        Err(sentence) => commands::refuse(&sentence),
    }
}

/// In a function of its own, because its frame is large, and the stack may be too small for it.
#[inline(never)]
fn carry_out() -> ExitCode {
    match cli::read() {
        Ok(Request::Lesson(options, lesson)) => commands::lesson(&lesson, &options),
        Ok(Request::Repeat(options, lesson, count, command)) => {
            commands::repeat(&lesson, &options, count, &command)
        }
        Ok(Request::Show(options, demo)) => commands::show(demo, &options),
        Ok(Request::Predict(options, prediction)) => commands::predict(&prediction, &options),
        Ok(Request::View(options, file)) => commands::view(&file, &options),
        Ok(Request::Manual(page)) => commands::manual(&page),
        Ok(Request::Why(asked, json)) => commands::why(asked, json),
        Ok(Request::Print(text)) => commands::print(&text),
        Ok(Request::Child(child)) => commands::child(child),
        Err(error) => commands::usage(&error),
    }
}
