//! The children's halves of a lesson as subcommands of the hidden `child`.

/// Of `children! { Writer, Reader }` this makes the enum `Child` with a variant for each half,
/// which all are [`Target`](crate::multiprocessing::Target)s.
macro_rules! children {
    ($($Name:ident),* $(,)?) => {
        /// The children's halves of this lesson.
        #[derive(clap::Subcommand)]
        #[allow(clippy::enum_variant_names)] // They are names on the command line, beside those of other lessons.
        pub enum Child {
            $(
                #[allow(missing_docs)]
                #[command(name = <$Name as $crate::multiprocessing::Target>::NAME)]
                $Name($Name),
            )*
        }

        impl Child {
            /// Adds to `command` the half with this name, and says whether it is one of these. A
            /// process of a lesson needs to know of no other, and to describe all of them to clap
            /// takes longer than the rest of its start.
            pub fn augment_one(name: &str, command: clap::Command) -> (bool, clap::Command) {
                $(if name == <$Name as $crate::multiprocessing::Target>::NAME {
                    let half = clap::Command::new(<$Name as $crate::multiprocessing::Target>::NAME);
                    return (true, command.subcommand(<$Name as clap::Args>::augment_args(half)));
                })*
                (false, command)
            }

            /// The name by which a parent starts this half.
            pub fn name(&self) -> &'static str {
                match self { $(Child::$Name(_) => <$Name as $crate::multiprocessing::Target>::NAME,)* }
            }

            /// Does what this half does.
            ///
            /// # Errors
            /// What it could not do.
            pub fn run(self, process: $crate::multiprocessing::CurrentProcess) -> anyhow::Result<()> {
                match self { $(Child::$Name(half) => $crate::multiprocessing::Target::run(half, process),)* }
            }
        }
    };
}

pub(super) use children;
