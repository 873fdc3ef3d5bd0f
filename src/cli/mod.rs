//! The command line: parses the arguments, and tells which request they are.

mod child;
mod chinese;
mod generated;
mod options;
mod overview;
mod refusal;
mod tool;

use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as _, CommandFactory as _, FromArgMatches as _, Parser};

use crate::arguments::quoted;
use crate::both;
use crate::lessons::{AnyLesson, DEMOS, Demo, HELP_TEMPLATE, Part, ProgramLanguage};
use crate::multiprocessing::SUBCOMMAND_NAME;
use crate::why::{Ends, Supervised};
use crate::words::locale::{self, Language};
use crate::words::plain::on_one_line;

pub use child::ChildCli;
pub use options::{Explanation, Options, Prefix, ViewOptions};
pub(crate) use refusal::{harmless, in_chinese};

use generated::{complete, completions, manual};
use options::{ids_of, of_many_runs, of_one_run};
use overview::{is_bare, overview};
use refusal::{with_nearest_name, with_run_before};
pub use tool::LinesOfCode;
use tool::{Tool, taken_by};

/// Learn how processes work together: the lessons of Python's multiprocessing, run for real
///
/// Each lesson starts real processes that talk over pipes, and prints what the article's Python
/// program prints.
#[derive(Parser)]
#[command(
    name = "mp-demo",
    version,
    max_term_width = 80,
    help_template = HELP_TEMPLATE,
    before_help = EXAMPLES,
    subcommand_help_heading = "Lessons",
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
    /// Run a lesson.
    Lesson(Options, AnyLesson),
    /// Run a lesson so many times. The text is the command without the options of `--repeat`.
    Repeat(Options, AnyLesson, u64, String),
    /// Run a program of the user's.
    Run(Options, Runnable),
    /// Show what there is to read of a lesson.
    Show(ViewOptions, &'static Demo),
    /// Ask what commands will do, and grade the answers.
    Predict(ViewOptions, Prediction),
    /// Show a recorded run.
    View(ViewOptions, PathBuf),
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

/// Which experiments to predict, and where the answers come from.
pub struct Prediction {
    /// Only the experiments of this lesson.
    pub lesson: Option<&'static Demo>,
    /// The experiments are only listed.
    pub is_list: bool,
    /// The number of the first experiment, from 1.
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
    let mut args: Vec<OsString> = std::env::args_os().collect();
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
    let mut command = command(language);
    if let [.., help, name] = &args[1..]
        && own >= args.len()
        && help == "help"
        && command.find_subcommand(name).is_none()
    {
        // clap suggests the nearest name for an unknown subcommand, but not for an unknown argument
        // of `help`. So `help NAME` is read as `NAME`.
        args.remove(args.len() - 2);
    }
    let matches = command
        .try_get_matches_from_mut(args)
        .map_err(|error| with_run_before(with_nearest_name(error, &command), &mut command))?;
    let cli = Cli::from_arg_matches(&matches)?;
    check(&cli, &matches).map_err(|sentence| {
        let sentence = on_one_line(&sentence);
        let name = matches.subcommand_name().unwrap_or_default();
        match command.find_subcommand_mut(name) {
            Some(subcommand) => subcommand.error(ErrorKind::ArgumentConflict, sentence),
            None => command.error(ErrorKind::ArgumentConflict, sentence),
        }
    })?;
    Ok(match cli.command {
        Command::Lesson(lesson) => match cli.options.repeat.repeat {
            Some(count) => {
                let typed = command_of(&command, &matches, false).unwrap_or_default();
                Request::Repeat(cli.options, lesson, count, typed)
            }
            None => Request::Lesson(cli.options, lesson),
        },
        Command::Tool(Tool::Show { lesson, python, rust, writer_in, reader_in, child_in }) => {
            let part = part_in([writer_in, reader_in, child_in]);
            match (part, python, rust) {
                (Some((part, program_in)), ..) => {
                    let program = lesson.beginning(part, program_in, language);
                    Request::Print(program.unwrap_or_default().into())
                }
                (_, true, _) => Request::Print(lesson.python(language).into()),
                (_, _, true) => Request::Print(lesson.rust(language).into()),
                _ => Request::Show(cli.options.views, lesson),
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
        Command::Tool(Tool::View { file }) => Request::View(cli.options.views, file),
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

/// The command's name and its own options and arguments, as given, for the heading of --repeat:
/// quoted, so that a shell reads it as the same command. `is_command` if `run` runs one.
fn command_of(command: &clap::Command, matches: &ArgMatches, is_command: bool) -> Option<String> {
    let (name, of_lesson) = matches.subcommand()?;
    let lesson = command.find_subcommand(name)?;
    let mut words = vec![name.to_owned()];
    let shared = |id: &str| command.get_arguments().any(|arg| arg.get_id() == id);
    let arguments = lesson.get_arguments().filter(|arg| {
        let id = arg.get_id().as_str();
        let is_given = matches!(of_lesson.try_contains_id(id), Ok(true))
            && of_lesson.value_source(id) == Some(ValueSource::CommandLine);
        // `--speed` changes the run as the lesson's own options do.
        is_given && (!shared(id) || id == "speed")
    });
    let (positional, options): (Vec<_>, Vec<_>) = arguments.partition(|arg| arg.is_positional());
    for arg in options.into_iter().chain(positional) {
        let values = of_lesson.get_raw(arg.get_id().as_str()).into_iter().flatten();
        let values: Vec<_> = values.map(|value| quoted(&value.to_string_lossy())).collect();
        let looks_like_option = || values.iter().any(|value| value.starts_with('-'));
        if arg.is_positional()
            && (is_command || (!arg.is_trailing_var_arg_set() && looks_like_option()))
        {
            words.push("--".to_owned());
        }
        if let Some(long) = arg.get_long().filter(|_| arg.is_require_equals_set()) {
            words.push(format!("--{long}={}", values.join(",")));
            continue;
        }
        words.extend(arg.get_long().map(|long| format!("--{long}")));
        match arg.get_value_delimiter() {
            _ if !arg.get_action().takes_values() => {}
            Some(delimiter) => words.push(values.join(&delimiter.to_string())),
            None => words.extend(values),
        }
    }
    Some(words.join(" "))
}

/// The language that the command line asks for. clap shows help as soon as it comes to `help` or
/// `--help`, so the language has to be known before. `help` takes no options, so `--lang` behind it
/// is moved to the front. If the language is unknown, clap gets nothing but `--lang`, and refuses
/// it.
fn language_before_help(args: &mut Vec<OsString>, own: usize) -> Option<Language> {
    let (at, end, language) = language_option(&args[..own])?;
    if language.is_none() || args[1] == "help" {
        let option: Vec<_> = args.drain(at..end.min(args.len())).collect();
        if language.is_none() {
            args.truncate(1);
        }
        args.splice(1..1, option);
    }
    language
}

fn language_in(args: &[OsString]) -> Option<Language> {
    language_option(args)?.2
}

/// How many words are this program's own, and not of a program that it runs. `run --repeat x.py`
/// gets a number, since clap would take the program for one.
fn own_words(args: &mut [OsString]) -> usize {
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    if !args[..end].iter().any(|arg| arg == "run") {
        return end;
    }
    let options = Options::augment_args(clap::Command::new(""));
    let takes_word = |word: &str| {
        let mut options = options.get_arguments();
        let option = options.find(|it| word.strip_prefix("--") == it.get_long());
        option.is_some_and(|it| it.get_action().takes_values() && !it.is_require_equals_set())
    };
    let (mut at, mut is_run) = (1, false);
    while at < end {
        let word = args[at].to_string_lossy().into_owned();
        let next = args.get(at + 1).map(|it| it.to_string_lossy());
        match &*word {
            "--repeat" if next.is_none_or(|it| it.parse::<i64>().is_err()) => {
                args[at] = "--repeat=100".into();
            }
            _ if takes_word(&word) => at += 1,
            _ if word.starts_with('-') => {}
            "run" if !is_run => is_run = true,
            _ if is_run => return at,
            _ => return end,
        }
        at += 1;
    }
    end
}

/// Where `--lang` stands, where it ends, and which language it names, if it is one that we have.
fn language_option(args: &[OsString]) -> Option<(usize, usize, Option<Language>)> {
    let options = args.iter().take_while(|arg| *arg != "--");
    let words: Vec<_> = options.map(|arg| arg.to_string_lossy()).collect();
    let is_language = |word: &str| word == "--lang" || word.starts_with("--lang=");
    let at = words.iter().position(|word| is_language(word))?;
    let (value, end) = match words[at].split_once('=') {
        Some((_, value)) => (Some(value), at + 1),
        None => (words.get(at + 1).map(AsRef::as_ref), at + 2),
    };
    Some((at, end, value.and_then(Language::of_locale)))
}

/// The command line as clap has to know it, with the lessons and tools described in this language.
fn command(language: Language) -> clap::Command {
    let mut command = Cli::command();
    let options: Vec<Arg> = command.get_arguments().cloned().collect();
    command = command.mut_subcommands(|command| {
        let Some(taken) = taken_by(command.get_name()) else {
            return command;
        };
        // A tool takes the lessons' shared options that it has use for; the others are hidden in
        // its help.
        let options = options.iter().map(|option| {
            let is_taken = taken.iter().any(|it| option.get_id() == it);
            let option = described_for(command.get_name(), option.clone()).hide(!is_taken);
            // `run` takes them all, and has few of its own.
            if command.get_name() == "run" { option } else { option.help_heading(None) }
        });
        let options: Vec<_> = options.collect();
        command.hide(true).args(options)
    });
    if language == Language::Zh {
        // A test makes sure that the Chinese texts can be read. If one can't all the same, the help
        // is in English.
        command = chinese::described(command.clone()).unwrap_or(command);
    }
    // clap has one heading for all subcommands, so the second and third list are written by hand.
    for demo in DEMOS.iter().filter(|demo| !demo.is_of_article) {
        command = command.mut_subcommand(demo.name, |lesson| lesson.hide(true));
    }
    let heading = match language {
        Language::En => "Other commands:",
        Language::Zh => "其他命令：",
    };
    let (lessons, list) = (list_beyond_the_article(language), list_of_tools(&command));
    command.after_help(format!("{lessons}\n{heading}\n{list}"))
}

/// The lessons beyond the article, under their heading.
fn list_beyond_the_article(language: Language) -> String {
    let lessons = || DEMOS.iter().filter(|demo| !demo.is_of_article);
    let width = lessons().map(|demo| demo.name.len()).max().unwrap_or(0);
    let rows = lessons().map(|demo| format!("  {:<width$}  {}\n", demo.name, demo.title(language)));
    let heading = match language {
        Language::En => "Beyond the article:",
        Language::Zh => "文章之外：",
    };
    format!("{heading}\n{}", rows.collect::<String>())
}

/// A shared option with the help text of this tool, where its meaning differs from that in a
/// lesson.
fn described_for(tool: &str, option: Arg) -> Arg {
    match (tool, option.get_id().as_str()) {
        ("why", "json") => {
            option.help("Print the graph as JSON: processes, who waits for whom, and the evidence")
        }
        ("why", "patience") => option.help(
            "How long nobody in the program may move before it is told; `never` only runs it",
        ),
        _ => option,
    }
}

fn list_of_tools(command: &clap::Command) -> String {
    let tools = Tool::names().into_iter().map(|tool| {
        let about = command.find_subcommand(&tool).and_then(|it| it.get_about());
        let about = about.map(ToString::to_string).unwrap_or_default();
        format!("  {tool:<12} {about}\n")
    });
    tools.collect()
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

const TITLE_IN_CHINESE: &str = "学习进程如何协作：用真实运行的进程演示 Python multiprocessing";

const EXAMPLES: &str = "\
Examples:
  mp-demo queue                   run a lesson
  mp-demo queue --stop sentinel   change one thing, and see what it changes
  mp-demo help queue              what can be changed
  mp-demo show queue              read about it: what is true, what to try";
