//! The mistakes by which the runs of a lesson get stuck: a lesson declares its own.

/// A mistake by which runs of a lesson get stuck.
pub struct Mistake {
    /// Its name in the log.
    pub name: &'static str,
    /// What to do instead, in the reader's language, without a full stop.
    pub remedy: fn() -> String,
    /// What else there is to say of it where the same program gets stuck in CPython.
    pub in_python: Option<fn() -> String>,
    /// Whether a command of the user's makes it, and not the lesson, which shows it on purpose.
    pub is_users: bool,
}

impl Mistake {
    /// A mistake that the lesson shows on purpose.
    pub const fn of(name: &'static str, remedy: fn() -> String) -> Mistake {
        Mistake { name, remedy, in_python: None, is_users: false }
    }
}

/// Makes a constant of each mistake, and of all together the table `MISTAKES` of the lesson.
macro_rules! mistakes {
    ($($(#[$doc:meta])* $NAME:ident = $mistake:expr;)*) => {
        $($(#[$doc])* pub(super) const $NAME: Mistake = $mistake;)*

        pub(super) const MISTAKES: &[Mistake] = &[$($NAME),*];
    };
}

pub(crate) use mistakes;
