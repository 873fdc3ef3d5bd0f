// because: select(2) returns after a time
#include <stdio.h>
#include <sys/select.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    struct timeval time = {.tv_sec = 1000};
    fputs("ready\n", stderr);
    return select(ends[0] + 1, &set, NULL, NULL, &time);
}
