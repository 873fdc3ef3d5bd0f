//! Tests of the fold, with logs alone.

use super::*;
use crate::python::events_of;

/// Applies a log, each line `PID[/THREAD] ROLE EVENT FIELDS`, a millisecond apart. `look` sees each
/// change.
fn fold(log: &str, look: impl FnMut(&State, &Change)) -> State {
    fold_of("async", log, look)
}

fn fold_of(lesson: &str, log: &str, mut look: impl FnMut(&State, &Change)) -> State {
    let mut state = State::default();
    for (number, line) in log.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        let mut words = line.splitn(4, ' ');
        let mut word = || words.next().unwrap_or_default();
        let (pid, role, event, fields) = (word(), word(), word(), word());
        let (pid, thread) = pid.split_once('/').unwrap_or((pid, ""));
        let thread = match thread {
            "" => String::new(),
            thread => format!(r#""thread":"{thread}","#),
        };
        let comma = if fields.is_empty() { "" } else { "," };
        let t = number as f64 / 1e3;
        let text = format!(
            r#"{{"v":1,"t":{t},"pid":{pid},"role":"{role}",{thread}"event":"{event}"{comma}{fields}}}"#
        );
        let record = Record::read(&text, events_of(lesson)).expect(&text);
        let change = state.apply(&record);
        look(&state, &change);
    }
    state
}

fn after(log: &str) -> State {
    fold(log, |_, _| ())
}

fn activities(log: &str) -> Vec<Activity> {
    let mut activities = Vec::new();
    fold(log, |_, change| activities.push(change.does));
    activities
}

#[test]
fn a_wait_lasts_until_the_next_event_and_a_join_until_its_end() {
    let join = Activity::Joining(7);
    let seen = activities(
        r#"1 parent running
           1 parent wait "call":"get","on":"queue"
           1 parent put_sentinel
           1 parent sleep "seconds":1.0
           1 parent join "child":7,"child_role":"child"
           1 parent exited "child":8,"child_role":"child","status":{"code":0}
           1 parent kill "child":7,"child_role":"child"
           1 parent stuck "waits":[],"circle":[]
           1 parent joined "child":7,"child_role":"child""#,
    );
    let [run, get, sleep] = [Activity::Running, Activity::Waiting(Call::Get), Activity::Sleeping];
    assert_eq!(seen, [run, get, run, sleep, join, join, join, join, run]);
}

#[test]
fn an_event_loop_waits_until_the_last_customer_is_served() {
    let waiting = Activity::Waiting(Call::Recv);
    let seen = activities(
        r#"2 loop request "customer":1
           2 loop request "customer":2
           2 loop served "customer":2
           2 loop served "customer":1"#,
    );
    assert_eq!(seen, [waiting, waiting, waiting, Activity::Running]);
}

#[test]
fn a_value_arrives_from_whoever_put_it_first() {
    let mut arrived = Vec::new();
    let state = fold(
        r#"2 writer-1 put "value":"A"
           3 writer-2 put "value":"A"
           3 writer-2 send "value":"A"
           4 reader get "value":"A"
           4 reader get "value":"B"
           3 writer-2 recv "value":"A""#,
        |_, change| arrived.push(change.arrived.map(|parcel| (parcel.id, parcel.from))),
    );
    // A process does not receive what it has sent itself.
    assert_eq!(arrived, [None, None, None, Some((0, 2)), None, None]);
    let left: Vec<_> = state.on_its_way(Way::Queue).map(|it| it.parcel.from).collect();
    assert_eq!(left, [3]);
    assert_eq!(state.on_its_way(Way::Pipe).count(), 1);
}

#[test]
fn what_was_refused_or_failed_is_not_on_its_way() {
    let mut back = Vec::new();
    let state = fold(
        r#"1 parent running
           2 writer put "value":"A"
           2 writer sleep "seconds":1.0
           2 writer put "value":"B"
           2 writer error "message":"it has no reader any more"
           1 parent send "value":"C"
           1 parent refused "call":"send","message":"one-way"
           1 parent error "message":"something else""#,
        |_, change| back.push(change.taken_back.map(|parcel| parcel.id)),
    );
    assert_eq!(back, [None, None, None, None, Some(1), None, Some(2), None]);
    let left: Vec<_> = state.on_its_way(Way::Queue).map(|it| &it.value).collect();
    assert_eq!(left, ["A"]);
    assert_eq!(state.on_its_way(Way::Pipe).count(), 0);
    assert_eq!(state.parents_error().map(Why::to_string), Some("something else".into()));
}

#[test]
fn only_a_signal_that_its_parent_sent_is_a_wanted_end() {
    let failed = |events: &str| {
        let log = format!("1 parent started \"child\":2,\"child_role\":\"reader\"\n{events}");
        let failures = after(&log).failures();
        failures.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let exited =
        |status| format!(r#"1 parent exited "child":2,"child_role":"reader","status":{status}"#);
    let terminate = r#"1 parent terminate "child":2,"child_role":"reader""#;
    let kill = r#"1 parent kill "child":2,"child_role":"reader""#;
    let none: [&str; 0] = [];

    assert_eq!(failed(&exited(r#"{"code":0}"#)), none);
    assert_eq!(failed(&exited(r#"{"code":1}"#)), ["reader (PID 2) ended with exit status 1"]);
    let term = exited(r#"{"signal":15}"#);
    assert_eq!(failed(&term), ["reader (PID 2) was killed by SIGTERM (15)"]);
    assert_eq!(failed(&format!("{terminate}\n{term}")), none);
    // Terminated by the parent, and then killed by another process.
    let killed = exited(r#"{"signal":9}"#);
    let by_sigkill = ["reader (PID 2) was killed by SIGKILL (9)"];
    assert_eq!(failed(&format!("{terminate}\n{killed}")), by_sigkill);
    assert_eq!(failed(&format!("{terminate}\n{kill}\n{killed}")), none);
}

#[test]
fn a_command_dies_with_whoever_has_started_it_and_its_failure_is_told_once() {
    let begin = r#"1 parent started "child":2,"child_role":"writer"
        2 writer started "child":3,"child_role":"writer-command","foreign":true,"command":"./w""#;
    let failures = |end: &str| {
        let state = after(&format!("{begin}\n{end}"));
        assert_eq!(state.alive().count(), 0, "{end}");
        let failures = state.failures();
        let said = failures.iter().map(|it| (it.process.role.clone(), it.to_string()));
        said.collect::<Vec<_>>()
    };
    let roles =
        |end: &str| -> Vec<String> { failures(end).into_iter().map(|(role, _)| role).collect() };
    // The go-between has been killed, and no event tells the command's end.
    let killed = r#"1 parent exited "child":2,"child_role":"writer","status":{"signal":9}"#;
    assert_eq!(roles(killed), ["writer"]);
    let failed = r#"2 writer exited "child":3,"child_role":"writer-command","status":{"code":3}
        1 parent exited "child":2,"child_role":"writer","status":{"code":1}"#;
    assert_eq!(roles(failed), ["writer-command"]);
    // The go-between's error is about the command.
    let error = r#"2 writer error "message":"line 1 of ./w is no text"
        2 writer kill "child":3,"child_role":"writer-command"
        2 writer exited "child":3,"child_role":"writer-command","status":{"signal":9}
        1 parent exited "child":2,"child_role":"writer","status":{"code":1}"#;
    let expected = ("writer".to_owned(), "line 1 of ./w is no text".to_owned());
    assert_eq!(failures(error), [expected]);
}

#[test]
fn queues_and_pipes_are_told_apart_by_name() {
    let state = after(
        r#"1 parent put "on":"a","value":1
           1 parent put "on":"b","value":1
           1 parent send "on":"p","value":1
           1 parent send "on":"q","value":2
           2 reader get "on":"b","value":1
           2 reader get "on":"b","value":1
           1 parent refused "call":"send","why":[]"#,
    );
    let left = |way| state.on_its_way(way).map(|it| it.parcel.id).collect::<Vec<_>>();
    assert_eq!((left(Way::Queue), left(Way::Pipe)), (vec![0], vec![2]));
}

#[test]
fn a_process_is_named_before_those_that_it_starts() {
    // The parent's `started` may come after the child's first events.
    let state = after(
        r#"1 parent running
           1 parent started "child":5,"child_role":"reader"
           7 writer running
           7 writer started "child":8,"child_role":"writer-command","command":"sh"
           1 parent started "child":7,"child_role":"writer""#,
    );
    let alive: Vec<_> = state.alive().map(|it| it.pid).collect();
    assert_eq!(alive, [5, 7, 8]);
}

#[test]
fn of_a_program_each_value_is_in_a_buffer_or_in_a_pipe_until_it_is_got() {
    let state = fold_of(
        "run",
        r#"1 M put "on":"q","value":1,"number":1
           1 M put "on":"r","value":1,"number":2
           2 w put "on":"q","value":2,"number":3
           2 w put "on":"q","value":3,"number":4
           2/QueueFeederThread w fed "on":"q","number":3
           1/QueueFeederThread M fed "on":"r","number":2
           1 M get "on":"r","value":1,"number":2
           1 M put "on":"q","value":4,"number":5
           1 M full "on":"q","number":5
           1 M put "on":"q","value":5,"number":6
           1/QueueFeederThread M dropped "on":"q","number":6,"exception":"PicklingError"
           1 M send "on":"a","value":6,"number":7
           1 M refused "call":"send","why":[]
           3 r get "on":"q","value":9,"number":99"#,
        |_, _| (),
    );
    let left: Vec<_> = state.on_its_way(Way::Queue).map(|it| (it.number, it.place)).collect();
    let expected = [(1, Place::Buffer), (3, Place::Pipe), (4, Place::Buffer)];
    assert_eq!(left, expected.map(|(number, place)| (Some(number), place)));
    assert_eq!(state.on_its_way(Way::Pipe).count(), 0);
    // Threads that only feed queues do nothing of their own.
    assert!(state.processes().all(|it| it.threads().count() == 1));
}

#[test]
fn of_a_program_it_is_known_who_lives_and_what_each_thread_does() {
    let begin = r#"1 M started "child":2,"child_role":"a"
        1 M started "child":3,"child_role":"b"
        1 M acquired "lock":"l"
        2 a acquired "lock":"k"
        1 M join "child":2,"child_role":"a"
        1/T M wait "call":"get","on":"q""#;
    let state = |rest: &str| fold_of("run", &format!("{begin}\n{rest}"), |_, _| ());
    let alive = |state: &State| state.alive().map(|it| it.pid).collect::<Vec<_>>();
    let does = |state: &State, thread| state.process(1).map(|it| it.does(thread));

    let zombie = state(r#"2 a ended "child":2,"status":{"code":0}"#);
    assert_eq!(alive(&zombie), [2, 3]);
    assert_eq!(does(&zombie, None), Some(Activity::Joining(2)));
    assert_eq!(does(&zombie, Some("T")), Some(Activity::Waiting(Call::Get)));
    assert_eq!(zombie.holder_of("k").map(|it| it.pid), Some(2));

    // Somebody else has reaped it.
    assert_eq!(alive(&state(r#"2 a ended "child":2"#)), [3]);

    let timeout = state(r#"1 M returned "call":"join","on":"a","result":false"#);
    assert_eq!(does(&timeout, None), Some(Activity::Running));
    assert!(timeout.process(2).is_some_and(|it| !it.is_joined));

    let worker = state(
        r#"3 b begin "pool":"p","job":"0","task":0,"function":"f","values":1
           1/T M thread_end"#,
    );
    assert_eq!(worker.process(1).map(|it| it.threads().count()), Some(1));
    assert_eq!(worker.process(3).map(|it| it.does(None)), Some(Activity::Running));
    let idle = state(r#"3 b end "pool":"p","job":"0","task":0"#);
    assert_eq!(idle.process(3).map(|it| it.does(None)), Some(Activity::Waiting(Call::Get)));
}
