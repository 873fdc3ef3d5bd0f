// 为 mp-demo 写值：
//   cc -o writer writer.c && mp-demo queue --writer ./writer
#include <stdio.h>
#include <time.h>

int main(void) {
    const char *values[] = {"\"A\"", "2", "{\"n\": 3}"};
    for (int i = 0; i < 3; i++) {
        // 一个值就是一行 JSON。不调用 fflush，它会留在缓冲区里：
        // 只有 stdout 是终端时，stdio 才会立刻写出每一行。
        printf("%s\n", values[i]);
        fflush(stdout);
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    }
    return 0;
}
