//! Exercises: programs with a fault, and how it is found out whether somebody has repaired one. Each
//! is a folder in `demos/exercises/`, with the program and a `task.toml`.

mod check;
mod demands;
mod tour;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, ensure};
use serde::Deserialize;

use crate::both;
use crate::claims::Claimed;
use crate::python;
use crate::words::locale::Texts;
use crate::words::plain::name_of;

pub use check::{Checked, FailingRun, check};
use demands::KeptFunction;
pub use tour::TourStep;

/// Each exercise's name, its task, and its program.
const EXERCISES: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/exercises.rs"));

/// A program with a fault, and what is demanded of it once it is repaired.
pub struct Exercise {
    pub name: String,
    pub program: Cow<'static, str>,
    pub task: ExerciseTask,
}

/// What stands in a `task.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExerciseTask {
    /// The step of the tour at which it can be done.
    pub step: String,
    /// How hard it is, from 1 to 3.
    pub level: u8,
    /// The exercise in one line.
    pub title: Texts,
    /// What is wrong.
    pub wrong: Texts,
    /// What has to be true.
    pub must: Texts,
    /// What must stay.
    pub stays: Texts,
    pub hints: [Texts; 3],
    /// Why a repaired program is right.
    pub reason: Texts,
    /// What the program as it is fails by, in each check: a claim, a function, or `parent`.
    pub fault: String,
    /// Which claims have to be true, and which false, in each run.
    claims: BTreeMap<String, bool>,
    /// The lines that the first process has to print, in this order.
    #[serde(default)]
    parent: Vec<String>,
    /// Whether the last of them comes when the functions have done all that they do.
    #[serde(default)]
    parent_last: bool,
    #[serde(default)]
    function: Vec<KeptFunction>,
}

impl Exercise {
    /// All exercises: first those of the tour's first step.
    pub fn all() -> Result<Vec<Exercise>> {
        let read = |&(name, task, program): &(&str, &str, &'static str)| {
            let file = format!("demos/exercises/{name}/task.toml");
            Ok(Exercise {
                name: name.to_owned(),
                program: program.into(),
                task: read(&file, task)?,
            })
        };
        let mut all = EXERCISES.iter().map(read).collect::<Result<Vec<_>>>()?;
        let steps = TourStep::all()?;
        let place = |it: &Exercise| steps.iter().position(|step| step.name == it.task.step);
        all.sort_by_key(|it| (place(it), it.task.level, it.name.clone()));
        Ok(all)
    }

    pub fn names() -> impl Iterator<Item = &'static str> {
        EXERCISES.iter().map(|(name, ..)| *name)
    }

    /// The exercise in this folder.
    pub fn in_folder(folder: &Path) -> Result<Exercise> {
        let file = |name| -> Result<(PathBuf, String)> {
            let path = folder.join(name);
            let text = fs::read_to_string(&path).with_context(|| {
                let name = name_of(&path);
                both!("cannot read {name}", "无法读取 {name}")
            })?;
            Ok((path, text))
        };
        let ((path, task), (_, program)) = (file("task.toml")?, file("program.py")?);
        let name = folder.file_name().unwrap_or(folder.as_os_str()).to_string_lossy();
        let task = read(&name_of(&path), &task)?;
        Ok(Exercise { name: name.into_owned(), program: program.into(), task })
    }

    /// The name of the file in which somebody repairs it.
    pub fn file(&self) -> String {
        format!("{}.py", self.name.replace('-', "_"))
    }
}

/// Parses a `task.toml`, whose path is shown as `file`.
fn read(file: &str, text: &str) -> Result<ExerciseTask> {
    let task: ExerciseTask = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        anyhow!("{file}, line {line}: {}", error.message())
    })?;
    let claims = claims();
    for name in task.claims.keys() {
        let is_there = claims.iter().any(|claim| claim.name == name);
        ensure!(is_there, "{file}: `mp-demo run --claims` has no claim `{name}`");
    }
    let mut demands = task.function.iter().map(|it| &it.name).chain(task.claims.keys());
    ensure!(
        ["parent", "stuck"].contains(&&*task.fault) || demands.any(|it| *it == task.fault),
        "{file}: the fault `{}` is no claim and no function of the task",
        task.fault
    );
    Ok(task)
}

/// What can be claimed of any program.
fn claims() -> Vec<Claimed> {
    python::claims_of(python::NAME).map(|it| it.claims()).unwrap_or_default()
}
