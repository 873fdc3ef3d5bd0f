//! What makes rare outcomes less rare: fewer processors, or busier ones.

use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context as _, Result};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{
    Pid, PidfdFlags, Signal, WaitId, WaitIdOptions, pidfd_open, pidfd_send_signal, waitid,
};

use crate::both;
use crate::multiprocessing::{Busy, SUBCOMMAND_NAME, Target as _};
use crate::os::one_core::OneCore;

/// The condition of the runs, until this is dropped.
pub struct Condition {
    one_core: Option<OneCore>,
    load: Vec<Load>,
}

impl Condition {
    /// `--one-core` and `--load`. It is an error if the system refuses one of them: otherwise the
    /// figures would be shown under a false heading.
    pub fn new(one_core: bool, load: bool) -> Result<Condition> {
        let busy = match load {
            true => thread::available_parallelism().map_or(1, usize::from),
            false => 0,
        };
        let load = (0..busy).map(|_| Load::start()).collect::<Result<_>>()?;
        let stay = || {
            OneCore::stay().with_context(|| {
                both!(
                    "cannot keep the processes on one core: the system refuses it",
                    "无法让各进程留在同一个核心上：系统不允许"
                )
            })
        };
        Ok(Condition { one_core: one_core.then(stay).transpose()?, load })
    }

    /// Which processes of the load have ended since the last run.
    pub fn losses(&mut self, run: u64) -> Vec<String> {
        let ended = self.load.iter_mut().filter(|it| !it.is_lost && it.has_ended());
        let losses = ended.map(|busy| {
            busy.is_lost = true;
            let pid = busy.pid.as_raw_pid();
            both!(
                "a process of --load (PID {pid}) has ended by run {run}: later runs have less load",
                "--load 的一个进程（PID {pid}）到第 {run} 次运行时已经结束：此后的运行负载较小"
            )
        });
        losses.collect()
    }

    pub fn words(&self) -> Vec<String> {
        let (busy, lost) = (self.load.len(), self.load.iter().filter(|it| it.is_lost).count());
        let one_core =
            self.one_core.is_some().then(|| both!("all on one core", "都在同一个核心上"));
        let load = (busy > 0).then(|| match busy {
            1 => both!("beside a process that computes", "旁边有一个只做计算的进程"),
            _ => both!("beside {busy} processes that compute", "旁边有 {busy} 个只做计算的进程"),
        });
        let lost =
            (lost > 0).then(|| both!("{lost} of them ended early", "其中 {lost} 个中途就结束了"));
        [one_core, load, lost].into_iter().flatten().collect()
    }
}

/// A process that computes until this is dropped. It dies with this process, whatever happens.
struct Load {
    pid: Pid,
    /// A pidfd, since a run reaps every child that has ended, this process too, and then the PID
    /// may be another's.
    pidfd: OwnedFd,
    is_lost: bool,
}

impl Load {
    fn start() -> Result<Load> {
        let cannot = || both!("cannot start a process that computes", "无法启动只做计算的进程");
        let mut command = Command::new("/proc/self/exe");
        command.args([SUBCOMMAND_NAME, Busy::NAME, "--parent", &std::process::id().to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().with_context(cannot)?;
        let pid = Pid::from_child(&child);
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(pidfd) => Ok(Load { pid, pidfd, is_lost: false }),
            Err(error) => {
                let _ = child.kill().and_then(|()| child.wait());
                Err(error).with_context(cannot)
            }
        }
    }

    fn has_ended(&self) -> bool {
        let mut fds = [PollFd::new(&self.pidfd, PollFlags::IN)];
        poll(&mut fds, Some(&Timespec::default())).is_ok_and(|ready| ready > 0)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        let _ = waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED);
    }
}
