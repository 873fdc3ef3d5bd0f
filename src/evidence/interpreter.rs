//! The frames of a Python process, read from its memory (as a debugger does, process_vm_readv(2))
//! without stopping it.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use procfs::process::{MMPermissions, MMapPath, MemoryMap, Process};
use py_spy::binary_parser::{BinaryInfo, parse_binary};
use py_spy::config::LockingStrategy;
use py_spy::python_process_info::{
    ContainsAddr, PythonProcessInfo, PythonProcessLayout, is_python_lib,
};
use py_spy::{Config, PythonSpy, StackTrace};

use super::frames::Unread;

/// Reads frames of processes. To find out where a build of Python has its state takes longer than
/// to read it, so that is found out once for all processes of that build.
pub struct Interpreters {
    config: Config,
    known: Vec<Interpreter>,
}

/// The interpreter of a build of Python.
struct Interpreter {
    /// The device and the inode of its file.
    file: ((i32, i32), u64),
    /// How far behind the start of the file's code the variable with its state lies. Nothing if the
    /// file doesn't tell.
    state: OnceCell<Option<u64>>,
    spy: PythonSpy,
}

/// No address at all.
struct Nowhere;

impl ContainsAddr for Nowhere {
    fn contains_addr(&self, _: usize) -> bool {
        false
    }
}

impl Default for Interpreters {
    fn default() -> Self {
        let blocking = LockingStrategy::NonBlocking;
        let config = Config { blocking, full_filenames: true, ..Config::default() };
        Interpreters { config, known: Vec::new() }
    }
}

impl Interpreters {
    /// Reads the frames of this thread's process twice, and takes those that are the same; with the
    /// names of threads if they are wanted.
    pub(super) fn read(
        &mut self,
        tid: i32,
        exe: &Path,
        names: bool,
    ) -> Result<Vec<StackTrace>, Unread> {
        let maps = Process::new(tid).and_then(|it| it.maps()).map(|it| it.0).unwrap_or_default();
        if [exe].into_iter().chain(maps.iter().filter_map(path)).any(is_free_threaded) {
            return Err(Unread::FreeThreaded);
        }
        let is_of = |it: &MemoryMap, is_one: &dyn Fn(&Path) -> bool| {
            it.perms.contains(MMPermissions::EXECUTE) && path(it).is_some_and(is_one)
        };
        let is_library = |it: &Path| is_python_lib(&it.to_string_lossy());
        let library = maps.iter().find(|it| is_of(it, &is_library));
        let code = library.or_else(|| maps.iter().find(|it| is_of(it, &|it| it == exe)));
        let spy = self.spy(tid, code).map_err(|error| {
            let said = format!("{error:#}");
            match said.split_once("Unsupported version of Python: ") {
                Some((_, version)) => Unread::Version(version.to_owned()),
                None if said.contains("Permission denied") || said.contains("not permitted") => {
                    Unread::NotAllowed
                }
                None => Unread::Other,
            }
        })?;
        spy.config.collect_thread_names = names;
        let first = spy.get_stack_traces().map_err(|_| Unread::Other)?;
        let second = spy.get_stack_traces().map_err(|_| Unread::Other)?;
        let is_same = |it: &StackTrace| {
            first.iter().any(|other| other.thread_id == it.thread_id && other.frames == it.frames)
        };
        Ok(second.into_iter().filter(is_same).collect())
    }

    /// What reads this process, which has the interpreter's code here.
    fn spy(&mut self, tid: i32, code: Option<&MemoryMap>) -> anyhow::Result<&mut PythonSpy> {
        let file = code.map(|it| (it.dev, it.inode));
        let known = self.known.iter().position(|it| Some(it.file) == file);
        let at = match (known, code) {
            (Some(at), Some(code)) if self.known[at].turn_to(tid, code).is_some() => at,
            _ => {
                let (state, spy) = (OnceCell::new(), PythonSpy::new(tid, &self.config)?);
                self.known.push(Interpreter { file: file.unwrap_or_default(), state, spy });
                self.known.len() - 1
            }
        };
        Ok(&mut self.known[at].spy)
    }
}

impl Interpreter {
    /// Makes the reader ready for another process. Nothing if it can't tell where the state is.
    fn turn_to(&mut self, tid: i32, code: &MemoryMap) -> Option<()> {
        let start = code.address.0;
        let state = *self.state.get_or_init(|| {
            let file = format!("/proc/{tid}/root{}", path(code)?.display());
            let binary = parse_binary(Path::new(&file), start, code.address.1 - start).ok()?;
            binary.symbols.get("_PyRuntime")?.checked_sub(start)
        });
        let binary = BinaryInfo {
            symbols: HashMap::from([("_PyRuntime".to_owned(), start.checked_add(state?)?)]),
            bss_addr: 0,
            bss_size: 0,
            pyruntime_addr: 0,
            pyruntime_size: 0,
            addr: 0,
            size: 0,
        };
        let process = PythonProcessInfo {
            python_binary: Some(binary),
            libpython_binary: None,
            maps: Box::new(Nowhere),
            python_filename: PathBuf::new(),
            dockerized: false,
        };
        let spy = &mut self.spy;
        (spy.pid, spy.process.pid) = (tid, tid);
        spy.python_thread_names.clear();
        let (version, config) = (&spy.version, &spy.config);
        spy.addresses = PythonProcessLayout::new(&process, &spy.process, version, config).ok()?;
        Some(())
    }
}

/// The file of a part of a process's memory.
fn path(map: &MemoryMap) -> Option<&Path> {
    if let MMapPath::Path(path) = &map.pathname { Some(path) } else { None }
}

/// Whether this is the path of an interpreter without the global interpreter lock, or of its
/// library: `python3.13t`.
fn is_free_threaded(path: &Path) -> bool {
    let path = path.to_string_lossy();
    path.match_indices("python3.").any(|(at, start)| {
        let rest = path[at + start.len()..].trim_start_matches(|it: char| it.is_ascii_digit());
        rest.strip_prefix('t').is_some_and(|it| !it.starts_with(|it: char| it.is_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_threaded_build_is_known_by_its_name() {
        for (path, is_one) in [
            ("/usr/bin/python3.13t", true),
            ("/opt/lib/libpython3.14t.so.1.0", true),
            ("/usr/lib/python3.13/test", false),
            ("/usr/lib/python3.13t/lib-dynload/_json.so", true),
            ("/usr/bin/python3.13", false),
            ("/usr/bin/python3.13-test", false),
        ] {
            assert_eq!(is_free_threaded(Path::new(path)), is_one, "{path}");
        }
    }
}
