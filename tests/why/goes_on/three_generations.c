// because: the youngest of three sleeps, and each of the others waits for its child
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    if (fork() == 0) {
        if (fork() == 0) {
            fputs("ready\n", stderr);
            sleep(1000);
        }
        wait(NULL);
    }
    wait(NULL);
    return 0;
}
