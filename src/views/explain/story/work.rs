//! Tasks of a pool, and customers of an office.

use super::{LATE, Story, is_new_kind};
use crate::views::explain::notes::{Note, Series, clipped};

impl Story {
    pub(super) fn pool(&mut self, kind: &str, with: &str, workers: u16, tasks: u16) {
        let is_new = is_new_kind(&mut self.kinds_of_pools, kind);
        let (kind, with) = (clipped(kind, 20), clipped(with, 20));
        if is_new {
            self.notes.push(Note::Pool {
                kind,
                workers,
                with,
                tasks,
                cores: self.cores,
            });
        } else {
            let next = Note::PoolNext {
                kind,
                workers,
                with,
                tasks,
            };
            self.few(Series::Pools, next);
        }
    }

    pub(super) fn request(&mut self, customer: u16, pid: u32, t: f64) {
        self.requests.insert((pid, customer), t);
        let lane = self.lanes.get(pid);
        lane.requests += 1;
        lane.most_requests = lane.most_requests.max(lane.requests);
        let open = lane.requests;
        let who = self.lanes.who(pid);
        let is_first = self.once(Note::Request {
            who: who.clone(),
            customer,
        });
        if !is_first && open > 1 {
            self.once(Note::RequestBeside { who, open });
        }
        let processes = self.lanes.which(|lane| lane.requests > 0).len();
        if processes > 1 {
            self.once(Note::RequestInOthers { processes });
        }
    }

    pub(super) fn served(&mut self, customer: u16, pid: u32, t: f64) {
        let asked = self.requests.remove(&(pid, customer)).unwrap_or(t);
        let lane = self.lanes.get(pid);
        lane.requests = lane.requests.saturating_sub(1);
        let is_loop = lane.most_requests > 1;
        let took = (t - asked).max(0.0);
        let delay = self.delays.get(usize::from(customer).wrapping_sub(1));
        let Some(delay) = delay.copied() else { return };
        let who = self.lanes.who(pid);
        let is_first = self.once(Note::Served {
            who: who.clone(),
            customer,
            took,
            delay,
        });
        if !is_first && is_loop && took > LATE * delay + 0.002 {
            self.once(Note::ServedLate {
                who,
                customer,
                took,
                delay,
            });
        }
    }
}
