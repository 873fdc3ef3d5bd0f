// 向 mp-demo 发送一个列表：
//   cc -o child child.c && mp-demo pipe --child ./child
//   mp-demo pipe --child ./child --reply
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    // 一条消息就是一行 JSON。不调用 fflush，它会留在缓冲区里，
    // 这个程序就会白等一个不会来的回复。
    puts("[\"A\", \"B\", \"C\"]");
    fflush(stdout);

    // 用了 --reply 才有内容可读。stdout 是管道，stderr 归你使用。
    char *line = NULL;
    size_t size = 0;
    if (getline(&line, &size, stdin) > 0)
        fprintf(stderr, "the reply: %s", line);
    free(line);
    return 0;
}
