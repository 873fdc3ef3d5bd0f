//! A run as a page: one file to step through the run, event by event, with its code beside it. It
//! says the same as the other views, of each moment.
//!
//! The page is written whole: without a script it shows the last moment, the list of events and the
//! program. For each event stands in it what that changes; the script applies this, forwards and
//! backwards, and knows nothing of processes.

mod causes;
mod code;
mod graph;
mod html;
mod output;
mod panels;
mod steps;
mod words;

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use self::causes::Causes;
use self::code::Code;
pub(crate) use self::html::{escaped, framed};
use self::output::Output;
use self::panels::{Marks, Now, Objects, Processes};
use self::steps::{Data, Slots, Step, Steps, moments};
use super::explain::{Narrator, Teller};
use super::palette::Palette;
use super::stuck::Stuck;
use super::timeline::Lanes;
use super::view::View;
use super::warnings::{Remarker, Warnings};
use super::whole_file::WholeFile;
use crate::both;
use crate::events::{Event, Record};
use crate::python::PythonEvent;
use crate::state::{Change, State};
use crate::stuck::Mistake;
use crate::words::figures::{duration, grouped};
use crate::words::locale::chosen;
use crate::words::plain::name_of;

/// How many sentences about the whole run are shown.
const SENTENCES: usize = 12;

/// Who knows the lessons and programs.
#[derive(Clone, Copy)]
pub struct Knowledge {
    /// Finds the narrator of the lesson with this name.
    pub narrator_of: fn(&str) -> Box<dyn Narrator>,
    /// Finds the remarker of the lesson with this name.
    pub remarker_of: fn(&str) -> Option<Box<dyn Remarker>>,
    /// Finds a mistake by its lesson's name and its own.
    pub mistake_of: fn(&str, &str) -> Option<&'static Mistake>,
}

/// Writes a page when the run is over.
pub struct Page<E> {
    paper: Paper<E>,
    run: Option<RunOnPage>,
}

/// Where a page goes.
pub struct Paper<E> {
    file: WholeFile,
    name: String,
    stderr: E,
}

impl<E: Write> Paper<E> {
    /// A file that will have a page; what was left out of it is told on `stderr`.
    ///
    /// # Errors
    /// If there can be no such file.
    pub fn create(path: &Path, stderr: E) -> Result<Paper<E>> {
        Ok(Paper { file: WholeFile::create(path)?, name: name_of(path), stderr })
    }

    /// Writes the page of these runs, side by side.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write(&mut self, runs: Vec<FinishedRun>) -> Result<()> {
        let left_out = runs.iter().filter_map(|run| run.left_out.as_deref());
        let left_out: String = left_out.map(|it| both!("; {it}", "；{it}")).collect();
        self.write_text(&page(&runs), &left_out)
    }

    /// Writes this page. What was left out of it, if anything, begins with a semicolon.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn write_text(&mut self, page: &str, left_out: &str) -> Result<()> {
        let written = self.file.write_all(page.as_bytes());
        written.and_then(|()| self.file.put_in_place()).with_context(|| {
            let name = &self.name;
            both!("cannot write the page to {name}", "无法把页面写入 {name}")
        })?;
        let (name, size) = (&self.name, grouped(page.len().div_ceil(1000) as u64));
        let line =
            both!("mp-demo: {name}: {size} KB{left_out}", "mp-demo: {name}：{size} KB{left_out}");
        // A closed stderr is no error.
        let _ = self.stderr.write_all(format!("{line}\n").as_bytes());
        Ok(())
    }
}

impl<E: Write> Page<E> {
    /// A page of the run that is shown.
    pub fn new(paper: Paper<E>, knowledge: Knowledge) -> Page<E> {
        Page { paper, run: Some(RunOnPage::new(knowledge)) }
    }
}

impl<E: Write> View for Page<E> {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.run.as_mut().map_or(Ok(()), |run| run.show(record, state, change))
    }

    fn finish(&mut self, state: &State) -> Result<()> {
        match self.run.take() {
            Some(run) => self.paper.write(vec![run.finished(state)]),
            None => Ok(()),
        }
    }
}

/// A run so far, as a page has it.
pub struct RunOnPage {
    lanes: Lanes,
    teller: Teller,
    warnings: Warnings<Vec<u8>>,
    stuck: Stuck<Vec<u8>>,
    slots: Slots,
    steps: Steps,
    count: usize,
    title: String,
    options: String,
    /// The lesson, if it is one.
    lesson: Option<String>,
    code: Code,
    processes: Processes,
    objects: Objects,
    marks: Marks,
    output: Output,
    causes: Causes,
    /// The slot of the picture of a stuck run.
    picture: usize,
}

/// A run as it stands on a page.
pub struct FinishedRun {
    title: String,
    html: String,
    data: Data,
    left_out: Option<String>,
}

impl RunOnPage {
    /// An empty one.
    pub fn new(knowledge: Knowledge) -> RunOnPage {
        let Knowledge { narrator_of, remarker_of, mistake_of } = knowledge;
        let mut slots = Slots::default();
        RunOnPage {
            lanes: Lanes::default(),
            teller: Teller::new(false, narrator_of),
            warnings: Warnings::new(Vec::new(), None, remarker_of),
            stuck: Stuck::new(Vec::new(), None, mistake_of),
            picture: slots.add(),
            slots,
            steps: Steps::default(),
            count: 0,
            title: String::new(),
            options: String::new(),
            lesson: None,
            code: Code::default(),
            processes: Processes::default(),
            objects: Objects::default(),
            marks: Marks::default(),
            output: Output::default(),
            causes: Causes::default(),
        }
    }

    /// Takes note of an event.
    ///
    /// # Errors
    /// None, so far.
    pub fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.count += 1;
        self.lanes.see(record, state, change);
        self.teller.see(record, state, change);
        self.warnings.show(record, state, change)?;
        self.stuck.show(record, state, change)?;
        match (&record.event, record.event.own()) {
            (Event::Run { lesson, options, version, .. }, _) => {
                self.code.is_ours = version == env!("CARGO_PKG_VERSION");
                self.see_run(lesson, options.get());
            }
            (_, Some(PythonEvent::Source { file, text })) => self.code.add(file, text),
            _ => {}
        }
        let now = Now { record, state, change, palette: &self.lanes.palette };
        let slots = &mut self.slots;
        self.processes.see(&now, slots);
        self.objects.see(&now, slots);
        self.output.see(self.count, &now, slots);
        self.causes.see(self.count, &now);
        let at = self.marks.see(&now, &mut self.code, slots);
        if let Event::Stuck { waits, .. } = &record.event {
            let said = lines(self.stuck.said());
            let said = said.map(|it| format!("<p>{}</p>", escaped(&it))).collect::<String>();
            slots.set(self.picture, &(graph::svg(waits, now.palette) + &said));
        }
        let process = state.process(record.pid).map_or(0, |it| it.number);
        let mut step = Step::new(self.count, record.t, self.lanes.time, process, slots);
        step.at = at;
        step.left = change.left.map(|it| it.id);
        step.html = item(&now, self.count, self.teller.take(chosen()));
        self.steps.push(step, |parcel| state.sent(parcel).is_some());
        Ok(())
    }

    fn see_run(&mut self, lesson: &str, options: &str) {
        let options: Map<String, Value> = serde_json::from_str(options).unwrap_or_default();
        match options.get("command").and_then(Value::as_array) {
            Some(command) => {
                // Of a path, its last part is enough.
                let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
                let words = command.iter().filter_map(Value::as_str).map(name);
                self.title = words::short(&words.collect::<Vec<_>>().join(" "), 200);
            }
            None => {
                self.title = format!("mp-demo {lesson}");
                self.lesson = Some(lesson.to_owned());
                let options =
                    options.iter().map(|(name, it)| format!("{name} {}", words::value(it)));
                self.options = words::short(&options.collect::<Vec<_>>().join(", "), 300);
            }
        }
    }

    /// The run as it stands on a page, now that it is over.
    pub fn finished(mut self, state: &State) -> FinishedRun {
        self.lanes.finish(state);
        self.causes.finish(state);
        self.teller.end(state);
        let _ = self.warnings.finish(state);
        let mut sentences = state.failures_in_words();
        sentences.extend(lines(self.warnings.said()));
        let mut steps =
            std::mem::take(&mut self.steps).finish(|parcel| state.sent(parcel).is_some());
        if let Some(step) = steps.last_mut() {
            step.html += &notes(self.teller.take(chosen()));
        }
        let count = grouped(self.count as u64);
        let left_out = (steps.len() < self.count).then(|| {
            let kept = grouped(steps.len() as u64);
            both!(
                "{kept} of {count} events: the first, the last, and where values were lost",
                "{count} 个事件中的 {kept} 个：开头、结尾，以及丢失值的地方"
            )
        });
        let html = self.body(&steps, &sentences, left_out.as_deref());
        let data = Data::of(&steps, &self.slots);
        FinishedRun { title: self.title, html, data, left_out }
    }

    fn body(&self, steps: &[Step], sentences: &[String], left_out: Option<&str>) -> String {
        let slots = &self.slots;
        let mut html = format!("<h1>{}</h1>", escaped(&self.title));
        if !self.options.is_empty() {
            let _ = write!(html, "<p class=dim>{}</p>", escaped(&self.options));
        }
        if let Some(left_out) = left_out {
            let _ = write!(html, "<p class=told>{left_out}</p>");
        }
        let more = sentences.len().saturating_sub(SENTENCES);
        for sentence in sentences.iter().take(SENTENCES) {
            let sentence = escaped(&words::short(sentence, 400));
            let _ = write!(html, "<p class=told>{sentence}</p>");
        }
        if more > 0 {
            let more = both!("and {more} more", "另有 {more} 句");
            let _ = write!(html, "<p class=told>{more}</p>");
        }
        let place = |number: usize| steps.partition_point(|step| step.number < number) + 1;
        let has = |number: usize| steps.binary_search_by_key(&number, |step| step.number).is_ok();
        let items = steps.iter().map(|step| {
            let links = self.causes.links.html(step.number, has);
            format!("{}{links}</li>", step.html)
        });
        let mut code = self.code.html(slots);
        if let Some(lesson) = &self.lesson {
            let lesson = escaped(lesson);
            let command = format!("<code>mp-demo run --page FILE {lesson}</code>");
            let same =
                both!("The same in Python: {command}", "用 Python 写的同一个程序：{command}");
            let _ = write!(code, "<p>{same}</p>");
        }
        let picture = slots.element(self.picture, "div", " class=stuck");
        let section = |class: &str, title: String, section: &str| {
            // What may scroll can be reached by the keyboard.
            let live = if class == "now-of" { " aria-live=polite" } else { "" };
            format!(
                "<section class={class} aria-label=\"{title}\" tabindex=0{live}><h2>{title}</h2>\
                 {section}</section>\n"
            )
        };
        let columns = [
            section("code-of", both!("Code", "代码"), &code),
            section("now-of", both!("This event", "这个事件"), "<div class=now-copy></div>")
                + &section(
                    "where-of",
                    both!("What is where", "值在哪里"),
                    &(picture + &self.objects.html(slots)),
                )
                + &section("processes-of", both!("Processes", "进程"), &self.processes.html(slots)),
            section(
                "output-of",
                both!("Output so far", "目前的输出"),
                &self.output.html(slots, place),
            ) + &section(
                "events-of",
                both!("All events", "所有事件"),
                &format!("<ol class=events>{}</ol>", items.collect::<String>()),
            ),
        ];
        html += &section("lanes-of", both!("Lanes", "泳道"), &self.lanes.svg(&moments(steps)));
        html += "<div class=columns>";
        html.extend(columns.map(|column| format!("<div class=column>{column}</div>")));
        html += "</div>";
        html
    }
}

/// The item of an event in the list, up to its links.
fn item(now: &Now, number: usize, told: impl Iterator<Item = String>) -> String {
    let record = now.record;
    let who = now.named(record.pid, record.thread.as_deref());
    let line = record.line.as_deref().map(|it| {
        let line = escaped(&words::short(it, 120));
        format!(" <samp>{line}</samp>")
    });
    format!(
        "<li id=\"step={number}\"><a href=\"#step={number}\">{number}</a> <span class=dim>{}</span> \
         {who} {}{}{}",
        duration(record.t),
        escaped(&words::event(record, now.state)),
        line.unwrap_or_default(),
        notes(told)
    )
}

fn notes(told: impl Iterator<Item = String>) -> String {
    told.map(|note| format!("<p class=note>{}</p>", escaped(&note))).collect()
}

/// The lines of what a view has said on its stderr, without the name of this program.
fn lines(said: String) -> impl Iterator<Item = String> {
    let lines: Vec<_> = said.lines().map(str::to_owned).collect();
    lines.into_iter().map(|line| match line.strip_prefix("mp-demo: ") {
        Some(line) => line.to_owned(),
        None => line,
    })
}

/// The style of a page of runs, with the colours of processes.
pub(crate) fn style() -> String {
    format!("{}{}", include_str!("page.css"), Palette::css())
}

/// The page of these runs.
fn page(runs: &[FinishedRun]) -> String {
    let button = |id: &str, sign: &str, words: String| {
        format!(
            "<button type=button id={id} title=\"{words}\" aria-label=\"{words}\">{sign}</button>"
        )
    };
    let pace = |factor: &str, words: String| format!("<option value={factor}>{words}</option>");
    let count = runs.iter().map(|run| run.data.count).max().unwrap_or_default();
    let controls = [
        button("first", "⇤", both!("first event (Home)", "第一个事件（Home）")),
        button("back", "←", both!("event before (left arrow)", "上一个事件（左箭头）")),
        button("play", "►", both!("play or pause (space)", "播放或暂停（空格）")),
        button("next", "→", both!("next event (right arrow)", "下一个事件（右箭头）")),
        button("last", "⇥", both!("last event (End)", "最后一个事件（End）")),
        format!(
            "<input type=range id=slider min=1 max={count} value={count} aria-label=\"{}\">\
             <output id=step for=slider></output>",
            both!("event", "事件")
        ),
        button(
            "same",
            "n",
            both!("next event of the same process (n)", "同一进程的下一个事件（n）"),
        ),
        button("cause", "c", both!("to its cause (c)", "跳到原因（c）")),
        button("effect", "e", both!("to its effect (e)", "跳到结果（e）")),
        format!(
            "<select id=pace aria-label=\"{}\">{}{}{}{}</select>",
            both!("pace", "速度"),
            pace("1", both!("the run's pace", "原速")),
            pace("10", both!("10 times slower", "慢 10 倍")),
            pace("100", both!("100 times slower", "慢 100 倍")),
            pace("0", both!("an event a second", "每秒一个事件"))
        ),
        button("axis", "⇄", both!("lanes by order or by time (t)", "泳道按先后或按时间（t）")),
    ];
    let mut body = format!("<nav id=controls hidden>{}</nav>\n<main>\n", controls.join(""));
    for (place, run) in runs.iter().enumerate() {
        // The second run's events have anchors of their own, and its parts other names.
        let number = place + 1;
        let html = match place {
            0 => run.html.clone(),
            _ => run
                .html
                .replace("<li id=\"step=", &format!("<li id=\"{number}-step="))
                .replace("aria-label=\"", &format!("aria-label=\"{number}: ")),
        };
        let _ = writeln!(body, "<article>\n{html}</article>");
    }
    body += "</main>";
    let data: Vec<_> = runs.iter().map(|run| &run.data).collect();
    let data = serde_json::to_string(&data).map_err(io::Error::from).unwrap_or_default();
    let titles: Vec<_> = runs.iter().map(|run| run.title.as_str()).collect();
    framed(&titles.join(" · "), &body, &style(), Some(&data))
}
