/* The yardstick of ingest.py on PostgreSQL: writes the rows that Blotter writes for each fill, and
   does nothing else.

       set_based_postgres URL [--fills 100000] [--from 0] [--per-commit 1000]

   One INSERT or UPDATE over unnest() a table and batch, each touched row once a batch, one
   transaction a batch. The database has the schema and yardstick_rows.sql, and FROM fills of the
   stream. Prints one JSON object. */
#include <libpq-fe.h>

#include "fill_batch.h"

static PGconn *connection;

typedef struct {
    char *bytes;
    size_t count, room;
} Buffer;

static struct {
    Buffer columns[MOST_COLUMNS];
    int column_count, row_count;
} batches[TABLE_COUNT];

static void fail(const char *doing) {
    fprintf(stderr, "set_based_postgres: %s: %s\n", doing, connection ? PQerrorMessage(connection) : "");
    exit(1);
}

static void append(Buffer *buffer, const char *bytes, size_t count) {
    if (buffer->count + count + 1 > buffer->room) {
        buffer->room = 2 * (buffer->count + count + 1);
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        if (buffer->bytes == NULL) abort();
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    buffer->bytes[buffer->count] = 0;
}

/* As an element of an array literal. */
static void append_value(Buffer *buffer, int column) {
    if (row.is_number[column]) {
        char number[24];
        append(buffer, number, (size_t)sprintf(number, "%lld", (long long)row.number[column]));
    } else if (row.text[column] == NULL) {
        append(buffer, "NULL", 4);
    } else {
        append(buffer, "\"", 1);
        for (int index = 0; index < row.length[column]; index++) {
            if (row.text[column][index] == '"') append(buffer, "\\", 1);
            append(buffer, row.text[column] + index, 1);
        }
        append(buffer, "\"", 1);
    }
}

static void write_row(Table table) {
    for (int column = 0; column < row.count; column++) {
        Buffer *buffer = &batches[table].columns[column];
        if (batches[table].row_count == 0) buffer->count = 0;
        append(buffer, batches[table].row_count == 0 ? "{" : ",", 1);
        append_value(buffer, column);
    }
    batches[table].column_count = row.count;
    batches[table].row_count++;
}

static void run(const char *text) {
    PGresult *result = PQexec(connection, text);
    if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(text);
    PQclear(result);
}

static void put_array(char **at, const char *name, const char *type, int number) {
    (void)name;
    *at += sprintf(*at, "$%d::%s[]", number, type);
}

static void prepare(void) {
    for (Table table = 0; table < TABLE_COUNT; table++) {
        char names[1024], arrays[1024], text[4096], name[8];
        put_columns(names, table, put_name);
        put_columns(arrays, table, put_array);
        if (table == OPEN_LOTS)
            sprintf(text, "UPDATE position_lots l SET open_quantity = item.open_quantity, "
                    "open_cost = item.open_cost FROM unnest(%s) AS item (%s) "
                    "WHERE l.campaign_id = item.campaign_id AND l.trade_id = item.trade_id "
                    "AND l.user_id = 1", arrays, names);
        else
            sprintf(text, "INSERT INTO %s (%s) SELECT * FROM unnest(%s) %s %s", TABLES[table].table, names,
                    arrays, TABLES[table].conflict, table == TRADES ? "RETURNING id" : "");
        sprintf(name, "%d", table);
        PGresult *result = PQprepare(connection, name, text, 0, NULL);
        if (PQresultStatus(result) != PGRES_COMMAND_OK) fail(text);
        PQclear(result);
    }
}

/* Returns the id of the first row, where the statement returns it. */
static long send_batch(Table table) {
    if (batches[table].row_count == 0) return 0;
    const char *values[MOST_COLUMNS];
    for (int column = 0; column < batches[table].column_count; column++) {
        append(&batches[table].columns[column], "}", 1);
        values[column] = batches[table].columns[column].bytes;
    }
    char name[8];
    sprintf(name, "%d", table);
    PGresult *result = PQexecPrepared(connection, name, batches[table].column_count, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(TABLES[table].table);
    long id = table == TRADES ? atol(PQgetvalue(result, 0, 0)) : 0;
    PQclear(result);
    batches[table].row_count = 0;
    return id;
}

static void commit_batch(long first) {
    static const Table order[] = {CAMPAIGNS, LEGS, LEG_TRADES, LOTS, OPEN_LOTS, CLOSURES, POSITIONS, DAYS, AUDIT};
    run("BEGIN");
    if (send_batch(TRADES) != first + 1) fail("the trades' ids are not those of their fills");
    end_batch();
    for (size_t index = 0; index < sizeof order / sizeof *order; index++) send_batch(order[index]);
    run("COMMIT");
}

int main(int count, char **arguments) {
    long fills = 100000, from = 0, per_commit = 1000;
    if (count < 2) fail("usage: set_based_postgres URL [OPTION…]");
    connection = PQconnectdb(arguments[1]);
    if (PQstatus(connection) != CONNECTION_OK) fail("connecting");
    for (int index = 2; index < count; index += 2) {
        long *value = !strcmp(arguments[index], "--fills") ? &fills
            : !strcmp(arguments[index], "--from") ? &from
            : !strcmp(arguments[index], "--per-commit") ? &per_commit : NULL;
        if (value == NULL || index + 1 == count) fail(arguments[index]);
        *value = atol(arguments[index + 1]);
    }
    prepare();
    set_now();
    static Holding holdings[SYMBOL_COUNT];
    FillStream stream = stream_begin(0);
    skip_fills(&stream, holdings, from);
    double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (long done = 0; done < fills; done++) {
        Fill fill = stream_next(&stream);
        Posting posting = post_fill(holdings, &fill, fill.number + 1);
        add_to_batch(&posting);
        if ((done + 1) % per_commit == 0 || done + 1 == fills)
            commit_batch(from + done / per_commit * per_commit);
    }
    printf("{\"fills\":%ld,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", fills,
           seconds_of(CLOCK_MONOTONIC) - began, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    PQfinish(connection);
    return 0;
}
