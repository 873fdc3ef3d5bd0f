//! Shows a page through the user's pager, as git does.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result};
use nix::sys::signal::{SigSet, Signal};

use crate::os::streams::{cannot_write, stdout};

/// The exit statuses of `sh` for a command that it has not found, or could not start.
const NOT_STARTED: [i32; 2] = [126, 127];

/// Prints a page on the terminal: through `PAGER`, or directly if that is empty or `cat`, or can't
/// be started.
pub(crate) fn print_through_pager(page: &str) -> Result<()> {
    let pager = env::var("PAGER").unwrap_or_else(|_| "less".into());
    let shown = !matches!(pager.trim(), "" | "cat") && show(page, &pager);
    if shown {
        return Ok(());
    }
    stdout().write_all(page.as_bytes()).with_context(cannot_write)
}

/// Shows the page; returns whether the pager could be started, however it ended.
fn show(page: &str, pager: &str) -> bool {
    let Ok(child) = command(pager).stdin(Stdio::piped()).spawn() else {
        return false;
    };
    match feed(page, child) {
        Ok(status) => {
            let is_not_started = |code| NOT_STARTED.contains(&code);
            status.success() || !status.code().is_some_and(is_not_started) && is_readable(pager)
        }
        Err(_) => true,
    }
}

/// Whether `sh` can parse this command line. Exit status 2 alone doesn't tell: it means a syntax
/// error, and also Ctrl-C in `less -K`.
fn is_readable(pager: &str) -> bool {
    let mut shell = Command::new("sh");
    shell.args(["-n", "-c", pager]).stderr(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

/// The command that starts the pager. `PAGER` may be anything that a shell understands, but a plain
/// name is started without a shell, which would print its own message if there is no such program.
fn command(pager: &str) -> Command {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._+- ".contains(c);
    let words: Vec<_> = pager.split_whitespace().collect();
    let words = if pager.chars().all(is_plain) { &words[..] } else { &[] };
    let mut command = match *words {
        // -R is needed even if the user has set LESS: without it, less shows escape sequences
        // instead of colours.
        [less, ref options @ ..] if Path::new(less).ends_with("less") => {
            let mut command = Command::new(less);
            command.args(options).arg("-R");
            command
        }
        [name] => Command::new(name),
        _ => {
            let mut command = Command::new("sh");
            command.args(["-c", pager]);
            command
        }
    };
    // As in git: F quits if the page fits on the screen, R passes colours through, X leaves the
    // page on the screen. The page is UTF-8, whatever locales are installed.
    for (variable, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")] {
        if env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    command
}

/// Writes the page to the pager, and waits for it to end.
fn feed(page: &str, mut pager: Child) -> io::Result<ExitStatus> {
    // Ctrl-C is for the pager, which needn't end by it (`less` stops a search). If this process died
    // of it, the shell and the pager would both read the keyboard. SIGINT is blocked only now,
    // because the pager would have inherited that.
    SigSet::from(Signal::SIGINT).thread_block()?;
    if let Some(mut stdin) = pager.stdin.take() {
        // A broken pipe means that the user has read enough.
        let _ = stdin.write_all(page.as_bytes());
    }
    pager.wait()
}
