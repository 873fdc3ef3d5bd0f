// The parent forgets to close the end for writing, so its child never reads to the end.
// edge: P end P.1
// edge: P.1 value P
// shape: circle P P.1
// repair: close_write_end
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    char byte;
    if (pipe(ends) != 0) return 1;
    if (fork() == 0) {
        close(ends[1]);
        while (read(ends[0], &byte, 1) == 1) {}
        return 0;
    }
    close(ends[0]);
    if (write(ends[1], "A", 1) != 1) return 1;
    wait(NULL);
    return 0;
}
