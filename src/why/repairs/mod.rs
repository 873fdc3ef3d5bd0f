//! What repairs a stuck program, where it is proved: by the frames of its threads, by who waits for
//! whom, and by the program's text. Else a question that the reader has to answer, or nothing.

mod locks;
mod pipes;
mod pools;
mod queues;
mod text;

use std::collections::BTreeSet;

use crate::both;
use crate::events::Status;
use crate::evidence::{Duty, Goal, Need, Snapshot, Stack, Thing, Wait};

use super::Diagnosis;
use super::lines::{Stacks, Told};
use super::report::close_up;
use super::{next, sentences};

/// What is said of a stuck program below who waits for whom.
pub(super) struct Advice {
    /// The name of the repair or question, as in JSON.
    pub name: &'static str,
    pub sentence: String,
    is_question: bool,
}

/// Each asks for its own proof; the first that has it counts.
const PATTERNS: [fn(&Case) -> Option<Advice>; 22] = [
    pipes::get_before_join,
    pipes::read_before_wait,
    pipes::two_full_pipes,
    pipes::other_stream,
    pipes::node_channel,
    pipes::kept_end,
    pipes::opening,
    pipes::file_lock,
    pipes::flush,
    pipes::who_sends,
    pools::result_lost,
    pools::task_waits,
    pools::copied_pool,
    locks::barrier,
    locks::taken_twice,
    locks::one_order,
    locks::forked_lock,
    queues::of_threads_only,
    queues::sentinels,
    queues::task_done,
    queues::reader_killed,
    locks::questions,
];

/// The repair of a stuck program, or the question that leads to it.
pub(super) fn advice(finding: &Diagnosis, stacks: &Stacks) -> Option<Advice> {
    let case = Case::of(finding, stacks);
    PATTERNS.iter().find_map(|pattern| pattern(&case))
}

/// The repair of a stuck program in a sentence; no question, to which a log has the answer.
pub fn proved(finding: &Diagnosis, stacks: &Stacks) -> Option<String> {
    advice(finding, stacks).filter(|it| !it.is_question).map(|it| close_up(&it.sentence))
}

/// What is known of a program that is stuck.
struct Case<'a> {
    finding: &'a Diagnosis,
    stacks: &'a Stacks,
    /// The threads that are stuck.
    waiters: Vec<Waiter<'a>>,
}

/// A thread that is stuck.
struct Waiter<'a> {
    look: &'a Snapshot,
    wait: &'a Wait,
    stack: Option<&'a Stack>,
    told: Told,
}

impl<'a> Case<'a> {
    fn of(finding: &'a Diagnosis, stacks: &'a Stacks) -> Case<'a> {
        let sight = &finding.sight;
        let stuck = sight.waits().iter().filter(|it| finding.graph.is_stuck(it.pid));
        let waiters = stuck.filter_map(|wait| {
            let look = sight.look(wait.pid).filter(|it| !it.is_servant(sight.look(it.parent)))?;
            let (stack, told) = (stacks.stack(wait.tid), stacks.told(look, wait));
            Some(Waiter { look, wait, stack, told })
        });
        Case { finding, stacks, waiters: waiters.collect() }
    }

    /// The threads for which all others wait, as far as these wait for anything: those that neither
    /// wait for the end of a process or thread, nor are idle threads of the library's, nor wait for
    /// what only a process could bring that has no need of them.
    fn roots(&self) -> impl Iterator<Item = &Waiter<'a>> {
        self.active().filter(|it| {
            let of: Vec<u32> = [Need::Data, Need::Room].map(|needs| it.others(needs)).concat();
            let is_of_queue = it.told.goal == Some(Goal::Value) || it.is_feeder();
            is_of_queue || of.is_empty() || of.into_iter().any(|pid| self.leads_to(pid, it.pid()))
        })
    }

    fn active(&self) -> impl Iterator<Item = &Waiter<'a>> {
        self.waiters.iter().filter(|it| !it.joins() && !it.is_idle())
    }

    /// Whether the one process waits for the other one, or for others that do.
    fn leads_to(&self, from: u32, to: u32) -> bool {
        let (mut reached, mut new) = (BTreeSet::new(), vec![from]);
        while let Some(pid) = new.pop() {
            if reached.insert(pid) {
                new.extend(next(&self.finding.sight, &self.finding.graph, pid));
            }
        }
        reached.contains(&to)
    }

    /// The roots, if there are any and this holds for all.
    fn all_roots(&self, is_meant: impl Fn(&Waiter<'a>) -> bool) -> Option<Vec<&Waiter<'a>>> {
        let roots: Vec<_> = self.roots().collect();
        (!roots.is_empty() && roots.iter().all(|it| is_meant(it))).then_some(roots)
    }

    /// The only two roots, which are of two processes.
    fn pair(&self) -> Option<[&Waiter<'a>; 2]> {
        let pair: [&Waiter; 2] = self.roots().collect::<Vec<_>>().try_into().ok()?;
        (pair[0].pid() != pair[1].pid()).then_some(pair)
    }

    /// The thread of this process that waits for the end of another process.
    fn joiner(&self, pid: u32) -> Option<&Waiter<'a>> {
        self.threads_of(pid).find(|it| it.joins() && it.thing(Need::End).is_some())
    }

    fn threads_of(&self, pid: u32) -> impl Iterator<Item = &Waiter<'a>> {
        self.waiters.iter().filter(move |it| it.pid() == pid)
    }

    fn look(&self, pid: u32) -> Option<&'a Snapshot> {
        self.finding.sight.look(pid)
    }

    /// Whether this process is a copy that fork() has made of its parent.
    fn is_forked(&self, look: &Snapshot) -> bool {
        self.look(look.parent).is_some_and(|parent| {
            parent.command == look.command && !parent.is_servant(self.look(parent.parent))
        })
    }

    /// The children that didn't end well: a sentence, to stand behind another one.
    fn deaths(&self) -> String {
        let dead = self.finding.dead.iter().filter(|(.., status)| *status != Status::Code(0));
        let dead = dead.take(2).map(|(parent, pid, status)| {
            both!(" {pid}, a child of {parent}, {status}.", "{parent} 的子进程 {pid} {status}。")
        });
        dead.collect()
    }

    /// A question about what was done before, for which `run` has a log.
    fn question(&self, name: &'static str, asked: String) -> Option<Advice> {
        let run = both!(
            " `mp-demo run -- COMMAND` tells what came before.",
            "之前发生过什么，可以用 `mp-demo run -- COMMAND` 查看。"
        );
        let sentence = format!("{asked}{}{run}", self.deaths());
        Some(Advice { name, sentence, is_question: true })
    }
}

/// A repair: what is to be done, from "The repair:" on.
fn repair(name: &'static str, what: String) -> Option<Advice> {
    let sentence = both!("The repair: {what}.", "修法：{what}。");
    Some(Advice { name, sentence, is_question: false })
}

impl Waiter<'_> {
    fn pid(&self) -> u32 {
        self.wait.pid
    }

    /// The first thing of this kind that the thread waits for.
    fn thing(&self, needs: Need) -> Option<&Thing> {
        self.wait.things.iter().find(|it| it.needs == needs)
    }

    /// The other processes that could bring a thing of this kind.
    fn others(&self, needs: Need) -> Vec<u32> {
        let things = self.wait.things.iter().filter(|it| it.needs == needs);
        let of = things.flat_map(Thing::of).copied().filter(|pid| *pid != self.pid());
        of.collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether only this other process could bring a thing of this kind.
    fn is_only(&self, needs: Need, other: u32) -> bool {
        self.others(needs) == [other]
    }

    /// Whether it waits for the end of a process or of threads of its own, or for the results of
    /// others; in a program that isn't Python, for whatever other threads do.
    fn joins(&self) -> bool {
        use Goal as G;
        let is_own = |it: &&Thing| it.needs == Need::HangUp || it.of() == [self.pid()];
        let (own, others): (Vec<&Thing>, Vec<&Thing>) = self.wait.things.iter().partition(is_own);
        match self.told.goal {
            Some(G::Thread | G::Threads | G::FeederEnd | G::PoolEnd | G::ExecutorEnd) => true,
            Some(goal) => matches!(goal, G::Results | G::Future),
            // An event loop can wake itself.
            None if others.is_empty() => match self.stack {
                Some(_) => self.told.duty == Some(Duty::Loop),
                None => own.iter().all(|it| it.needs == Need::Thread),
            },
            None => others.iter().all(|it| it.needs == Need::End),
        }
    }

    /// Whether it is a thread of the library's that has nothing to do.
    fn is_idle(&self) -> bool {
        sentences::idle(self.wait, &self.told).is_some()
    }

    fn is_feeder(&self) -> bool {
        self.told.duty == Some(Duty::Feeder)
    }

    /// Whether the thread waits in a call of the learner's for one of these.
    fn is_for(&self, goals: &[Goal]) -> bool {
        self.told.duty.is_none() && self.told.goal.is_some_and(|it| goals.contains(&it))
    }

    /// The stream that the thread writes to, by its number.
    fn stream(&self) -> Option<&'static str> {
        match self.thing(Need::Room)?.fd? {
            1 => Some("stdout"),
            2 => Some("stderr"),
            _ => None,
        }
    }

    /// The call as the learner has written it.
    fn call(&self) -> &str {
        self.told.call.as_deref().unwrap_or_default()
    }

    /// Where the thread is: `p.join() (hang.py:8)`.
    fn at(&self) -> String {
        let place = self.told.at.as_ref().map(|it| format!("{}:{}", it.file, it.line));
        match (place, &self.told.call) {
            (Some(place), Some(call)) => both!("{call} ({place})", "{call}（{place}）"),
            (Some(place), None) => place,
            (None, call) => {
                let innermost = self.stack.and_then(|it| Some(it.frames.first()?.name()));
                let (name, pid) = (innermost.unwrap_or(self.wait.call), self.pid());
                let call = call.clone().unwrap_or_else(|| format!("{name}()"));
                both!("{call} in {pid}", "{pid} 的 {call}")
            }
        }
    }
}

/// Where these threads are, each place once.
fn places(waiters: &[&Waiter]) -> String {
    let places: BTreeSet<String> = waiters.iter().map(|it| it.at()).collect();
    sentences::joined(&places.into_iter().collect::<Vec<_>>(), &both!("and", "和"))
}

/// The methods of this name of the objects for which these threads wait: `q.put()` for `q.get()`.
fn methods(waiters: &[&Waiter], name: &str) -> String {
    let method = |it: &&Waiter| match it.call().rsplit_once('.').map(|it| it.0) {
        Some(object) if !object.contains('(') => format!("{object}.{name}()"),
        _ => format!("{name}()"),
    };
    let methods: BTreeSet<String> = waiters.iter().map(method).collect();
    sentences::joined(&methods.into_iter().collect::<Vec<_>>(), &both!("or", "或"))
}

/// PIDs in a sentence.
fn pids(pids: &[u32]) -> String {
    let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
    sentences::joined(&pids, &both!("and", "和"))
}
