// The child that reads has the end for writing itself.
// edge: P end P.1
// edge: P.1 value P.1
// repair: close_write_end
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    char byte;
    if (pipe(ends) != 0) return 1;
    pid_t child = fork();
    if (child == 0) {
        while (read(ends[0], &byte, 1) == 1) {}
        return 0;
    }
    close(ends[0]);
    close(ends[1]);
    waitpid(child, NULL, 0);
    return 0;
}
