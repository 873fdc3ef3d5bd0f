// Waits of all kinds, one for each mode. What is true of each stands here: its verdict and, if it
// is most likely stuck, the signals or the kind of event that could end it after all.
//
// The wait itself is for a signal.
// try: pause = go_on
// try: sigsuspend USR1 = go_on
// try: sigwait USR1 = go_on
// try: sigwait_beside_child ALRM = go_on
// try: sigwait_beside_child USR1 = go_on
// try: pause_beside_child INT = go_on
// try: signalfd = go_on
// try: signalfd_in_epoll = go_on
// try: own_pipe INT = go_on
// try: own_pipe QUIT = go_on
// try: own_pipe WINCH = go_on
// try: own_pipe URG = go_on
// try: own_pipe PWR = go_on
// try: own_pipe TSTP = go_on
// try: own_pair TERM = go_on
// try: own_pipe_in_poll USR2 = go_on
// try: own_pipe_of_thread INT = go_on
// try: sigsuspend_for_child = stuck
// try: sigwait_for_child = stuck
//
// Any other wait, with a handler.
// try: semaphore TERM = likely_stuck SIGTERM
// try: semaphore HUP = likely_stuck SIGHUP
// try: semaphore USR1 = likely_stuck SIGUSR1
// try: semaphore INT = likely_stuck SIGINT
// try: semaphore QUIT = likely_stuck SIGQUIT
// try: semaphore WINCH = likely_stuck SIGWINCH
// try: semaphore URG = likely_stuck SIGURG
// try: semaphore IO = likely_stuck SIGIO
// try: semaphore CONT = likely_stuck SIGCONT
// try: semaphore TSTP = likely_stuck SIGTSTP
// try: semaphore PWR = likely_stuck SIGPWR
// try: semaphore RT = likely_stuck SIGRTMIN+1
// try: semaphore ALRM = likely_stuck SIGALRM
// try: wait USR1 = likely_stuck SIGUSR1
// try: read_of_child TERM = likely_stuck SIGTERM
// try: poll_of_child USR2 = likely_stuck SIGUSR2
// try: flock_twice USR1 = likely_stuck SIGUSR1
// try: handler_in_child TERM = likely_stuck SIGTERM
// try: semaphore CHLD = stuck
// try: semaphore SEGV = stuck
// try: semaphore ABRT = stuck
// try: semaphore PIPE = stuck
// try: semaphore XCPU = stuck
// try: semaphore_blocked USR1 = stuck
//
// poll(2), select(2) and epoll(7), read as they mean it.
// try: hang_up_in_poll 0 sleeps = go_on
// try: hang_up_in_poll 128 sleeps = go_on
// try: hang_up_in_poll 1 sleeps = go_on
// try: hang_up_in_epoll 0 sleeps = go_on
// try: hang_up_in_poll 0 waits = stuck
// try: hang_up_in_epoll 0 waits = stuck
// try: full_in_poll 256 sleeps = go_on
// try: full_in_epoll 256 sleeps = go_on
// try: full_in_poll 256 waits = stuck
// try: full_in_poll 260 waits = stuck
// try: both_ways_in_poll 68 sleeps = go_on
// try: third_set = go_on
// try: third_set_of_pipe = stuck
// try: urgent = go_on
// try: edge sleeps = go_on
// try: edge waits = stuck
//
// What has a name: somebody may come.
// try: named_semaphore = likely_stuck shared_by_name
// try: named_futex = likely_stuck shared_by_name
// try: unlinked_semaphore = stuck
// try: unlinked_futex = stuck
// try: fifo_open = likely_stuck fifo_is_opened
// try: fifo_read = likely_stuck fifo_is_opened
// try: fifo_unlinked = stuck
//
// Locks on files.
// try: lock flock link sleeps = go_on
// try: lock fcntl link sleeps = go_on
// try: lock ofd link sleeps = go_on
// try: lock flock name sleeps = go_on
// try: lock flock link waits = stuck
// try: lock fcntl link waits = stuck
// try: lock ofd name waits = stuck
// try: lock_inherited sleeps = go_on
// try: lock_inherited waits = stuck
// try: lock_in_flight = unknown
//
// What the kernel doesn't tell.
// try: io_uring = unknown
// try: aio = unknown
// try: moved_timer = unknown
// try: moved_counter = unknown
// try: own_table = unknown
// try: receive_with_time = likely_stuck socket_times_out
// try: send_with_time = likely_stuck socket_times_out
// try: recv_with_time = likely_stuck socket_times_out
// try: recvmsg_plain = likely_stuck socket_times_out
// try: futex_like_tid sleeps = go_on
// try: futex_like_tid waits = stuck
// try: futex_like_own_tid sleeps = go_on
// try: timer_of_other sleeps = go_on
// try: timer_of_other waits = stuck
// try: same_memory sleeps = go_on
// try: semop = unknown
// try: semop_of_child = unknown
// try: msgrcv = unknown
// try: mq_receive = unknown
// try: futex_waitv = unknown
// try: poll_after_stop = unknown
//
// Some are stuck, others are not.
// try: daemon_beside_circle = some_stuck
// try: circle_of_children = some_stuck
// try: daemon_holds_end_of_circle = go_on
// try: daemon_beside_two_circles = some_stuck
// try: pause_beside_circle = some_stuck
// try: sleeping_parent_of_circle = some_stuck
// try: unknown_beside_sleeper = go_on
// try: unknown_beside_unknown = unknown
// try: unknown_beside_circle = some_stuck
// try: unknown_holds_end = unknown
// try: unknown_beside_pause = go_on
//
// A full pipe or socket whose only reader does something else.
// try: full_and pipe polls = go_on
// try: full_and pipe sleeps = go_on
// try: full_and pipe computes = go_on
// try: full_and pair polls = go_on
// try: full_and pair waits = likely_stuck socket_times_out
// try: full_and pipe waits = stuck
//
// A PID namespace, seen from outside.
// try: inside end waits = stuck
// try: inside end sleeps = go_on
// try: inside thread waits = stuck
// try: inside thread sleeps = go_on
// try: inside lock waits = stuck
// try: inside lock sleeps = go_on
//
// A pseudoterminal's other side is known.
// try: terminal_full waits = stuck
// try: terminal_full sleeps = go_on
// try: terminal_empty waits = stuck
// try: terminal_empty sleeps = go_on
// try: terminal_input waits = stuck
//
// Many descriptors.
// try: many_counters 1000 = stuck
// try: many_pipes 1000 = stuck
// try: many_pairs 1000 = stuck
// try: many_threads 2000 = go_on
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/time_types.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODE(name) if (strcmp(mode, name) == 0)
#define POLL(fd, events) poll(&(struct pollfd){fd, events, 0}, 1, -1)

static const char *mode, *first = "", *second = "", *third = "";
static char bytes[1 << 16];
static int own[2];
static sem_t semaphore;
static int many_words[2000];

static void ready(void) { if (write(2, "ready\n", 6) != 6) exit(2); }
static void post(int number) { (void)number; sem_post(&semaphore); }
static void note(int number) { (void)number; }
static void tell(int number) { (void)number; if (write(own[1], "x", 1) != 1) abort(); }
static void get(int fd) { while (read(fd, bytes, 200) < 0 && errno == EINTR) {} }
static void put(int fd) { if (write(fd, "x", 1) != 1) exit(2); }
static void make(int ends[2]) { if (pipe(ends) != 0) exit(2); }
static void sleeps(void) { for (;;) sleep(1000); }

static int number_of(const char *name) {
    if (strcmp(name, "RT") == 0) return SIGRTMIN + 1; /* 35, as glibc keeps two for itself */
    for (int it = 1; it < 32; it++)
        if (strcmp(name, sigabbrev_np(it) ? sigabbrev_np(it) : "") == 0) return it;
    if (strcmp(name, "IO") == 0) return SIGIO;
    exit(2);
}

static void on(const char *name, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    sigaction(number_of(name), &action, NULL);
}

static sigset_t set_of(const char *name) {
    sigset_t set;
    sigemptyset(&set);
    if (*name) sigaddset(&set, number_of(name));
    return set;
}

static void *shared(size_t size) {
    return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

static void futex(void *word, int operation, unsigned value) {
    syscall(SYS_futex, word, operation, value, NULL, NULL, 0);
}

/* A child that sleeps, or that waits until its parent writes to it, which it never does. */
static pid_t child(const char *what, int keep) {
    int ends[2];
    make(ends);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        if (own[0] && keep != own[0]) close(own[0]);
        if (own[1] && keep != own[1]) close(own[1]);
        if (strcmp(what, "sleeps") == 0) sleeps();
        get(ends[0]);
        _exit(0);
    }
    close(ends[0]);
    return pid;
}

/* Takes a name away when this process is gone, as the one who kills it can't know it. */
static void unlink_afterwards(const char *path) {
    int ends[2];
    make(ends);
    if (fork() == 0) {
        setsid();
        close(ends[1]);
        get(ends[0]);
        unlink(path);
        _exit(0);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
}

static void fill(int fd) {
    fcntl(fd, F_SETFL, O_NONBLOCK);
    while (write(fd, bytes, 4096) > 0) {}
    fcntl(fd, F_SETFL, 0);
}

static void watch(int epoll, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) exit(2);
}

static void await(int epoll) {
    struct epoll_event event;
    ready();
    while (epoll_wait(epoll, &event, 1, -1) != 1) {}
}

static void set_timer(int fd) {
    struct itimerspec late = {.it_value = {1000, 0}};
    timerfd_settime(fd, 0, &late, NULL);
}

static void lock(int fd) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (strcmp(first, "fcntl") == 0) fcntl(fd, F_SETLKW, &whole);
    else if (strcmp(first, "ofd") == 0) fcntl(fd, F_OFD_SETLKW, &whole);
    else flock(fd, LOCK_EX);
}

static void *get_own(void *unused) { get(own[0]); exit(0); return unused; }

static void *wait_in_thread(void *word) {
    *(volatile int *)word = gettid();
    sem_wait(&semaphore);
    return word;
}

static void *with_own_table(void *unused) {
    unshare(CLONE_FILES);
    int timer = timerfd_create(CLOCK_MONOTONIC, 0);
    set_timer(timer);
    dup2(timer, own[0]);
    get(own[0]);
    return unused;
}

static int in_same_memory(void *word) {
    struct timespec late = {1000, 0};
    nanosleep(&late, NULL);
    futex(word, FUTEX_WAKE_PRIVATE, 1);
    return 0;
}

static void *sleep_in_thread(void *unused) { sleeps(); return unused; }

/* Two processes of which each waits for the other one: it, and a child. */
static void circle(void) {
    int ends[2], others[2];
    make(ends);
    make(others);
    if (fork() == 0) { close(ends[1]), close(others[0]); get(ends[0]); _exit(0); }
    close(ends[0]), close(others[1]);
    get(others[0]);
    _exit(0);
}

static void unknown(void) {
    struct sembuf take = {0, -1, 0};
    semop(semget(IPC_PRIVATE, 1, 0600), &take, 1);
    _exit(0);
}

static void terminal(int ends[2]) {
    ends[0] = posix_openpt(O_RDWR | O_NOCTTY);
    if (ends[0] < 0 || grantpt(ends[0]) != 0 || unlockpt(ends[0]) != 0) exit(2);
    ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY);
}

int main(int count, char **words) {
    char name[] = "/tmp/mp-demo-why-XXXXXX", other[64];
    mode = count > 1 ? words[1] : "";
    if (count > 2) first = words[2];
    if (count > 3) second = words[3];
    if (count > 4) third = words[4];
    sem_init(&semaphore, 0, 0);

    MODE("pause") { on("USR1", note); ready(); pause(); }
    MODE("sigsuspend") { sigset_t none = set_of(""); on(first, note); ready(); sigsuspend(&none); }
    MODE("sigwait") {
        sigset_t set = set_of(first);
        int number;
        sigprocmask(SIG_BLOCK, &set, NULL);
        ready();
        sigwait(&set, &number);
    }
    MODE("sigwait_beside_child") {
        sigset_t set = set_of(first);
        int number;
        on("CHLD", note);
        child("waits", 0);
        sigprocmask(SIG_BLOCK, &set, NULL);
        ready();
        sigwait(&set, &number);
    }
    MODE("pause_beside_child") { on("CHLD", note); on(first, note); child("waits", 0); ready(); pause(); }
    MODE("signalfd") {
        sigset_t set = set_of("USR1");
        sigprocmask(SIG_BLOCK, &set, NULL);
        int fd = signalfd(-1, &set, 0);
        ready();
        get(fd);
    }
    MODE("signalfd_in_epoll") {
        sigset_t set = set_of("TERM");
        sigprocmask(SIG_BLOCK, &set, NULL);
        int epoll = epoll_create1(0);
        watch(epoll, signalfd(-1, &set, 0), EPOLLIN);
        await(epoll);
    }
    MODE("own_pipe") { make(own); on(first, tell); ready(); get(own[0]); }
    MODE("own_pair") { socketpair(AF_UNIX, SOCK_STREAM, 0, own); on(first, tell); ready(); POLL(own[0], POLLIN); }
    MODE("own_pipe_in_poll") {
        int ends[2];
        make(own);
        make(ends);
        on(first, tell);
        child("waits", 0);
        struct pollfd both[] = {{ends[0], POLLIN, 0}, {own[0], POLLIN, 0}};
        ready();
        while (poll(both, 2, -1) < 0) {}
    }
    MODE("own_pipe_of_thread") {
        pthread_t thread;
        make(own);
        on(first, tell);
        pthread_create(&thread, NULL, get_own, NULL);
        ready();
        while (sem_wait(&semaphore) != 0) {}
    }
    MODE("sigsuspend_for_child") {
        sigset_t none = set_of("");
        on("CHLD", note);
        child("waits", 0);
        ready();
        sigsuspend(&none);
    }
    MODE("sigwait_for_child") {
        sigset_t set = set_of("CHLD");
        int number;
        sigprocmask(SIG_BLOCK, &set, NULL);
        child("waits", 0);
        ready();
        sigwait(&set, &number);
    }

    MODE("semaphore") { on(first, post); ready(); while (sem_wait(&semaphore) != 0) {} }
    MODE("semaphore_blocked") {
        sigset_t set = set_of(first);
        on(first, post);
        sigprocmask(SIG_BLOCK, &set, NULL);
        ready();
        sem_wait(&semaphore);
    }
    MODE("wait") { on(first, note); pid_t pid = child("waits", 0); signal(number_of(first), SIG_DFL); on(first, note); ready(); waitpid(pid, NULL, 0); }
    MODE("read_of_child") {
        int ends[2];
        make(ends);
        if (fork() == 0) { int never[2]; make(never); close(ends[0]); get(never[0]); _exit(0); }
        close(ends[1]);
        on(first, note);
        ready();
        if (read(ends[0], bytes, 1) < 0) return 0;
    }
    MODE("poll_of_child") {
        make(own);
        if (fork() == 0) { get(own[0]); _exit(0); }
        on(first, note);
        int ends[2];
        make(ends);
        ready();
        POLL(own[1], 0);
    }
    MODE("flock_twice") {
        int one = mkstemp(name), two = open(name, O_RDWR);
        unlink(name);
        on(first, note);
        flock(one, LOCK_EX);
        ready();
        flock(two, LOCK_EX);
    }
    MODE("handler_in_child") {
        make(own);
        if (fork() == 0) { on(first, note); if (read(own[0], bytes, 1) < 0) _exit(0); }
        close(own[0]);
        ready();
        wait(NULL);
    }

    MODE("hang_up_in_poll") { make(own); child(second, own[0]); close(own[0]); ready(); POLL(own[1], atoi(first)); }
    MODE("hang_up_in_epoll") {
        make(own);
        child(second, own[0]);
        close(own[0]);
        int epoll = epoll_create1(0);
        watch(epoll, own[1], atoi(first));
        await(epoll);
    }
    MODE("full_in_poll") { make(own); fill(own[1]); child(second, own[0]); close(own[0]); ready(); POLL(own[1], atoi(first)); }
    MODE("full_in_epoll") {
        make(own);
        fill(own[1]);
        child(second, own[0]);
        close(own[0]);
        int epoll = epoll_create1(0);
        watch(epoll, own[1], atoi(first));
        await(epoll);
    }
    MODE("both_ways_in_poll") {
        socketpair(AF_UNIX, SOCK_STREAM, 0, own);
        fill(own[0]);
        child(second, own[1]);
        close(own[1]);
        ready();
        POLL(own[0], atoi(first));
    }
    MODE("third_set") {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
        bind(server, (void *)&address, size);
        listen(server, 1);
        getsockname(server, (void *)&address, &size);
        if (connect(client, (void *)&address, size) != 0) return 2;
        fd_set reads, excepts;
        make(own);
        FD_ZERO(&reads);
        FD_ZERO(&excepts);
        FD_SET(own[0], &reads);
        FD_SET(client, &excepts);
        ready();
        select(64, &reads, NULL, &excepts, NULL);
    }
    MODE("third_set_of_pipe") {
        fd_set reads, excepts;
        make(own);
        FD_ZERO(&reads);
        FD_ZERO(&excepts);
        FD_SET(own[0], &reads);
        FD_SET(own[0], &excepts);
        ready();
        select(64, &reads, NULL, &excepts, NULL);
    }
    MODE("urgent") {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        socklen_t size = sizeof address;
        int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
        bind(server, (void *)&address, size);
        listen(server, 1);
        getsockname(server, (void *)&address, &size);
        if (connect(client, (void *)&address, size) != 0) return 2;
        ready();
        POLL(client, POLLPRI);
    }
    MODE("edge") {
        struct epoll_event event;
        int epoll = epoll_create1(0);
        make(own);
        child(first, own[0]);
        close(own[0]);
        watch(epoll, own[1], EPOLLIN | EPOLLOUT | EPOLLET);
        epoll_wait(epoll, &event, 1, -1);
        await(epoll);
    }

    MODE("named_semaphore") {
        sprintf(other, "/mp-demo-why-%d", getpid());
        sprintf(bytes, "/dev/shm/sem.%s", other + 1);
        unlink_afterwards(bytes);
        sem_t *named = sem_open(other, O_CREAT, 0600, 0);
        ready();
        sem_wait(named);
    }
    MODE("unlinked_semaphore") {
        sprintf(other, "/mp-demo-why-%d", getpid());
        sem_t *named = sem_open(other, O_CREAT, 0600, 0);
        sem_unlink(other);
        ready();
        sem_wait(named);
    }
    MODE("named_futex") {
        int fd = mkstemp(name);
        unlink_afterwards(name);
        if (ftruncate(fd, 4096) != 0) return 2;
        void *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ready();
        futex(word, FUTEX_WAIT, 0);
    }
    MODE("unlinked_futex") {
        int fd = mkstemp(name);
        unlink(name);
        if (ftruncate(fd, 4096) != 0) return 2;
        void *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ready();
        futex(word, FUTEX_WAIT, 0);
    }
    MODE("fifo_open") {
        if (mkfifo(mktemp(name), 0600) != 0) return 2;
        unlink_afterwards(name);
        ready();
        if (open(name, O_RDONLY) < 0) return 2;
    }
    MODE("fifo_read") {
        if (mkfifo(mktemp(name), 0600) != 0) return 2;
        unlink_afterwards(name);
        int fd = open(name, O_RDWR);
        ready();
        get(fd);
    }
    MODE("fifo_unlinked") {
        if (mkfifo(mktemp(name), 0600) != 0) return 2;
        int fd = open(name, O_RDWR);
        unlink(name);
        ready();
        get(fd);
    }

    MODE("lock") {
        int ours = mkstemp(name), told[2];
        make(told);
        sprintf(other, "%s.link", name);
        if (strcmp(second, "link") == 0 && link(name, other) != 0) return 2;
        make(own);
        if (fork() == 0) {
            close(own[1]);
            lock(open(strcmp(second, "link") == 0 ? other : name, O_RDWR));
            put(told[1]);
            if (strcmp(third, "sleeps") == 0) sleeps();
            get(own[0]);
            _exit(0);
        }
        close(own[0]);
        get(told[0]);
        unlink(name), unlink(other);
        ready();
        lock(ours);
    }
    MODE("lock_inherited") {
        const char *what = first;
        first = "flock";
        int one = mkstemp(name), two = open(name, O_RDWR);
        unlink(name);
        lock(one);
        child(what, 0);
        close(one);
        ready();
        lock(two);
    }
    MODE("lock_in_flight") {
        int one = mkstemp(name), two = open(name, O_RDWR);
        unlink(name);
        socketpair(AF_UNIX, SOCK_STREAM, 0, own);
        lock(one);
        char control[CMSG_SPACE(sizeof one)] = {0};
        struct iovec data = {bytes, 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof one);
        memcpy(CMSG_DATA(header), &one, sizeof one);
        sendmsg(own[0], &message, 0);
        close(one);
        ready();
        lock(two);
    }

    MODE("io_uring") {
        struct io_uring_params parameters = {0};
        int ring = syscall(SYS_io_uring_setup, 8, &parameters), counter = eventfd(0, 0);
        if (ring < 0) return 77;
        char *queue = mmap(NULL, parameters.sq_off.array + 32, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
        struct io_uring_sqe *entry = mmap(NULL, 8 * sizeof *entry, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
        struct __kernel_timespec late = {1000, 0};
        syscall(SYS_io_uring_register, ring, IORING_REGISTER_EVENTFD, &counter, 1);
        entry->opcode = IORING_OP_TIMEOUT, entry->addr = (unsigned long)&late, entry->len = 1, entry->fd = -1;
        *(unsigned *)(queue + parameters.sq_off.tail) = 1;
        if (syscall(SYS_io_uring_enter, ring, 1, 0, 0, 0, 0) < 0) return 77;
        ready();
        get(counter);
    }
    MODE("aio") {
        aio_context_t context = 0;
        int counter = eventfd(0, 0);
        if (syscall(SYS_io_setup, 8, &context) != 0) return 77;
        make(own);
        struct iocb request = {.aio_fildes = own[0], .aio_lio_opcode = IOCB_CMD_POLL, .aio_buf = POLLIN, .aio_flags = IOCB_FLAG_RESFD, .aio_resfd = counter};
        struct iocb *requests[] = {&request};
        if (syscall(SYS_io_submit, context, 1, requests) != 1) return 77;
        ready();
        get(counter);
    }
    MODE("moved_timer") {
        int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
        set_timer(timer);
        watch(epoll, timer, EPOLLIN);
        dup(timer);
        close(timer);
        eventfd(0, 0);
        await(epoll);
    }
    MODE("moved_counter") {
        int epoll = epoll_create1(0), counter = eventfd(0, 0);
        watch(epoll, counter, EPOLLIN);
        int moved = dup(counter);
        child("waits", 0);
        dup2(eventfd(0, 0), counter);
        close(moved);
        await(epoll);
    }
    MODE("own_table") {
        pthread_t thread;
        make(own);
        pthread_create(&thread, NULL, with_own_table, NULL);
        ready();
        get(own[0]);
    }
    MODE("receive_with_time") {
        struct timeval late = {1000, 0};
        socketpair(AF_UNIX, SOCK_STREAM, 0, own);
        setsockopt(own[0], SOL_SOCKET, SO_RCVTIMEO, &late, sizeof late);
        ready();
        get(own[0]);
    }
    MODE("recv_with_time") {
        struct timeval late = {1000, 0};
        socketpair(AF_UNIX, SOCK_DGRAM, 0, own);
        setsockopt(own[0], SOL_SOCKET, SO_RCVTIMEO, &late, sizeof late);
        ready();
        recv(own[0], bytes, 1, 0);
    }
    MODE("recvmsg_plain") {
        struct iovec data = {bytes, 1};
        struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
        socketpair(AF_UNIX, SOCK_SEQPACKET, 0, own);
        ready();
        recvmsg(own[0], &message, 0);
    }
    MODE("send_with_time") {
        struct timeval late = {1000, 0};
        socketpair(AF_UNIX, SOCK_STREAM, 0, own);
        setsockopt(own[0], SOL_SOCKET, SO_SNDTIMEO, &late, sizeof late);
        fill(own[0]);
        ready();
        if (write(own[0], bytes, 4096) < 0) return 2;
    }
    MODE("futex_like_tid") {
        pthread_t thread;
        int *word = shared(4096);
        child(first, 0);
        pthread_create(&thread, NULL, wait_in_thread, word);
        while (*(volatile int *)word == 0) {}
        ready();
        futex(word, FUTEX_WAIT, *word);
    }
    MODE("futex_like_own_tid") {
        int *word = shared(4096);
        *word = gettid();
        child(first, 0);
        ready();
        futex(word, FUTEX_WAIT, gettid());
    }
    MODE("timer_of_other") { own[0] = timerfd_create(CLOCK_MONOTONIC, 0); child(first, own[0]); ready(); get(own[0]); }
    MODE("same_memory") {
        static int word;
        char *stack = malloc(1 << 16);
        clone(in_same_memory, stack + (1 << 16), CLONE_VM | SIGCHLD, &word);
        ready();
        for (;;) futex(&word, FUTEX_WAIT_PRIVATE, 0);
    }
    MODE("semop") {
        int set = semget(IPC_PRIVATE, 1, 0600);
        struct sembuf take = {0, -1, 0};
        ready();
        semop(set, &take, 1);
    }
    MODE("semop_of_child") {
        int set = semget(IPC_PRIVATE, 1, 0600);
        struct sembuf take = {0, -1, 0};
        if (fork() == 0) { semop(set, &take, 1); _exit(0); }
        ready();
        wait(NULL);
    }
    MODE("msgrcv") { int queue = msgget(IPC_PRIVATE, 0600); ready(); msgrcv(queue, bytes, 100, 0, 0); }
    MODE("mq_receive") {
        struct mq_attr size = {0, 10, 64, 0};
        sprintf(other, "/mp-demo-why-%d", getpid());
        mqd_t queue = mq_open(other, O_RDWR | O_CREAT, 0600, &size);
        if (queue < 0) return 77;
        mq_unlink(other);
        ready();
        mq_receive(queue, bytes, 64, NULL);
    }
    MODE("futex_waitv") {
        static int word;
        struct { unsigned long value, address; unsigned flags, reserved; } waiter = {0, (unsigned long)&word, 2 | 128, 0};
        ready();
        if (syscall(449, &waiter, 1, 0, NULL, CLOCK_MONOTONIC) < 0 && errno == ENOSYS) return 77;
    }
    MODE("poll_after_stop") {
        pid_t parent = getpid();
        make(own);
        if (fork() == 0) {
            usleep(200000);
            kill(parent, SIGSTOP);
            usleep(200000);
            kill(parent, SIGCONT);
            ready();
            _exit(0);
        }
        POLL(own[0], POLLIN);
    }

    MODE("daemon_beside_circle") {
        int ends[2];
        if (fork() == 0) sleeps();
        make(ends);
        make(own);
        if (fork() == 0) { close(ends[1]), close(own[0]); get(ends[0]); _exit(0); }
        ready();
        get(own[0]);
    }
    MODE("circle_of_children") {
        int one[2], two[2];
        make(one);
        make(two);
        if (fork() == 0) { close(one[1]), close(two[0]); get(one[0]); put(two[1]); _exit(0); }
        if (fork() == 0) { close(two[1]), close(one[0]); get(two[0]); put(one[1]); _exit(0); }
        for (int it = 0; it < 2; it++) close(one[it]), close(two[it]);
        ready();
        sleeps();
    }
    MODE("daemon_holds_end_of_circle") {
        int ends[2];
        make(ends);
        make(own);
        if (fork() == 0) sleeps();
        if (fork() == 0) { close(ends[1]), close(own[0]); get(ends[0]); _exit(0); }
        ready();
        get(own[0]);
    }
    MODE("daemon_beside_two_circles") {
        if (fork() == 0) sleeps();
        for (int it = 0; it < 2; it++) if (fork() == 0) circle();
        ready();
        wait(NULL);
    }
    MODE("pause_beside_circle") {
        if (fork() == 0) { on("USR1", note); pause(); _exit(0); }
        ready();
        circle();
    }
    MODE("sleeping_parent_of_circle") {
        if (fork() == 0) circle();
        ready();
        sleeps();
    }
    MODE("unknown_beside_unknown") {
        if (fork() == 0) unknown();
        ready();
        unknown();
    }
    MODE("unknown_beside_circle") {
        if (fork() == 0) unknown();
        ready();
        circle();
    }
    MODE("unknown_holds_end") {
        make(own);
        if (fork() == 0) unknown();
        close(own[1]);
        ready();
        get(own[0]);
    }
    MODE("unknown_beside_pause") {
        if (fork() == 0) unknown();
        on("USR1", note);
        ready();
        pause();
    }
    MODE("full_and") {
        if (strcmp(first, "pair") == 0) socketpair(AF_UNIX, SOCK_STREAM, 0, own);
        else make(own);
        pid_t pid = fork();
        if (pid == 0) { close(own[0]); for (;;) if (write(own[1], bytes, 1000) < 0) _exit(0); }
        close(own[1]);
        usleep(200000);
        ready();
        if (strcmp(second, "waits") == 0) wait(NULL);
        if (strcmp(second, "sleeps") == 0) sleeps();
        while (waitpid(pid, NULL, WNOHANG) == 0) if (strcmp(second, "polls") == 0) usleep(50000);
    }
    MODE("inside") {
        if (unshare(CLONE_NEWPID) != 0) return 77;
        if (fork() == 0) {
            /* Its IDs are not those that one sees from outside. */
            static int word;
            pthread_t thread;
            make(own);
            char *path = mktemp(name);
            int file = open(path, O_RDWR | O_CREAT, 0600);
            if (strcmp(first, "lock") == 0) flock(file, LOCK_EX);
            pid_t pid = fork();
            if (pid == 0) {
                if (strcmp(first, "thread") == 0) pthread_create(&thread, NULL, strcmp(second, "waits") ? sleep_in_thread : wait_in_thread, &word);
                if (strcmp(first, "thread") == 0) pthread_join(thread, NULL);
                if (strcmp(first, "lock") == 0) flock(open(path, O_RDWR), LOCK_EX);
                if (strcmp(second, "sleeps") == 0) sleeps();
                get(own[0]);
                _exit(0);
            }
            usleep(200000);
            unlink(path);
            ready();
            if (strcmp(first, "lock") == 0 && strcmp(second, "sleeps") == 0) sleeps();
            waitpid(pid, NULL, 0);
            _exit(0);
        }
        wait(NULL);
    }
    MODE("unknown_beside_sleeper") {
        int set = semget(IPC_PRIVATE, 1, 0600);
        struct sembuf take = {0, -1, 0};
        if (fork() == 0) { semop(set, &take, 1); _exit(0); }
        ready();
        sleeps();
    }

    MODE("terminal_full") {
        terminal(own);
        if (fork() == 0) { close(own[0]); for (;;) if (write(own[1], bytes, 1000) < 0) _exit(0); }
        close(own[1]);
        ready();
        if (strcmp(first, "sleeps") == 0) sleeps();
        wait(NULL);
    }
    MODE("terminal_empty") { terminal(own); child(first, own[1]); close(own[1]); ready(); get(own[0]); }
    MODE("terminal_input") {
        terminal(own);
        if (fork() == 0) { close(own[0]); get(own[1]); _exit(0); }
        ready();
        wait(NULL);
    }

    int many = atoi(first);
    struct rlimit files = {20100, 20100};
    int epoll = epoll_create1(0);
    if (strncmp(mode, "many", 4) == 0) setrlimit(RLIMIT_NOFILE, &files);
    MODE("many_counters") { while (many-- > 0) watch(epoll, eventfd(0, 0), EPOLLIN); await(epoll); }
    MODE("many_pipes") { while (many-- > 0) { make(own); watch(epoll, own[0], EPOLLIN); } await(epoll); }
    MODE("many_pairs") { while (many-- > 0) { socketpair(AF_UNIX, SOCK_STREAM, 0, own); watch(epoll, own[0], EPOLLIN); } await(epoll); }
    MODE("many_threads") {
        pthread_t thread;
        pthread_attr_t small;
        pthread_attr_init(&small);
        pthread_attr_setstacksize(&small, 64 * 1024);
        while (many-- > 0) if (pthread_create(&thread, &small, wait_in_thread, many_words + many % 2000) != 0) return 77;
        ready();
        sleeps();
    }
    return 99;
}
