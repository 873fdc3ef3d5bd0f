//! The program `mp-demo`: reads the command line and carries it out. All else is in the library.

use std::process::ExitCode;

use mp_demo::cli::{self, Request};
use mp_demo::commands;

fn main() -> ExitCode {
    match cli::read() {
        Ok(Request::Lesson(options, lesson, is_plain)) => {
            commands::lesson(&lesson, &options, is_plain)
        }
        Ok(Request::Repeat(options, lesson, count, command)) => {
            commands::repeat(&lesson, &options, count, &command)
        }
        Ok(Request::Run(options, runnable)) => commands::program(&runnable, &options),
        Ok(Request::Show(options, demo, has_answers)) => {
            commands::show(demo, has_answers, &options)
        }
        Ok(Request::Compare(options, two)) => commands::compare(&two, &options),
        Ok(Request::Predict(options, prediction)) => commands::predict(&prediction, &options),
        Ok(Request::Tour(options, step)) => commands::tour(step, &options),
        Ok(Request::Exercise(options, name, hint)) => {
            commands::exercise(name.as_deref(), hint, &options)
        }
        Ok(Request::Check(options, to_check)) => commands::check(&to_check, &options),
        Ok(Request::View(options, files)) => commands::view(&files, &options),
        Ok(Request::Why(asked, json, lines)) => commands::why(asked, json, lines),
        Ok(Request::Print(text)) => commands::print(&text),
        Ok(Request::Child(child)) => commands::child(child),
        Err(error) => commands::usage(error),
    }
}
