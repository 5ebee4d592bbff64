/* What a fill of fill_stream.h does to its holding, so that the yardsticks write the rows that
   Blotter writes: position by average cost, FIFO lots and closures, campaign, legs, day of P&L.
   Exact, with 18 decimals, as far as that stream needs it: no trade through zero, none that comes
   late. */
#ifndef FILL_LEDGER_H
#define FILL_LEDGER_H

#include <stdlib.h>

#include "fill_stream.h"

enum { MOST_LOTS = 24, LEG_WINDOW_SECONDS = 300 };

typedef struct {
    int64_t campaign, trade; /* row ids of trades */
    long number;             /* the trade's in its stream */
    int64_t opened_at;
    int64_t quantity, open_quantity; /* thousandths */
    Wide cost, open_cost;            /* 10^-18 */
    int is_waiting;                  /* to be written */
} Lot;

typedef struct {
    int64_t campaign, trade, lot_trade;
    int64_t quantity;
    Wide cost, proceeds;
} Closure;

/* A trade in its leg. */
typedef struct {
    int64_t campaign, trade, first_trade;
    int64_t quantity;
} LegTrade;

typedef struct {
    int64_t campaign, first_trade;
    int number, is_buy, fill_count;
    const char *type;
    int64_t quantity, started_at, ended_at;
    Wide notional;
    long last_order;
    int is_waiting, is_over;
} Leg;

typedef struct {
    int64_t trade; /* the opening one's row id */
    long number;
    int symbol, is_long, fill_count, leg_count;
    int64_t opened_at, closed_at;
    int64_t opening_quantity, opened_quantity, closed_quantity, max_quantity;
    Wide opened_notional, opened_cost, closed_notional, realized;
    int is_waiting;
} Campaign;

typedef struct {
    int symbol;
    int64_t quantity; /* signed */
    Wide cost, realized, fees;
    int64_t opened_at, updated_at;
    long last_number;
    int is_waiting;
} Position;

typedef struct {
    int symbol;
    int64_t day;
    Wide realized, lot_realized, fees;
    int trades;
    int is_waiting;
} Day;

typedef struct {
    Position position;
    Campaign *campaign; /* NULL when flat */
    Leg *leg;
    Lot *lots[MOST_LOTS]; /* the open ones, oldest first */
    int lot_count;
    Day *day;
} Holding;

/* What one fill changed. Lots, legs and campaigns that are over belong to whoever writes them. */
typedef struct {
    Fill fill;
    int64_t trade;
    Wide notional, realized;
    const char *action;
    Position *position;
    Lot *opened; /* NULL where it reduced */
    Closure closures[MOST_LOTS];
    Lot *closed[MOST_LOTS]; /* the lots of these closures */
    int closure_count;
    Campaign *campaign;
    Leg *leg;
    Day *day;
} Posting;

static void *made(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) abort();
    return memory;
}

/* Half-even. */
static Wide divided(Wide numerator, Wide denominator) {
    if (denominator < 0) numerator = -numerator, denominator = -denominator;
    int is_negative = numerator < 0;
    Wide magnitude = is_negative ? -numerator : numerator;
    Wide quotient = magnitude / denominator, twice = 2 * (magnitude % denominator);
    if (twice > denominator || (twice == denominator && quotient % 2)) quotient++;
    return is_negative ? -quotient : quotient;
}

/* cost ÷ quantity to 12 decimals, in 10^-12; 0 where nothing is held. */
static Wide average_price(Wide cost, int64_t quantity) {
    return quantity == 0 ? 0 : divided(cost, (Wide)quantity * 1000);
}

/* In percent, in 10^-12. */
static Wide return_percent(const Campaign *campaign) {
    Wide cost = campaign->opened_cost < 0 ? -campaign->opened_cost : campaign->opened_cost;
    return divided(campaign->realized * 100000000000000, cost);
}

static Wide notional_of(int64_t quantity, int64_t price) {
    return (Wide)quantity * price * 10000000000000; /* 10^-5 to 10^-18 */
}

static void enter_leg(Holding *holding, const Fill *fill, int64_t trade, Wide notional, const char *type) {
    Leg *leg = holding->leg;
    Campaign *campaign = holding->campaign;
    if (leg == NULL || leg->is_buy != fill->is_buy
        || fill->time > leg->ended_at + LEG_WINDOW_SECONDS * 1000000LL) {
        if (leg != NULL) {
            leg->is_over = 1;
            if (!leg->is_waiting) free(leg);
        }
        leg = holding->leg = made(sizeof *leg);
        *leg = (Leg){.campaign = campaign->trade, .first_trade = trade, .is_buy = fill->is_buy,
                     .number = ++campaign->leg_count, .type = type, .started_at = fill->time};
    }
    leg->quantity += fill->quantity;
    leg->notional += notional;
    leg->ended_at = fill->time;
    leg->last_order = fill->number;
    leg->fill_count++;
    campaign->fill_count++;
}

static void open_more(Holding *holding, Posting *posting) {
    const Fill *fill = &posting->fill;
    Position *position = &holding->position;
    Wide cost = fill->is_buy ? posting->notional : -posting->notional;
    int is_first = position->quantity == 0;
    if (is_first) {
        position->opened_at = fill->time;
        holding->campaign = made(sizeof(Campaign));
        *holding->campaign = (Campaign){.trade = posting->trade, .number = fill->number,
                                        .symbol = fill->symbol, .is_long = fill->is_buy,
                                        .opened_at = fill->time, .opening_quantity = fill->quantity};
    }
    Campaign *campaign = holding->campaign;
    enter_leg(holding, fill, posting->trade, posting->notional, is_first ? "open" : "add");
    position->quantity += fill->is_buy ? fill->quantity : -fill->quantity;
    position->cost += cost;
    if (campaign->leg_count == 1) {
        campaign->opened_quantity = holding->leg->quantity;
        campaign->opened_notional = holding->leg->notional;
    }
    campaign->opened_cost += cost;
    if (llabs(position->quantity) > campaign->max_quantity)
        campaign->max_quantity = llabs(position->quantity);
    if (holding->lot_count == MOST_LOTS) abort();
    Lot *lot = posting->opened = holding->lots[holding->lot_count++] = made(sizeof *lot);
    *lot = (Lot){.campaign = campaign->trade, .trade = posting->trade, .number = fill->number,
                 .opened_at = fill->time, .quantity = fill->quantity, .open_quantity = fill->quantity,
                 .cost = cost, .open_cost = cost};
    posting->action = fill->is_buy ? "BTO" : "STO";
}

static Wide close_lots(Holding *holding, Posting *posting) {
    const Fill *fill = &posting->fill;
    Wide realized = 0;
    int64_t left = fill->quantity;
    int gone = 0;
    while (left > 0) {
        Lot *lot = holding->lots[gone];
        int64_t part = left < lot->open_quantity ? left : lot->open_quantity;
        Wide proceeds = notional_of(part, fill->price) * (fill->is_buy ? -1 : 1);
        Closure closure = {.campaign = lot->campaign, .trade = posting->trade, .lot_trade = lot->trade,
                           .quantity = part, .proceeds = proceeds,
                           .cost = part == lot->open_quantity
                               ? lot->open_cost : divided(lot->open_cost * part, lot->open_quantity)};
        lot->open_quantity -= part;
        lot->open_cost -= closure.cost;
        posting->closed[posting->closure_count] = lot;
        posting->closures[posting->closure_count++] = closure;
        realized += closure.proceeds - closure.cost;
        left -= part;
        if (lot->open_quantity == 0) gone++;
    }
    holding->lot_count -= gone;
    memmove(holding->lots, holding->lots + gone, sizeof(Lot *) * (size_t)holding->lot_count);
    return realized;
}

/* Returns what the lots realized. */
static Wide close_some(Holding *holding, Posting *posting) {
    const Fill *fill = &posting->fill;
    Position *position = &holding->position;
    Campaign *campaign = holding->campaign;
    int is_last = fill->quantity == llabs(position->quantity);
    Wide released = is_last ? position->cost
                            : divided(position->cost * fill->quantity, llabs(position->quantity));
    posting->realized = (fill->is_buy ? -posting->notional : posting->notional) - released;
    posting->action = fill->is_buy ? "BTC" : "STC";
    enter_leg(holding, fill, posting->trade, posting->notional, "reduce");
    holding->leg->type = is_last ? "close" : "reduce";
    position->quantity += fill->is_buy ? fill->quantity : -fill->quantity;
    position->cost -= released;
    position->realized += posting->realized;
    campaign->closed_quantity += fill->quantity;
    campaign->closed_notional += posting->notional;
    campaign->realized += posting->realized;
    if (is_last) campaign->closed_at = fill->time, position->opened_at = 0;
    return close_lots(holding, posting);
}

static LegTrade leg_trade_of(const Posting *posting) {
    return (LegTrade){.campaign = posting->campaign->trade, .trade = posting->trade,
                      .first_trade = posting->leg->first_trade, .quantity = posting->fill.quantity};
}

/* `trade` is the row id that the fill has or will have. */
static Posting post_fill(Holding holdings[SYMBOL_COUNT], const Fill *fill, int64_t trade) {
    Holding *holding = &holdings[fill->symbol];
    Position *position = &holding->position;
    Posting posting = {.fill = *fill, .trade = trade, .notional = notional_of(fill->quantity, fill->price),
                       .position = position};
    position->symbol = fill->symbol;
    Wide lot_realized = 0, fee = (Wide)fill->fee * 100000000000000;
    if (position->quantity == 0 || (position->quantity > 0) == fill->is_buy)
        open_more(holding, &posting);
    else
        lot_realized = close_some(holding, &posting);
    position->fees += fee;
    position->updated_at = fill->time;
    position->last_number = fill->number;
    int64_t day = fill->time / 86400000000;
    if (holding->day == NULL || holding->day->day != day) {
        holding->day = made(sizeof(Day));
        *holding->day = (Day){.symbol = fill->symbol, .day = day};
    }
    holding->day->realized += posting.realized;
    holding->day->lot_realized += lot_realized;
    holding->day->fees += fee;
    holding->day->trades++;
    posting.campaign = holding->campaign;
    posting.leg = holding->leg;
    posting.day = holding->day;
    if (position->quantity == 0) {
        holding->leg->is_over = 1;
        holding->campaign = NULL;
        holding->leg = NULL;
    }
    return posting;
}

#endif
