//! A page on a terminal goes through the user's pager, as git's pages do.

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
///
/// # Errors
/// The terminal can't be written to.
pub fn print_through_pager(page: &str) -> Result<()> {
    let pager = env::var("PAGER").unwrap_or_else(|_| "less".into());
    let shown = !matches!(pager.trim(), "" | "cat") && show(page, &pager);
    if shown {
        return Ok(());
    }
    stdout().write_all(page.as_bytes()).with_context(cannot_write)
}

/// Whether the pager was started: how it ended is its own affair.
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

/// Whether this is a command line for `sh`. Its exit status alone doesn't say: 2 for a syntax error
/// is also that of `less -K` after Ctrl-C.
fn is_readable(pager: &str) -> bool {
    let mut shell = Command::new("sh");
    shell.args(["-n", "-c", pager]).stderr(Stdio::null());
    shell.status().is_ok_and(|status| status.success())
}

/// A pager's command line may be anything that a shell understands. What is a mere name is started
/// without a shell, which would report it in its own words if it is not there.
fn command(pager: &str) -> Command {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._+- ".contains(c);
    let words: Vec<_> = pager.split_whitespace().collect();
    let words = if pager.chars().all(is_plain) { &words[..] } else { &[] };
    let mut command = match *words {
        // A user's `LESS` replaces ours, and without -R less shows colours as what they are made
        // of.
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
    // As git does: quit if the page fits on the screen, pass colours through, and leave the page on
    // the screen. The page is UTF-8, whatever locales are installed.
    for (variable, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")] {
        if env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    command
}

/// Hands over the page and waits for the pager to end.
fn feed(page: &str, mut pager: Child) -> io::Result<ExitStatus> {
    // Ctrl-C is for the pager, and there it needn't mean the end (`less` stops a search). If this
    // process died of it, the shell and the pager would both read the keyboard. It is blocked only
    // now, because the pager would inherit that.
    SigSet::from(Signal::SIGINT).thread_block()?;
    if let Some(mut stdin) = pager.stdin.take() {
        // A broken pipe means that the user has read enough.
        let _ = stdin.write_all(page.as_bytes());
    }
    pager.wait()
}
