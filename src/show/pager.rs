//! A page on a terminal goes through the user's pager, as git's pages do.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context as _, Result};
use nix::sys::signal::{SigSet, Signal};

use crate::streams::{cannot_write, stdout};

/// What `sh` says of a command that it did not find, or could not start.
const NOT_STARTED: [i32; 2] = [126, 127];

/// What it says of one that it can't read.
const SYNTAX_ERROR: i32 = 2;

/// Prints a page on the terminal, through `PAGER`; straight to it if that is empty, `cat`, or not to be started.
///
/// # Errors
/// The terminal can't be written to.
pub fn print_through_pager(page: &str) -> Result<()> {
    let pager = env::var("PAGER").unwrap_or_else(|_| "less".into());
    let shown = !matches!(pager.trim(), "" | "cat") && show(page, &pager);
    if shown {
        return Ok(());
    }
    stdout()
        .write_all(page.as_bytes())
        .with_context(cannot_write)
}

/// Whether the pager was started: how it ended is its own affair.
fn show(page: &str, pager: &str) -> bool {
    let Ok(child) = command(pager).stdin(Stdio::piped()).spawn() else {
        return false;
    };
    match feed(page, child) {
        Ok(status) => !status.code().is_some_and(|code| {
            NOT_STARTED.contains(&code) || (code == SYNTAX_ERROR && !is_name(pager))
        }),
        Err(_) => true,
    }
}

/// A pager's command line may be anything that a shell understands. What is a mere name is started without a shell,
/// which would report it in its own words if it is not there.
fn command(pager: &str) -> Command {
    let mut command = if is_name(pager) {
        Command::new(pager)
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", pager]);
        shell
    };
    // A user's `LESS` replaces ours; without this, less would show colours as what they are made of.
    if Path::new(pager).file_name() == Some("less".as_ref()) {
        command.arg("-R");
    }
    // As git does: leave a page alone that fits the screen, pass colours on, leave the page on the screen.
    // The page is UTF-8, whatever locale is installed.
    for (variable, value) in [("LESS", "FRX"), ("LESSCHARSET", "utf-8"), ("LV", "-c")] {
        if env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    command
}

fn is_name(pager: &str) -> bool {
    let may_stand_in_it = |c: char| c.is_ascii_alphanumeric() || "/._+-".contains(c);
    pager.chars().all(may_stand_in_it)
}

/// Hands the page over and waits for the pager's end.
fn feed(page: &str, mut pager: Child) -> io::Result<ExitStatus> {
    // Ctrl-C is meant for the pager, to which it means something else than the end (`less` stops a search). If this
    // process ended of it, the shell and the pager would read the same keyboard. Only now: the pager would inherit it.
    SigSet::from(Signal::SIGINT).thread_block()?;
    if let Some(mut stdin) = pager.stdin.take() {
        // A broken pipe is a user who has read enough.
        let _ = stdin.write_all(page.as_bytes());
    }
    pager.wait()
}
