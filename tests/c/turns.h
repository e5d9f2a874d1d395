/* Two threads of which only one runs at a time.
 *
 * Left to themselves, two threads come to most orders of events seldom or never, and never twice. Here one goes on until
 * a look at what they share at which chance, by a number, gives the turn to the other one. duet.c is compiled into
 * turns.c for that. */
#ifndef TURNS_H
#define TURNS_H

#include "duet.h"

/* Lead an opened run to its end and close it. A turn lasts for 2^(number % 12) looks, more or less. False: there was no
 * thread to be had. */
bool turns_run(ff_duet *d, uint32_t number);

#endif
