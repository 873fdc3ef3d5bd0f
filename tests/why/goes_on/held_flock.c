// because: whoever has the lock on the file sleeps
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

int main(void) {
    char name[] = "/tmp/mp-demo-why-XXXXXX";
    int ours = mkstemp(name), ends[2];
    char byte;
    if (ours < 0 || pipe(ends) != 0) return 1;
    int theirs = open(name, O_RDWR);
    unlink(name);
    if (fork() == 0) {
        flock(theirs, LOCK_EX);
        if (write(ends[1], "A", 1) != 1) return 1;
        sleep(1000);
        return 0;
    }
    if (read(ends[0], &byte, 1) != 1) return 1;
    fputs("ready\n", stderr);
    return flock(ours, LOCK_EX);
}
