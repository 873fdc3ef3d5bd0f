//! The folders that a program's Pythons get in their PYTHONPATH: the one with the injected code,
//! which is the same for all runs, and the run's own.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, Permissions};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use rustix::fs::{FlockOperation, flock};
use tempfile::TempDir;

use super::raw_log::RawLog;
use crate::both;
use crate::multiprocessing::SecondGuard;
use crate::words::plain::name_of;

/// What is injected. Python finds the first file by its name when it starts.
const CODE: [(&str, &str); 3] = [
    ("sitecustomize.py", include_str!("inject/sitecustomize.py")),
    ("mp_demo_hook.py", include_str!("inject/mp_demo_hook.py")),
    ("mp_demo_calls.py", include_str!("inject/mp_demo_calls.py")),
];

/// The folders of a run, or of runs that come one after the other. The run's own folder is gone when
/// this is dropped, or when this process is killed.
pub struct Folders {
    code: PathBuf,
    run: TempDir,
    _guard: SecondGuard,
    /// Keeps runs of other versions from removing the code.
    _lock: Option<File>,
}

impl Folders {
    pub fn make() -> Result<Folders> {
        let parent = parent_of_run();
        let run = tempfile::Builder::new()
            .prefix("mp-demo-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent);
        let run = run.with_context(|| cannot_make(&parent))?;
        let shared = cache().and_then(|cache| shared_code(&cache.join("mp-demo")).ok());
        let (code, lock) = shared.unzip();
        let code = code.map_or_else(
            || {
                let code = run.path().join("code");
                write_code(&code).map(|()| code)
            },
            Ok,
        );
        let code = code.with_context(|| cannot_make(&parent))?;
        let guard = SecondGuard::of_python(run.path())?;
        Ok(Folders { code, run, _guard: guard, _lock: lock })
    }

    /// Writes a program there, and returns where.
    pub fn add(&self, name: &str, text: &str) -> Result<PathBuf> {
        let folder = self.run.path().join("program");
        let file = folder.join(name);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&file, text))
            .with_context(|| cannot_make(self.run.path()))?;
        Ok(file)
    }

    /// Makes all ready for a run whose injected code is told this, and makes the run's log.
    pub(super) fn begin(&self, told: &str) -> Result<RawLog> {
        let link = self.run.path().join("log");
        let make = || {
            fs::write(self.run.path().join("settings"), told)?;
            if fs::symlink_metadata(&link).is_ok() {
                fs::remove_file(&link)?;
            }
            let log = RawLog::make()?;
            symlink(log.path(), &link)?;
            Ok::<_, io::Error>(log)
        };
        make().with_context(|| cannot_make(self.run.path()))
    }

    /// PYTHONPATH as the program gets it.
    pub(super) fn path(&self) -> OsString {
        let mut path = self.code.clone().into_os_string();
        path.push(":");
        path.push(self.run.path());
        if let Some(before) = env::var_os("PYTHONPATH").filter(|it| !it.is_empty()) {
            path.push(":");
            path.push(before);
        }
        path
    }
}

fn cannot_make(folder: &Path) -> String {
    let folder = name_of(folder);
    both!(
        "cannot write the files of this run in {folder} (TMPDIR names another folder)",
        "无法在 {folder} 里写入本次运行的文件（可以用 TMPDIR 指定别的文件夹）"
    )
}

/// PYTHONPATH can't have a folder whose name has its separator.
fn can_stand_in_path(folder: &Path) -> bool {
    folder.is_absolute() && !folder.as_os_str().as_bytes().contains(&b':')
}

fn parent_of_run() -> PathBuf {
    let folder = env::temp_dir();
    let folder = folder.canonicalize().unwrap_or(folder);
    if can_stand_in_path(&folder) { folder } else { "/tmp".into() }
}

fn cache() -> Option<PathBuf> {
    let folder = |name| env::var_os(name).map(PathBuf::from).filter(|it| can_stand_in_path(it));
    folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))
}

/// The folder with the code, from which Python also loads what it has compiled, and a lock on it.
fn shared_code(parent: &Path) -> io::Result<(PathBuf, File)> {
    let mut hasher = DefaultHasher::new();
    CODE.hash(&mut hasher);
    let folder = parent.join(format!("{:016x}", hasher.finish()));
    let locked = || {
        let file = File::open(&folder)?;
        flock(&file, FlockOperation::LockShared)?;
        let is_same = |(name, text): (&str, &str)| {
            fs::read(folder.join(name)).is_ok_and(|it| it == text.as_bytes())
        };
        let is_whole = CODE.into_iter().all(is_same);
        is_whole.then_some(file).ok_or(io::Error::from(io::ErrorKind::AlreadyExists))
    };
    let file = locked().or_else(|_| {
        fs::create_dir_all(parent)?;
        remove_unused(parent)?;
        // The folder appears as a whole, since another run may look for it now.
        let new = tempfile::tempdir_in(parent)?;
        let whole = new.path().join("code");
        write_code(&whole)?;
        let renamed = fs::rename(&whole, &folder);
        locked().or_else(|error| renamed.and(Err(error)))
    })?;
    Ok((folder, file))
}

/// Removes the code of other versions that no run has locked.
fn remove_unused(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)?.flatten() {
        let name = entry.file_name();
        let is_code = name.len() == 16 && name.as_bytes().iter().all(u8::is_ascii_hexdigit);
        if is_code
            && let Ok(file) = File::open(entry.path())
            && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
        {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn write_code(folder: &Path) -> io::Result<()> {
    fs::create_dir(folder)?;
    CODE.into_iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}
