// Sends a list to mp-demo:
//   cc -o child child.c && mp-demo pipe --child ./child
//   mp-demo pipe --child ./child --reply
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    // A message is one line of JSON. Without fflush it would wait in a
    // buffer, and this program for a reply that cannot come.
    puts("[\"A\", \"B\", \"C\"]");
    fflush(stdout);

    // Only with --reply is there something to read. stdout is the pipe;
    // stderr is yours.
    char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, stdin) > 0)
        fprintf(stderr, "the reply: %s", line);
    free(line);
    return 0;
}
