// Writes values for mp-demo:
//   cc -o writer writer.c && mp-demo queue --writer ./writer
#include <stdio.h>
#include <time.h>

int main(void) {
    const char *values[] = {"\"A\"", "2", "{\"n\": 3}"};
    for (int i = 0; i < 3; i++) {
        // A value is one line of JSON. Without fflush it would wait in a
        // buffer: stdio writes each line at once only into a terminal.
        printf("%s\n", values[i]);
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    }
    return 0;
}
