//! `mp-demo exercise` and `mp-demo check`.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use super::run::tell;
use super::tour::wished;
use super::{KNOWLEDGE, exit_code, refuse};
use crate::both;
use crate::cli::{ToCheck, ViewOptions};
use crate::events::recording;
use crate::exercises::{self, Checked, Exercise, FailingRun};
use crate::lessons::mistake_of;
use crate::multiprocessing::ends_all;
use crate::os::interrupt::Interrupt;
use crate::os::streams::{cannot_write, check_stdout, stderr, stdout};
use crate::os::terminal;
use crate::python;
use crate::views::{Article, Bar, Page, Paper, Remarker as _, Stuck, Views};
use crate::words::figures::{count, wrapped};
use crate::words::plain::{name_of, on_its_lines, on_one_line};

/// The exit status for an exercise or a file that is not there.
const NOT_THERE: u8 = 2;

/// Lists the exercises, sets the one with this name, or gives a hint.
pub fn exercise(name: Option<&str>, hint: Option<usize>, options: &ViewOptions) -> ExitCode {
    let set = || {
        let look = terminal::look(&stdout(), options.color, options.lang);
        let all = Exercise::all()?;
        let one = name.and_then(|name| all.iter().find(|it| it.name == name));
        let text = match (one, hint) {
            (None, _) => list(&all, look.width, wished(options)),
            (Some(one), None) => one_set(one, look.width, wished(options))?,
            (Some(one), Some(hint)) => {
                let hint = one.task.hints[hint.clamp(1, 3) - 1].chosen();
                wrapped(hint, look.width, "")
            }
        };
        stdout().write_all(text.as_bytes()).with_context(cannot_write)
    };
    exit_code(set())
}

/// A line for each of these exercises.
pub(super) fn rows<'a>(all: impl Iterator<Item = &'a Exercise> + Clone, width: usize) -> String {
    let longest = all.clone().map(|it| it.name.len()).max().unwrap_or_default();
    let rows = all.map(|it| {
        let Exercise { name, task, .. } = it;
        let level = &"***"[..usize::from(task.level.clamp(1, 3))];
        let line = format!("  {name:<longest$}  {level:<3}  {}", task.title.chosen());
        wrapped(&line, width, &" ".repeat(longest + 7))
    });
    rows.collect()
}

fn list(all: &[Exercise], width: usize, lang: &str) -> String {
    let rows = rows(all.iter(), width);
    let how = both!(
        "`mp-demo exercise NAME{lang}` writes the program into this folder, and says what is wrong. \
         Repair it, then `mp-demo check FILE{lang}`. More stars, more to think about.",
        "`mp-demo exercise NAME{lang}` 把程序写进当前文件夹，并说明哪里不对。改好之后用 `mp-demo \
         check FILE{lang}` 检查。星号越多越要动脑筋。"
    );
    format!("{rows}\n{}", wrapped(&how, width, ""))
}

/// Writes the program, except over a file that is there, and says what is to be done.
fn one_set(exercise: &Exercise, width: usize, lang: &str) -> Result<String> {
    let (file, name, task) = (exercise.file(), &exercise.name, &exercise.task);
    let written = match File::create_new(&file) {
        Ok(mut new) => {
            let cannot = || both!("cannot write {file}", "无法写入 {file}");
            new.write_all(exercise.program.as_bytes()).with_context(cannot)?;
            both!("{file} is written.", "已写入 {file}。")
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            both!("{file} is here already, and is left as it is.", "{file} 已经在这里，保持原样。")
        }
        Err(error) => {
            return Err(error).with_context(|| {
                both!("cannot write {file} into this folder", "无法在当前文件夹写入 {file}")
            });
        }
    };
    let [wrong, must, stays] = [&task.wrong, &task.must, &task.stays].map(|it| it.chosen());
    let lines = [
        written,
        both!("What is wrong: {wrong}", "问题：{wrong}"),
        both!("What has to be true: {must}", "要求：{must}"),
        both!("What must stay: {stays}", "保留：{stays}"),
        both!("Then: mp-demo check {file}{lang}", "然后：mp-demo check {file}{lang}"),
        both!(
            "A hint: mp-demo exercise {name} --hint{lang}",
            "提示：mp-demo exercise {name} --hint{lang}"
        ),
    ];
    Ok(lines.iter().map(|line| wrapped(line, width, "  ")).collect())
}

/// Checks a file, or all Python programs in a folder.
pub fn check(to_check: &ToCheck, options: &ViewOptions) -> ExitCode {
    checked(to_check, options).unwrap_or_else(|error| exit_code(Err(error)))
}

fn checked(to_check: &ToCheck, options: &ViewOptions) -> Result<ExitCode> {
    check_stdout()?;
    let ToCheck { exercise, path, runs } = to_check;
    let refused = |sentence: String| {
        refuse(&on_one_line(&sentence));
        Ok(ExitCode::from(NOT_THERE))
    };
    let shown = name_of(path);
    if !path.exists() {
        return refused(both!("there is no file {shown}", "没有文件 {shown}"));
    }
    let exercise = match exercise_of(exercise.as_deref(), path) {
        Ok(exercise) => exercise,
        Err(sentence) => return refused(sentence),
    };
    let is_folder = path.is_dir();
    if is_folder && options.page.is_some() {
        return refused(both!(
            "--page shows a run of one program: give a file, not a folder",
            "--page 显示一个程序的一次运行：请给出文件，而不是文件夹"
        ));
    }
    let files = if is_folder { programs_in(path)? } else { vec![path.clone()] };
    if files.is_empty() {
        return refused(both!("there is no *.py in {shown}", "{shown} 里没有 *.py 文件"));
    }
    let width = terminal::look(&stdout(), options.color, options.lang).width;
    let interrupt = Interrupt::catch(true, ends_all())?;
    let bar = Bar::new(stderr().is_terminal());
    let mut code = ExitCode::SUCCESS;
    for file in files {
        bar.show_progress(0, *runs);
        let progress = |done| bar.show_progress(done, *runs);
        let checked = exercises::check(&exercise, &file, *runs, &interrupt, &mut tell, progress);
        bar.clear();
        interrupt.die_of_it();
        if interrupt.has_come() {
            return Ok(ExitCode::from(130));
        }
        let checked = checked?;
        if !checked.is_solved() {
            code = ExitCode::FAILURE;
        }
        if is_folder {
            let (name, came) =
                (name_of(Path::new(file.file_name().unwrap_or_default())), in_short(&checked));
            let line = wrapped(&both!("{name}: {came}", "{name}：{came}"), width, "  ");
            stdout().write_all(line.as_bytes()).with_context(cannot_write)?;
        } else {
            report(&exercise, path, &checked, options)?;
        }
    }
    Ok(code)
}

/// The exercise with this name or in this folder, or the one that the file's name says.
fn exercise_of(named: Option<&Path>, file: &Path) -> Result<Exercise, String> {
    let own = named.filter(|it| it.join("task.toml").exists());
    if let Some(folder) = own {
        return Exercise::in_folder(folder).map_err(|error| format!("{error:#}"));
    }
    let all = Exercise::all().map_err(|error| format!("{error:#}"))?;
    let is_meant = |it: &Exercise| match named {
        Some(name) => name == Path::new(&it.name),
        None => file.file_name().is_some_and(|name| name == &*it.file()),
    };
    let shown = name_of(named.unwrap_or(file));
    all.into_iter().find(is_meant).ok_or_else(|| match named {
        Some(_) => both!(
            "there is no exercise {shown}, and no folder of that name with a task.toml (`mp-demo \
             exercise` lists them)",
            "没有练习 {shown}，也没有叫这个名字并且带 task.toml 的文件夹（`mp-demo exercise` 列出各个\
             练习）"
        ),
        None => both!(
            "the name {shown} says no exercise: say which one with --exercise NAME (`mp-demo \
             exercise` lists them)",
            "从文件名 {shown} 看不出是哪个练习：请用 --exercise NAME 指明（`mp-demo exercise` 列出\
             各个练习）"
        ),
    })
}

fn programs_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let shown = name_of(folder);
    let entries =
        fs::read_dir(folder).with_context(|| both!("cannot read {shown}", "无法读取 {shown}"))?;
    let mut files: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|it| it == "py") && file.is_file());
    files.sort();
    Ok(files)
}

/// What came of a check, in a few words.
fn in_short(checked: &Checked) -> String {
    let runs = checked.runs;
    let first = checked.failed.first();
    match (&checked.unseen, first) {
        (Some(sentence), _) => both!("not solved: {sentence}", "没有通过：{sentence}"),
        (None, Some((_, sentence, failed))) => both!(
            "not solved, in {failed} of {runs} runs: {sentence}",
            "没有通过，{runs} 次运行中有 {failed} 次：{sentence}"
        ),
        (None, None) => both!("solved", "通过"),
    }
}

/// Says what came of a check, and shows the first run that failed.
fn report(
    exercise: &Exercise,
    file: &Path,
    checked: &Checked,
    options: &ViewOptions,
) -> Result<()> {
    let Exercise { name, task, .. } = exercise;
    let look = terminal::look(&stdout(), options.color, options.lang);
    let (runs, file) = (checked.runs, name_of(file));
    let mut out = stdout();
    let print = |text: &str| {
        let text = on_its_lines(text).into_owned();
        stdout().write_all(text.as_bytes()).with_context(cannot_write)
    };
    if checked.is_solved() {
        let all = count(runs, "run");
        let solved = both!(
            "Solved: all of {all} did what {name} asks.",
            "通过：{runs} 次运行都符合 {name} 的要求。"
        );
        print(&wrapped(&solved, look.width, ""))?;
        return print(&wrapped(task.reason.chosen(), look.width, ""));
    }
    if let Some(sentence) = &checked.unseen {
        return print(&wrapped(
            &both!("Not solved: {sentence}.", "没有通过：{sentence}。"),
            look.width,
            "",
        ));
    }
    print(&both!("Not solved:\n", "没有通过：\n"))?;
    for (_, sentence, failed) in &checked.failed {
        let line = both!(
            "  in {failed} of {runs} runs: {sentence}",
            "  {runs} 次运行中有 {failed} 次：{sentence}"
        );
        print(&wrapped(&line, look.width, "    "))?;
    }
    let Some(FailingRun { number, how, log, evidence }) = &checked.first else { return Ok(()) };
    let how = how.join(&both!(", ", "，"));
    let how = if how.is_empty() { how } else { both!(" ({how})", "（{how}）") };
    print(&both!(
        "\nThe first of these was run {number}{how}.\n",
        "\n其中第一次是第 {number} 次运行{how}。\n"
    ))?;
    let width = out.is_terminal().then_some(look.width);
    let mut views = Views::default();
    let lines = Article::new(stdout(), look.colour, out.is_terminal().then_some(look.width));
    views.add(lines.of_stderr(python::line_of_stderr));
    views.add(Stuck::new(stdout(), width, mistake_of));
    if let Some(page) = &options.page {
        views.add(Page::new(Paper::create(page, stderr())?, KNOWLEDGE));
    }
    let mut remarker = python::Facts::default();
    recording::for_each(&**log, &file, python::events_of, |record| {
        views.show(record)?;
        remarker.see(record, views.state());
        Ok(())
    })?;
    views.finish()?;
    let mut sentences = evidence.clone();
    let remarks = remarker.remarks(views.state()).into_iter();
    sentences.extend(remarks.filter(|it| !evidence.contains(it)));
    sentences.dedup();
    for sentence in sentences {
        print(&wrapped(&format!("  {sentence}"), look.width, "    "))?;
    }
    let lang = wished(options);
    let hint = both!(
        "\nA hint: mp-demo exercise {name} --hint{lang}\nThe whole run: mp-demo run \
         --timeline{lang} {file}\n",
        "\n提示：mp-demo exercise {name} --hint{lang}\n全部过程：mp-demo run --timeline{lang} {file}\n"
    );
    out.write_all(hint.as_bytes()).with_context(cannot_write)
}
