/* Work in parts, on as many processors as there are. */
#include "base/machine.h"
#include "persons/identity.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct {
    part_work work;
    void *context;
    unsigned parts;
    atomic_uint next;
} task;

typedef struct {
    task *task;
    unsigned number;
} hand;

static void *take_parts(void *context)
{
    hand *h = context;
    for (unsigned part; (part = atomic_fetch_add(&h->task->next, 1)) < h->task->parts;)
        h->task->work(h->task->context, h->number, part);
    return NULL;
}

/* A thread that cannot be had leaves its share to the others. */
void hands_work(part_work work, void *context, unsigned parts)
{
    task t = {.work = work, .context = context, .parts = parts};
    hand hands[HANDS];
    pthread_t threads[HANDS];
    unsigned started = 0, processors = kk_machine_processors();
    unsigned wanted = processors < HANDS ? processors : HANDS;
    for (unsigned i = 0; i < HANDS; i++)
        hands[i] = (hand){&t, i};
    while (started + 1 < wanted &&
           pthread_create(&threads[started], NULL, take_parts, &hands[started + 1]) == 0)
        started++;
    take_parts(&hands[0]);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}
