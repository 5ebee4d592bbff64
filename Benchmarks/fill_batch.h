/* A batch of postings that writes each touched row once, at its end; rows that no other fill of the
   batch can touch go out at once. The includer has `write_row`, which stores `row` in a table. */
#ifndef FILL_BATCH_H
#define FILL_BATCH_H

#include <time.h>

#include "fill_rows.h"

static Row row;
static int64_t now; /* of rows that say when they were stored */

static void write_row(Table table);

static void write_position(Position *position) { position_row(&row, position), write_row(POSITIONS); }
static void write_campaign(Campaign *campaign) { campaign_row(&row, campaign, now), write_row(CAMPAIGNS); }
static void write_leg(Leg *leg) { leg_row(&row, leg, now), write_row(LEGS); }
static void write_day(Day *day) { day_row(&row, day), write_row(DAYS); }
static void write_new_lot(Lot *lot) { lot_row(&row, lot), write_row(LOTS); }
static void write_open_lot(Lot *lot) { open_lot_row(&row, lot), write_row(OPEN_LOTS); }

enum { MOST_WAITING = 1 << 16 };

typedef struct {
    void *things[MOST_WAITING];
    int count;
} Waiting;

static Waiting positions, campaigns, legs, days, new_lots, open_lots;

static struct {
    Closure closures[MOST_WAITING];
    LegTrade leg_trades[MOST_WAITING];
    int closure_count, leg_trade_count;
} rows;

static void wait_for_end(Waiting *waiting, void *thing, int *is_waiting) {
    if (*is_waiting) return;
    *is_waiting = 1;
    if (waiting->count == MOST_WAITING) abort();
    waiting->things[waiting->count++] = thing;
}

#define WRITE_WAITING(waiting, Type, write)                    \
    for (int index = 0; index < (waiting).count; index++) {    \
        Type *thing = (waiting).things[index];                 \
        write(thing);                                          \
        thing->is_waiting = 0;                                 \
        FREE_IF_OVER_##Type(thing);                            \
    }                                                          \
    (waiting).count = 0
#define FREE_IF_OVER_Position(position) (void)(position)
#define FREE_IF_OVER_Day(day) (void)(day)
#define FREE_IF_OVER_Campaign(campaign) if ((campaign)->closed_at != 0) free(campaign)
#define FREE_IF_OVER_Leg(leg) if ((leg)->is_over) free(leg)
#define FREE_IF_OVER_Lot(lot) if ((lot)->open_quantity == 0) free(lot)

/* The rows that are left. Campaigns first: legs, lots and closures point at them. */
static void end_batch(void) {
    WRITE_WAITING(campaigns, Campaign, write_campaign);
    WRITE_WAITING(legs, Leg, write_leg);
    for (int index = 0; index < rows.leg_trade_count; index++)
        leg_trade_row(&row, &rows.leg_trades[index]), write_row(LEG_TRADES);
    for (int index = 0; index < rows.closure_count; index++)
        closure_row(&row, &rows.closures[index]), write_row(CLOSURES);
    rows.leg_trade_count = rows.closure_count = 0;
    /* A lot that this batch opened is written with what is left of it; only those from before are
       changed. */
    WRITE_WAITING(new_lots, Lot, write_new_lot);
    WRITE_WAITING(open_lots, Lot, write_open_lot);
    WRITE_WAITING(positions, Position, write_position);
    WRITE_WAITING(days, Day, write_day);
}

static void add_to_batch(Posting *posting) {
    if (rows.closure_count + MOST_LOTS > MOST_WAITING) abort();
    trade_row(&row, posting, now), write_row(TRADES);
    audit_row(&row, posting, now), write_row(AUDIT);
    wait_for_end(&positions, posting->position, &posting->position->is_waiting);
    wait_for_end(&campaigns, posting->campaign, &posting->campaign->is_waiting);
    wait_for_end(&legs, posting->leg, &posting->leg->is_waiting);
    wait_for_end(&days, posting->day, &posting->day->is_waiting);
    if (posting->opened) wait_for_end(&new_lots, posting->opened, &posting->opened->is_waiting);
    for (int index = 0; index < posting->closure_count; index++) {
        wait_for_end(&open_lots, posting->closed[index], &posting->closed[index]->is_waiting);
        rows.closures[rows.closure_count++] = posting->closures[index];
    }
    rows.leg_trades[rows.leg_trade_count++] = leg_trade_of(posting);
}

/* What is over and has nothing left to be written. */
static void release(Posting *posting) {
    for (int index = 0; index < posting->closure_count; index++)
        FREE_IF_OVER_Lot(posting->closed[index]);
    if (posting->leg->is_over) free(posting->leg);
    FREE_IF_OVER_Campaign(posting->campaign);
}

/* Posts the first `count` fills of the stream without writing anything. */
static void skip_fills(FillStream *stream, Holding holdings[SYMBOL_COUNT], long count) {
    while (stream->next < count) {
        Fill fill = stream_next(stream);
        Posting posting = post_fill(holdings, &fill, fill.number + 1);
        release(&posting);
    }
}

static double seconds_of(clockid_t clock) {
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void set_now(void) { now = (int64_t)(seconds_of(CLOCK_REALTIME) * 1e6); }

#endif
