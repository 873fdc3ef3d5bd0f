//! Who waits for whom in a stuck run, as a picture.

use std::collections::BTreeSet;
use std::f64::consts::TAU;
use std::fmt::Write as _;

use super::html::escaped;
use crate::both;
use crate::events::{Holder, Waiter};
use crate::views::palette::Palette;
use crate::words::figures::clipped;

/// How many processes a picture may have; more are told in words only.
const MOST: usize = 12;

const WIDTH: f64 = 420.0;

/// A process or thread in the picture.
type Node<'a> = (u32, Option<&'a str>);

/// The picture; nothing if it would be too full.
pub fn svg(waits: &[Waiter], palette: &Palette) -> String {
    let of_waiter = |it: &Waiter| (it.pid, it.thread.clone());
    let of_holder = |it: &Holder| (it.pid, it.thread.clone());
    let all = waits.iter().flat_map(|it| {
        std::iter::once((of_waiter(it), &it.role))
            .chain(it.of.iter().map(|it| (of_holder(it), &it.role)))
    });
    let mut seen = BTreeSet::new();
    let nodes: Vec<_> = all.filter(|(node, _)| seen.insert(node.clone())).collect();
    if nodes.len() > MOST {
        return String::new();
    }
    let height = if nodes.len() <= 2 { 110.0 } else { 120.0 + 18.0 * nodes.len() as f64 };
    let place = |node: Node| {
        let place = nodes.iter().position(|((pid, thread), _)| (*pid, thread.as_deref()) == node);
        let turn = place.unwrap_or_default() as f64 / nodes.len() as f64 * TAU;
        // The first is at the left, and two of them side by side.
        (WIDTH / 2.0 - turn.cos() * 125.0, height / 2.0 - turn.sin() * (height / 2.0 - 24.0))
    };
    let label = both!(
        "who waits for whom; the sentences beside it say the same",
        "等待关系，旁边的句子说的是同样的内容"
    );
    let mut html = format!(
        "<svg class=graph viewBox=\"0 0 {WIDTH} {height}\" role=img aria-label=\"{label}\">"
    );
    for waiter in waits {
        let from = place((waiter.pid, waiter.thread.as_deref()));
        for holder in &waiter.of {
            let to = place((holder.pid, holder.thread.as_deref()));
            let (dx, dy) = (to.0 - from.0, to.1 - from.1);
            let length = dx.hypot(dy);
            if length < 1.0 {
                // It waits for itself.
                let (x, y) = from;
                let _ = write!(html, "<circle class=arrow cx={x:.0} cy={:.0} r=20 />", y - 22.0);
                continue;
            }
            let (dx, dy) = (dx / length, dy / length);
            // From edge to edge of two boxes, and beside the arrow that goes back.
            let edge = (66.0 / dx.abs().max(0.01)).min(18.0 / dy.abs().max(0.01)).min(length / 2.0);
            let (sidex, sidey) = (-dy * 8.0, dx * 8.0);
            let (x, y) = (from.0 + dx * edge + sidex, from.1 + dy * edge + sidey);
            let (x1, y1) = (to.0 - dx * (edge + 3.0) + sidex, to.1 - dy * (edge + 3.0) + sidey);
            let _ = write!(
                html,
                "<path class=arrow d=\"M{x:.0} {y:.0}L{x1:.0} {y1:.0}M{:.0} {:.0}L{x1:.0} \
                 {y1:.0}L{:.0} {:.0}\"/>",
                x1 - dx * 8.0 - dy * 4.0,
                y1 - dy * 8.0 + dx * 4.0,
                x1 - dx * 8.0 + dy * 4.0,
                y1 - dy * 8.0 - dx * 4.0
            );
            let call = match &waiter.on {
                Some(on) => format!("{on}.{}()", waiter.call),
                None => format!("{}()", waiter.call),
            };
            let _ = write!(
                html,
                "<text class=edge x={:.0} y={:.0}>{}</text>",
                (x + x1) / 2.0 + sidex,
                (y + y1) / 2.0 + sidey + 4.0,
                escaped(&clipped(&call, 16, "…"))
            );
        }
    }
    for ((pid, thread), role) in &nodes {
        let (x, y) = place((*pid, thread.as_deref()));
        let thread = thread.as_ref().map(|it| format!("/{it}")).unwrap_or_default();
        let name = clipped(&format!("{role}{thread} {pid}"), 19, "…");
        let _ = write!(
            html,
            "<g class={}><rect x={:.0} y={:.0} width=132 height=32 rx=5 /><text x={x:.0} \
             y={:.0}>{}</text></g>",
            palette.class(*pid),
            x - 66.0,
            y - 16.0,
            y + 5.0,
            escaped(&name)
        );
    }
    html + "</svg>"
}
