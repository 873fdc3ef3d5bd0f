//! What a page shows of a moment: what each process does, what is in each queue, pipe and lock, and
//! at which lines the processes are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use super::code::Code;
use super::html::escaped;
use super::steps::Slots;
use super::words::{doing, value};
use crate::both;
use crate::events::{CodeLine, Effect, Event, Record, Status};
use crate::python::PythonEvent;
use crate::state::{Activity, Change, Place, Process, State};
use crate::views::palette::Palette;

/// How many of many are named before the rest is only counted.
const NAMED: usize = 6;

/// A thread: its process's PID and, where it is not the main thread, its name.
pub type ThreadKey = (u32, Option<String>);

/// An event and what it has changed.
pub struct Now<'a> {
    pub record: &'a Record<'a>,
    pub state: &'a State,
    pub change: &'a Change,
    pub palette: &'a Palette,
}

impl Now<'_> {
    pub fn thread(&self) -> ThreadKey {
        (self.record.pid, self.record.thread.as_deref().map(str::to_owned))
    }

    /// Whether the event tells what its thread does.
    pub fn tells(&self) -> bool {
        let effect = self.record.event.effect();
        let is_of_other = match effect {
            Effect::IsZombie(pid, _) | Effect::IsGone(pid) => pid == self.record.pid,
            Effect::Ends(..) | Effect::Signals(..) => true,
            _ => false,
        };
        !is_of_other && !effect.is_aside()
    }

    /// The process that the event says has ended.
    pub fn ended(&self) -> Option<u32> {
        match self.record.event.effect() {
            Effect::Ends(pid, ..) | Effect::IsZombie(pid, _) | Effect::IsGone(pid) => Some(pid),
            _ => None,
        }
    }

    /// A process by its name and PID, in its colour.
    pub fn named(&self, pid: u32, thread: Option<&str>) -> String {
        let role = self.state.process(pid).map_or("", |it| &it.role);
        let thread = thread.map(|it| format!("/{it}")).unwrap_or_default();
        let class = self.palette.class(pid);
        format!("<b class={class}>{} {pid}</b>", escaped(&format!("{role}{thread}")))
    }

    /// Some of the threads by their names.
    fn all_named<'k>(&self, threads: impl Iterator<Item = &'k ThreadKey> + Clone) -> String {
        let more = threads.clone().count().saturating_sub(NAMED);
        let named = threads.take(NAMED);
        let named: Vec<_> = named.map(|(pid, name)| self.named(*pid, name.as_deref())).collect();
        let more = if more > 0 { format!(" +{more}") } else { String::new() };
        named.join(" ") + &more
    }
}

/// The class of what a thread does.
fn class(does: Activity) -> &'static str {
    match does {
        Activity::Running => "run",
        Activity::Sleeping => "sleep",
        Activity::Waiting(_) => "wait",
        Activity::Joining(_) => "join",
    }
}

/// The tree of the processes.
#[derive(Default)]
pub struct Processes {
    /// The rows by the processes' numbers: the slot, and the number of the parent.
    rows: BTreeMap<usize, (usize, Option<usize>)>,
    zombies: HashMap<u32, Option<Status>>,
}

impl Processes {
    pub fn see(&mut self, now: &Now, slots: &mut Slots) {
        let (state, effect) = (now.state, now.record.event.effect());
        match effect {
            Effect::IsZombie(pid, status) => drop(self.zombies.insert(pid, status)),
            Effect::Ends(pid, ..) | Effect::Begins(pid, _) => drop(self.zombies.remove(&pid)),
            _ => {}
        }
        self.update(now.record.pid, now, slots);
        if let Effect::Begins(pid, _) = effect {
            self.update(pid, now, slots);
        }
        let Some(pid) = now.ended() else { return };
        self.update(pid, now, slots);
        // A user's command ends with its go-between.
        let commands =
            state.commands().filter(|it| it.started.as_ref().is_some_and(|it| it.by == pid));
        commands.for_each(|it| self.update(it.pid, now, slots));
    }

    fn update(&mut self, pid: u32, now: &Now, slots: &mut Slots) {
        let Some(process) = now.state.process(pid) else { return };
        let row = self.rows.entry(process.number).or_insert_with(|| (slots.add(), None));
        let parent = process.started.as_ref().and_then(|it| now.state.process(it.by));
        row.1 = row.1.or(parent.map(|it| it.number));
        slots.set(row.0, &self.row(process, now));
    }

    fn row(&self, process: &Process, now: &Now) -> String {
        let Process { pid, .. } = process;
        let state = |class: &str, words: &str| {
            format!("<span class=\"st {class}\">{}</span>", escaped(words))
        };
        let is_gone =
            || process.started.is_some() && !now.state.alive().any(|other| other.pid == *pid);
        let is_over = process.ended.is_some();
        let does = match (process.ended, self.zombies.get(pid)) {
            (Some(ended), _) => {
                let class = if ended.status == Status::Code(0) { "ended" } else { "ended bad" };
                state(class, &ended.status.to_string())
            }
            (None, Some(status)) => {
                let how = status.map_or_else(|| both!("ended", "已结束"), |it| it.to_string());
                state("zombie", &both!("zombie: {how}", "僵尸：{how}"))
            }
            (None, None) if is_gone() => state("ended", &both!("has ended", "已结束")),
            (None, None) => {
                let does = process.does(None);
                state(class(does), &doing(does, process.waits_on(None), now.state))
            }
        };
        let mut html = format!("{} {does}", now.named(*pid, None));
        let threads = process.threads().filter_map(|(name, does)| Some((name?, does)));
        let mut threads: Vec<_> = threads.filter(|_| !is_over).collect();
        threads.sort_unstable_by_key(|(name, _)| *name);
        for (name, does) in threads.iter().take(NAMED) {
            let words = doing(*does, process.waits_on(Some(name)), now.state);
            let _ = write!(
                html,
                "<br><span class=t>{} {}</span>",
                escaped(name),
                state(class(*does), &words)
            );
        }
        if threads.len() > NAMED {
            let _ = write!(html, " <span class=t>+{}</span>", threads.len() - NAMED);
        }
        html
    }

    /// The tree, below the process with this number.
    pub fn html(&self, slots: &Slots) -> String {
        let mut html = String::from("<ul class=tree>");
        // A stack and no recursion: a chain of processes may be long.
        let children = |of: Option<usize>, depth: usize| {
            let its = self
                .rows
                .iter()
                .rev()
                .filter(move |(number, (_, parent))| *parent == of && Some(**number) != of);
            its.map(move |(number, (slot, _))| (*number, *slot, depth))
        };
        let mut rest: Vec<_> = children(None, 0).collect();
        while let Some((number, slot, at)) = rest.pop() {
            let level = format!(" class=\"level{}\"", at.min(6));
            html += &slots.element(slot, "li", &level);
            rest.extend(children(Some(number), at + 1));
        }
        html + "</ul>"
    }
}

/// A queue, pipe, lock or another object by which processes wait for each other.
#[derive(Default)]
struct Object {
    kind: String,
    slot: usize,
    /// What is in it, in the order in which it was put: a value by its parcel's number, or a
    /// sentinel.
    content: BTreeMap<u64, Option<u64>>,
    carries: bool,
    is_lock: bool,
    waits: BTreeSet<ThreadKey>,
}

/// What is where.
#[derive(Default)]
pub struct Objects {
    objects: BTreeMap<String, Object>,
    /// In which object each value in transit is, and its place there.
    values: HashMap<u64, (String, u64)>,
    waits: HashMap<ThreadKey, String>,
    count: u64,
}

impl Objects {
    fn object(&mut self, name: &str, slots: &mut Slots) -> &mut Object {
        if !self.objects.contains_key(name) {
            let object = Object { slot: slots.add(), ..Object::default() };
            self.objects.insert(name.to_owned(), object);
        }
        self.objects.entry(name.to_owned()).or_default()
    }

    fn put(&mut self, name: &str, parcel: Option<u64>, slots: &mut Slots) {
        self.count += 1;
        let place = self.count;
        let object = self.object(name, slots);
        object.carries = true;
        object.content.insert(place, parcel);
        parcel.into_iter().for_each(|it| drop(self.values.insert(it, (name.to_owned(), place))));
    }

    pub fn see(&mut self, now: &Now, slots: &mut Slots) {
        let event = &now.record.event;
        let mut changed = BTreeSet::new();
        match (event, event.effect(), event.own()) {
            (Event::PutSentinel { on }, ..) => {
                let on = on.as_deref().unwrap_or("queue");
                self.put(on, None, slots);
                changed.insert(on.to_owned());
            }
            (Event::GetSentinel { on }, ..) => {
                let on = on.as_deref().unwrap_or("queue");
                let content = &mut self.object(on, slots).content;
                let sentinel = content.iter().find(|(_, value)| value.is_none());
                if let Some(place) = sentinel.map(|(place, _)| *place) {
                    content.remove(&place);
                }
                changed.insert(on.to_owned());
            }
            (_, Effect::Leaves(way, on, ..), _) => {
                let on = on.unwrap_or(way.name());
                self.put(on, now.change.left.map(|it| it.id), slots);
                changed.insert(on.to_owned());
            }
            (_, Effect::Feeds(number), _) => {
                changed.extend(now.state.numbered(number).map(|sent| sent.on.clone()));
            }
            (_, Effect::Acquires(lock) | Effect::Releases(lock), _) => {
                self.object(lock, slots).is_lock = true;
                changed.insert(lock.to_owned());
            }
            (_, _, Some(PythonEvent::Made { on, kind, .. })) => {
                let object = self.object(&on, slots);
                object.carries = kind.contains("Queue") || kind.contains("Pipe");
                object.is_lock = kind == "Lock" || kind == "RLock";
                object.kind = kind;
                changed.insert(on);
            }
            _ => {}
        }
        for parcel in [now.change.arrived, now.change.taken_back].into_iter().flatten() {
            if let Some((on, place)) = self.values.remove(&parcel.id) {
                self.object(&on, slots).content.remove(&place);
                changed.insert(on);
            }
        }
        if now.tells() {
            let key = now.thread();
            let process = now.state.process(key.0);
            let on = process.and_then(|it| it.waits_on(key.1.as_deref())).map(str::to_owned);
            changed.extend(self.waits_for(key, on, slots));
        }
        if let Some(pid) = now.ended() {
            let its: Vec<_> = self.waits.keys().filter(|it| it.0 == pid).cloned().collect();
            for key in its {
                changed.extend(self.waits_for(key, None, slots));
            }
            let locks = self.objects.iter().filter(|(_, it)| it.is_lock);
            changed.extend(locks.map(|(name, _)| name.clone()));
        }
        for name in changed {
            if let Some(object) = self.objects.get(&name) {
                slots.set(object.slot, &content(&name, object, now));
            }
        }
    }

    /// The thread waits for this object from now on, or for none. Returns the objects that this
    /// changes.
    fn waits_for(&mut self, key: ThreadKey, on: Option<String>, slots: &mut Slots) -> Vec<String> {
        let before = self.waits.remove(&key);
        if let Some(before) = &before {
            self.object(before, slots).waits.remove(&key);
        }
        if let Some(on) = &on {
            self.object(on, slots).waits.insert(key.clone());
            self.waits.insert(key, on.clone());
        }
        before.into_iter().chain(on).collect()
    }

    pub fn html(&self, slots: &Slots) -> String {
        let rows = self.objects.values().map(|it| slots.element(it.slot, "li", ""));
        format!("<ul class=objects>{}</ul>", rows.collect::<String>())
    }
}

/// An object with what is in it, who has it, and who waits for it.
fn content(of: &str, object: &Object, now: &Now) -> String {
    let name = escaped(of);
    let mut html = format!("<b>{name}</b> ");
    if !object.kind.is_empty() && object.kind != of {
        let _ = write!(html, "<span class=dim>{}</span> ", escaped(&object.kind));
    }
    let mut place = None;
    let left_out = object.content.len().saturating_sub(2 * NAMED);
    for (index, parcel) in object.content.values().enumerate() {
        if (NAMED..NAMED + left_out).contains(&index) {
            if index == NAMED {
                let _ = write!(html, "<span class=more>+{left_out}</span> ");
            }
            continue;
        }
        let sent = parcel.and_then(|id| now.state.sent(id));
        let is_in = sent.and_then(|it| (it.place == Place::Buffer).then_some(it.parcel.from));
        if place != Some(is_in) && (is_in.is_some() || place.is_some()) {
            let words = match is_in {
                Some(pid) => {
                    let who = now.named(pid, None);
                    both!("in the buffer of {who}:", "在 {who} 的缓冲区里：")
                }
                None => both!("in the pipe:", "在管道里："),
            };
            let _ = write!(html, "<span class=dim>{words}</span> ");
        }
        place = Some(is_in);
        let class = if is_in.is_some() { " class=buffer" } else { "" };
        let shown = sent.map_or_else(|| both!("sentinel", "哨兵值"), |it| value(&it.value));
        let tag = if parcel.is_some() { "kbd" } else { "var" };
        let _ = write!(html, "<{tag}{class}>{}</{tag}> ", escaped(&shown));
    }
    if object.carries && object.content.is_empty() {
        let _ = write!(html, "<span class=dim>{}</span> ", both!("empty", "空"));
    }
    let holder = now.state.holder_of(of).filter(|_| object.is_lock);
    match holder {
        Some(holder) => {
            let who = now.named(holder.pid, None);
            let words = match holder.ended.is_some() {
                false => both!("held by {who}", "由 {who} 持有"),
                true => both!("held by {who}, which has ended", "由已经结束的 {who} 持有"),
            };
            let _ = write!(html, "<span class=holder>{words}</span> ");
        }
        None if object.is_lock => {
            let _ = write!(html, "<span class=dim>{}</span> ", both!("free", "空闲"));
        }
        None => {}
    }
    if !object.waits.is_empty() {
        let who = now.all_named(object.waits.iter());
        let words = both!("waited for by {who}", "{who} 在等");
        let _ = write!(html, "<span class=waits>{words}</span>");
    }
    html
}

/// At which lines the processes are.
#[derive(Default)]
pub struct Marks {
    at: HashMap<ThreadKey, CodeLine>,
    lines: BTreeMap<CodeLine, BTreeSet<ThreadKey>>,
}

impl Marks {
    /// Returns the slot of the event's line.
    pub fn see(&mut self, now: &Now, code: &mut Code, slots: &mut Slots) -> Option<usize> {
        let mut changed = BTreeSet::new();
        // A thread that only logs remarks is nowhere.
        if now.record.thread.is_none() || !now.record.event.effect().is_aside() {
            let key = now.thread();
            let process = now.state.process(key.0);
            let is_over = matches!(now.record.event.effect(), Effect::EndsThread);
            let line = process.and_then(|it| it.line(key.1.as_deref())).filter(|_| !is_over);
            changed.extend(self.moves(key, line.cloned()));
        }
        if let Some(pid) = now.ended() {
            let its: Vec<_> = self.at.keys().filter(|it| it.0 == pid).cloned().collect();
            its.into_iter().for_each(|key| changed.extend(self.moves(key, None)));
        }
        for line in changed {
            let Some(slot) = code.slot(&line, slots) else { continue };
            let threads = self.lines.get(&line).into_iter().flatten();
            let marks = threads.clone().take(NAMED).map(|key| mark(key, now));
            let more = threads.clone().count().saturating_sub(NAMED);
            let more = if more > 0 { format!(" +{more}") } else { String::new() };
            slots.set(slot, &(marks.collect::<Vec<_>>().join(" ") + &more));
        }
        let at = now.record.at.as_ref().map(CodeLine::from);
        at.and_then(|line| code.slot(&line, slots))
    }

    fn moves(&mut self, key: ThreadKey, to: Option<CodeLine>) -> impl Iterator<Item = CodeLine> {
        let before = self.at.remove(&key);
        if let Some(threads) = before.as_ref().and_then(|line| self.lines.get_mut(line)) {
            threads.remove(&key);
        }
        if let Some(line) = &to {
            self.lines.entry(line.clone()).or_default().insert(key.clone());
            self.at.insert(key, line.clone());
        }
        before.into_iter().chain(to)
    }
}

fn mark((pid, thread): &ThreadKey, now: &Now) -> String {
    let process = now.state.process(*pid);
    let does = process.map(|it| it.does(thread.as_deref())).unwrap_or_default();
    let words = match does {
        Activity::Running => String::new(),
        Activity::Sleeping => both!(" sleeps", " 睡眠"),
        _ => both!(" waits", " 等待"),
    };
    let sign = if words.is_empty() { "►" } else { "◌" };
    let who = now.named(*pid, thread.as_deref());
    format!("<span class=\"mk {}\">{sign} {who}{words}</span>", class(does))
}
