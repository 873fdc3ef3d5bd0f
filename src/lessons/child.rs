//! The children's halves of a lesson as subcommands of the hidden `child`.

/// Of `children! { Writer, Reader }` this makes the enum `Child` with a variant for each half, which all are
/// [`Target`](crate::multiprocessing::Target)s.
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
