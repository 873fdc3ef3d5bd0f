//! The subcommands that are no lessons.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, ArgGroup, Subcommand as _, ValueHint};
use clap_complete::Shell;
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use super::options::{Options, ViewOptions, ids_of};
use crate::arguments::whole;
use crate::both;
use crate::exercises::Exercise;
use crate::lessons::{DEMOS, Demo, HELP_TEMPLATE, ProgramLanguage};
use crate::words::locale::Language;

/// Whether lines of code are shown.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LinesOfCode {
    /// Where they can be had.
    Auto,
    /// Not at all.
    Never,
}

/// The subcommands that are no lessons.
#[derive(clap::Subcommand)]
pub enum Tool {
    /// Begin here: all of it step by step, in the order of a course
    ///
    /// A step has three sentences, a question, a run with its picture, the question once more with
    /// something changed, and exercises. Nothing is stored.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo tour                       the steps
  mp-demo tour 4                     the fourth one
  mp-demo tour 4 --page queue.html   with a page of its run")]
    Tour {
        /// Which step
        #[arg(value_name = "STEP", value_parser = whole(1..=u64::MAX), allow_negative_numbers = true)]
        step: Option<u64>,
    },

    /// Run a Python program of yours, and show what its processes do
    ///
    /// Any program with multiprocessing, unchanged. It runs as without mp-demo; when it has ended,
    /// stderr says what was lost and what is left, and the views draw and explain the run.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo run program.py                  what was lost, and what is left
  mp-demo run --timeline program.py A B   who did what when
  mp-demo run --labels=lines program.py   which process printed which line
  mp-demo run --repeat --jitter program.py
  mp-demo run --timeline -- python3.12 -m package
  mp-demo run --timeline queue            the Python program of a lesson")]
    #[command(override_usage = "\
mp-demo run [OPTIONS] <PROGRAM> [ARGS]...
       mp-demo run [OPTIONS] -- <COMMAND>...")]
    Run {
        /// A Python program, or the name of a lesson for its Python program, with arguments; behind
        /// --, any command in which Pythons run
        #[arg(value_name = "PROGRAM", required = true, trailing_var_arg = true,
            value_hint = ValueHint::AnyPath)]
        program: Vec<OsString>,

        /// Let its processes pause at random, 0 to 2 ms at a time, which makes rare orders less rare
        #[arg(long)]
        jitter: bool,

        /// Whether values and printed text stand in the log
        #[arg(long, value_name = "WHETHER", default_value = "yes", require_equals = true,
            value_parser = PossibleValuesParser::new(["yes", "no"]).map(|it| it == "yes"),
            action = ArgAction::Set)]
        values: bool,
    },

    /// Read about a lesson: what is true, what to try, its programs
    ///
    /// What the article says, what is true (with sources), what to try next, then the Python
    /// program and the same in Rust. On a terminal it goes through $PAGER, or `less`.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo show queue
  mp-demo show queue --lang zh
  mp-demo show queue --python > program.py && python3 program.py
  mp-demo show queue --rust > queue.rs && rustc queue.rs && ./queue
  mp-demo show queue --reader-in c > reader.c   to begin one of your own")]
    Show {
        /// Which lesson
        #[arg(value_parser = demo(), ignore_case = true)]
        lesson: &'static Demo,

        /// With --page, a handout for a class: leave out the answers
        #[arg(long)]
        without_answers: bool,

        /// Print the Python program alone, to be saved and run
        #[arg(long)]
        python: bool,

        /// Print the Rust program alone, likewise
        #[arg(long, conflicts_with = "python")]
        rust: bool,

        /// Print a small writer to begin with, for `queue --writer`
        #[arg(long, value_name = "LANGUAGE", ignore_case = true,
            conflicts_with_all = ["python", "rust"])]
        writer_in: Option<ProgramLanguage>,

        /// Print a small reader to begin with, for `queue --reader`
        #[arg(long, value_name = "LANGUAGE", ignore_case = true,
            conflicts_with_all = ["python", "rust", "writer_in"])]
        reader_in: Option<ProgramLanguage>,

        /// Print a small child to begin with, for `pipe --child`
        #[arg(long, value_name = "LANGUAGE", ignore_case = true,
            conflicts_with_all = ["python", "rust", "writer_in", "reader_in"])]
        child_in: Option<ProgramLanguage>,
    },

    /// Show a recorded run again
    ///
    /// A run is recorded with --json: mp-demo queue --json > run.jsonl
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo queue --json > run.jsonl
  mp-demo view run.jsonl --labels --timeline
  mp-demo view run.jsonl --claims
  mp-demo queue --json | mp-demo view - --trace run.json
  mp-demo view --page page.html run.jsonl other.jsonl   two runs side by side")]
    View {
        /// What `mp-demo LESSON --json` printed; - is standard input. Two of them go onto one --page
        #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
        files: Vec<PathBuf>,
    },

    /// Run two commands, and show what differs
    ///
    /// Runs one after the other, with the same random pauses and without their output, then draws
    /// both on one axis and lists what differs.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo compare 'queue --take 3' 'queue --take 3 --stop sentinel'
  mp-demo compare 'run mine.py' 'run repaired.py'")]
    Compare {
        /// A lesson with its options, or `run` with a program of yours, as after `mp-demo`
        #[arg(value_name = "COMMAND")]
        first: String,

        /// The other one
        #[arg(value_name = "COMMAND")]
        second: String,
    },

    /// Predict what a command does, then see: questions, runs, grades
    ///
    /// Each question shows a command; you answer, it is run, and the answer is graded by what is
    /// true, with the reason.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo predict
  mp-demo predict queue
  mp-demo predict --list
  mp-demo predict queue --from 2 --answer always")]
    Predict {
        /// Only the questions about this lesson
        #[arg(value_parser = demo(), ignore_case = true)]
        lesson: Option<&'static Demo>,

        /// List the questions, without their answers
        #[arg(long)]
        list: bool,

        /// Begin with the question of this number in the list
        #[arg(long, value_name = "NUMBER", default_value = "1",
            value_parser = whole(1..=100_000_u64), allow_negative_numbers = true)]
        from: u64,

        /// Answer the next question with this instead of asking; several times for several
        /// questions
        #[arg(long, value_name = "ANSWER", conflicts_with = "answers", allow_hyphen_values = true)]
        answer: Vec<String>,

        /// The same, from a file with a line for each; - is standard input
        #[arg(long, value_name = "FILE")]
        answers: Option<PathBuf>,
    },

    /// Repair a Python program that has a fault: the exercises
    ///
    /// Each is a program of some twenty lines. `mp-demo check` runs what you have made of it, and
    /// judges what its processes do.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo exercise                       the list
  mp-demo exercise lost-values           write it here, and say what is wrong
  mp-demo exercise lost-values --hint 2  the second of three hints")]
    Exercise {
        /// Which exercise
        #[arg(value_parser = exercise(), ignore_case = true, hide_possible_values = true)]
        name: Option<String>,

        /// Give a hint, 1 to 3; the last one nearly says it all
        #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "1",
            requires = "name", value_parser = whole(1..=3_usize), allow_negative_numbers = true)]
        hint: Option<usize>,
    },

    /// Check an exercise by running it
    ///
    /// Runs the program under several conditions, judges each run by its log, and says what failed
    /// and why. Any repair that keeps what must stay is right. A process may have 2 GiB of address
    /// space and 20 s of processor time, a run 64 processes, and the check takes 60 s at most. That
    /// bounds mistakes; it is no sandbox, and doesn't stop a fork bomb.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo check lost_values.py
  mp-demo check --exercise lost-values homework/   each *.py in it, a line each
  mp-demo check --exercise ./my-exercise anna.py   an exercise of your own")]
    Check {
        /// The exercise's name, or the folder of one of your own, with task.toml and program.py;
        /// else the file's name says it
        #[arg(long, value_name = "NAME", add = ArgValueCandidates::new(exercises))]
        exercise: Option<PathBuf>,

        /// How many runs; fewer are made once five have failed
        #[arg(long, value_name = "N", default_value = "20", value_parser = whole(1..=1_000_u64),
            allow_negative_numbers = true)]
        runs: u64,

        /// The program, or a folder with several
        #[arg(value_name = "FILE", value_hint = ValueHint::AnyPath)]
        path: PathBuf,
    },

    /// Tell who waits for whom in a program that hangs
    ///
    /// Runs a program as if it were run without mp-demo, and tells on stderr when nobody in it can
    /// go on; or looks once at a process that runs already, and at everyone who descends from it.
    /// It goes by what the kernel shows, changes nothing of the program, and doesn't guess.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo why -- python3 program.py   run it, and tell when it is stuck
  mp-demo why --end -- ./program      end it then
  mp-demo why 28417                   look at one that runs already
  mp-demo why --json 28417            the graph, with the evidence")]
    #[command(
        group = ArgGroup::new("what").args(["pid", "command"]).required(true),
        override_usage = "mp-demo why [OPTIONS] <PID>\n       mp-demo why [OPTIONS] -- <COMMAND>..."
    )]
    Why {
        /// The PID of a process that runs already
        #[arg(value_name = "PID", value_parser = process)]
        pid: Option<u32>,

        /// A program to run, with its arguments
        #[arg(last = true, value_name = "COMMAND")]
        command: Vec<OsString>,

        /// Look at the whole process group of PID, not at its descendants
        #[arg(long, conflicts_with = "command")]
        group: bool,

        /// End the program when it is stuck
        #[arg(long, conflicts_with = "pid")]
        end: bool,

        /// Whether to show the lines at which a Python program waits
        #[arg(long, value_name = "WHEN", default_value = "auto", ignore_case = true)]
        lines: LinesOfCode,
    },

    /// Print a completion script for your shell
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  source <(mp-demo completions bash)   in ~/.bashrc
  source <(mp-demo completions zsh)    in ~/.zshrc, after compinit
  mp-demo completions fish | source    in ~/.config/fish/config.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },

    /// Print the manual page
    ///
    /// It is in English, for man(1); `mp-demo help` says the same in your language.
    #[command(help_template = HELP_TEMPLATE, before_help = "\
Examples:
  mp-demo man > mp-demo.1 && man ./mp-demo.1
  mp-demo man queue > mp-demo-queue.1")]
    Man {
        /// A lesson or another command, for its own page
        #[arg(add = ArgValueCandidates::new(commands))]
        command: Option<String>,
    },
}

impl Tool {
    /// The names of the tools.
    pub(super) fn names() -> Vec<String> {
        let command = Tool::augment_subcommands(clap::Command::new(""));
        command.get_subcommands().map(|tool| tool.get_name().to_owned()).collect()
    }
}

/// The IDs of the lessons' shared options that the tool takes, too; nothing if this is no tool.
pub(super) fn taken_by(tool: &str) -> Option<Vec<String>> {
    let named = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
    match tool {
        "view" => Some(ids_of::<ViewOptions>()),
        "run" => Some(ids_of::<Options>()),
        "show" | "check" | "tour" => Some(named(&["page", "color", "lang"])),
        "compare" => Some(named(&["page", "timeline", "ascii", "color", "lang"])),
        "exercise" => Some(named(&["color", "lang"])),
        "predict" | "man" => Some(named(&["lang"])),
        "why" => Some(named(&["json", "patience", "lang"])),
        _ => Tool::has_subcommand(tool).then(Vec::new),
    }
}

/// Parses a PID, with a hint for those who gave a program.
fn process(text: &str) -> Result<u32, String> {
    let pid = text.parse().ok().filter(|pid| (1..=i32::MAX).contains(pid));
    pid.map(i32::cast_unsigned).ok_or_else(|| {
        both!(
            "expected a PID; to run a program, put -- before it: `mp-demo why -- COMMAND`",
            "应当是 PID；要运行程序，请在前面加上 --：`mp-demo why -- COMMAND`"
        )
    })
}

/// The lessons and the tools.
fn commands() -> Vec<CompletionCandidate> {
    let lessons = DEMOS.iter().map(|demo| demo.name);
    let lessons = lessons.map(CompletionCandidate::new);
    lessons.chain(Tool::names().into_iter().map(CompletionCandidate::new)).collect()
}

/// The names of the exercises.
fn exercises() -> Vec<CompletionCandidate> {
    Exercise::names().map(CompletionCandidate::new).collect()
}

/// Parses the name of an exercise.
fn exercise() -> impl TypedValueParser<Value = String> {
    let names = Exercise::names().map(PossibleValue::new).collect::<Vec<_>>();
    PossibleValuesParser::new(names).map(|name| name.to_lowercase())
}

/// Parses the name of a lesson into its [`Demo`].
fn demo() -> impl TypedValueParser<Value = &'static Demo> {
    let names =
        DEMOS.iter().map(|demo| PossibleValue::new(demo.name).help(demo.title(Language::En)));
    PossibleValuesParser::new(names).try_map(|name| {
        let demo = DEMOS.iter().find(|demo| demo.name.eq_ignore_ascii_case(&name));
        demo.ok_or("there is nothing to read of this lesson")
    })
}
