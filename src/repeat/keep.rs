//! Recordings of some runs, a file each.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::both;
use crate::words::plain::name_of;

pub struct Keep {
    folder: PathBuf,
    /// The lesson's name, a prefix of the file names where recordings lie beside other files.
    lesson: Option<String>,
}

impl Keep {
    /// Keeps recordings in this folder. It has to be empty: older files could be mistaken for
    /// recordings.
    pub fn in_folder(folder: &Path) -> Result<Keep> {
        let name = name_of(folder);
        ensure!(
            folder.is_dir() || !folder.exists(),
            both!(
                "cannot keep recordings in {name}: it is not a folder",
                "无法把记录存到 {name}：它不是文件夹"
            )
        );
        fs::create_dir_all(folder)
            .and_then(|()| fs::read_dir(folder))
            .with_context(|| both!("cannot keep recordings in {name}", "无法把记录存到 {name}"))
            .and_then(|mut entries| {
                ensure!(
                    entries.next().is_none(),
                    both!(
                        "cannot keep recordings in {name}: it is not empty; choose a new folder",
                        "无法把记录存到 {name}：这个文件夹不是空的；请另选一个新的"
                    )
                );
                Ok(())
            })?;
        Ok(Keep { folder: folder.to_owned(), lesson: None })
    }

    /// Keeps recordings in the current folder, beside other files.
    pub fn here(lesson: &str) -> Keep {
        Keep { folder: PathBuf::new(), lesson: Some(lesson.to_owned()) }
    }

    /// Keeps a recording, and returns where. One that can't be written as a whole is removed.
    pub fn keep(&mut self, run: u64, seed: u64, log: &[u8]) -> Result<String> {
        let path = self.folder.join(match &self.lesson {
            None => format!("run-{run}.jsonl"),
            Some(lesson) => format!("{lesson}-seed-{seed}.jsonl"),
        });
        let name = name_of(&path);
        let cannot = || both!("cannot keep a recording in {name}", "无法把记录写入 {name}");
        let mut file = File::create_new(&path).with_context(cannot)?;
        if let Err(error) = file.write_all(log) {
            // Half a recording is worse than none. If the removal fails, too, the first error says
            // enough.
            let _ = fs::remove_file(&path);
            return Err(error).with_context(cannot);
        }
        Ok(name)
    }
}
