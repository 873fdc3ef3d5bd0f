//! Recorded runs, explained in Chinese on 40 columns.

use super::notes_of;

#[test]
fn a_reader_that_is_terminated() {
    snapbox::assert_data_eq!(
        notes_of("queue-terminate", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B',
    'C'], writers 1, readers 1, pause
    1.0, stop terminate, speed 1.0。加上
    --seed 7 可以重现随机停顿（如果有的
    话），但各进程何时运行仍由内核决定。
    本次运行可用的 CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24212。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 24214）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程以同样的方式启动了 reader
    （PID 24215）。
    父进程这时在 join() 里等 writer
    （PID 24214）结束，只等它一个，不等
    reader。
    writer（PID 24214）在父进程启动它
    0.83 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    writer（PID 24214）先说这句话，然后
    才放值：反过来的话，读进程可能会抢先
    报告已经取到了这个值。在这里 put()
    自己把值写进管道；在 Python 里，由一
    个看不见的后台线程（feeder thread）
    来写，put() 并不等它。
    writer（PID 24214）现在睡眠 868 毫
    秒。这段时间它不占用 CPU，其他进程照
    常运行。
    reader（PID 24215）调用 get()，几乎
    不用等：已经放入了 1 个值。
    从 writer（PID 24214）说要放入 'A'，
    到 reader（PID 24215）取到它，用了
    0.27 毫秒。队列就是内核里的一根管
    道，中间不经过别的进程。
    reader（PID 24215）调用 get()。只要
    队列是空的，这个调用就一直阻塞，直到
    有值到来，或者最后一个写端关闭。
    'B' 传递用了 0.36 毫秒；reader
    （PID 24215）在 get() 里等了 868 毫
    秒。
    'C' 传递用了 0.23 毫秒；reader
    （PID 24215）在 get() 里等了 690 毫
    秒。
    writer（PID 24214）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    join() 等了 2.56 秒后返回，因为
    writer（PID 24214）结束了。reader 仍
    在运行，父进程还没有对它调用
    join()。
    父进程等不到 reader（PID 24215）自己
    结束：它在无限循环里，join() 永远不
    会返回。于是只好发送 SIGTERM（15）。
    这时所有的值都已取走。
    terminate() 只发送 SIGTERM，并不等
    待，所以后面还要有 join()：不然
    reader（PID 24215）会一直是僵尸进
    程，直到父进程结束，退出状态也没有谁
    看得到。
    reader（PID 24215）被 SIGTERM（15）
    终止：在 Python 里，它的 exitcode 为
    -15；在 shell 里，退出状态为
    143 = 128 + 15。父进程已经把它回收，
    不会留下僵尸进程。
    总共启动了 2 个进程，全部已回收：1
    个以退出状态 0 结束，1 个被 SIGTERM
    （15）终止。

"#]]
    );
}

#[test]
fn a_value_that_comes_late() {
    snapbox::assert_data_eq!(
        notes_of("queue-late", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values [1, 2, 3, 4],
    writers 1, readers 1, pause 0.0,
    stop terminate, speed 1.0。加上
    --seed 3144280245 可以重现随机停顿
    （如果有的话），但各进程何时运行仍由
    内核决定。本次运行可用的 CPU 核心有
    2 个。
    你启动的就是父进程，PID 是 24225。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 24227）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程以同样的方式启动了 reader
    （PID 24228）。
    父进程这时在 join() 里等 writer
    （PID 24227）结束，只等它一个，不等
    reader。
    reader（PID 24228）在父进程启动它
    0.99 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    reader（PID 24228）调用 get()。只要
    队列是空的，这个调用就一直阻塞，直到
    有值到来，或者最后一个写端关闭。
    writer（PID 24227）先说这句话，然后
    才放值：反过来的话，读进程可能会抢先
    报告已经取到了这个值。在这里 put()
    自己把值写进管道；在 Python 里，由一
    个看不见的后台线程（feeder thread）
    来写，put() 并不等它。
    从 writer（PID 24227）说要放入 1，到
    reader（PID 24228）取到它，用了
    55 微秒。队列就是内核里的一根管道，
    中间不经过别的进程。
    2 传递用了 0.27 毫秒；reader
    （PID 24228）在 get() 里等了 0.30 毫
    秒。
    reader（PID 24228）调用 get()，几乎
    不用等：已经放入了 2 个值。
    writer（PID 24227）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    3 传递用了 0.28 毫秒；reader
    （PID 24228）在 get() 里等了 10 微
    秒。
    join() 等了 1.60 毫秒后返回，因为
    writer（PID 24227）结束了。reader 仍
    在运行，父进程还没有对它调用
    join()。
    父进程等不到 reader（PID 24228）自己
    结束：它在无限循环里，join() 永远不
    会返回。于是只好发送 SIGTERM（15）。
    这时还有 1 个值没有取走：4。
    4 传递用了 0.28 毫秒；reader
    （PID 24228）在 get() 里等了 9 微
    秒。
    terminate() 只发送 SIGTERM，并不等
    待，所以后面还要有 join()：不然
    reader（PID 24228）会一直是僵尸进
    程，直到父进程结束，退出状态也没有谁
    看得到。
    reader（PID 24228）被 SIGTERM（15）
    终止：在 Python 里，它的 exitcode 为
    -15；在 shell 里，退出状态为
    143 = 128 + 15。父进程已经把它回收，
    不会留下僵尸进程。
    总共启动了 2 个进程，全部已回收：1
    个以退出状态 0 结束，1 个被 SIGTERM
    （15）终止。

"#]]
    );
}

#[test]
fn a_sentinel() {
    snapbox::assert_data_eq!(
        notes_of("queue-sentinel", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B',
    'C'], writers 1, readers 1, pause
    1.0, stop sentinel, speed 10.0。加上
    --seed 7 可以重现随机停顿（如果有的
    话），但各进程何时运行仍由内核决定。
    本次运行可用的 CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24216。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 24218）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程以同样的方式启动了 reader
    （PID 24219）。
    父进程这时在 join() 里等 writer
    （PID 24218）结束，只等它一个，不等
    reader。
    reader（PID 24219）在父进程启动它
    1.01 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    reader（PID 24219）调用 get()。只要
    队列是空的，这个调用就一直阻塞，直到
    有值到来，或者最后一个写端关闭。
    writer（PID 24218）先说这句话，然后
    才放值：反过来的话，读进程可能会抢先
    报告已经取到了这个值。在这里 put()
    自己把值写进管道；在 Python 里，由一
    个看不见的后台线程（feeder thread）
    来写，put() 并不等它。
    从 writer（PID 24218）说要放入 'A'，
    到 reader（PID 24219）取到它，用了
    50 微秒。队列就是内核里的一根管道，
    中间不经过别的进程。
    writer（PID 24218）现在睡眠 86.8 毫
    秒。这段时间它不占用 CPU，其他进程照
    常运行。
    'B' 传递用了 0.18 毫秒；reader
    （PID 24219）在 get() 里等了 87.2 毫
    秒。
    'C' 传递用了 0.21 毫秒；reader
    （PID 24219）在 get() 里等了 69.4 毫
    秒。
    writer（PID 24218）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    join() 等了 258 毫秒后返回，因为
    writer（PID 24218）结束了。reader 仍
    在运行，父进程还没有对它调用
    join()。
    父进程在最后一个值后面放哨兵值，每个
    读进程一个：哨兵值一被取走就离开了队
    列，所以下一个读进程需要自己的那一
    个。
    父进程接着在 join() 里等 reader
    （PID 24219）。
    reader（PID 24219）取到了哨兵值：此
    前放入的值都已取走。它离开循环，自行
    结束，不需要谁来终止它。
    reader（PID 24219）也正常结束，退出
    状态是 0。
    总共启动了 2 个进程，全部已回收：2
    个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn end_of_file_for_two_readers() {
    snapbox::assert_data_eq!(
        notes_of("queue-eof", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B',
    'C'], writers 1, readers 2, pause
    1.0, stop eof, speed 10.0。加上
    --seed 7 可以重现随机停顿（如果有的
    话），但各进程何时运行仍由内核决定。
    本次运行可用的 CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24220。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 24222）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程以同样的方式启动了 reader-1
    （PID 24223）。
    reader-1（PID 24223）在父进程启动它
    0.99 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    reader-1（PID 24223）调用 get()。只
    要队列是空的，这个调用就一直阻塞，直
    到有值到来，或者最后一个写端关闭。
    writer（PID 24222）先说这句话，然后
    才放值：反过来的话，读进程可能会抢先
    报告已经取到了这个值。在这里 put()
    自己把值写进管道；在 Python 里，由一
    个看不见的后台线程（feeder thread）
    来写，put() 并不等它。
    writer（PID 24222）现在睡眠 86.8 毫
    秒。这段时间它不占用 CPU，其他进程照
    常运行。
    从 writer（PID 24222）说要放入 'A'，
    到 reader-1（PID 24223）取到它，用了
    67 微秒。队列就是内核里的一根管道，
    中间不经过别的进程。
    父进程以同样的方式启动了 reader-2
    （PID 24224）。
    父进程这时在 join() 里等 writer
    （PID 24222）结束，只等它一个，不等
    reader-1、reader-2。
    'B' 传递用了 0.22 毫秒；reader-2
    （PID 24224）在 get() 里等了 86.2 毫
    秒。
    到此时已有 2 个进程在这个队列上调用
    过 get()，而 'B' 只到了 reader-2
    （PID 24224）手里：每个值只归一个读
    进程。归哪一个，只由内核决定。
    'C' 传递用了 0.16 毫秒；reader-1
    （PID 24223）在 get() 里等了 156 毫
    秒。
    reader-2（PID 24224）读到了文件末尾
    （EOF）：管道空了，写端也全都关闭
    了，父进程和 writer 都不再持有。它离
    开循环，自行结束。
    reader-1（PID 24223）也读到了 EOF：
    和哨兵值不同，它对每个读进程都有效。
    writer（PID 24222）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    reader-1（PID 24223）也正常结束，退
    出状态是 0。
    reader-2（PID 24224）也正常结束，退
    出状态是 0。
    join() 等了 257 毫秒后返回，因为
    writer（PID 24222）结束了。
    这次 join() 立即返回：reader-1
    （PID 24223）刚刚已被回收。
    各读进程取到的值的个数：reader-1:
    2、reader-2: 1。
    总共启动了 3 个进程，全部已回收：3
    个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn a_join_of_the_last_child_only() {
    snapbox::assert_data_eq!(
        notes_of("spawn-last", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：children 3, threads
    2, sleep 2.0, join last, speed
    10.0。加上 --seed 2548134208 可以重
    现随机停顿（如果有的话），但各进程何
    时运行仍由内核决定。本次运行可用的
    CPU 核心有 2 个。
    你启动的就是父进程，PID 是 24230。本
    次运行的其他进程都是它的子进程。
    父进程在启动子进程之前就打印了这一
    行：此刻还没有子进程在运行。
    父进程启动了 child-1（PID 24232）：
    把本程序从头再运行一遍，需要管道时，
    管道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程没有等 child-1 结束，就去启动
    下一个子进程了：所以这些子进程是同时
    运行的。
    父进程以同样的方式启动了 child-2
    （PID 24233）。
    父进程启动子进程的调用尚未返回，
    child-3（PID 24234）就已经在运行了：
    从这一刻起两者同时运行，先后由内核决
    定。
    child-3（PID 24234）现在睡眠 200 毫
    秒。这段时间它不占用 CPU，其他进程照
    常运行。
    这一行和 child-3（PID 24234）的一模
    一样，却出自 child-2（PID 24233）。
    每个进程的第一个线程都叫
    MainThread，光凭这个名字认不出是哪个
    进程。
    child-2（PID 24233）在父进程启动它
    1.22 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    父进程以同样的方式启动了 child-3
    （PID 24234）。
    父进程这时在 join() 里等 child-3
    （PID 24234）结束，只等它一个，不等
    child-1、child-2。
    child-3（PID 24234）每循环一次就启动
    一个线程，而且不等它：从现在起，线程
    的那一行随时可能出现。
    child-3（PID 24234）离开了循环，而它
    的 2 个线程都还没有输出。进程会等所
    有线程运行完再结束，Python 的进程也
    是这样。
    child-3（PID 24234）的线程 Thread-2
    到现在才运行，这时主线程已经离开循环
    了：循环里没有谁等它。
    child-3（PID 24234）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    join() 等了 200 毫秒后返回，因为
    child-3（PID 24234）结束了。
    child-1、child-2 仍在运行，父进程还
    没有对它们调用 join()。
    父进程说这句话时，child-1、child-2
    仍在运行：它只调用了 1 次 join()。整
    个运行结束之前，它还会对其余的子进程
    调用 join()，就像 CPython 退出时那
    样。
    父进程接着在 join() 里等 child-1
    （PID 24232）。
    child-1（PID 24232）也正常结束，退出
    状态是 0。
    join() 等了 89 微秒后返回：child-1
    （PID 24232）结束了。仍在运行的有：
    child-2。
    父进程接着在 join() 里等 child-2
    （PID 24233）。
    child-2（PID 24233）也正常结束，退出
    状态是 0。
    总共启动了 3 个进程，全部已回收：3
    个以退出状态 0 结束。

"#]]
    );
}

#[test]
fn a_one_way_pipe() {
    snapbox::assert_data_eq!(
        notes_of("pipe-refused", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B',
    'C'], simplex True, reply True,
    speed 10.0。加上 --seed 3 可以重现随
    机停顿（如果有的话），但各进程何时运
    行仍由内核决定。本次运行可用的 CPU
    核心有 2 个。
    你启动的就是父进程，PID 是 24247。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 24249）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程调用 recv()，它会一直阻塞，直
    到另一端发来内容。
    writer（PID 24249）在父进程启动它
    1.02 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    writer（PID 24249）把全部内容作为一
    条消息发送：在这里是一行 JSON，在
    Python 里是 pickle。管道能装 64
    KiB；再长一些，send() 就要等另一端接
    收。
    从 writer（PID 24249）说要发送，到父
    进程收到，用了 54 微秒：一次 send()
    对应一次 recv()，消息多长都一样。
    父进程打印的是自己的一份副本，原件在
    writer（PID 24249）那里：进程之间不
    共享变量。
    父进程现在朝另一个方向发送。双向管道
    有这个方向：在这里是两根内核管道，在
    Python 里是一对套接字（socket）；单
    向管道没有，调用会被拒绝。
mp-demo: cannot receive: this is the sending end of a one-way pipe (duplex=False)
    单向管道（duplex=False）的一端只能接
    收，另一端只能发送，所以 writer
    （PID 24249）的 recv() 被拒绝了。这
    并不影响什么，它会继续运行。
    writer（PID 24249）现在睡眠 27.7 毫
    秒。这段时间它不占用 CPU，其他进程照
    常运行。
mp-demo: cannot send: this is the receiving end of a one-way pipe (duplex=False)
    在另一端也是同样的规则：父进程的
    send() 被拒绝了。
    父进程这时在 join() 里等 writer
    （PID 24249）结束，此外没有别的子进
    程。
    writer（PID 24249）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    join() 等了 28.2 毫秒后返回，因为
    writer（PID 24249）结束了。
    总共启动了 1 个进程，已回收：1 个以
    退出状态 0 结束。

"#]]
    );
}

#[test]
fn counters_of_two_processes() {
    snapbox::assert_data_eq!(
        notes_of("memory", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：speed 1.0。加上
    --seed 264099049 可以重现随机停顿
    （如果有的话），但各进程何时运行仍由
    内核决定。本次运行可用的 CPU 核心有
    2 个。
    父进程查看一个全局变量：值是 10，在
    它自己内存里的地址 0x9b1ef0。
    父进程启动了 child（PID 24252）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程这时在 join() 里等 child
    （PID 24252）结束，此外没有别的子进
    程。
    地址和父进程的一样，都是 0x9b1ef0，
    内存却不是同一份：在 child
    （PID 24252）那里变量是 0，在父进程
    那里是 10。地址只在一个进程之内才有
    意义。
    child（PID 24252）在自己的内存里从 0
    数到了 5。父进程的变量仍是 10。
    child（PID 24252）把全部内容作为一条
    消息发送：在这里是一行 JSON，在
    Python 里是 pickle。管道能装 64
    KiB；再长一些，send() 就要等另一端接
    收。
    父进程还没有接收 child（PID 24252）
    发送的内容，就先调用了 join()。只有
    管道装得下（64 KiB）时这样才安全：再
    长一些，一个会卡在 send()，另一个会
    卡在 join()，永远等下去。
    child（PID 24252）正常结束，退出状态
    是 0。父进程已经把它回收，不会留下僵
    尸进程。
    join() 等了 1.17 毫秒后返回，因为
    child（PID 24252）结束了。
    父进程这里仍是 10：child
    （PID 24252）数到了 5，这里什么也没
    有变。结果必须发送过来。
    父进程调用 recv()，它会一直阻塞，直
    到另一端发来内容。
    从 child（PID 24252）说要发送，到父
    进程收到，用了 0.21 毫秒：一次
    send() 对应一次 recv()，消息多长都一
    样。
    10 变成了 5，是因为父进程把收到的值
    存了进去：靠的是消息，不是共享内存。
    总共启动了 1 个进程，已回收：1 个以
    退出状态 0 结束。

"#]]
    );
}

#[test]
fn values_that_are_lost() {
    snapbox::assert_data_eq!(
        notes_of("queue-lost", "zh", 40),
        snapbox::str![[r#"
    本次运行的选项：values ['A', 'B',
    'C', 'D'], writers 1, readers 1,
    pause 0.0, stop terminate, speed
    1.0。加上 --seed 4127183187 可以重现
    随机停顿（如果有的话），但各进程何时
    运行仍由内核决定。本次运行可用的 CPU
    核心有 2 个。
    你启动的就是父进程，PID 是 19549。本
    次运行的其他进程都是它的子进程。
    父进程启动了 writer（PID 19551）：把
    本程序从头再运行一遍，需要管道时，管
    道的一端就接在它的 stdin 或 stdout
    上。这相当于 fork 加 exec，也就是
    Python 的启动方法 spawn；子进程并不
    是父进程的副本。
    父进程以同样的方式启动了 reader
    （PID 19552）。
    父进程这时在 join() 里等 writer
    （PID 19551）结束，只等它一个，不等
    reader。
    writer（PID 19551）在父进程启动它
    0.90 毫秒之后才开始执行。两者同时运
    行，再运行一次，这几行的先后可能就不
    同了。
    writer（PID 19551）先说这句话，然后
    才放值：反过来的话，读进程可能会抢先
    报告已经取到了这个值。在这里 put()
    自己把值写进管道；在 Python 里，由一
    个看不见的后台线程（feeder thread）
    来写，put() 并不等它。
    reader（PID 19552）调用 get()，几乎
    不用等：已经放入了 4 个值。
    writer（PID 19551）正常结束，退出状
    态是 0。父进程已经把它回收，不会留下
    僵尸进程。
    join() 等了 0.98 毫秒后返回，因为
    writer（PID 19551）结束了。reader 仍
    在运行，父进程还没有对它调用
    join()。
    父进程等不到 reader（PID 19552）自己
    结束：它在无限循环里，join() 永远不
    会返回。于是只好发送 SIGTERM（15）。
    这时还有 4 个值没有取
    走：'A'、'B'、'C'、'D'。
    terminate() 只发送 SIGTERM，并不等
    待，所以后面还要有 join()：不然
    reader（PID 19552）会一直是僵尸进
    程，直到父进程结束，退出状态也没有谁
    看得到。
    从 writer（PID 19551）说要放入 'A'，
    到 reader（PID 19552）取到它，用了
    0.16 毫秒。队列就是内核里的一根管
    道，中间不经过别的进程。
    reader（PID 19552）被 SIGTERM（15）
    终止：在 Python 里，它的 exitcode 为
    -15；在 shell 里，退出状态为
    143 = 128 + 15。父进程已经把它回收，
    不会留下僵尸进程。
mp-demo: 3 个值放进了队列却没有被取走："B"、"C"、"D"
    放入的 4 个值里丢失了 3 个，因为
    reader 还没来得及 get()，就被信号终
    止了。写进程结束，只说明值都放进了队
    列，不说明都被取走了。
    总共启动了 2 个进程，全部已回收：1
    个以退出状态 0 结束，1 个被 SIGTERM
    （15）终止。

"#]]
    );
}
