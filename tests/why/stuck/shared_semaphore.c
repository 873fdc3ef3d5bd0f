// A semaphore in memory that parent and child share, which each waits for the other to post.
// edge: P lock P,P.1
// edge: P.1 lock P,P.1
// shape: dead end
// repair: none
#include <semaphore.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    sem_t *turn = mmap(NULL, sizeof *turn, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (turn == MAP_FAILED) return 1;
    sem_init(turn, 1, 0);
    fork();
    sem_wait(turn);
    sem_post(turn);
    return 0;
}
