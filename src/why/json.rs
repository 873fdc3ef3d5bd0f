//! What was found, as a graph in JSON: nodes, edges and the evidence for them.

use serde::Serialize;
use serde_json::{Value, json};

use crate::evidence::{Fate, Fill, On, Snapshot, Thing, Unless, Wait};

use super::{Diagnosis, family, sentences};

/// The version of this form.
const VERSION: u32 = 1;

/// A process.
#[derive(Serialize)]
struct Node<'a> {
    pid: u32,
    parent: u32,
    /// In the order of their starts.
    children: &'a [u32],
    command: &'a [String],
    /// Whether it was asked for, and is not only somebody whom those wait for.
    asked_for: bool,
    fate: Option<&'a Fate>,
    threads: Vec<ThreadNode<'a>>,
}

/// A thread, with the kernel's evidence.
#[derive(Serialize)]
struct ThreadNode<'a> {
    tid: i32,
    name: &'a str,
    state: crate::evidence::ThreadState,
    /// How often it has begun to wait, or was made to.
    switches: u64,
    /// Its processor time, in the kernel's ticks.
    ticks: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<[String; 6]>,
    fate: Option<&'a Fate>,
}

/// One thing that a thread waits for.
#[derive(Serialize)]
struct Edge<'a> {
    pid: u32,
    tid: i32,
    call: &'a str,
    #[serde(flatten)]
    thing: &'a Thing,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<usize>,
}

/// The graph.
pub fn json(finding: &Diagnosis) -> Value {
    let looks = family::in_order(&finding.sight).into_iter();
    let nodes = looks.map(|(look, _)| node(finding, look));
    let edges = finding.sight.waits().iter().flat_map(|wait| edges(finding, wait));
    json!({
        "v": VERSION,
        "verdict": finding.verdict,
        "unless": finding.graph.unless().iter().map(unless).collect::<Vec<_>>(),
        "circle": finding.circle,
        "repairs": finding.repairs,
        "nodes": nodes.collect::<Vec<_>>(),
        "edges": edges.collect::<Vec<_>>(),
    })
}

fn unless(it: &Unless) -> Value {
    let mut value = serde_json::to_value(&it.what).unwrap_or_default();
    match value.as_object_mut() {
        Some(what) => drop(what.insert("pid".into(), it.pid.into())),
        None => {
            let names = it.signals.iter().map(|it| sentences::signal(*it)).collect::<Vec<_>>();
            value = json!({ "pid": it.pid, "signals": names });
        }
    }
    value
}

fn node<'a>(finding: &'a Diagnosis, look: &'a Snapshot) -> Node<'a> {
    let threads = look.threads.iter().map(|it| ThreadNode {
        tid: it.tid,
        name: &it.name,
        state: it.state,
        switches: it.switches(),
        ticks: it.ticks(),
        call: it.call.as_ref().map(|call| call.name),
        arguments: it.call.as_ref().map(|call| call.arguments().map(|it| format!("{it:#x}"))),
        fate: finding.graph.threads_fate(it.tid),
    });
    Node {
        pid: look.pid,
        parent: look.parent,
        children: &look.children,
        command: &look.command,
        asked_for: finding.sight.family().any(|it| it.pid == look.pid),
        fate: finding.graph.fate(look.pid),
        threads: threads.collect(),
    }
}

fn edges<'a>(finding: &'a Diagnosis, wait: &'a Wait) -> impl Iterator<Item = Edge<'a>> {
    wait.things.iter().map(|thing| {
        let fill: Option<&Fill> = match &thing.on {
            On::Pipe(inode) => finding.fills.get(inode),
            _ => None,
        };
        Edge {
            pid: wait.pid,
            tid: wait.tid,
            call: wait.call,
            thing,
            bytes: fill.map(|it| it.bytes),
            capacity: fill.map(|it| it.capacity),
        }
    })
}
