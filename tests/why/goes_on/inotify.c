// because: it waits for a change in the file system
#include <stdio.h>
#include <sys/inotify.h>
#include <unistd.h>

int main(void) {
    char event[4096];
    int fd = inotify_init1(0);
    inotify_add_watch(fd, "/", IN_CREATE);
    fputs("ready\n", stderr);
    return read(fd, event, sizeof event) < 0;
}
