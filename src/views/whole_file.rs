//! A file that is written atomically: it appears complete, or not at all. The path is checked
//! before the run.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, ensure};
use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::stdio;

use crate::both;
use crate::os::streams::{StandardStream, stderr};
use crate::words::errors::io_error;
use crate::words::plain::name_of;

/// A file that gets its name when it is complete. Until then it has no name: if this process ends
/// early, no part of the file is left, and an older file of that name stays.
pub(super) struct WholeFile {
    content: BufWriter<File>,
    destination: Destination,
}

/// Where the complete content goes.
enum Destination {
    /// To a file with this path, which is no symbolic link.
    Path(PathBuf),
    /// To a pipe, a terminal or `/dev/null`, or to where stdout or stderr already goes.
    Open(StandardStream<File>),
}

impl WholeFile {
    /// An empty file that will be at `path`; an error when it can't be.
    pub(super) fn create(path: &Path) -> Result<WholeFile> {
        let destination = destination(path)?;
        let content = match &destination {
            Destination::Path(file) => tempfile::tempfile_in(folder(file)),
            Destination::Open(_) => tempfile::tempfile(),
        };
        let content = content.map_err(|error| {
            let error = io_error(&error);
            let why = both!(
                "{error}; choose a folder that is there and that you may write to",
                "{error}；请换一个存在而且可以写入的文件夹"
            );
            refused(path, &why)
        })?;
        Ok(WholeFile { content: BufWriter::with_capacity(1 << 16, content), destination })
    }

    /// Puts the complete file in its place. If that fails, an older file is still there.
    pub(super) fn put_in_place(&mut self) -> io::Result<()> {
        self.content.flush()?;
        let content = self.content.get_mut();
        content.rewind()?;
        let path = match &mut self.destination {
            Destination::Path(path) => path,
            Destination::Open(output) => return io::copy(content, output).map(drop),
        };
        // The umask takes from these permissions what a new file should not have.
        let mut builder = tempfile::Builder::new();
        let mut file =
            builder.permissions(Permissions::from_mode(0o666)).tempfile_in(folder(path))?;
        io::copy(content, file.as_file_mut())?;
        if let Ok(old) = fs::metadata(&path) {
            // A user who may not change a file's owner gets a file of their own.
            let _ = fchown(file.as_file(), Some(old.uid()), Some(old.gid()));
            // New content must not run with the rights of a user or group (set-user-ID).
            file.as_file().set_permissions(Permissions::from_mode(old.mode() & 0o777))?;
        }
        file.persist(path)?;
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.content.flush()
    }
}

/// The destination for the user's file name.
fn destination(path: &Path) -> Result<Destination> {
    let refuse = |why: String| refused(path, &why);
    let choose_another = |error: io::Error| {
        let error = io_error(&error);
        refuse(both!("{error}; choose another file", "{error}；请换一个文件"))
    };
    let metadata = match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            ensure!(
                !path.as_os_str().as_bytes().ends_with(b"/"),
                refuse(both!(
                    "it names a folder that is not there; name a file",
                    "这个文件夹不存在；请给出文件名"
                ))
            );
            return Ok(Destination::Path(followed(path)));
        }
        metadata => metadata.map_err(choose_another)?,
    };
    ensure!(
        !metadata.is_dir(),
        refuse(both!("it is a folder; name a file in it", "这是一个文件夹；请给出其中的文件名"))
    );
    if let Some(stream) = stream_to(&metadata)? {
        return Ok(Destination::Open(StandardStream::new(stream)));
    }
    if !metadata.is_file() {
        let opened = match metadata.file_type().is_fifo() {
            true => open_fifo(path),
            false => OpenOptions::new().write(true).open(path),
        };
        return Ok(Destination::Open(StandardStream::new(opened.map_err(choose_another)?)));
    }
    // Root could write to a read-only file all the same, but whoever made it read-only meant it.
    ensure!(
        !metadata.permissions().readonly(),
        refuse(both!("it is read-only; choose another file", "这个文件只读；请换一个文件"))
    );
    OpenOptions::new().write(true).open(path).map_err(choose_another)?;
    Ok(Destination::Path(followed(path)))
}

/// Opens a FIFO as a shell does: waits for a reader. Says so first.
fn open_fifo(path: &Path) -> io::Result<File> {
    let at_once = OFlags::NONBLOCK.bits().cast_signed();
    match OpenOptions::new().write(true).custom_flags(at_once).open(path) {
        Err(error) if error.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
            let name = name_of(path);
            let waits = both!(
                "mp-demo: {name} has no reader yet; the run begins when it has one",
                "mp-demo: 还没有人读 {name}；有人读时才开始运行"
            );
            // A closed stderr is no error.
            let _ = stderr().write_all(format!("{waits}\n").as_bytes());
            OpenOptions::new().write(true).open(path)
        }
        opened => opened,
    }
}

/// Why nothing can be written to the file that the user has named.
fn refused(path: &Path, why: &str) -> Error {
    let name = name_of(path);
    Error::msg(both!("cannot write to {name}: {why}", "无法写入 {name}：{why}"))
}

/// Stdout or stderr, if it is this file: with `--trace /dev/stdout > out`, a new file in the place
/// of `out` would replace what was printed, and writing to `out` from its start would overwrite it.
fn stream_to(metadata: &fs::Metadata) -> Result<Option<File>> {
    for stream in [stdio::stdout(), stdio::stderr()] {
        let stream = File::from(stream.try_clone_to_owned()?);
        let other = stream.metadata()?;
        if (other.dev(), other.ino()) == (metadata.dev(), metadata.ino()) {
            return Ok(Some(stream));
        }
    }
    Ok(None)
}

/// The file behind symbolic links; it need not exist yet.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // This ends: links that lead to each other are a different error from a missing file.
    while let Ok(target) = fs::read_link(&path) {
        path = folder(&path).join(target);
    }
    path
}

/// The folder of the file with this path.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
