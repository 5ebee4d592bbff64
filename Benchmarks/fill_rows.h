/* The rows of a Posting as texts and numbers, column by column, and the statements that store them:
   the same ones for SQLite (one row a call) and PostgreSQL (one array a column). Numbers are told
   from texts by their column. User, portfolio and strategy are 1, as yardstick_rows.sql has them. */
#ifndef FILL_ROWS_H
#define FILL_ROWS_H

#include <stdarg.h>

#include "fill_ledger.h"

typedef enum {
    TRADES, POSITIONS, LOTS, OPEN_LOTS, CLOSURES, CAMPAIGNS, LEGS, LEG_TRADES, DAYS, AUDIT, TABLE_COUNT
} Table;

enum { MOST_COLUMNS = 26, ROW_BYTES = 1200 };

typedef struct {
    const char *table;
    const char *columns; /* "name:type name:type …", with PostgreSQL's types */
    const char *conflict;
} TableText;

static const TableText TABLES[TABLE_COUNT] = {
    [TRADES] = {"trades",
        "uid:text user_id:bigint portfolio_id:bigint instrument_id:bigint strategy_id:bigint side:text "
        "quantity:numeric price:numeric notional:numeric fee:numeric fee_currency:text "
        "realized_pnl:numeric action:text exec_time:timestamptz broker_trade_id:text "
        "broker_order_id:text source:text meta_json:jsonb revision:bigint created_at:timestamptz", ""},
    [POSITIONS] = {"positions",
        "uid:text user_id:bigint portfolio_id:bigint instrument_id:bigint strategy_id:bigint "
        "quantity:numeric cost:numeric avg_price:numeric realized_pnl:numeric fees_json:jsonb "
        "opened_at:timestamptz updated_at:timestamptz last_broker_trade_id:text",
        "ON CONFLICT (portfolio_id, instrument_id, COALESCE(strategy_id, 0)) DO UPDATE SET "
        "quantity = excluded.quantity, cost = excluded.cost, avg_price = excluded.avg_price, "
        "realized_pnl = excluded.realized_pnl, fees_json = excluded.fees_json, "
        "opened_at = excluded.opened_at, updated_at = excluded.updated_at, "
        "last_broker_trade_id = excluded.last_broker_trade_id, version = positions.version + 1"},
    [LOTS] = {"position_lots",
        "campaign_id:bigint trade_id:bigint user_id:bigint opened_at:timestamptz broker_trade_id:text "
        "quantity:numeric cost:numeric open_quantity:numeric open_cost:numeric", ""},
    [OPEN_LOTS] = {NULL, "open_quantity:numeric open_cost:numeric campaign_id:bigint trade_id:bigint", ""},
    [CLOSURES] = {"lot_closures",
        "campaign_id:bigint trade_id:bigint lot_trade_id:bigint user_id:bigint quantity:numeric "
        "cost:numeric proceeds:numeric realized_pnl:numeric", ""},
    [CAMPAIGNS] = {"position_campaigns",
        "id:bigint uid:text user_id:bigint portfolio_id:bigint instrument_id:bigint strategy_id:bigint "
        "updated_at:timestamptz direction:text status:text opened_at:timestamptz "
        "opening_broker_trade_id:text opening_qty:numeric closed_at:timestamptz qty_opened:numeric "
        "qty_closed:numeric max_qty:numeric opened_cost:numeric closed_notional:numeric "
        "avg_open_price:numeric avg_close_price:numeric realized_pnl:numeric return_pct:numeric "
        "holding_period_sec:bigint num_fills:bigint legs_count:bigint source:text",
        "ON CONFLICT (id) DO UPDATE SET updated_at = excluded.updated_at, status = excluded.status, "
        "closed_at = excluded.closed_at, qty_opened = excluded.qty_opened, "
        "qty_closed = excluded.qty_closed, max_qty = excluded.max_qty, "
        "opened_cost = excluded.opened_cost, closed_notional = excluded.closed_notional, "
        "avg_open_price = excluded.avg_open_price, avg_close_price = excluded.avg_close_price, "
        "realized_pnl = excluded.realized_pnl, return_pct = excluded.return_pct, "
        "holding_period_sec = excluded.holding_period_sec, num_fills = excluded.num_fills, "
        "legs_count = excluded.legs_count, version = position_campaigns.version + 1"},
    [LEGS] = {"campaign_legs",
        "campaign_id:bigint first_trade_id:bigint uid:text user_id:bigint leg_number:bigint "
        "leg_type:text side:text quantity:numeric notional:numeric avg_price:numeric "
        "started_at:timestamptz ended_at:timestamptz last_broker_order_id:text fill_count:bigint "
        "created_at:timestamptz",
        "ON CONFLICT (campaign_id, first_trade_id) DO UPDATE SET leg_type = excluded.leg_type, "
        "quantity = excluded.quantity, notional = excluded.notional, avg_price = excluded.avg_price, "
        "ended_at = excluded.ended_at, last_broker_order_id = excluded.last_broker_order_id, "
        "fill_count = excluded.fill_count, version = campaign_legs.version + 1"},
    [LEG_TRADES] = {"leg_trade_map",
        "campaign_id:bigint trade_id:bigint first_trade_id:bigint user_id:bigint allocated_qty:numeric", ""},
    [DAYS] = {"daily_pnl",
        "user_id:bigint portfolio_id:bigint instrument_id:bigint strategy_id:bigint day:date "
        "currency:text realized_pnl:numeric realized_pnl_lots:numeric fees:numeric trades:bigint",
        "ON CONFLICT (portfolio_id, day, instrument_id, COALESCE(strategy_id, 0), currency) "
        "DO UPDATE SET realized_pnl = excluded.realized_pnl, "
        "realized_pnl_lots = excluded.realized_pnl_lots, fees = excluded.fees, "
        "trades = excluded.trades"},
    [AUDIT] = {"audit_log",
        "user_id:bigint entity_type:text entity_id:bigint action:text details_json:jsonb "
        "created_at:timestamptz", ""},
};

/* One row: its values, which stand in `bytes`; a number is a text as well. */
typedef struct {
    int count;
    const char *text[MOST_COLUMNS]; /* NULL for NULL */
    int length[MOST_COLUMNS];
    int64_t number[MOST_COLUMNS];
    char is_number[MOST_COLUMNS];
    char bytes[ROW_BYTES];
    char *end;
} Row;

static void row_begin(Row *row) {
    row->count = 0;
    row->end = row->bytes;
}

static void add_null(Row *row) {
    row->is_number[row->count] = 0;
    row->text[row->count++] = NULL;
}

static void add_bytes(Row *row, const char *text, size_t length) {
    row->is_number[row->count] = 0;
    row->length[row->count] = (int)length;
    row->text[row->count++] = text;
}

static void add_text(Row *row, const char *text) { add_bytes(row, text, strlen(text)); }

/* What was just written from `row->end` to `end`. */
static void add_written(Row *row, char *end) {
    add_bytes(row, row->end, (size_t)(end - row->end));
    row->end = end;
}

static void add_number(Row *row, int64_t number) {
    row->is_number[row->count] = 1;
    row->number[row->count] = number;
    row->text[row->count++] = "";
}

static void add_decimal(Row *row, Wide units, int decimals) {
    add_written(row, put_decimal(row->end, units, decimals));
}

static void add_time(Row *row, int64_t time) {
    if (time == 0) add_null(row);
    else add_written(row, put_time(row->end, time));
}

static void add_id(Row *row, char kind, long number) { add_written(row, put_id(row->end, kind, 0, number)); }

/* A UUID's 36 characters that sort by time, as ours do; unlike them it is not random. */
static void add_uid(Row *row, Table table, int64_t number) {
    static const char digits[] = "0123456789abcdef";
    char *at = put_text(row->end, "01942000-0000-7000-8000-000000000000");
    for (int place = -1, rest = 8; rest > 0; place--, number >>= 4)
        if (at[place] != '-') at[place] = digits[number & 15], rest--;
    at[-18] = digits[table];
    /* Sorting by time takes the number in front. */
    memmove(row->end, at - 8, 8);
    add_written(row, at);
}

static void add_owner(Row *row, int symbol) {
    add_number(row, 1);
    add_number(row, 1);
    add_number(row, symbol + 1);
    add_number(row, 1);
}

static void trade_row(Row *row, const Posting *posting, int64_t now) {
    const Fill *fill = &posting->fill;
    row_begin(row);
    add_uid(row, TRADES, fill->number);
    add_owner(row, fill->symbol);
    add_text(row, fill->is_buy ? "BUY" : "SELL");
    add_decimal(row, fill->quantity, 3);
    add_decimal(row, fill->price, 2);
    add_decimal(row, posting->notional, 18);
    add_decimal(row, fill->fee, 4);
    add_text(row, "USDT");
    add_decimal(row, posting->realized, 18);
    add_text(row, posting->action);
    add_time(row, fill->time);
    add_id(row, 't', fill->number);
    add_id(row, 'o', fill->number);
    add_text(row, "broker");
    add_text(row, "{}");
    add_number(row, 0);
    add_time(row, now);
}

static void position_row(Row *row, const Position *position) {
    row_begin(row);
    add_uid(row, POSITIONS, position->last_number);
    add_owner(row, position->symbol);
    add_decimal(row, position->quantity, 3);
    add_decimal(row, position->cost, 18);
    add_decimal(row, average_price(position->cost, position->quantity), 12);
    add_decimal(row, position->realized, 18);
    add_written(row, put_text(put_decimal(put_text(row->end, "{\"USDT\":\""), position->fees, 18), "\"}"));
    add_time(row, position->opened_at);
    add_time(row, position->updated_at);
    add_id(row, 't', position->last_number);
}

static void lot_row(Row *row, const Lot *lot) {
    row_begin(row);
    add_number(row, lot->campaign);
    add_number(row, lot->trade);
    add_number(row, 1);
    add_time(row, lot->opened_at);
    add_id(row, 't', lot->number);
    add_decimal(row, lot->quantity, 3);
    add_decimal(row, lot->cost, 18);
    add_decimal(row, lot->open_quantity, 3);
    add_decimal(row, lot->open_cost, 18);
}

static void open_lot_row(Row *row, const Lot *lot) {
    row_begin(row);
    add_decimal(row, lot->open_quantity, 3);
    add_decimal(row, lot->open_cost, 18);
    add_number(row, lot->campaign);
    add_number(row, lot->trade);
}

static void closure_row(Row *row, const Closure *closure) {
    row_begin(row);
    add_number(row, closure->campaign);
    add_number(row, closure->trade);
    add_number(row, closure->lot_trade);
    add_number(row, 1);
    add_decimal(row, closure->quantity, 3);
    add_decimal(row, closure->cost, 18);
    add_decimal(row, closure->proceeds, 18);
    add_decimal(row, closure->proceeds - closure->cost, 18);
}

static void campaign_row(Row *row, const Campaign *campaign, int64_t now) {
    row_begin(row);
    add_number(row, campaign->trade);
    add_uid(row, CAMPAIGNS, campaign->number);
    add_owner(row, campaign->symbol);
    add_time(row, now);
    add_text(row, campaign->is_long ? "long" : "short");
    add_text(row, campaign->closed_at == 0 ? "open" : "closed");
    add_time(row, campaign->opened_at);
    add_id(row, 't', campaign->number);
    add_decimal(row, campaign->opening_quantity, 3);
    add_time(row, campaign->closed_at);
    add_decimal(row, campaign->opened_quantity, 3);
    add_decimal(row, campaign->closed_quantity, 3);
    add_decimal(row, campaign->max_quantity, 3);
    add_decimal(row, campaign->opened_cost, 18);
    add_decimal(row, campaign->closed_notional, 18);
    add_decimal(row, average_price(campaign->opened_notional, campaign->opened_quantity), 12);
    if (campaign->closed_quantity == 0) add_null(row);
    else add_decimal(row, average_price(campaign->closed_notional, campaign->closed_quantity), 12);
    add_decimal(row, campaign->realized, 18);
    add_decimal(row, return_percent(campaign), 12);
    if (campaign->closed_at == 0) add_null(row);
    else add_number(row, (campaign->closed_at - campaign->opened_at) / 1000000);
    add_number(row, campaign->fill_count);
    add_number(row, campaign->leg_count);
    add_text(row, "broker");
}

static void leg_row(Row *row, const Leg *leg, int64_t now) {
    row_begin(row);
    add_number(row, leg->campaign);
    add_number(row, leg->first_trade);
    add_uid(row, LEGS, leg->first_trade);
    add_number(row, 1);
    add_number(row, leg->number);
    add_text(row, leg->type);
    add_text(row, leg->is_buy ? "BUY" : "SELL");
    add_decimal(row, leg->quantity, 3);
    add_decimal(row, leg->notional, 18);
    add_decimal(row, average_price(leg->notional, leg->quantity), 12);
    add_time(row, leg->started_at);
    add_time(row, leg->ended_at);
    add_id(row, 'o', leg->last_order);
    add_number(row, leg->fill_count);
    add_time(row, now);
}

static void leg_trade_row(Row *row, const LegTrade *part) {
    row_begin(row);
    add_number(row, part->campaign);
    add_number(row, part->trade);
    add_number(row, part->first_trade);
    add_number(row, 1);
    add_decimal(row, part->quantity, 3);
}

static void day_row(Row *row, const Day *day) {
    row_begin(row);
    add_owner(row, day->symbol);
    add_written(row, put_day(row->end, day->day));
    add_text(row, "USDT");
    add_decimal(row, day->realized, 18);
    add_decimal(row, day->lot_realized, 18);
    add_decimal(row, day->fees, 18);
    add_number(row, day->trades);
}

static void audit_row(Row *row, const Posting *posting, int64_t now) {
    row_begin(row);
    add_number(row, 1);
    add_text(row, "TRADE");
    add_number(row, posting->trade);
    add_text(row, "CREATE");
    add_written(row, put_text(put_id(put_text(row->end, "{\"broker_trade_id\":\""), 't', 0,
                                     posting->fill.number), "\",\"source\":\"broker\"}"));
    add_time(row, now);
}

/* Columns of `table`, separated by ", "; with `as` each as that format of its name, type and number. */
static void put_columns(char *at, Table table, void (*put)(char **, const char *, const char *, int)) {
    char columns[1024];
    strcpy(columns, TABLES[table].columns);
    int number = 1;
    char *rest = columns;
    for (char *column; (column = strsep(&rest, " ")) != NULL; number++) {
        char *type = strchr(column, ':');
        *type++ = 0;
        if (number > 1) at = put_text(at, ", ");
        put(&at, column, type, number);
    }
    *at = 0;
}

static void put_name(char **at, const char *name, const char *type, int number) {
    (void)type, (void)number;
    *at = put_text(*at, name);
}

#endif
