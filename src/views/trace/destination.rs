//! Where a trace goes. Whether it may go there is decided before the run, not when the work is
//! done.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Error, Result, ensure};
use rustix::fs::Mode;
use rustix::process::{geteuid, umask};
use rustix::stdio;

use crate::both;
use crate::os::streams::Stream;
use crate::words::errors::io_error;
use crate::words::plain::name_of;

/// Where the content goes.
pub enum Destination {
    /// To a file with this path, which is not a symbolic link, and with these permissions.
    Path(PathBuf, Permissions),
    /// Through this descriptor: to a pipe, a terminal or `/dev/null`, or to where stdout or stderr
    /// already goes.
    Open(Stream<File>),
}

impl Destination {
    /// Where the file goes that the user has given this name.
    ///
    /// # Errors
    /// When it must not be written to.
    pub fn find(path: &Path) -> Result<Destination> {
        let refuse = |why| refused(path, why);
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
                return Ok(Destination::Path(follow(path), of_new_file()));
            }
            metadata => metadata.map_err(choose_another)?,
        };
        ensure!(
            !metadata.is_dir(),
            refuse(both!(
                "it is a folder; name a file in it",
                "这是一个文件夹；请给出其中的文件名"
            ))
        );
        if let Some(stream) = stream_to(&metadata)? {
            return Ok(Destination::Open(Stream::new(stream)));
        }
        let permissions = metadata.permissions();
        // Root could write to it all the same, but whoever made it read-only meant it.
        ensure!(
            !metadata.is_file() || !permissions.readonly(),
            refuse(both!("it is read-only; choose another file", "这个文件只读；请换一个文件"))
        );
        let file = OpenOptions::new().write(true).open(path);
        let file = file.map_err(choose_another)?;
        if !metadata.is_file() {
            return Ok(Destination::Open(Stream::new(file)));
        }
        // It would be replaced by a new file, which would belong to this user.
        ensure!(
            metadata.uid() == geteuid().as_raw(),
            refuse(both!(
                "it belongs to another user; choose another file",
                "这个文件属于另一个用户；请换一个文件"
            ))
        );
        let path = fs::canonicalize(path).map_err(choose_another)?;
        // New content must not run with the rights of a user or group (set-user-ID, set-group-ID).
        let permissions = Permissions::from_mode(permissions.mode() & 0o777);
        Ok(Destination::Path(path, permissions))
    }
}

/// Why nothing can be written to the file that the user has named.
pub fn refused(path: &Path, why: String) -> Error {
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

/// Follows a symbolic link whose target does not exist yet: the target is what will be written.
fn follow(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // This ends: links that lead to each other are a different error from a missing file.
    while let Ok(target) = fs::read_link(&path) {
        path = folder(&path).join(target);
    }
    path
}

/// The folder of the file with this path.
pub fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The permissions of a new file: read and write for all, less what the umask takes away.
pub fn of_new_file() -> Permissions {
    // The umask can be read only by setting it.
    let mask = umask(Mode::empty());
    umask(mask);
    Permissions::from_mode(0o666 & !mask.bits())
}
