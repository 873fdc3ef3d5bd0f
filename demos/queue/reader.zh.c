// 从 mp-demo 读值：
//   cc -o reader reader.c && mp-demo queue --reader ./reader
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(void) {
    char *line = NULL;
    size_t size = 0;
    // 再也不会有值时，stdin 到了末尾，循环随之结束。
    while (getline(&line, &size, stdin) > 0) {
        // 这里是原样的一行，带着换行符；要得到值，需要一个 JSON 库。
        printf("got %s", line);
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    free(line);
    puts("the queue has ended");
    return 0;
}
