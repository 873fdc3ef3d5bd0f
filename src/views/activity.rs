//! What a process does between two of its events.

use crate::events::{Call, Event};

/// What a process or thread does from one of its events until a later one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Activity {
    /// It runs, or it could.
    #[default]
    Running,
    /// It sleeps for a time that it chose itself.
    Sleeping,
    /// It waits in a call for somebody else.
    Waiting(Call),
    /// It waits for the end of the process with this PID.
    Joining(u32),
}

/// Follows one process or thread through its events.
#[derive(Clone, Debug, Default)]
pub struct Follower {
    activity: Activity,
    /// Customers that it has asked for and not got served.
    requests: u32,
}

impl Follower {
    /// Takes its next event, and says what it does from then on.
    pub fn see(&mut self, event: &Event) -> Activity {
        self.activity = match event {
            Event::Sleep { .. } => Activity::Sleeping,
            Event::Wait { call } => Activity::Waiting(*call),
            Event::Join { child, .. } => Activity::Joining(*child),
            Event::Request { .. } => {
                self.requests += 1;
                Activity::Waiting(Call::Recv)
            }
            // An event loop waits on for the others.
            Event::Served { .. } => {
                self.requests = self.requests.saturating_sub(1);
                match self.requests {
                    0 => Activity::Running,
                    _ => Activity::Waiting(Call::Recv),
                }
            }
            // Told by the parent in the middle of whatever it waits for.
            Event::Exited { .. } | Event::Kill { .. } => self.activity,
            Event::Run { .. }
            | Event::Running
            | Event::Started { .. }
            | Event::Joined { .. }
            | Event::Terminate { .. }
            | Event::Put { .. }
            | Event::Get { .. }
            | Event::PutSentinel
            | Event::GetSentinel
            | Event::EndOfFile
            | Event::Send { .. }
            | Event::Recv { .. }
            | Event::Print { .. }
            | Event::Refused { .. }
            | Event::Error { .. }
            | Event::Counter { .. }
            | Event::Progress { .. }
            | Event::Measured { .. }
            | Event::Say { .. }
            | Event::Pool { .. }
            | Event::TaskStart { .. }
            | Event::TaskDone { .. }
            | Event::Customers { .. }
            | Event::WillStart
            | Event::Turn { .. }
            | Event::Ended
            | Event::AfterJoin => Activity::Running,
        };
        self.activity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_lasts_until_the_next_event_and_a_join_until_its_end() {
        let mut follower = Follower::default();
        let (child, child_role) = (7, "child");
        let status = crate::events::Status::Code(0);
        for (event, expected) in [
            (Event::Running, Activity::Running),
            (
                Event::Wait { call: Call::Get },
                Activity::Waiting(Call::Get),
            ),
            (Event::PutSentinel, Activity::Running),
            (Event::Sleep { seconds: 1.0 }, Activity::Sleeping),
            (Event::Join { child, child_role }, Activity::Joining(7)),
            (
                Event::Exited {
                    child: 8,
                    child_role,
                    status,
                },
                Activity::Joining(7),
            ),
            (Event::Joined { child, child_role }, Activity::Running),
        ] {
            assert_eq!(follower.see(&event), expected, "{}", event.name());
        }
    }

    #[test]
    fn an_event_loop_waits_until_the_last_customer_is_served() {
        let mut follower = Follower::default();
        let waiting = Activity::Waiting(Call::Recv);
        for (event, expected) in [
            (Event::Request { customer: 1 }, waiting),
            (Event::Request { customer: 2 }, waiting),
            (Event::Served { customer: 2 }, waiting),
            (Event::Served { customer: 1 }, Activity::Running),
        ] {
            assert_eq!(follower.see(&event), expected);
        }
    }
}
