//! `mp-demo pipe`

use serde_json::json;

use crate::common::*;

const ARTICLE: &str = "Parent process A\nProcess to write: B\n['A', 'B', 'C']\n";

#[test]
fn prints_what_the_articles_program_prints() {
    for words in ["pipe --speed 100", "pipe --simplex --speed 100"] {
        assert_eq!(letters(&run_words(words).succeeded().stdout), ARTICLE, "{words}");
    }
}

#[test]
fn prints_values_as_python_does() {
    let values = ["A", "1", "2.5", "true", "null", r#"{"k": ["it's"]}"#, "-3", "1e400", ""];
    let args = ["pipe", "--speed", "100"];
    let ended = run(&mut mp_demo(args.iter().chain(&values))).succeeded();
    assert_eq!(
        ended.lines().last(),
        Some(&r#"['A', 1, 2.5, True, None, {'k': ["it's"]}, -3, inf, '']"#)
    );
}

#[test]
fn reply_sends_the_list_back_reversed() {
    let ended = run_words("pipe --reply --speed 100 A 2 null").succeeded();
    assert_eq!(ended.lines()[2..], ["['A', 2, None]", "[None, 2, 'A']"]);
}

#[test]
fn a_reply_over_a_simplex_pipe_is_refused_at_both_ends_and_the_lesson_goes_on() {
    let ended = run_words("pipe --simplex --reply --speed 100");
    assert_eq!((ended.code(), letters(&ended.stdout).as_str()), (0, ARTICLE));
    assert_same_lines(
        &ended.stderr,
        "\
mp-demo: cannot send: this is the receiving end of a one-way pipe (duplex=False)
mp-demo: cannot receive: this is the sending end of a one-way pipe (duplex=False)",
    );
}

#[test]
fn the_list_is_printed_after_the_join() {
    let events = log_of("pipe --speed 100");
    let joined = position(&events, |e| e["event"] == "joined");
    let printed = position(&events, |e| e["event"] == "print");
    assert!(joined < printed);
    assert_eq!(events[printed]["value"], json!(["A", "B", "C"]));
}

#[test]
fn a_list_of_a_megabyte_comes_through_both_ways_whole() {
    // Sixteen times what a kernel pipe holds: joining first would wait for ever.
    let item = "x".repeat(100_000);
    let list: Vec<_> = (0..10).map(|n| format!("{n}{item}")).collect();
    let args = ["pipe", "--reply", "--speed", "100", "--json"].map(String::from);
    let events = run(&mut mp_demo(args.iter().chain(&list))).succeeded().events();
    let received: Vec<_> = values(&events, "recv").into_iter().cloned().collect();
    let reversed: Vec<_> = list.iter().rev().collect();
    assert_eq!(received, [json!(list), json!(reversed)]);
    let line = events.iter().filter_map(|e| e["line"].as_str()).next_back().unwrap();
    assert_eq!(
        line,
        format!("['{}']", reversed.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("', '"))
    );
}

#[test]
fn the_deepest_value_passes_and_a_deeper_one_is_refused() {
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let ended = run(&mut mp_demo(["pipe", "--reply", "--speed", "100", &nested(100)])).succeeded();
    assert_eq!(ended.lines().last(), Some(&nested(101).as_str()));
    for depth in [101, 200, 60_000] {
        let ended = run(&mut mp_demo(["pipe", &nested(depth)]));
        assert_eq!(ended.code(), 2);
        assert!(ended.stderr.contains("nested deeper than 100 levels"));
    }
}

#[test]
fn values_look_as_python_prints_them() {
    if !has("python3") {
        return;
    }
    let values = r#"
        null true -0 -0.0 1e5 1E16 123456789012345678 1e-7 0.1 1e400 -1e400 5e-324
        1.7976931348623157e308 9007199254740993 12345678901234567890123456789012345678901234567890
        2.675 1e22 1e21 123456.789e3 8859840577657.3125
        "" "it's" "\"" "'\"" "back\\slash\u200b\ufeff" "\n\t\u0000\u007f"
        "\u0085\u00ad\u2028\u3000" "é你😀"
        [] {} [[1,[2.0]],{}] {"b":[true],"a":{"c":null},"b":2}"#;
    let values: Vec<_> = values.split_whitespace().collect();
    let script = "import json, sys; print([json.loads(v) for v in sys.argv[1:]])";
    let mut python = command("python3");
    python.args(["-c", script]).args(&values).env("PYTHONIOENCODING", "utf-8");
    let of_python = run(&mut python).succeeded().stdout;
    let ours = run(mp_demo(["pipe", "--speed", "1000", "--"]).args(&values)).succeeded();
    assert_eq!(ours.lines().last(), of_python.lines().last().as_ref());
}

#[test]
fn only_the_list_of_bytes_is_shortened_and_to_the_same_value() {
    let long = "x".repeat(101);
    for words in [vec![&*long, "B"], vec![&*long], vec![&*long, &*long]] {
        let ended = run(mp_demo(["pipe", "--speed", "1000"]).args(&words)).succeeded();
        let items: Vec<_> = words.iter().map(|word| format!("'{word}'")).collect();
        assert_eq!(ended.lines().last(), Some(&&*format!("[{}]", items.join(", "))));
    }
    let ended = run_words("pipe --speed 1000 --bytes 200 --reply").succeeded();
    let lists = ended.lines().into_iter().filter(|line| *line == "['x' * 195]");
    assert_eq!(lists.count(), 2, "{ended:?}");
    assert_eq!(run_words("pipe --speed 1000 --bytes 5").succeeded().lines()[2], "['']");
}
