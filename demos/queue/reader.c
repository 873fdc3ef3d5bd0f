// Reads values from mp-demo:
//   cc -o reader reader.c && mp-demo queue --reader ./reader
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(void) {
    char *line = NULL;
    size_t size = 0;
    // The loop ends when nothing more can come: stdin is at its end then.
    while (getline(&line, &size, stdin) > 0) {
        // This is the line itself, with its newline; a JSON library makes
        // values of it.
        printf("got %s", line);
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    free(line);
    puts("the queue has ended");
    return 0;
}
