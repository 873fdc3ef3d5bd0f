//! The diagnosis as a graph in JSON: nodes, edges and the evidence for them.

use serde_json::{Value, json};

use crate::evidence::{On, Snapshot, TaskLook, Unless, Wait};

use super::lines::Stacks;
use super::{Diagnosis, family, repairs, sentences};

/// The version of this form.
const VERSION: u32 = 1;

/// The graph.
pub fn json(finding: &Diagnosis, stacks: &Stacks) -> Value {
    let looks = family::in_order(&finding.sight).into_iter();
    let nodes: Vec<_> = looks.map(|(look, _)| node(finding, stacks, look)).collect();
    let waits = finding.sight.waits().iter();
    let edges: Vec<_> = waits.flat_map(|wait| edges(finding, wait)).collect();
    json!({
        "v": VERSION,
        "verdict": finding.verdict,
        "unless": finding.graph.unless().iter().map(unless).collect::<Vec<_>>(),
        "circle": finding.circle,
        "repairs": repairs::advice(finding, stacks).iter().map(|it| it.name).collect::<Vec<_>>(),
        "nodes": nodes,
        "edges": edges,
    })
}

fn unless(it: &Unless) -> Value {
    let Some(what) = &it.what else {
        let names: Vec<_> = it.signals.iter().map(|it| sentences::signal(*it)).collect();
        return json!({ "pid": it.pid, "signals": names });
    };
    let mut value = json!(what);
    value["pid"] = it.pid.into();
    value
}

fn node(finding: &Diagnosis, stacks: &Stacks, look: &Snapshot) -> Value {
    let thread = |it: &TaskLook| {
        let mut thread = json!({
            "tid": it.tid,
            "name": it.name,
            "state": it.state,
            "switches": it.switches,
            "ticks": it.ticks,
            "fate": finding.graph.threads_fate(it.tid),
        });
        if let Some(call) = &it.call {
            thread["call"] = call.name.into();
            thread["arguments"] = json!(call.arguments.map(|it| format!("{it:#x}")));
        }
        if let Some(stack) = stacks.stack(it.tid) {
            thread["frames"] = json!(stack.frames);
        }
        thread
    };
    json!({
        "pid": look.pid,
        "parent": look.parent,
        "children": look.children,
        "command": look.command,
        "asked_for": finding.sight.family().any(|it| it.pid == look.pid),
        "fate": finding.graph.fate(look.pid),
        "threads": look.threads.iter().map(thread).collect::<Vec<_>>(),
    })
}

fn edges(finding: &Diagnosis, wait: &Wait) -> impl Iterator<Item = Value> {
    wait.things.iter().map(|thing| {
        let mut edge = json!({
            "pid": wait.pid,
            "tid": wait.tid,
            "call": wait.call,
            "needs": thing.needs,
            "on": thing.on,
            "fd": thing.fd,
            "from": thing.from,
        });
        if let On::Pipe(inode) = thing.on
            && let Some(fill) = finding.fills.get(&inode)
        {
            edge["bytes"] = fill.bytes.into();
            edge["capacity"] = fill.capacity.into();
        }
        edge
    })
}
