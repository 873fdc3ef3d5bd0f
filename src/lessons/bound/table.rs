//! What was measured, as a table.

use serde_json::{Value, json};

use super::pool::Measured;
use super::{Kind, With};

/// The longest bar.
const BAR_COLUMNS: f64 = 28.0;

/// The pools of one kind, from the one with the fewest workers to the one with the most.
pub struct Table {
    /// What the tasks did.
    pub kind: Kind,
    /// What the workers were.
    pub with: With,
    /// How many tasks each pool had.
    pub tasks: u16,
    /// What was measured: something, before anything is asked of the table.
    pub pools: Vec<Measured>,
}

impl Table {
    /// A table in which nothing stands yet.
    pub fn new(kind: Kind, with: With, tasks: u16) -> Table {
        Table {
            kind,
            with,
            tasks,
            pools: Vec::new(),
        }
    }

    /// What stands above the rows.
    pub fn heading(&self) -> Vec<String> {
        let (kind, tasks) = (self.kind_in_words(), count(self.tasks, "task"));
        let mut lines = vec![format!("{kind}: {tasks}, workers are {}", self.with.name())];
        let fewest = self.first().workers;
        if fewest > 1 {
            let fewest = count(fewest, "worker");
            lines.push(format!("Speed-up is over {fewest}, the fewest measured."));
        }
        lines.push(format!(
            "{:>7}{:>10}{:>10}{:>10}{:>11}",
            "workers", "wall", "a task", "speed-up", "processor"
        ));
        lines
    }

    /// A pool's figures for the log.
    pub fn figures(&self, pool: &Measured) -> Value {
        json!({
            "kind": self.kind.name(),
            "with": self.with.name(),
            "workers": pool.workers,
            "tasks": self.tasks,
            "wall_seconds": pool.wall_seconds,
            "tasks_seconds": pool.tasks_seconds,
            "processor_seconds": pool.processor_seconds,
            "processor_percent": pool.processor_percent(),
            "speed_up": self.speed_up(pool),
            "speed_up_over": self.first().workers,
        })
    }

    /// A pool's row.
    pub fn row(&self, pool: &Measured) -> String {
        let bar = bar_of(self.fastest().wall_seconds / pool.wall_seconds);
        let row = format!(
            "{:>7}{:>8.3} s{:>8.3} s{:>10.2}{:>9.0} %  {bar}",
            pool.workers,
            pool.wall_seconds,
            pool.tasks_seconds / f64::from(self.tasks),
            self.speed_up(pool),
            pool.processor_percent(),
        );
        row.trim_end().to_owned()
    }

    /// How many times as fast as the pool with the fewest workers.
    pub fn speed_up(&self, pool: &Measured) -> f64 {
        self.first().wall_seconds / pool.wall_seconds
    }

    /// The pool that took the least time.
    pub fn fastest(&self) -> &Measured {
        let by_time = |a: &&Measured, b: &&Measured| a.wall_seconds.total_cmp(&b.wall_seconds);
        self.pools.iter().min_by(by_time).unwrap_or(self.first())
    }

    /// The pool with the fewest workers.
    pub fn first(&self) -> &Measured {
        &self.pools[0]
    }

    /// The pool with the most workers.
    pub fn last(&self) -> &Measured {
        &self.pools[self.pools.len() - 1]
    }

    /// What the tasks did, for a person.
    pub fn kind_in_words(&self) -> &'static str {
        match self.kind {
            Kind::Compute => "Compute",
            Kind::Io => "IO",
        }
    }
}

impl Measured {
    /// 100 is one core, busy all the time.
    pub fn processor_percent(&self) -> f64 {
        100.0 * self.processor_seconds / self.wall_seconds
    }
}

fn bar_of(part_of_longest: f64) -> String {
    "#".repeat((part_of_longest * BAR_COLUMNS).round() as usize)
}

/// A number and what it counts, in the plural where that is needed.
pub fn count(number: impl Into<usize>, what: &str) -> String {
    match number.into() {
        1 => format!("1 {what}"),
        number => format!("{number} {what}s"),
    }
}
