//! The command line: parses the arguments, and tells which request they are.

mod child;
mod chinese;
mod described;
mod generated;
mod options;
mod overview;
mod refusal;
mod tool;
mod typed;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches as _, Parser};

use crate::both;
use crate::lessons::{AnyLesson, Demo, HELP_TEMPLATE, Part, ProgramLanguage};
use crate::multiprocessing::SUBCOMMAND_NAME;
use crate::why::{Ends, Supervised};
use crate::words::locale::{self, Language};
use crate::words::plain::on_one_line;

pub use child::ChildCli;
pub use options::{Explanation, Options, Prefix, ViewOptions};
pub(crate) use refusal::{harmless, in_chinese};

pub(crate) use described::fitting;
use described::{command, on_options};
use generated::{complete, completions, manual};
use options::{ids_of, of_many_runs, of_one_run};
use overview::{is_bare, overview};
use refusal::{refused, value_beside, with_its_place, with_nearest_name, with_run_before};
pub use tool::LinesOfCode;
use tool::{Tool, taken_by};
use typed::{command_of, language_before_help, language_in, own_words};

/// Learn how processes work together, by running real ones
///
/// Each lesson starts real processes that talk over pipes, as a Python program with multiprocessing
/// does; `mp-demo show` prints that program.
#[derive(Parser)]
#[command(
    name = "mp-demo",
    version,
    term_width = 0,
    help_template = HELP_TEMPLATE,
    before_help = EXAMPLES,
    override_usage = USAGE,
    subcommand_value_name = "LESSON"
)]
struct Cli {
    #[command(flatten)]
    options: Options,

    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    #[command(flatten)]
    Lesson(AnyLesson),
    #[command(flatten)]
    Tool(Tool),
}

/// What the command line asks for.
pub enum Request {
    /// Run a lesson; whether it is run without options.
    Lesson(Options, AnyLesson, bool),
    /// Run a lesson so many times. The text is the command without the options of `--repeat`.
    Repeat(Options, AnyLesson, u64, String),
    /// Run a program of the user's.
    Run(Options, Runnable),
    /// Show what there is to read of a lesson; whether a handout has the answers.
    Show(ViewOptions, &'static Demo, bool),
    /// Ask what commands will do, and grade the answers.
    Predict(ViewOptions, Prediction),
    /// List the steps of the tour, or go one of them.
    Tour(ViewOptions, Option<u64>),
    /// List the exercises, set the one with this name, or give so many hints.
    Exercise(ViewOptions, Option<String>, Option<usize>),
    /// Check whether an exercise is solved.
    Check(ViewOptions, ToCheck),
    /// Show a recorded run, or two on one page.
    View(ViewOptions, Vec<PathBuf>),
    /// Run two commands, and show what differs.
    Compare(ViewOptions, [String; 2]),
    /// Print this text: a program, completions for a shell, or a manual page.
    Print(Vec<u8>),
    /// Tell who waits for whom in a program; as JSON if the flag is set; with its lines or without.
    Why(Asked, bool, LinesOfCode),
    /// Be a child of a lesson.
    Child(ChildCli),
}

/// What `mp-demo run` is to run.
pub struct Runnable {
    /// The program or lesson and its arguments, or a whole command.
    pub words: Vec<OsString>,
    /// Whether it is a whole command.
    pub is_command: bool,
    /// Whether its processes pause at random.
    pub jitter: bool,
    /// Whether values and printed text stand in the log.
    pub values: bool,
    /// The command as typed, without the options of `--repeat`.
    pub typed: String,
}

/// The program about which `mp-demo why` is asked.
pub enum Asked {
    /// A program that mp-demo is to run.
    Program(Supervised),
    /// A process that runs already, with its descendants or its process group.
    Process {
        /// The process's PID.
        pid: u32,
        /// Whether its process group is meant.
        group: bool,
    },
}

/// What `mp-demo check` is to check.
pub struct ToCheck {
    /// The exercise's name or folder; none if the file's name says it.
    pub exercise: Option<PathBuf>,
    /// The program, or a folder with programs.
    pub path: PathBuf,
    /// How many runs are made.
    pub runs: u64,
}

/// Which questions to ask, and where the answers come from.
pub struct Prediction {
    /// Only the questions about this lesson.
    pub lesson: Option<&'static Demo>,
    /// The questions are only listed.
    pub is_list: bool,
    /// The number of the first question, from 1.
    pub from: u64,
    /// The answers that were given.
    pub given: Vec<String>,
    /// The file with the answers.
    pub file: Option<PathBuf>,
}

/// The lesson that a command runs, given without the program's name, and its speed.
pub fn lesson_in(command: &str) -> Result<(AnyLesson, f64)> {
    let words = ["mp-demo"].into_iter().chain(command.split_whitespace());
    let cli = Cli::try_parse_from(words)?;
    let Command::Lesson(lesson) = cli.command else { bail!("it runs no lesson") };
    lesson.check()?;
    Ok((lesson, cli.options.speed))
}

/// Reads the command line. A request for help or for the version is an error, too, as in clap.
pub fn read() -> Result<Request, clap::Error> {
    request(std::env::args_os().collect())
}

/// The same for a command that is given in one word, without the program's name.
pub fn request_in(command: &str) -> Result<Request, clap::Error> {
    let words = shlex::split(command).unwrap_or_else(|| vec![command.to_owned()]);
    request(["mp-demo".to_owned()].into_iter().chain(words).map(OsString::from).collect())
}

fn request(mut args: Vec<OsString>) -> Result<Request, clap::Error> {
    if args.get(1).is_some_and(|arg| arg == SUBCOMMAND_NAME) {
        return ChildCli::read(&args[1..]).map(Request::Child);
    }
    if complete(&args)? {
        return Ok(Request::Print(Vec::new()));
    }
    if args.get(1).is_some_and(|it| it == "help")
        && args.get(2).is_some_and(|it| it == SUBCOMMAND_NAME)
    {
        language_in(&args).into_iter().for_each(locale::choose);
        return ChildCli::read(&[SUBCOMMAND_NAME.into(), "--help".into()]).map(Request::Child);
    }
    // Skip building the whole command line, which takes most of a short run.
    if args.len() == 2 && (args[1] == "--version" || args[1] == "-V") {
        let only_version = clap::Command::new("mp-demo").version(env!("CARGO_PKG_VERSION"));
        only_version.try_get_matches_from(&args)?;
    }
    let own = own_words(&mut args);
    let is_command = args.get(own).is_some_and(|arg| arg == "--");
    let language = language_before_help(&mut args, own).unwrap_or_else(locale::of_environment);
    locale::choose(language);
    if is_bare(&args) {
        return Ok(Request::Print(overview(language).into()));
    }
    let is_own = own >= args.len();
    if is_own
        && let [.., help, options] = &args[1..]
        && help == "help"
        && options == "options"
    {
        on_options(language)?;
    }
    let mut command = command(language);
    if let Some(sentence) = value_beside(&command, &args[..args.len().min(own + 1)]) {
        return Err(refused(&mut command, &args, sentence));
    }
    if let [.., help, name] = &args[1..]
        && is_own
        && help == "help"
        && command.find_subcommand(name).is_none()
    {
        // clap suggests the nearest name for an unknown subcommand, but not for an unknown argument
        // of `help`. So `help NAME` is read as `NAME`.
        args.remove(args.len() - 2);
    }
    let matches = command.try_get_matches_from_mut(&args).map_err(|error| {
        let error = with_nearest_name(error, &command);
        with_its_place(with_run_before(error, &mut command), &mut command, &args)
    })?;
    let cli = Cli::from_arg_matches(&matches)?;
    check(&cli, &matches).map_err(|sentence| {
        let name = matches.subcommand_name().unwrap_or_default();
        refused(&mut command, &["".into(), name.into()], on_one_line(&sentence).into_owned())
    })?;
    Ok(match cli.command {
        Command::Lesson(lesson) => match cli.options.repeat.repeat {
            Some(count) => {
                let typed = command_of(&command, &matches, false).unwrap_or_default();
                Request::Repeat(cli.options, lesson, count, typed)
            }
            None => {
                let is_given = |id: &String| {
                    matches.value_source(id) == Some(ValueSource::CommandLine)
                        && !["color", "lang"].contains(&&**id)
                };
                let typed = command_of(&command, &matches, false);
                let has_options = ids_of::<Options>().iter().any(is_given)
                    || typed.is_none_or(|typed| typed != lesson.name);
                Request::Lesson(cli.options, lesson, !has_options)
            }
        },
        Command::Tool(Tool::Show {
            lesson,
            python,
            rust,
            writer_in,
            reader_in,
            child_in,
            without_answers,
        }) => {
            let part = part_in([writer_in, reader_in, child_in]);
            match (part, python, rust) {
                (Some((part, program_in)), ..) => {
                    let program = lesson.beginning(part, program_in, language);
                    Request::Print(program.unwrap_or_default().into())
                }
                (_, true, _) => Request::Print(lesson.python(language).into()),
                (_, _, true) => Request::Print(lesson.rust(language).into()),
                _ => Request::Show(cli.options.views, lesson, !without_answers),
            }
        }
        Command::Tool(Tool::Run { program: words, jitter, values }) => {
            let typed = command_of(&command, &matches, is_command).unwrap_or_default();
            Request::Run(cli.options, Runnable { words, is_command, jitter, values, typed })
        }
        Command::Tool(Tool::Predict { lesson, list, from, answer, answers }) => {
            let prediction =
                Prediction { lesson, is_list: list, from, given: answer, file: answers };
            Request::Predict(cli.options.views, prediction)
        }
        Command::Tool(Tool::Compare { first, second }) => {
            Request::Compare(cli.options.views, [first, second])
        }
        Command::Tool(Tool::Tour { step }) => Request::Tour(cli.options.views, step),
        Command::Tool(Tool::Exercise { name, hint }) => {
            Request::Exercise(cli.options.views, name, hint)
        }
        Command::Tool(Tool::Check { exercise, runs, path }) => {
            Request::Check(cli.options.views, ToCheck { exercise, path, runs })
        }
        Command::Tool(Tool::View { files }) => Request::View(cli.options.views, files),
        Command::Tool(Tool::Why { pid, command, group, end, lines }) => Request::Why(
            match pid {
                Some(pid) => Asked::Process { pid, group },
                None => Asked::Program(Supervised {
                    command,
                    patience: cli.options.patience.0,
                    ends: if end { Ends::LikelyStuck } else { Ends::Nothing },
                }),
            },
            cli.options.views.json,
            lines,
        ),
        Command::Tool(Tool::Completions { shell }) => Request::Print(completions(shell)?),
        Command::Tool(Tool::Man { command: name }) => Request::Print(manual(name.as_deref())?),
    })
}

/// Refuses options that exclude each other. clap can't, since they may stand on both sides of the
/// lesson's name.
fn check(cli: &Cli, matches: &ArgMatches) -> Result<(), String> {
    let is_given = |id: &String| matches.value_source(id) == Some(ValueSource::CommandLine);
    let named = |id: String| format!("--{}", id.replace('_', "-"));
    let first_given = |ids: Vec<String>| ids.into_iter().find(is_given).map(named);
    let is_drawn = |id: &String| id != "trace" && id != "record";
    if cli.options.views.json
        && let Some(name) = first_given(of_one_run().into_iter().filter(is_drawn).collect())
    {
        return Err(both!(
            "--json and {name} can't be used together: record the run with --json, then look at it \
             with `mp-demo view FILE {name}`",
            "--json 和 {name} 不能一起用：先用 --json 记录运行，再用 `mp-demo view FILE {name}` 查看"
        ));
    }
    let tool = matches.subcommand_name().unwrap_or_default();
    if let Some(taken) = taken_by(tool) {
        let mut foreign = ids_of::<Options>();
        foreign.retain(|id| !taken.contains(id));
        if let Some(name) = first_given(foreign) {
            return Err(both!(
                "`mp-demo {tool}` doesn't take {name}",
                "`mp-demo {tool}` 没有 {name} 选项"
            ));
        }
        if let Command::Tool(Tool::Show { without_answers: true, .. }) = &cli.command
            && cli.options.views.page.is_none()
        {
            return Err(both!(
                "--without-answers goes with --page FILE, which writes a handout",
                "--without-answers 要和 --page FILE（写成一份讲义）一起用"
            ));
        }
        if let Command::Tool(Tool::View { files }) = &cli.command
            && files.len() > 1
            && cli.options.views.page.is_none()
        {
            return Err(both!(
                "two recordings are shown on a page only: `mp-demo view --page FILE A B`",
                "两份记录只能放在一个页面里看：`mp-demo view --page FILE A B`"
            ));
        }
        if !matches!(cli.command, Command::Tool(Tool::Run { .. })) {
            return check_beginning(&cli.command);
        }
    }
    let is_repeated = cli.options.repeat.repeat.is_some();
    let misplaced = first_given(if is_repeated { of_one_run() } else { of_many_runs() });
    if let Some(name) = misplaced {
        return Err(match is_repeated {
            true => both!(
                "{name} shows one run, and --repeat counts many: record some with --keep DIR, then \
                 look at one with `mp-demo view DIR/run-1.jsonl {name}`",
                "{name} 显示一次运行，--repeat 统计多次运行：先用 --keep DIR 记录，再用 `mp-demo \
                 view DIR/run-1.jsonl {name}` 查看其中一次"
            ),
            false => both!("{name} goes with --repeat", "{name} 要和 --repeat 一起用"),
        });
    }
    match &cli.command {
        Command::Lesson(lesson) => lesson.check().map_err(|error| format!("{error:#}")),
        Command::Tool(_) => Ok(()),
    }
}

/// Refuses `show --writer-in` and the like where the lesson has no such program to begin with.
fn check_beginning(command: &Command) -> Result<(), String> {
    if let Command::Tool(Tool::Show { lesson, writer_in, reader_in, child_in, .. }) = command
        && let Some((part, language)) = part_in([*writer_in, *reader_in, *child_in])
        && lesson.beginning(part, language, Language::En).is_none()
    {
        let name = lesson.name;
        return Err(both!(
            "there is no such program for {name}: queue has --writer-in and --reader-in, pipe has \
             --child-in",
            "{name} 没有这样的程序：queue 有 --writer-in 和 --reader-in，pipe 有 --child-in"
        ));
    }
    Ok(())
}

fn part_in(languages: [Option<ProgramLanguage>; 3]) -> Option<(Part, ProgramLanguage)> {
    let parts = [Part::Writer, Part::Reader, Part::Child].into_iter();
    parts.zip(languages).find_map(|(part, language)| Some((part, language?)))
}

const USAGE: &str = "mp-demo <LESSON> [OPTIONS]";

const EXAMPLES: &str = "\
Examples:
  mp-demo tour                    new here? begin with this
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed
  mp-demo show queue              read about it: what is true, what to try";
