// because: a timerfd will be ready
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

int main(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, 0), epoll = epoll_create1(0);
    struct itimerspec time = {.it_value.tv_sec = 1000};
    struct epoll_event event = {.events = EPOLLIN};
    timerfd_settime(timer, 0, &time, NULL);
    epoll_ctl(epoll, EPOLL_CTL_ADD, timer, &event);
    fputs("ready\n", stderr);
    return epoll_wait(epoll, &event, 1, -1);
}
