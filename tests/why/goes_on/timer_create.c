// because: a timer's signal will come while it reads from a pipe that nobody else has
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static void nothing(int signal) { (void)signal; }

int main(void) {
    int ends[2];
    char byte;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    struct itimerspec time = {.it_value.tv_sec = 1000};
    struct sigaction action = {.sa_handler = nothing};
    if (pipe(ends) != 0) return 1;
    sigaction(SIGUSR2, &action, NULL);
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return 1;
    timer_settime(timer, 0, &time, NULL);
    fputs("ready\n", stderr);
    return read(ends[0], &byte, 1) < 0;
}
