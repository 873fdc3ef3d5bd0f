// The parent waits in epoll(7) for a count in an eventfd, which its child would add after it has read from a pipe.
// edge: P event P,P.1
// edge: P.1 value P
// shape: circle P P.1
// repair: who_sends
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int main(void) {
    int ends[2], counter = eventfd(0, 0);
    if (pipe(ends) != 0) return 1;
    if (fork() == 0) {
        uint64_t one = 1;
        char byte;
        close(ends[1]);
        if (read(ends[0], &byte, 1) != 1) return 1;
        if (write(counter, &one, sizeof one) < 0) return 1;
        return 0;
    }
    close(ends[0]);
    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &event);
    epoll_wait(epoll, &event, 1, -1);
    return write(ends[1], "A", 1) != 1;
}
