//! Completions for shells, and the manual.

use crate::common::*;

/// What bash offers behind these words, the last of which is only begun.
fn completed_by_bash(words: &str) -> Vec<String> {
    let script = format!(
        "source <(mp-demo completions bash); COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
         _mp-demo mp-demo \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\"; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\""
    );
    let ended = run(&mut shell(&script)).succeeded();
    ended.lines().into_iter().map(str::to_owned).collect()
}

#[test]
fn bash_completes_lessons_options_and_values() {
    assert_eq!(completed_by_bash("mp-demo que"), ["queue"]);
    assert_eq!(completed_by_bash("mp-demo vi"), ["view"]);
    assert_eq!(completed_by_bash("mp-demo queue --time"), ["--timeline"]);
    assert_eq!(completed_by_bash("mp-demo queue --st"), ["--stop"]);
    let stops = completed_by_bash("mp-demo queue --stop ''");
    assert_eq!(stops, ["terminate", "sentinel", "eof", "empty", "none"]);
    assert_eq!(completed_by_bash("mp-demo queue --lang z"), ["zh"]);
    // Only what means something there.
    let words = completed_by_bash("mp-demo show --");
    assert_eq!(words, ["--python", "--rust", "--color", "--lang", "--help"]);
    assert_eq!(completed_by_bash("mp-demo --lang zh qu"), ["queue"]);
    // Nobody who came for the lessons is offered their children.
    assert_eq!(completed_by_bash("mp-demo ch"), [""]);
}

#[test]
fn each_shell_gets_every_lesson() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ended = run(&mut mp_demo(["completions", shell])).succeeded();
        for lesson in lessons() {
            assert!(ended.stdout.contains(&lesson), "{shell}: {lesson}");
        }
    }
    assert_refused("completions cmd", "bash, elvish, fish, powershell, zsh");
}

#[test]
fn the_manual_has_every_lesson_and_each_lesson_a_page() {
    let manual = run_words("man").succeeded().stdout;
    assert!(manual.contains(".TH mp-demo 1"));
    for lesson in lessons() {
        assert!(
            manual.contains(&format!("mp\\-demo\\-{lesson}(1)")),
            "{lesson}"
        );
        let page = run(&mut mp_demo(["man", &lesson])).succeeded().stdout;
        assert!(page.contains(&format!(".TH mp-demo-{lesson} 1")), "{page}");
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
    for tool in ["view", "completions", "man"] {
        assert!(manual.contains(&format!("mp\\-demo\\-{tool}(1)")), "{tool}");
        run(&mut mp_demo(["man", tool])).succeeded();
    }
    assert_refused(
        "man child",
        "error: there is no lesson and no command `child`",
    );
}
