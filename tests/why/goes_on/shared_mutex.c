// because: whoever has the mutex, which both share, sleeps
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
    pthread_mutexattr_t shared;
    pthread_mutex_t *mutex = mmap(NULL, sizeof *mutex, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mutex == MAP_FAILED) return 1;
    pthread_mutexattr_init(&shared);
    pthread_mutexattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(mutex, &shared);
    pthread_mutex_lock(mutex);
    if (fork() != 0) {
        sleep(1000);
        return 0;
    }
    fputs("ready\n", stderr);
    return pthread_mutex_lock(mutex);
}
