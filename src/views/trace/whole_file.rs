//! A file that is there whole, or not at all.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use rustix::fs::{AtFlags, CWD, Mode, linkat};
use rustix::process::{geteuid, umask};
use rustix::stdio;

use crate::plain::name_of;
use crate::streams::Stream;

/// What becomes a file when it is complete. Until then it has no name (`O_TMPFILE`), so nothing is left of it when this
/// process ends before, be it by Ctrl-C or by SIGKILL, and what stood there before stays.
pub struct WholeFile {
    content: BufWriter<File>,
    destination: Destination,
}

/// Where the content goes.
enum Destination {
    /// To a file with this path, which is no symbolic link, and with these permissions.
    Path(PathBuf, Permissions),
    /// Through this descriptor: to a pipe, a terminal, `/dev/null`, or to what stdout or stderr is already.
    Open(Stream<File>),
}

impl WholeFile {
    /// An empty file that will stand at `path`.
    ///
    /// # Errors
    /// When it could not: better now than when the work is done.
    pub fn create(path: &Path) -> Result<WholeFile> {
        let name = name_of(path);
        let destination = Destination::find(path)?;
        let content = match &destination {
            // Not every file system has files without a name. There the name is deleted at once, and the content has to be
            // copied in the end.
            Destination::Path(path, _) => tempfile::tempfile_in(folder(path)).map_err(|error| {
                anyhow!(
                    "cannot write to {name}: {error}; choose a folder that is there and that you may write to"
                )
            })?,
            Destination::Open(_) => {
                tempfile::tempfile().context("cannot write a temporary file")?
            }
        };
        Ok(WholeFile {
            content: BufWriter::with_capacity(1 << 16, content),
            destination,
        })
    }

    /// Puts the complete file in its place.
    ///
    /// # Errors
    /// When that is not possible. Then what was there before is still there.
    pub fn put_in_place(&mut self) -> io::Result<()> {
        self.content.flush()?;
        let content = self.content.get_mut();
        match &mut self.destination {
            Destination::Path(path, permissions) => {
                content.set_permissions(permissions.clone())?;
                // A name can be given to a file only where there is none yet, so it gets another one first: then
                // `rename` replaces what stands there, in one step.
                match link(content, folder(path)) {
                    Ok(linked) => Ok(linked.persist(path)?),
                    Err(_) => Ok(copy(content, path, permissions.clone())?.persist(path)?),
                }
            }
            Destination::Open(output) => {
                content.rewind()?;
                io::copy(content, output).map(drop)
            }
        }
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

impl Destination {
    fn find(path: &Path) -> Result<Destination> {
        let name = name_of(path);
        let metadata = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                ensure!(
                    !path.as_os_str().as_bytes().ends_with(b"/"),
                    "cannot write to {name}: it names a folder that is not there; name a file"
                );
                return Ok(Destination::Path(follow(path), of_new_file()));
            }
            metadata => metadata
                .map_err(|error| anyhow!("cannot write to {name}: {error}; choose another file"))?,
        };
        ensure!(
            !metadata.is_dir(),
            "cannot write to {name}: it is a folder; name a file in it"
        );
        if let Some(stream) = stream_to(&metadata)? {
            return Ok(Destination::Open(Stream::new(stream)));
        }
        let permissions = metadata.permissions();
        // Root may write even there; but who took the right away meant it.
        ensure!(
            !metadata.is_file() || !permissions.readonly(),
            "cannot write to {name}: it is read-only; choose another file"
        );
        let file = OpenOptions::new()
            .write(true)
            .open(path)
            .map_err(|error| anyhow!("cannot write to {name}: {error}; choose another file"))?;
        if !metadata.is_file() {
            return Ok(Destination::Open(Stream::new(file)));
        }
        // The file is replaced by a new one, and that would be this user's.
        ensure!(
            metadata.uid() == geteuid().as_raw(),
            "cannot write to {name}: it belongs to another user; choose another file"
        );
        let path = fs::canonicalize(path).with_context(|| format!("cannot find {name}"))?;
        // No new content gets the rights of another user or group.
        let permissions = Permissions::from_mode(permissions.mode() & 0o777);
        Ok(Destination::Path(path, permissions))
    }
}

/// Stdout or stderr, if that is the same file: with `--trace /dev/stdout > out`, a file put in the place of `out` would
/// replace what was printed, and one written from its start would overwrite it.
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

/// Where a symbolic link points to whose target is not there yet: it is the target that will be written.
fn follow(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // Links that lead to each other are another error than a file that is not there, so this comes to an end.
    while let Ok(target) = fs::read_link(&path) {
        path = folder(&path).join(target);
    }
    path
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The permissions of a new file: those of `creat`, without what the umask takes away.
fn of_new_file() -> Permissions {
    // The umask can be asked for only by setting it.
    let mask = umask(Mode::empty());
    umask(mask);
    Permissions::from_mode(0o666 & !mask.bits())
}

/// Gives a file without a name one that nobody has, as open(2) says at `O_TMPFILE`.
fn link(file: &File, folder: &Path) -> io::Result<tempfile::TempPath> {
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(file);
    let nameless = format!("/proc/self/fd/{descriptor}");
    let linked = tempfile::Builder::new().make_in(folder, |name| {
        Ok(linkat(CWD, &nameless, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
    })?;
    Ok(linked.into_temp_path())
}

/// Copies a file to a new one beside `path`, with these permissions.
fn copy(file: &mut File, path: &Path, permissions: Permissions) -> io::Result<tempfile::TempPath> {
    let mut copy = tempfile::Builder::new().tempfile_in(folder(path))?;
    file.rewind()?;
    io::copy(file, copy.as_file_mut())?;
    copy.as_file().set_permissions(permissions)?;
    Ok(copy.into_temp_path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_cannot_be_given_a_name_is_copied() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        for old in [None, Some("something longer than that")] {
            if let Some(old) = old {
                fs::write(&path, old).expect("a file");
            }
            let mut content = tempfile::tempfile().expect("a file");
            content.write_all(b"content").expect("some space");
            let copy = copy(&mut content, &path, of_new_file()).expect("a copy");
            copy.persist(&path).expect("a place for it");
            assert_eq!(fs::read(&path).expect("the file"), b"content");
        }
        assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1);
    }
}
