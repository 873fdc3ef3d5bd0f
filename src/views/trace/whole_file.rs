//! A file that is there whole, or not at all.

use std::fs::{File, Permissions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use rustix::fs::{AtFlags, CWD, linkat};

use super::destination::{Destination, folder, refused};
use crate::both;
use crate::words::errors::io_error;

/// A file that gets its name when it is complete. Until then it has none (`O_TMPFILE`), so if this
/// process ends early, even by SIGKILL, nothing is left of it, and what was there before stays.
pub struct WholeFile {
    content: BufWriter<File>,
    destination: Destination,
}

impl WholeFile {
    /// An empty file that will be at `path`.
    ///
    /// # Errors
    /// When it can't be: better now than when the work is done.
    pub fn create(path: &Path) -> Result<WholeFile> {
        let destination = Destination::find(path)?;
        let content = match &destination {
            // Not every file system has files without a name. On the others the name is deleted at
            // once, and in the end the content has to be copied.
            Destination::Path(file, _) => tempfile::tempfile_in(folder(file)).map_err(|error| {
                let error = io_error(&error);
                refused(
                    path,
                    both!(
                        "{error}; choose a folder that is there and that you may write to",
                        "{error}；请换一个存在而且可以写入的文件夹"
                    ),
                )
            })?,
            Destination::Open(_) => tempfile::tempfile()
                .with_context(|| both!("cannot create a temporary file", "无法建立临时文件"))?,
        };
        Ok(WholeFile { content: BufWriter::with_capacity(1 << 16, content), destination })
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
                // A link can't replace a file, but `rename` can, in one step. So the file gets
                // another name first.
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

/// Gives a file without a name one that no other file has, as open(2) describes for `O_TMPFILE`.
fn link(file: &File, folder: &Path) -> io::Result<tempfile::TempPath> {
    let descriptor = std::os::fd::AsRawFd::as_raw_fd(file);
    let nameless = format!("/proc/self/fd/{descriptor}");
    let linked = tempfile::Builder::new()
        .make_in(folder, |name| Ok(linkat(CWD, &nameless, CWD, name, AtFlags::SYMLINK_FOLLOW)?))?;
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
    use std::fs;

    use super::super::destination::of_new_file;
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
