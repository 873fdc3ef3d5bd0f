//! What makes rare outcomes less rare without a change to the run itself: fewer processors, or
//! busier ones.

use std::process::{Child, Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result, ensure};

use crate::both;
use crate::lessons::LOAD;
use crate::multiprocessing::SUBCOMMAND_NAME;
use crate::os::one_core::OneCore;

/// As long as this is there, runs have this condition.
#[derive(Default)]
pub struct Condition {
    one_core: Option<OneCore>,
    load: Vec<Busy>,
}

impl Condition {
    /// `--one-core` and `--load`.
    ///
    /// # Errors
    /// When the system refuses one of them: then figures would be shown below a condition that
    /// wasn't there.
    pub fn new(one_core: bool, load: bool) -> Result<Condition> {
        let mut condition = Condition::default();
        if load {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            for _ in 0..cores {
                condition.load.push(Busy::start()?);
            }
        }
        if one_core {
            condition.one_core = OneCore::stay();
            ensure!(
                condition.one_core.is_some(),
                both!(
                    "cannot keep the processes on one core: the system refuses it",
                    "无法让各进程留在同一个核心上：系统不允许"
                )
            );
        }
        Ok(condition)
    }

    /// What it is, in a few words each; nothing where there is none.
    pub fn words(&self) -> Vec<String> {
        let busy = self.load.len();
        let one_core =
            self.one_core.is_some().then(|| both!("all on one core", "都在同一个核心上"));
        let load = (busy > 0).then(|| match busy {
            1 => both!("beside a process that computes", "旁边有一个只做计算的进程"),
            _ => both!("beside {busy} processes that compute", "旁边有 {busy} 个只做计算的进程"),
        });
        [one_core, load].into_iter().flatten().collect()
    }
}

/// A process that computes until this is gone. It dies with this process, whatever happens.
struct Busy(Child);

impl Busy {
    fn start() -> Result<Busy> {
        let mut command = Command::new("/proc/self/exe");
        command.args([SUBCOMMAND_NAME, LOAD, "--parent", &std::process::id().to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn();
        child.map(Busy).with_context(|| {
            both!("cannot start a process that computes", "无法启动只做计算的进程")
        })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        // A run may have reaped it already, if it has ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
