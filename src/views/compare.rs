//! Two runs, one below the other, and what differs.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use anyhow::Result;
use owo_colors::OwoColorize as _;
use serde_json::{Map, Value};
use unicode_width::UnicodeWidthStr as _;

use super::page::{Knowledge, RunOnPage};
use super::stuck::Stuck;
use super::timeline::{Axis, Lanes, pictures};
use super::view::View;
use crate::both;
use crate::claims::{OfLesson, OfRun, Outcome, Seen};
use crate::events::{Event, Record, Way, repr};
use crate::os::terminal::Look;
use crate::state::{Change, State};
use crate::stuck::Mistake;
use crate::words::figures::{left, wrapped};
use crate::words::locale::in_words;
use crate::words::plain::on_one_line;

/// How many lost values are named.
const SHOWN: usize = 5;

/// One of the two runs, as far as it has come.
pub struct Side {
    lanes: Lanes,
    stuck: Stuck<Vec<u8>>,
    of_lesson: fn(&str) -> Option<OfLesson>,
    judged: Option<(OfRun, OfLesson)>,
    options: Map<String, Value>,
    /// What the run prints.
    lines: String,
    /// The run, for a page.
    pub on_page: Option<RunOnPage>,
}

/// A name for a difference, and what it is in each run.
type Row = [String; 3];

impl Side {
    /// A run that is still to begin. The functions know the lessons' claims and mistakes.
    pub fn new(
        look: Look,
        of_lesson: fn(&str) -> Option<OfLesson>,
        mistake_of: fn(&str, &str) -> Option<&'static Mistake>,
        knowledge: Knowledge,
    ) -> Side {
        Side {
            lanes: Lanes::default(),
            stuck: Stuck::new(Vec::new(), Some(look.width), mistake_of),
            of_lesson,
            judged: None,
            options: Map::new(),
            lines: String::new(),
            on_page: Some(RunOnPage::new(knowledge)),
        }
    }

    /// What a run that has ended in this state printed, and its picture.
    pub fn on_paper(&mut self, state: &State, look: Look) -> (String, String) {
        self.lanes.finish(state);
        let picture = pictures([&mut self.lanes], Axis::Auto, look).concat();
        (self.lines.clone(), picture + &String::from_utf8_lossy(&self.stuck.stderr))
    }

    fn see(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        if let Event::Run { lesson, options, .. } = &record.event {
            self.judged = (self.of_lesson)(lesson).map(|it| (OfRun::of(&it), it));
            self.options = serde_json::from_str(options.get())?;
        }
        if let Some((judged, _)) = &mut self.judged {
            judged.see(&Seen { record, state, change });
        }
        if let Some(line) = &record.line {
            self.lines += &format!("{}\n", on_one_line(line));
        }
        if let Some(page) = &mut self.on_page {
            page.show(record, state, change)?;
        }
        self.stuck.show(record, state, change)?;
        self.lanes.see(record, state, change);
        Ok(())
    }

    fn outcome(&self, state: &State) -> Option<Outcome> {
        self.judged.as_ref().map(|(judged, _)| judged.outcome(state))
    }
}

/// A run as a view, which shows nothing yet.
pub struct Compared(pub Rc<RefCell<Side>>);

impl View for Compared {
    fn show(&mut self, record: &Record, state: &State, change: &Change) -> Result<()> {
        self.0.borrow_mut().see(record, state, change)
    }
}

/// Both runs' pictures, on one axis, and what differs. Each run comes with its command and the
/// state in which it has ended.
pub fn comparison(two: [(&str, &mut Side, &State); 2], axis: Axis, look: Look) -> String {
    let [mut a, mut b] = two;
    for (_, side, state) in [&mut a, &mut b] {
        side.lanes.finish(state);
    }
    let drawn = pictures([&mut a.1.lanes, &mut b.1.lanes], axis, look);
    let mut text = String::new();
    for ((name, picture), (command, side, _)) in ["A", "B"].iter().zip(drawn).zip([&a, &b]) {
        let command = on_one_line(command);
        text += &heading(&both!("{name}: mp-demo {command}", "{name}：mp-demo {command}"), look);
        text += &picture;
        text += &String::from_utf8_lossy(&side.stuck.stderr);
        text += "\n";
    }
    let rows = differences([(a.1, a.2), (b.1, b.2)]);
    if rows.is_empty() {
        let alike = both!(
            "Both runs came out alike, and so do their options and claims.",
            "两次运行的结果相同，选项和论断也都相同。"
        );
        return text + &wrapped(&alike, look.width, "");
    }
    text += &heading(&both!("What differs", "不同之处"), look);
    text + &table(&rows, look.width)
}

fn heading(text: &str, look: Look) -> String {
    let lines = wrapped(text, look.width, "  ");
    let lines = lines.trim_end();
    match look.colour {
        true => format!("{}\n", lines.bold()),
        false => format!("{lines}\n"),
    }
}

fn differences(two: [(&Side, &State); 2]) -> Vec<Row> {
    let [a, b] = two;
    let mut rows = Vec::new();
    let names: BTreeSet<_> = a.0.options.keys().chain(b.0.options.keys()).collect();
    for name in names {
        let label = match name.as_str() {
            "values" => both!("values", "值"),
            "command" => both!("command", "命令"),
            name => format!("--{}", name.replace('_', "-")),
        };
        let option = |side: &Side| side.options.get(name).map_or_else(none, plain);
        rows.push([label, option(a.0), option(b.0)]);
    }
    let heading = |side: &Side| side.judged.as_ref().map(|(_, it)| in_words(it.heading));
    let heading = heading(a.0).filter(|it| heading(b.0) == Some(it));
    let outcome = |(side, state): (&Side, &State)| side.outcome(state).map(|it| it.to_string());
    let outcomes = two.map(outcome).map(|it| on_one_line(&it.unwrap_or_else(none)).into_owned());
    let [of_a, of_b] = outcomes;
    rows.push([heading.map_or_else(|| both!("outcome", "结果"), str::to_owned), of_a, of_b]);
    let lost = |state: &State| {
        let lost: Vec<_> = state.on_its_way(Way::Queue).map(|it| &it.value).collect();
        let named: Vec<_> = lost.iter().take(SHOWN).map(|value| repr(value)).collect();
        let more = if lost.len() > SHOWN { both!(" and others", "等") } else { String::new() };
        if lost.is_empty() { none() } else { named.join(&both!(", ", "、")) + &more }
    };
    rows.push([both!("put and never got", "放入却没有取走"), lost(a.1), lost(b.1)]);
    let verdicts = two.map(|(side, state)| {
        let judged = side.judged.as_ref();
        judged.map(|(judged, _)| judged.verdicts(state).collect::<Vec<_>>()).unwrap_or_default()
    });
    let [of_a, of_b] = verdicts;
    for (claim, verdict) in &of_a {
        let other = of_b.iter().find(|(other, _)| other.name == claim.name);
        let word = |verdict: Option<bool>| match verdict {
            Some(true) => both!("true", "成立"),
            Some(false) => both!("false", "不成立"),
            None => none(),
        };
        let other = other.and_then(|(_, verdict)| *verdict);
        rows.push([in_words(claim.sentence).to_owned(), word(*verdict), word(other)]);
    }
    rows.retain(|[_, a, b]| a != b);
    rows
}

fn none() -> String {
    "-".to_owned()
}

/// An option's value, as it is typed.
fn plain(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Null => none(),
        value => value.to_string(),
    };
    on_one_line(&text).into_owned()
}

/// The rows in columns; where these are too wide, each difference in lines of its own.
fn table(rows: &[Row], width: usize) -> String {
    let widest = |column: usize| rows.iter().map(|row| row[column].width()).max().unwrap_or(0);
    let [label, a] = [widest(0), widest(1)];
    let head = [String::new(), "A".to_owned(), "B".to_owned()];
    if label + a + widest(2) + 6 <= width {
        let rows = [&head].into_iter().chain(rows);
        let line = |[name, of_a, of_b]: &Row| {
            let line = format!("  {}  {}  {of_b}", left(name, label), left(of_a, a));
            line.trim_end().to_owned() + "\n"
        };
        return rows.map(line).collect();
    }
    let lines = |[name, of_a, of_b]: &Row| {
        let line = |text: &str| wrapped(&format!("    {text}"), width, "       ");
        wrapped(&format!("  {name}"), width, "    ")
            + &line(&format!("A  {of_a}"))
            + &line(&format!("B  {of_b}"))
    };
    rows.iter().map(lines).collect()
}
