//! Recorded runs, explained in English on 80 columns.

use super::notes_of;

#[test]
fn a_reader_that_is_terminated() {
    snapbox::assert_data_eq!(
        notes_of("queue-terminate", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C'], writers 1, readers 1, pause
    1.0, stop terminate, speed 1.0. --seed 7 repeats the random pauses, where
    there are any; who runs when stays the kernel's choice. This run may use 2
    cores.
    The process that you started is the parent, PID 24212. All others of this
    run are its children.
    The parent has started writer (PID 24214): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent has started reader (PID 24215) in the same way.
    The parent now waits in join() for the end of writer (PID 24214), and of no
    other child: not of reader.
    writer (PID 24214) begins 0.83 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    writer (PID 24214) says this before it puts: the other way round, a reader
    might say first that it has the value. Here put() itself writes into the
    pipe; in Python a hidden feeder thread does that, and put() does not wait
    for it.
    writer (PID 24214) now sleeps for 868 ms. It needs no processor meanwhile;
    the others go on.
    reader (PID 24215) calls get() and hardly has to wait: 1 value has already
    been put.
    reader (PID 24215) got 'A' 0.27 ms after writer (PID 24214) said that it
    puts it. The queue is a pipe in the kernel; no other process passed the
    value on.
    reader (PID 24215) calls get(). As long as the queue is empty the call
    blocks, until a value comes or the last write end is closed.
    'B' took 0.36 ms; reader (PID 24215) had waited in get() for 868 ms.
    'C' took 0.23 ms; reader (PID 24215) had waited in get() for 690 ms.
    writer (PID 24214) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 2.56 s, because writer (PID 24214) has ended.
    Still running, and not joined yet: reader.
    The parent can't wait for reader (PID 24215): its loop is endless, so a
    join() would never return. Hence SIGTERM (15), now that every value has been
    got.
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, reader (PID 24215) would stay a zombie until the parent ends,
    and nobody would see its exit status.
    reader (PID 24215) was killed by SIGTERM (15): in Python its exitcode is
    -15, in a shell its exit status is 143 = 128 + 15. The parent has reaped it,
    so no zombie is left.
    In all, 2 processes were started, and all were reaped: 1 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}

#[test]
fn a_value_that_comes_late() {
    snapbox::assert_data_eq!(
        notes_of("queue-late", "en", 80),
        snapbox::str![[r#"
    Options of this run: values [1, 2, 3, 4], writers 1, readers 1, pause 0.0,
    stop terminate, speed 1.0. --seed 3144280245 repeats the random pauses,
    where there are any; who runs when stays the kernel's choice. This run may
    use 2 cores.
    The process that you started is the parent, PID 24225. All others of this
    run are its children.
    The parent has started writer (PID 24227): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent has started reader (PID 24228) in the same way.
    The parent now waits in join() for the end of writer (PID 24227), and of no
    other child: not of reader.
    reader (PID 24228) begins 0.99 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    reader (PID 24228) calls get(). As long as the queue is empty the call
    blocks, until a value comes or the last write end is closed.
    writer (PID 24227) says this before it puts: the other way round, a reader
    might say first that it has the value. Here put() itself writes into the
    pipe; in Python a hidden feeder thread does that, and put() does not wait
    for it.
    reader (PID 24228) got 1 55 us after writer (PID 24227) said that it puts
    it. The queue is a pipe in the kernel; no other process passed the value on.
    2 took 0.27 ms; reader (PID 24228) had waited in get() for 0.30 ms.
    reader (PID 24228) calls get() and hardly has to wait: 2 values have already
    been put.
    writer (PID 24227) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    3 took 0.28 ms; reader (PID 24228) had waited in get() for 10 us.
    join() has returned after 1.60 ms, because writer (PID 24227) has ended.
    Still running, and not joined yet: reader.
    The parent can't wait for reader (PID 24228): its loop is endless, so a
    join() would never return. Hence SIGTERM (15), although 1 value has not been
    got yet: 4.
    4 took 0.28 ms; reader (PID 24228) had waited in get() for 9 us.
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, reader (PID 24228) would stay a zombie until the parent ends,
    and nobody would see its exit status.
    reader (PID 24228) was killed by SIGTERM (15): in Python its exitcode is
    -15, in a shell its exit status is 143 = 128 + 15. The parent has reaped it,
    so no zombie is left.
    In all, 2 processes were started, and all were reaped: 1 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}

#[test]
fn a_sentinel() {
    snapbox::assert_data_eq!(
        notes_of("queue-sentinel", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C'], writers 1, readers 1, pause
    1.0, stop sentinel, speed 10.0. --seed 7 repeats the random pauses, where
    there are any; who runs when stays the kernel's choice. This run may use 2
    cores.
    The process that you started is the parent, PID 24216. All others of this
    run are its children.
    The parent has started writer (PID 24218): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent has started reader (PID 24219) in the same way.
    The parent now waits in join() for the end of writer (PID 24218), and of no
    other child: not of reader.
    reader (PID 24219) begins 1.01 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    reader (PID 24219) calls get(). As long as the queue is empty the call
    blocks, until a value comes or the last write end is closed.
    writer (PID 24218) says this before it puts: the other way round, a reader
    might say first that it has the value. Here put() itself writes into the
    pipe; in Python a hidden feeder thread does that, and put() does not wait
    for it.
    reader (PID 24219) got 'A' 50 us after writer (PID 24218) said that it puts
    it. The queue is a pipe in the kernel; no other process passed the value on.
    writer (PID 24218) now sleeps for 86.8 ms. It needs no processor meanwhile;
    the others go on.
    'B' took 0.18 ms; reader (PID 24219) had waited in get() for 87.2 ms.
    'C' took 0.21 ms; reader (PID 24219) had waited in get() for 69.4 ms.
    writer (PID 24218) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 258 ms, because writer (PID 24218) has ended.
    Still running, and not joined yet: reader.
    The parent puts a sentinel behind the last value, one for each reader: a
    reader that gets it takes it out of the queue, so the next one needs its
    own.
    The parent goes on to the join() for reader (PID 24219).
    reader (PID 24219) got a sentinel: every value put before it has been got.
    It leaves its loop and ends by itself, and nobody has to kill it.
    reader (PID 24219) has ended with exit status 0 as well.
    In all, 2 processes were started, and all were reaped: 2 ended with exit
    status 0.

"#]]
    );
}

#[test]
fn end_of_file_for_two_readers() {
    snapbox::assert_data_eq!(
        notes_of("queue-eof", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C'], writers 1, readers 2, pause
    1.0, stop eof, speed 10.0. --seed 7 repeats the random pauses, where there
    are any; who runs when stays the kernel's choice. This run may use 2 cores.
    The process that you started is the parent, PID 24220. All others of this
    run are its children.
    The parent has started writer (PID 24222): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent has started reader-1 (PID 24223) in the same way.
    reader-1 (PID 24223) begins 0.99 ms after the parent has started it. Both
    run at the same time, so in another run their lines may have changed places.
    reader-1 (PID 24223) calls get(). As long as the queue is empty the call
    blocks, until a value comes or the last write end is closed.
    writer (PID 24222) says this before it puts: the other way round, a reader
    might say first that it has the value. Here put() itself writes into the
    pipe; in Python a hidden feeder thread does that, and put() does not wait
    for it.
    writer (PID 24222) now sleeps for 86.8 ms. It needs no processor meanwhile;
    the others go on.
    reader-1 (PID 24223) got 'A' 67 us after writer (PID 24222) said that it
    puts it. The queue is a pipe in the kernel; no other process passed the
    value on.
    The parent has started reader-2 (PID 24224) in the same way.
    The parent now waits in join() for the end of writer (PID 24222), and of no
    other child: not of reader-1 and reader-2.
    'B' took 0.22 ms; reader-2 (PID 24224) had waited in get() for 86.2 ms.
    2 processes have called get() on this queue by now, and 'B' went to reader-2
    (PID 24224) alone: each value goes to one reader. To which one, nobody
    decides but the kernel.
    'C' took 0.16 ms; reader-1 (PID 24223) had waited in get() for 156 ms.
    reader-2 (PID 24224) came to the end of file (EOF): the pipe is empty and no
    process has a write end any more, neither the parent nor writer. It leaves
    its loop and ends by itself.
    reader-1 (PID 24223) came to EOF as well: unlike a sentinel, it is there for
    every reader.
    writer (PID 24222) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    reader-1 (PID 24223) has ended with exit status 0 as well.
    reader-2 (PID 24224) has ended with exit status 0 as well.
    join() has returned after 257 ms, because writer (PID 24222) has ended.
    This join() returns at once: reader-1 (PID 24223) was reaped just before.
    How many values each reader got: reader-1: 2 and reader-2: 1.
    In all, 3 processes were started, and all were reaped: 3 ended with exit
    status 0.

"#]]
    );
}

#[test]
fn a_join_of_the_last_child_only() {
    snapbox::assert_data_eq!(
        notes_of("spawn-last", "en", 80),
        snapbox::str![[r#"
    Options of this run: children 3, threads 2, sleep 2.0, join last, speed
    10.0. --seed 2548134208 repeats the random pauses, where there are any; who
    runs when stays the kernel's choice. This run may use 2 cores.
    The process that you started is the parent, PID 24230. All others of this
    run are its children.
    The parent says this before it starts a child: none is running yet.
    The parent has started child-1 (PID 24232): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent goes on to the next child without waiting for child-1: so the
    children run at the same time.
    The parent has started child-2 (PID 24233) in the same way.
    child-3 (PID 24234) is already running while the parent is still busy
    starting it: from now on both run at the same time, in whatever order the
    kernel chooses.
    child-3 (PID 24234) now sleeps for 200 ms. It needs no processor meanwhile;
    the others go on.
    The same line as from child-3 (PID 24234), but this is child-2 (PID 24233).
    MainThread is the name of the first thread in every process: it tells nobody
    which process it is.
    child-2 (PID 24233) begins 1.22 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    The parent has started child-3 (PID 24234) in the same way.
    The parent now waits in join() for the end of child-3 (PID 24234), and of no
    other child: not of child-1 and child-2.
    In each turn of its loop child-3 (PID 24234) starts a thread and does not
    wait for it: the thread's line may come at any time from now on.
    child-3 (PID 24234) has left its loop, but its 2 threads have not said
    anything yet. The process waits for all its threads before it ends, as
    Python's do.
    Thread-2 of child-3 (PID 24234) runs only now, when the main thread has left
    its loop: nobody waited for it there.
    child-3 (PID 24234) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 200 ms, because child-3 (PID 24234) has ended.
    Still running, and not joined yet: child-1 and child-2.
    The parent says this although child-1 and child-2 still run: it has done 1
    join() only. Before the run ends it joins the rest as well, as CPython does
    at exit.
    The parent goes on to the join() for child-1 (PID 24232).
    child-1 (PID 24232) has ended with exit status 0 as well.
    join() has returned after 89 us: child-1 (PID 24232) has ended. Still
    running: child-2.
    The parent goes on to the join() for child-2 (PID 24233).
    child-2 (PID 24233) has ended with exit status 0 as well.
    In all, 3 processes were started, and all were reaped: 3 ended with exit
    status 0.

"#]]
    );
}

#[test]
fn a_one_way_pipe() {
    snapbox::assert_data_eq!(
        notes_of("pipe-refused", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C'], simplex True, reply True, speed
    10.0. --seed 3 repeats the random pauses, where there are any; who runs when
    stays the kernel's choice. This run may use 2 cores.
    The process that you started is the parent, PID 24247. All others of this
    run are its children.
    The parent has started writer (PID 24249): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent calls recv(), which blocks until the other end has sent
    something.
    writer (PID 24249) begins 1.02 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    writer (PID 24249) sends all of it as one message: a line of JSON here, a
    pickle in Python. A pipe holds 64 KiB; with more, send() waits until the
    other end receives.
    The parent received it 54 us after writer (PID 24249) said that it sends:
    one send() is one recv(), however long the message.
    The parent prints its own copy of what writer (PID 24249) sent: processes
    share no variables.
    The parent now sends in the other direction. A two-way pipe has one: it is
    two kernel pipes here, a socket pair in Python; a one-way pipe refuses.
mp-demo: cannot receive: this is the sending end of a one-way pipe (duplex=False)
    Of a one-way pipe (duplex=False) one end can only receive and the other only
    send, so recv() of writer (PID 24249) was refused. Nothing is broken by
    that, and it goes on.
    writer (PID 24249) now sleeps for 27.7 ms. It needs no processor meanwhile;
    the others go on.
mp-demo: cannot send: this is the receiving end of a one-way pipe (duplex=False)
    The same rule at the other end: send() of the parent was refused.
    The parent now waits in join() for the end of writer (PID 24249), and of no
    other child; there is no other.
    writer (PID 24249) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 28.2 ms, because writer (PID 24249) has ended.
    In all, 1 process was started and reaped: 1 ended with exit status 0.

"#]]
    );
}

#[test]
fn counters_of_two_processes() {
    snapbox::assert_data_eq!(
        notes_of("memory", "en", 80),
        snapbox::str![[r#"
    Options of this run: speed 1.0. --seed 264099049 repeats the random pauses,
    where there are any; who runs when stays the kernel's choice. This run may
    use 2 cores.
    The parent looks at a global variable: 10, at the address 0x9b1ef0 of its
    own memory.
    The parent has started child (PID 24252): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent now waits in join() for the end of child (PID 24252), and of no
    other child; there is no other.
    The same address as in the parent, 0x9b1ef0, but other memory: for child
    (PID 24252) the variable is 0, there it is 10. An address means something
    within one process only.
    child (PID 24252) has counted from 0 to 5, in its own memory. What the
    parent has is still 10.
    child (PID 24252) sends all of it as one message: a line of JSON here, a
    pickle in Python. A pipe holds 64 KiB; with more, send() waits until the
    other end receives.
    The parent joins before it has received what child (PID 24252) sends. That
    is safe only for what fits into a pipe (64 KiB): with more, one would wait
    in send() and the other in join(), for ever.
    child (PID 24252) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 1.17 ms, because child (PID 24252) has ended.
    Still 10 in the parent: that child (PID 24252) counted to 5 has changed
    nothing here. A result has to be sent.
    The parent calls recv(), which blocks until the other end has sent
    something.
    The parent received it 0.21 ms after child (PID 24252) said that it sends:
    one send() is one recv(), however long the message.
    10 became 5 because the parent has stored what it received: by a message,
    not by shared memory.
    In all, 1 process was started and reaped: 1 ended with exit status 0.

"#]]
    );
}

#[test]
fn values_that_are_lost() {
    snapbox::assert_data_eq!(
        notes_of("queue-lost", "en", 80),
        snapbox::str![[r#"
    Options of this run: values ['A', 'B', 'C', 'D'], writers 1, readers 1,
    pause 0.0, stop terminate, speed 1.0. --seed 4127183187 repeats the random
    pauses, where there are any; who runs when stays the kernel's choice. This
    run may use 2 cores.
    The process that you started is the parent, PID 19549. All others of this
    run are its children.
    The parent has started writer (PID 19551): this program once more, from its
    beginning, with ends of pipes, where it needs any, as stdin and stdout. That
    is fork and exec in one, Python's start method spawn; the child is no copy
    of its parent.
    The parent has started reader (PID 19552) in the same way.
    The parent now waits in join() for the end of writer (PID 19551), and of no
    other child: not of reader.
    writer (PID 19551) begins 0.90 ms after the parent has started it. Both run
    at the same time, so in another run their lines may have changed places.
    writer (PID 19551) says this before it puts: the other way round, a reader
    might say first that it has the value. Here put() itself writes into the
    pipe; in Python a hidden feeder thread does that, and put() does not wait
    for it.
    reader (PID 19552) calls get() and hardly has to wait: 4 values have already
    been put.
    writer (PID 19551) has ended by itself, with exit status 0. The parent has
    reaped it, so no zombie is left.
    join() has returned after 0.98 ms, because writer (PID 19551) has ended.
    Still running, and not joined yet: reader.
    The parent can't wait for reader (PID 19552): its loop is endless, so a
    join() would never return. Hence SIGTERM (15), although 4 values have not
    been got yet: 'A', 'B', 'C' and 'D'.
    terminate() sends SIGTERM and does not wait, so a join() has to follow:
    without one, reader (PID 19552) would stay a zombie until the parent ends,
    and nobody would see its exit status.
    reader (PID 19552) got 'A' 0.16 ms after writer (PID 19551) said that it
    puts it. The queue is a pipe in the kernel; no other process passed the
    value on.
    reader (PID 19552) was killed by SIGTERM (15): in Python its exitcode is
    -15, in a shell its exit status is 143 = 128 + 15. The parent has reaped it,
    so no zombie is left.
mp-demo: 3 values were put and never got: "B", "C", "D"
    Of 4 values that were put, 3 were lost, because a signal ended reader before
    the next get(). That a writer has ended means that it has put everything,
    not that everything has been got.
    In all, 2 processes were started, and all were reaped: 1 ended with exit
    status 0, 1 was killed by SIGTERM (15).

"#]]
    );
}
