/* nanosleep() in atomic.h, which -std=c11 hides. */
#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "turns.h"

static uint32_t look(const ff_atomic *a);
#define ff_atomic_load look
#include "duet.c"
#undef ff_atomic_load

enum { NOBODY, LEADER, ASSISTANT };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn, last; /* whose it is; who is the only one left */
static uint32_t looks, choices;
static _Thread_local int self = NOBODY;

static bool chosen(void) {
  choices = choices * 1664525u + 1013904223u;
  return (uint64_t)choices * looks >> 32 == 0;
}

static void give_turn(int to) {
  pthread_mutex_lock(&lock);
  turn = to;
  pthread_cond_broadcast(&changed);
  pthread_mutex_unlock(&lock);
}

static void await_turn(void) {
  pthread_mutex_lock(&lock);
  while (turn != self)
    pthread_cond_wait(&changed, &lock);
  pthread_mutex_unlock(&lock);
}

static uint32_t look(const ff_atomic *a) {
  if (self != NOBODY && self != last && chosen()) {
    give_turn(LEADER + ASSISTANT - self);
    await_turn();
  }
  return ff_atomic_load(a);
}

static void *assist(void *duet) {
  self = ASSISTANT;
  await_turn();
  ff_duet_assist(duet);
  last = LEADER;
  give_turn(LEADER);
  return NULL;
}

bool turns_run(ff_duet *d, uint32_t number) {
  pthread_t thread;
  choices = number;
  looks = 1u << number % 12;
  turn = self = LEADER;
  last = NOBODY;
  if (pthread_create(&thread, NULL, assist, d))
    return false;
  ff_duet_lead(d);
  ff_duet_close(d, true);
  pthread_join(thread, NULL);
  self = NOBODY;
  return true;
}
