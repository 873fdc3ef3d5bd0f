//! Shows a page through the user's pager, as git does.

use std::env;
use std::io::{self, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context as _, Result};
use signal_hook::consts::SIGINT;
use signal_hook::flag::register;

use crate::os::interrupt::IS_PAGING;
use crate::os::streams::{cannot_write, stdout};

/// The exit statuses of `sh` for a command that it has not found, or could not start.
const NOT_STARTED: [i32; 2] = [126, 127];

/// Whether a shell can read this command: a forgotten quote would leave the page unseen.
fn is_a_command(pager: &str) -> bool {
    let mut shell = Command::new("sh");
    let status = shell.args(["-n", "-c", pager]).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Prints a page through `PAGER`, or directly if that is empty or `cat`, or can't be started.
pub(crate) fn print_through_pager(page: &str) -> Result<()> {
    let child = command().and_then(|mut pager| pager.stdin(Stdio::piped()).spawn().ok());
    let is_shown = child.is_some_and(|pager| match feed(page, pager) {
        Ok(status) => !status.code().is_some_and(|code| NOT_STARTED.contains(&code)),
        Err(_) => true,
    });
    match is_shown {
        true => Ok(()),
        false => stdout().write_all(page.as_bytes()).with_context(cannot_write),
    }
}

/// The command that starts the pager, if there is to be one.
fn command() -> Option<Command> {
    let mut command = match env::var("PAGER") {
        Err(_) => Command::new("less"),
        Ok(pager) if matches!(pager.trim(), "" | "cat") => return None,
        Ok(pager) if !is_a_command(&pager) => return None,
        // `PAGER` may be anything that a shell understands.
        Ok(pager) => {
            let mut shell = Command::new("sh");
            shell.args(["-c", &pager]);
            shell
        }
    };
    // As in git: F quits if the page fits on the screen, X leaves the page on the screen. R passes
    // colours through, which is needed whatever the user has set. The page is UTF-8, whatever
    // locales are installed.
    let options = env::var("LESS").unwrap_or_else(|_| "-FX".into());
    command.env("LESS", format!("-R {options}"));
    for (variable, value) in [("LESSCHARSET", "utf-8"), ("LV", "-c")] {
        if env::var_os(variable).is_none() {
            command.env(variable, value);
        }
    }
    Some(command)
}

/// Writes the page to the pager, and waits for it to end.
fn feed(page: &str, mut pager: Child) -> io::Result<ExitStatus> {
    // Ctrl-C is for the pager (`less` stops a search). If this process died of it, the shell and
    // the pager would both read the keyboard.
    register(SIGINT, Arc::default())?;
    IS_PAGING.store(true, Ordering::SeqCst);
    if let Some(mut stdin) = pager.stdin.take() {
        // A broken pipe means that the user has read enough.
        let _ = stdin.write_all(page.as_bytes());
    }
    let status = pager.wait();
    IS_PAGING.store(false, Ordering::SeqCst);
    status
}
