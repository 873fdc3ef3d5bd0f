// Two threads join each other's end.
// edge: P thread P
#include <pthread.h>

static pthread_t first;

static void *join_first(void *unused) {
    pthread_join(first, NULL);
    return unused;
}

int main(void) {
    pthread_t second;
    first = pthread_self();
    pthread_create(&second, NULL, join_first, NULL);
    pthread_join(second, NULL);
    return 0;
}
