// Two processes wait in poll(2) until the other one has written something.
// edge: P value P.1
// edge: P.1 value P
// shape: circle P P.1
// repair: who_sends
#include <poll.h>
#include <unistd.h>

int main(void) {
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0) return 1;
    int is_child = fork() == 0;
    close(is_child ? to[1] : to[0]);
    close(is_child ? from[0] : from[1]);
    struct pollfd end = {.fd = is_child ? to[0] : from[0], .events = POLLIN};
    poll(&end, 1, -1);
    return 0;
}
