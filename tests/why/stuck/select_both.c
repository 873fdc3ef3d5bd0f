// The same in select(2), with a pair of sockets.
// edge: P value P.1
// edge: P.1 value P
// shape: circle P P.1
// repair: who_sends
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 1;
    int is_child = fork() == 0;
    close(ends[is_child]);
    int end = ends[!is_child];
    fd_set set;
    FD_ZERO(&set);
    FD_SET(end, &set);
    select(end + 1, &set, NULL, NULL, NULL);
    return 0;
}
