// Two processes lock two files in opposite orders. The kernel refuses such a circle for fcntl(), and not for flock().
// edge: P lock P.1
// edge: P.1 lock P
// shape: circle P P.1
// repair: one_order
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

static int file(char *name) {
    int fd = mkstemp(name);
    if (fd < 0) exit(1);
    return fd;
}

int main(void) {
    char a_name[] = "/tmp/mp-demo-why-XXXXXX", b_name[] = "/tmp/mp-demo-why-XXXXXX";
    int meet[2], back[2];
    char byte = 0;
    close(file(a_name));
    close(file(b_name));
    if (pipe(meet) != 0 || pipe(back) != 0) return 1;
    int is_child = fork() == 0;
    // Each opens the files for itself: a lock belongs to what open() made.
    int a = open(a_name, O_RDWR), b = open(b_name, O_RDWR);
    flock(is_child ? b : a, LOCK_EX);
    if (write(is_child ? meet[1] : back[1], &byte, 1) != 1) return 1;
    if (read(is_child ? back[0] : meet[0], &byte, 1) != 1) return 1;
    unlink(is_child ? b_name : a_name);
    flock(is_child ? a : b, LOCK_EX);
    return 0;
}
