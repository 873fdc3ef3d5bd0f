//! Completions for shells, and the manual.

use crate::common::*;

/// What bash offers to complete the last of these words.
fn completed_by_bash(words: &str) -> Vec<String> {
    let script = format!(
        "shopt -s failglob; source <(mp-demo completions bash); COMP_WORDS=({words}); COMP_TYPE=9; \
         COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _clap_complete_mp_demo mp-demo \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let ended = run(&mut shell(&script)).succeeded();
    let offered = ended.lines().into_iter().map(|line| line.trim_end().to_owned());
    offered.filter(|line| !line.is_empty()).collect()
}

/// What fish offers.
fn completed_by_fish(words: &str) -> Vec<String> {
    let script = format!("mp-demo completions fish | source; complete -C {words:?}");
    let ended = run(&mut shell(&format!("fish --no-config -c '{script}'"))).succeeded();
    let name = |line: &&str| line.split('\t').next().unwrap().to_owned();
    ended.lines().iter().map(name).collect()
}

/// Checks that zsh's command line becomes `expected` after this was typed and Tab pressed.
fn zsh_completes(typed: &str, expected: &str) {
    let script = format!(
        "zmodload zsh/zpty; zpty z 'zsh -f -i'; \
         zpty -w z \"autoload -Uz compinit; compinit -u -D; source <(mp-demo completions zsh); print REA''DY\"; \
         zpty -r z seen '*READY*'; zpty -w -n z \"{typed}\"$'\\t'; zpty -r z seen '*{expected}*'; print -r completed"
    );
    let mut zsh = shell("exec zsh -f -c \"$SCRIPT\"");
    let ended = run(zsh.env("SCRIPT", script).env("TERM", "dumb")).succeeded();
    assert_eq!(ended.stdout, "completed\n", "{typed}");
}

/// What each shell has to offer behind these words: the whole list, or its beginning.
fn offers() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("mp-demo que", vec!["queue"]),
        ("mp-demo vi", vec!["view"]),
        ("mp-demo queue --time", vec!["--timeline"]),
        ("mp-demo queue A --st", vec!["--stop"]),
        ("mp-demo queue --stop ", vec!["terminate", "sentinel", "eof", "empty", "none"]),
        ("mp-demo queue --lang ", vec!["en", "zh"]),
        ("mp-demo queue --color ", vec!["auto", "always", "never"]),
        ("mp-demo show q", vec!["queue"]),
        ("mp-demo man que", vec!["queue"]),
        ("mp-demo help que", vec!["queue"]),
        ("mp-demo completions z", vec!["zsh"]),
        ("mp-demo show --py", vec!["--python"]),
        ("mp-demo --lang zh qu", vec!["queue"]),
        ("mp-demo view Cargo.to", vec!["Cargo.toml"]),
        ("mp-demo queue --trace Cargo.to", vec!["Cargo.toml"]),
        // The hidden `child` is not offered.
        ("mp-demo ch", vec![]),
    ]
}

#[test]
fn bash_completes_lessons_options_and_values() {
    for (words, expected) in offers() {
        let last = if words.ends_with(' ') { "''" } else { "" };
        let offered = completed_by_bash(&format!("{words}{last}"));
        let is_file = expected == ["Cargo.toml"];
        // Files that bash completes by itself, when nothing is offered.
        assert!(offered == expected || is_file && offered.is_empty(), "{words}: {offered:?}");
    }
    assert!(completed_by_bash("mp-demo queue ''").iter().all(|it| !it.contains('[')));
}

#[test]
fn fish_completes_lessons_options_and_values() {
    if !has("fish") {
        return;
    }
    for (words, expected) in offers() {
        assert_eq!(completed_by_fish(words), expected, "{words}");
    }
}

#[test]
fn zsh_completes_lessons_options_and_values() {
    if !has("zsh") {
        return;
    }
    for (words, expected) in offers() {
        if let [only] = expected[..] {
            zsh_completes(words, &format!("{only} "));
        }
    }
}

#[test]
fn each_shell_gets_a_script_that_asks_this_program() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = run(&mut mp_demo(["completions", shell])).succeeded();
        assert!(ended.stdout.contains("MP_DEMO_COMPLETE"), "{shell}");
    }
    assert_refused("completions cmd", "bash, elvish, fish, powershell, zsh");
}

/// The date of the manual.
const DATE: &str = "2026-11-25";

#[test]
fn man_pages_are_good_troff_in_both_languages() {
    if !has("mandoc") {
        return;
    }
    let names = lessons().into_iter().chain(std::iter::once("").chain(TOOLS).map(String::from));
    for name in names {
        for language in ["en", "zh"] {
            let script =
                format!("mp-demo --lang {language} man {name} | mandoc -T lint -W warning");
            assert_eq!(run(&mut shell(&script)).succeeded().stdout, "", "{name}");
        }
    }
}

#[test]
fn a_synopsis_has_each_option_with_its_value() {
    let page = run_words("man queue").succeeded().stdout;
    let (_, synopsis) = page.split_once(".SH SYNOPSIS\n").unwrap();
    let line = synopsis.lines().next().unwrap();
    let plain = ["\\fB", "\\fI", "\\fR"]
        .iter()
        .fold(line.replace("\\-", "-"), |text, it| text.replace(it, ""));
    assert!(
        plain.starts_with("mp-demo queue [--writers N] [--readers N] [--writer COMMAND] [--reader COMMAND] [--pause SECONDS] "),
        "{plain}"
    );
    assert!(plain.ends_with(" [--explain[=HOW]] [--claims] [--labels] [--trace FILE] [--json] [--color WHEN] [--lang LANGUAGE] \
        [--seed N] [--patience SECONDS] [--speed X] [--repeat [N]] [--keep DIR] [--outcome TEXT] [--one-core] [--load] \
        [VALUE ...]"), "{plain}");
    assert!(page.contains("[default: A B C]"), "{page}");
}

#[test]
fn a_manual_page_is_in_the_readers_language() {
    let page = run_words("--lang zh man queue").succeeded().stdout;
    assert!(!page.contains("How"), "{page}");
    assert!(!page.contains("Draw the timeline"), "{page}");
}

#[test]
fn the_manual_has_every_lesson_and_each_lesson_a_page() {
    let manual = run_words("man").succeeded().stdout;
    assert!(
        manual.contains(&format!(
            ".TH MP-DEMO 1 {DATE} \"mp-demo {}\" mp-demo\n",
            env!("CARGO_PKG_VERSION")
        )),
        "{manual}"
    );
    for lesson in lessons() {
        assert!(manual.contains(&format!("mp\\-demo\\-{lesson}\\fR(1)")), "{lesson}");
        let page = run(&mut mp_demo(["man", &lesson])).succeeded().stdout;
        let upper = lesson.to_uppercase();
        assert!(page.contains(&format!(".TH MP-DEMO-{upper} 1 {DATE} ")), "{page}");
        let help = run(&mut mp_demo(["help", &lesson])).succeeded().stdout;
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let (examples, _) = examples.split_once("\n\n").unwrap();
        let (_, shown) = page.split_once(".SH EXAMPLES\n").unwrap();
        let (shown, _) = shown.split_once(".SH OPTIONS").unwrap();
        // An apostrophe and a hyphen have names of their own there.
        let shown = shown.replace("\\*(Aq", "'").replace("\\-", "-");
        let shown = shown.replace("\\\\", "\\");
        assert!(shown.contains(examples), "{shown}");
    }
    for tool in TOOLS {
        assert!(manual.contains(&format!("mp\\-demo\\-{tool}\\fR(1)")), "{tool}");
        run(&mut mp_demo(["man", tool])).succeeded();
    }
    assert_refused("man child", "error: unrecognized subcommand 'child'");
}
