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
        ("mp-demo exercise lost-v", vec!["lost-values"]),
        ("mp-demo check --exercise lost-v", vec!["lost-values"]),
        ("mp-demo check Cargo.to", vec!["Cargo.toml"]),
        ("mp-demo help que", vec!["queue"]),
        ("mp-demo completions z", vec!["zsh"]),
        ("mp-demo show --py", vec!["--python"]),
        ("mp-demo --lang zh qu", vec!["queue"]),
        ("mp-demo view Cargo.to", vec!["Cargo.toml"]),
        ("mp-demo queue --trace Cargo.to", vec!["Cargo.toml"]),
        // The hidden `child` is not offered.
        ("mp-demo chi", vec![]),
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

#[test]
fn the_manual_has_every_command_and_each_a_page_with_its_options_and_examples() {
    let manual = run_words("man").succeeded().stdout;
    let has_mandoc = has("mandoc");
    for name in lessons().iter().chain(&tools()) {
        assert!(manual.contains(&format!("mp\\-demo\\-{name}(1)")), "{name}: {manual}");
        let page = run(&mut mp_demo(["man", name])).succeeded().stdout;
        assert!(page.contains(&format!(".TH mp-demo-{name} 1")), "{page}");
        let help = run(&mut mp_demo(["help", name])).succeeded().stdout;
        // An apostrophe and a hyphen have names of their own there.
        let page = page.replace("\\*(Aq", "'").replace("\\-", "-").replace("\\\\", "\\");
        let page = page.replace("\\fB", "").replace("\\fR", "");
        let (_, examples) = help.split_once("Examples:\n").unwrap();
        let (examples, rest) = examples.split_once("\n\n").unwrap();
        assert!(page.contains(examples), "{page}");
        assert!(page.contains(".ad l\n.nh\n"), "{page}");
        assert_eq!(page.contains("\nExit status of a lesson:\n"), lessons().contains(name));
        for option in rest.lines().filter_map(|line| line.trim_start().strip_prefix("--")) {
            let name = option.split(['[', ' ', '=']).next().unwrap();
            assert!(page.contains(&format!("--{name}")), "{name}: {page}");
        }
        if has_mandoc {
            let script = format!("mp-demo man {name} | mandoc -T lint -W error");
            assert_eq!(run(&mut shell(&script)).succeeded().stdout, "", "{name}");
        }
    }
    assert_eq!(run(mp_demo(["man"]).env("LANG", "zh_CN.UTF-8")).stdout, manual);
    assert_refused("man child", "error: unrecognized subcommand 'child'");
}
