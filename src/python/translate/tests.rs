//! Raw records in, lines of the log out.

use serde_json::{Map, Value};

use super::*;
use crate::events::{Record, Status, Vocabulary};

/// A program whose first process has PID 1.
fn translator() -> Translator {
    let mut translator = Translator::new(Begun {
        root: 1,
        command: vec!["python3".into(), "x.py".into()],
        options: json!({}),
        seed: 0,
        epoch: 1_000_000,
        folder: Some("/home/me".into()),
    });
    translator.begin(&mut |line| assert_eq!(shown(line).split(' ').nth(1), Some("run")));
    translator
}

/// Hands a raw record to the translator, in the form `PID[/THREAD][:LINE] KIND FIELDS`, and returns
/// its events, each in the form `ROLE[/THREAD][:LINE] EVENT FIELDS`.
fn told(translator: &mut Translator, record: &str) -> Vec<String> {
    let mut words = record.trim().splitn(3, ' ');
    let (who, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (who, line) = who.split_once(':').unwrap_or((who, ""));
    let (pid, thread) = who.split_once('/').unwrap_or((who, ""));
    let mut raw = format!(r#"{{"m":1,"t":1000000,"p":{pid},"e":"{kind}""#);
    if !thread.is_empty() {
        raw += &format!(r#","n":"{thread}""#);
    }
    if !line.is_empty() {
        raw += &format!(r#","a":["/home/me/x.py","f",{line}]"#);
    }
    raw += &words.next().map(|it| format!(",{it}")).unwrap_or_default();
    raw += "}";
    let mut lines = Vec::new();
    assert!(translator.take(raw.as_bytes(), &mut |line| lines.push(shown(line))), "{raw}");
    lines
}

fn shown(line: &str) -> String {
    let record = Record::read(line, Vocabulary::of::<PythonEvent>()).expect(line);
    let thread = record.thread.map(|it| format!("/{it}")).unwrap_or_default();
    let at = record.at.map(|it| format!(":{}", it.line)).unwrap_or_default();
    let mut fields: Map<String, Value> = serde_json::from_str(line).expect(line);
    for common in ["v", "t", "pid", "role", "thread", "at", "event"] {
        fields.shift_remove(common);
    }
    let fields = match fields.is_empty() {
        true => String::new(),
        false => format!(" {}", Value::from(fields)),
    };
    format!("{}{thread}{at} {}{fields}", record.role, record.event.name())
}

/// Holds a run against what it should be: raw records, and below each its events, after `=`.
fn check(run: &str) {
    let mut translator = translator();
    let lines: Vec<_> = run.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for block in lines.chunk_by(|_, next| next.starts_with("= ")) {
        let expected: Vec<_> = block[1..].iter().map(|line| &line[2..]).collect();
        assert_eq!(told(&mut translator, block[0]), expected, "{}", block[0]);
    }
}

#[test]
fn a_record_that_a_killed_process_left_unfinished_is_dropped_and_the_next_one_is_whole() {
    let mut lines = Vec::new();
    let records =
        br#"{"m":1,"t":1000000,"p":2,"e":"sle{"m":1,"t":1000000,"p":1,"e":"sleep","s":1}"#;
    assert!(translator().take(records, &mut |line| lines.push(shown(line))));
    assert_eq!(lines, [r#"MainProcess sleep {"seconds":1.0}"#]);
}

#[test]
fn processes_have_the_names_of_what_they_run() {
    check(
        r#"1 hello "pp":9,"v":"3.11.7","k":"","cmd":["python3","x.py"]
           = MainProcess running
           2 run "pp":1,"name":"Process-1","target":"work","lib":false
           = work running
           1:3 start "c":2,"name":"Process-1","target":"work","lib":false,"method":"fork"
           = MainProcess:3 started {"child":2,"child_role":"work","method":"fork"}
           1 start "c":3,"name":"Process-2","target":"work","lib":false,"daemon":true
           = MainProcess started {"child":3,"child_role":"work-2","daemon":true}
           1 start "c":4,"name":"mine","target":"work","lib":false
           = MainProcess started {"child":4,"child_role":"mine"}
           1 start "c":5,"name":"Worker-5","target":"Worker","lib":false
           = MainProcess started {"child":5,"child_role":"Worker-5"}
           1 start "c":6,"name":"ForkPoolWorker-6","target":"worker","lib":true
           = MainProcess started {"child":6,"child_role":"ForkPoolWorker-6","library":true}
           7 hello "pp":1,"k":"resource_tracker","cmd":["python3","-c","..."]
           7 fed "o":"p:1"
           7 print "s":2,"x":"lost\n","l":5
           = resource_tracker printed {"stream":"stderr","text":"lost"}
           8 fork "pp":2
           = work started {"child":8,"child_role":"fork","method":"os.fork"}
           = fork running
           1 popen "c":9,"cmd":["/bin/ls","-l"]
           = MainProcess started {"child":9,"child_role":"ls","foreign":true}
           1 popen "c":10,"cmd":["/usr/bin/python3.12","-X","dev","-u","y.py","-v"]
           = MainProcess started {"child":10,"child_role":"y.py"}
           10 hello "pp":1,"k":"","cmd":["/usr/bin/python3.12","-X","dev","-u","y.py","-v"]
           = y.py running
           1:9 status "c":2,"code":-15
           = MainProcess:9 exited {"child":2,"child_role":"work","status":{"signal":15}}
           1 joined "c":2,"ended":true
           = MainProcess joined {"child":2,"child_role":"work"}
           1 joined "c":3,"ended":false
           = MainProcess returned {"call":"join","on":"work-2","result":false}
           1 start "c":2,"name":"Process-9","target":"other","lib":false
           = MainProcess started {"child":2,"child_role":"other"}
           1 something "new":[1]"#,
    );
}

#[test]
fn a_get_names_its_put_whoever_feeds_the_pipe() {
    check(
        r#"1:1 make "o":"p:7","k":"Queue","name":"q","max":2
           = MainProcess:1 made {"on":"q","kind":"Queue","max":2}
           1:2 put "o":"p:7","v":[1],"mut":1
           = MainProcess:2 put {"value":[1],"on":"q","number":1}
           2:3 put "o":"p:7","v":"B"
           = child:3 put {"value":"B","on":"q","number":2}
           1:4 put "o":"p:7","v":"C"
           = MainProcess:4 put {"value":"C","on":"q","number":3}
           1:4 full "o":"p:7"
           = MainProcess:4 full {"on":"q","number":3}
           2/QueueFeederThread fed "o":"p:7"
           = child/QueueFeederThread fed {"on":"q","number":2}
           1/QueueFeederThread fed "o":"p:7","v":[1, 2]
           = MainProcess/QueueFeederThread fed {"on":"q","number":1,"value":[1,2]}
           1 wait "o":"p:7","call":"get","timeout":null
           = MainProcess wait {"call":"get","on":"q"}
           1 took "o":"p:7"
           2 took "o":"p:7"
           2 get "o":"p:7","v":[1,2]
           = child get {"value":[1,2],"on":"q","number":1}
           1 get "o":"p:7","v":"B"
           = MainProcess get {"value":"B","on":"q","number":2}
           1 put "o":"p:7","v":{"python":"<C>"}
           = MainProcess put {"value":{"python":"<C>"},"on":"q","number":4}
           1/QueueFeederThread dropped "o":"p:7","x":"PicklingError"
           = MainProcess/QueueFeederThread dropped {"on":"q","number":4,"exception":"PicklingError"}
           1 make "o":"p:8","k":"SimpleQueue","name":null
           = MainProcess made {"on":"simplequeue-1","kind":"SimpleQueue"}
           1 put "o":"p:8","v":1
           = MainProcess put {"value":1,"on":"simplequeue-1","number":5}
           1/T put "o":"p:8","v":2
           = MainProcess/T put {"value":2,"on":"simplequeue-1","number":6}
           1/T fed "o":"p:8"
           = MainProcess/T fed {"on":"simplequeue-1","number":6}
           1 make "o":"i:1:5","k":"queue.LifoQueue","name":"q"
           = MainProcess made {"on":"q-2","kind":"queue.LifoQueue"}
           1 put "o":"i:1:5","v":1,"id":77
           = MainProcess put {"value":1,"on":"q-2","number":7}
           1 put "o":"i:1:5","v":1,"id":77
           = MainProcess put {"value":1,"on":"q-2","number":8}
           1/T get "o":"i:1:5","v":1,"id":77
           = MainProcess/T get {"value":1,"on":"q-2","number":8}"#,
    );
}

#[test]
fn objects_are_told_apart_by_the_ends_and_locks_that_they_have() {
    check(
        r#"1 make "o":"s:1","k":"Pipe","name":"a","name2":"b","peer":"s:2"
           = MainProcess made {"on":"a","kind":"Pipe"}
           = MainProcess made {"on":"b","kind":"Pipe"}
           1 send "o":"s:1","v":1
           = MainProcess send {"value":1,"on":"a","number":1}
           2 send "o":"s:2","v":2
           = child send {"value":2,"on":"b","number":2}
           3 send "o":"s:2","v":3
           = child send {"value":3,"on":"b","number":3}
           2 recv "o":"s:2","v":1
           = child recv {"value":1,"on":"b","number":1}
           1 recv "o":"s:1","v":3
           = MainProcess recv {"value":3,"on":"a","number":3}
           1 recv "o":"s:1","v":2
           = MainProcess recv {"value":2,"on":"a","number":2}
           1 send "o":"s:1","v":4
           = MainProcess send {"value":4,"on":"a","number":4}
           1 refused "call":"send","o":"s:1","x":"BrokenPipeError"
           = MainProcess refused {"call":"send","why":[{"kind":"said","text":"BrokenPipeError"}]}
           2 recv "o":"s:2","v":4
           = child recv {"value":4,"on":"b"}
           1 make "o":"p:3","k":"Pipe","name":"r","name2":"w"
           = MainProcess made {"on":"r","kind":"Pipe"}
           = MainProcess made {"on":"w","kind":"Pipe"}
           1 close "o":"p:3","w":1
           = MainProcess closed {"on":"w"}
           2 close "o":"p:3","w":0
           = child closed {"on":"r"}
           1 send "o":"s:8","v":1
           2 recv "o":"s:9","v":1
           = child returned {"call":"recv","on":"pipe-1"}
           1 make "o":"m:c","k":"Condition","name":"self.ready","lock":"m:d"
           = MainProcess made {"on":"self.ready","kind":"Condition","lock":"self.ready"}
           1 make "o":"m:e","k":"BoundedSemaphore","name":null
           = MainProcess made {"on":"boundedsemaphore-1","kind":"BoundedSemaphore"}
           1 release "o":"m:d"
           = MainProcess release {"lock":"self.ready"}
           1 acquired "o":"m:e"
           = MainProcess called {"call":"acquire","on":"boundedsemaphore-1"}
           1 make "o":"w:1:5","k":"Pool","name":"pool"
           = MainProcess made {"on":"pool","kind":"Pool"}
           1 submit "o":"w:1:5","job":0,"num":3,"fn":"square","call":"map"
           = MainProcess submit {"pool":"pool","job":"0","tasks":3,"function":"square","call":"map"}
           4 run "pp":1,"name":"ForkPoolWorker-1","target":"worker","lib":true
           = ForkPoolWorker-1 running
           4 begin "job":0,"i":0,"fn":"square","num":3
           = ForkPoolWorker-1 begin {"pool":"pool","job":"0","task":0,"function":"square","values":3}
           1 returned "call":"result","o":"w:1:5","job":0,"x":"ValueError"
           = MainProcess returned {"call":"result","on":"pool","job":"0","exception":"ValueError"}"#,
    );
}

#[test]
fn a_written_line_has_the_place_where_it_was_printed() {
    check(
        r#"1:1 print "s":1,"x":"a\nb\n","l":4
           = MainProcess:1 printed {"stream":"stdout","text":"a"}
           = MainProcess:1 printed {"stream":"stdout","text":"b"}
           1:2 print "s":1,"x":"c\n","l":2
           = MainProcess:2 printed {"stream":"stdout","text":"c"}
           1 write "s":1,"b":"a\nraw\nb"
           = MainProcess:1 written {"stream":"stdout","line":"a"}
           = MainProcess written {"stream":"stdout","line":"raw"}
           1 forking
           2 fork "pp":1,"copies":true
           = MainProcess started {"child":2,"child_role":"fork","method":"os.fork"}
           = fork running
           1 write "s":1,"b":"\nc\n"
           = MainProcess:1 written {"stream":"stdout","line":"b"}
           = MainProcess:2 written {"stream":"stdout","line":"c"}
           2 write "s":1,"b":"b\nc\n"
           = fork:1 written {"stream":"stdout","of":1,"line":"b"}
           = fork:2 written {"stream":"stdout","of":1,"line":"c"}
           3 run "pp":1,"name":"Process-1","target":"f","copies":true
           = f running
           4 run "pp":1,"name":"Process-2","target":"f","copies":false
           = f-2 running
           3 write "s":1,"b":"b\n"
           = f:1 written {"stream":"stdout","of":1,"line":"b"}
           4 write "s":1,"b":"b\n"
           = f-2 written {"stream":"stdout","line":"b"}
           1 write "s":2,"b":"one\ntw"
           = MainProcess written {"stream":"stderr","text":"one"}
           1 unwritten "s":2,"num":2
           1 write "s":2,"b":"two\n"
           = MainProcess written {"stream":"stderr","text":"two"}
           1/T:8 print "s":1,"x":"first\n","l":6
           = MainProcess/T:8 printed {"stream":"stdout","text":"first"}
           1:9 print "s":1,"x":"second\n","l":7
           = MainProcess:9 printed {"stream":"stdout","text":"second"}
           1 write "s":1,"b":"second\nfirst\n"
           = MainProcess:9 written {"stream":"stdout","line":"second"}
           = MainProcess:8 written {"stream":"stdout","line":"first"}
           1:3 print "s":1,"x":"caf\u00e9!\n","l":6
           = MainProcess:3 printed {"stream":"stdout","text":"café!"}
           1 write "s":1,"b":"caf\\xe9!\n"
           = MainProcess:3 written {"stream":"stdout","line":"caf\\xe9!"}
           1 write "s":1,"b":"beg"
           1 write "s":1,"b":"un"
           1:4 print "s":1,"x":"begun, ended\n","l":13
           = MainProcess:4 printed {"stream":"stdout","text":"begun, ended"}
           2 write "s":1,"b":"between\n"
           = MainProcess written {"stream":"stdout","open":true,"line":"begun"}
           = fork written {"stream":"stdout","line":"between"}
           1 write "s":1,"b":", ended\n"
           = MainProcess:4 written {"stream":"stdout","line":", ended"}"#,
    );
}

#[test]
fn an_end_tells_what_was_lost() {
    let mut translator = translator();
    let end = |translator: &mut Translator, pid, status, ours| {
        let mut lines = Vec::new();
        translator.ended(pid, status, ours, 1_000_000, &mut |line| lines.push(shown(line)));
        lines
    };
    for record in [
        r#"1 hello "pp":9,"k":"""#,
        r#"1 start "c":2,"name":"Process-1","target":"a","lib":false"#,
        r#"1 start "c":3,"name":"Process-2","target":"b","lib":false"#,
        r#"3 fork "pp":2"#,
        r#"2:5 print "s":1,"x":"x\ny\n","l":4"#,
        r#"2:6 print "s":1,"x":"z\n","l":2"#,
        r#"2 write "s":1,"b":"x\npart""#,
        r#"2:7 print "s":2,"x":"e\nf\n","l":4"#,
        r#"2 write "s":2,"b":"e\nf\n""#,
        r#"2 unwritten "s":2,"num":2"#,
    ] {
        told(&mut translator, record);
    }
    assert_eq!(translator.new_processes(), [2, 3]);
    assert_eq!(translator.new_processes(), [0; 0]);
    let lost = r#"a unwritten {"stream":"stdout","lines":2,"places":["x.py:5","x.py:6"]}"#;
    let expected = [
        r#"a written {"stream":"stdout","open":true,"line":"part"}"#,
        lost,
        r#"a unwritten {"stream":"stderr","lines":1,"places":["x.py:7"]}"#,
        r#"a ended {"child":2,"status":{"signal":9}}"#,
    ];
    assert_eq!(end(&mut translator, 2, Some(Status::Signal(9)), false), expected);
    let exited = r#"MainProcess exited {"child":2,"child_role":"a","status":{"signal":9}}"#;
    assert_eq!(told(&mut translator, r#"1 status "c":2,"code":-9"#), [exited]);
    assert_eq!(end(&mut translator, 2, None, false), [""; 0]);
    assert_eq!(end(&mut translator, 3, None, false), [r#"b ended {"child":3}"#]);
    let exited = r#"MainProcess exited {"child":1,"child_role":"MainProcess","status":{"code":0}}"#;
    assert_eq!(end(&mut translator, 1, Some(Status::Code(0)), true), [exited]);
    assert!(translator.seen().survivors.is_empty() && translator.seen().hello);
    assert!(!translator.take(b"Traceback", &mut |_| ()));
}

/// 3 writers and 3 readers of one queue, each in its own pace.
#[test]
fn each_of_24_000_values_is_matched() {
    let mut translator = translator();
    let mut random = fastrand::Rng::with_seed(7);
    let (mut put, mut fed, mut took) = ([0; 3], [0; 3], Vec::new());
    let mut taken: [Option<u64>; 3] = [None; 3];
    let (mut numbers, mut got) = (HashMap::new(), 0);
    let number_of = |translator: &mut Translator, record: &str| {
        let mut number = None;
        let record = format!(r#"{{"m":1,"t":1,"p":{record},"o":"p:1"}}"#);
        assert!(translator.take(record.as_bytes(), &mut |line| {
            let digits = line.rsplit_once(r#""number":"#).map(|(_, it)| it.trim_end_matches('}'));
            number = digits.and_then(|it| it.parse::<u64>().ok());
        }));
        number
    };
    while got < 24_000 {
        let who = random.usize(..3);
        match random.usize(..3) {
            0 if put[who] < 8_000 => {
                let value = who * 8_000 + put[who];
                let record = format!(r#"{},"e":"put","v":{value}"#, who + 2);
                numbers.insert(value, number_of(&mut translator, &record));
                put[who] += 1;
            }
            1 if fed[who] < put[who] => {
                let record = format!(r#"{},"n":"QueueFeederThread","e":"fed""#, who + 2);
                number_of(&mut translator, &record);
                took.push(who * 8_000 + fed[who]);
                fed[who] += 1;
            }
            2 => match taken[who].take() {
                Some(place) => {
                    let value = took[place as usize];
                    let record = format!(r#"{},"e":"get","v":{value}"#, who + 5);
                    let number = number_of(&mut translator, &record);
                    assert_eq!(number, numbers.remove(&value).expect("a put"));
                    got += 1;
                }
                None => {
                    let all_taken = got + taken.iter().flatten().count();
                    if all_taken < took.len() {
                        taken[who] = Some(all_taken as u64);
                        number_of(&mut translator, &format!(r#"{},"e":"took""#, who + 5));
                    }
                }
            },
            _ => {}
        }
    }
}

#[test]
fn a_child_that_ends_before_its_start_is_told_is_the_same_child() {
    let mut translator = translator();
    told(&mut translator, r#"1 hello "pp":9,"v":"3.11.7","k":"","cmd":["python3","x.py"]"#);
    told(&mut translator, r#"2 run "pp":1,"name":"Process-1","target":"work","lib":false"#);
    let mut lines = Vec::new();
    translator.ended(2, None, false, 1_000_000, &mut |line| lines.push(shown(line)));
    assert!(lines.is_empty(), "{lines:?}");
    let start = r#"1:3 start "c":2,"name":"Process-1","target":"work","lib":false"#;
    let told =
        [told(&mut translator, start), told(&mut translator, r#"1:4 status "c":2,"code":0"#)];
    let expected = [
        r#"MainProcess:3 started {"child":2,"child_role":"work"}"#,
        r#"work ended {"child":2}"#,
        r#"MainProcess:4 exited {"child":2,"child_role":"work","status":{"code":0}}"#,
    ];
    assert_eq!(told.concat(), expected);
}
