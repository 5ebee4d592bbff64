/* The fills that every program of ingest.py posts or stores: the same ones for the same stream.

   A stream is one strategy that trades eight instruments. In each it goes from flat to flat in 4 to
   24 fills, long or short: it opens, adds and reduces in random turns, and the last fill closes all
   that is left. One fill a second, in order of time. */
#ifndef FILL_STREAM_H
#define FILL_STREAM_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SYMBOL_COUNT = 8, PORTFOLIO_COUNT = 8 };

static const char *const SYMBOLS[SYMBOL_COUNT] = {
    "BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "BNBUSDT", "DOTUSDT", "LTCUSDT"};

typedef __int128 Wide;

typedef struct {
    long number; /* from 0 in its stream */
    int stream;
    int symbol;
    int is_buy;
    int64_t quantity; /* thousandths */
    int64_t price;    /* hundredths */
    int64_t fee;      /* ten-thousandths */
    int64_t time;     /* microseconds since 1970 */
} Fill;

typedef struct {
    int64_t held; /* thousandths, without sign */
    int64_t price;
    int is_long;
    int planned, left; /* fills of this journey */
} Journey;

typedef struct {
    uint64_t state;
    int number;
    long next;
    Journey journeys[SYMBOL_COUNT];
} FillStream;

/* SplitMix64. */
static uint64_t stream_draw(FillStream *stream) {
    uint64_t z = stream->state += 0x9E3779B97F4A7C15u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static FillStream stream_begin(int number) {
    FillStream stream = {.state = 42 + (uint64_t)number * 1000003, .number = number};
    for (int symbol = 0; symbol < SYMBOL_COUNT; symbol++)
        stream.journeys[symbol].price = 10000 + 7919 * symbol;
    return stream;
}

static Fill stream_next(FillStream *stream) {
    uint64_t luck = stream_draw(stream);
    int symbol = (int)(luck & 7);
    Journey *journey = &stream->journeys[symbol];
    journey->price += (int64_t)(luck >> 3 & 255) - 127;
    if (journey->price < 1000) journey->price = 1000;
    if (journey->left == 0) {
        journey->planned = journey->left = 4 + (int)(luck >> 11 & 1023) % 21;
        journey->is_long = (int)(luck >> 21 & 1);
    }
    int is_early = journey->left * 2 > journey->planned;
    int adds = journey->held < 2 || (int)(luck >> 22 & 1023) % 10 < (is_early ? 7 : 3);
    int64_t quantity;
    if (journey->left == 1 && journey->held > 0) {
        adds = 0;
        quantity = journey->held;
    } else if (adds) {
        quantity = 100 + (int64_t)(luck >> 32 & 0xFFFF) % 9900;
    } else {
        quantity = 1 + (int64_t)(luck >> 32 & 0xFFFFFF) % (journey->held / 2);
    }
    journey->held += adds ? quantity : -quantity;
    journey->left--;
    Fill fill = {.number = stream->next, .stream = stream->number, .symbol = symbol,
                 .is_buy = adds == journey->is_long, .quantity = quantity, .price = journey->price,
                 .fee = 1 + (int64_t)(luck >> 56),
                 .time = 1735689600000000 + stream->next * 1000000 + (int64_t)(luck >> 40 & 0xFFFF)};
    stream->next++;
    return fill;
}

/* Canonical decimal text of units × 10^-decimals; returns its end. */
static char *put_decimal(char *at, Wide units, int decimals) {
    char digits[48];
    int count = 0;
    unsigned __int128 rest = units < 0 ? -(unsigned __int128)units : (unsigned __int128)units;
    if (units < 0) *at++ = '-';
    while (decimals > 0 && rest % 10 == 0 && rest > 0) rest /= 10, decimals--;
    if (rest == 0) decimals = 0;
    while (rest > UINT64_MAX) digits[count++] = (char)('0' + (int)(rest % 10)), rest /= 10;
    for (uint64_t small = (uint64_t)rest; small > 0; small /= 10)
        digits[count++] = (char)('0' + small % 10);
    while (count <= decimals) digits[count++] = '0';
    while (count > decimals) *at++ = digits[--count];
    if (decimals > 0) *at++ = '.';
    while (count > 0) *at++ = digits[--count];
    return at;
}

static char *put_padded(char *at, int64_t value, int width) {
    for (int place = width - 1; place >= 0; place--, value /= 10) at[place] = (char)('0' + value % 10);
    return at + width;
}

static char *put_text(char *at, const char *text) {
    size_t count = strlen(text);
    memcpy(at, text, count);
    return at + count;
}

/* YYYY-MM-DD of days since 1970 (Howard Hinnant's civil_from_days, from 1970 on). */
static char *put_day(char *at, int64_t days) {
    int64_t z = days + 719468, era = z / 146097, of_era = z - era * 146097;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100), month = (5 * of_year + 2) / 153;
    at = put_padded(at, year + era * 400 + (month >= 10), 4);
    *at++ = '-';
    at = put_padded(at, month < 10 ? month + 3 : month - 9, 2);
    *at++ = '-';
    return put_padded(at, of_year - (153 * month + 2) / 5 + 1, 2);
}

/* YYYY-MM-DDTHH:MM:SS.ffffffZ */
static char *put_time(char *at, int64_t microseconds) {
    int64_t seconds = microseconds / 1000000, of_day = seconds % 86400;
    at = put_day(at, seconds / 86400);
    *at++ = 'T';
    at = put_padded(at, of_day / 3600, 2);
    *at++ = ':';
    at = put_padded(at, of_day / 60 % 60, 2);
    *at++ = ':';
    at = put_padded(at, of_day % 60, 2);
    *at++ = '.';
    at = put_padded(at, microseconds % 1000000, 6);
    *at++ = 'Z';
    return at;
}

/* The broker's ids of a trade (kind 't') and of its order (kind 'o'). */
static char *put_id(char *at, char kind, int stream, long number) {
    *at++ = kind;
    at = put_padded(at, stream, 2);
    *at++ = '-';
    return put_padded(at, number, 9);
}

/* A FILL of POST /v1/fills; at most 400 bytes. */
static inline char *put_fill(char *at, const Fill *fill) {
    at = put_text(at, "{\"broker_trade_id\":\"");
    at = put_id(at, 't', fill->stream, fill->number);
    at = put_text(at, "\",\"broker_order_id\":\"");
    at = put_id(at, 'o', fill->stream, fill->number);
    at = put_text(at, "\",\"symbol\":\"");
    at = put_text(at, SYMBOLS[fill->symbol]);
    at = put_text(at, "\",\"exchange\":\"BINANCE\",\"asset_type\":\"CRYPTO\",\"currency\":\"USDT\",\"side\":\"");
    at = put_text(at, fill->is_buy ? "BUY" : "SELL");
    at = put_text(at, "\",\"quantity\":\"");
    at = put_decimal(at, fill->quantity, 3);
    at = put_text(at, "\",\"price\":\"");
    at = put_decimal(at, fill->price, 2);
    at = put_text(at, "\",\"fee\":\"");
    at = put_decimal(at, fill->fee, 4);
    at = put_text(at, "\",\"fee_currency\":\"USDT\",\"exec_time\":\"");
    at = put_time(at, fill->time);
    return put_text(at, "\"}");
}

#endif
