/* The yardstick of ingest.py on SQLite: writes the rows that Blotter writes for each fill, and does
   nothing else.

       naive_sqlite DATABASE [--fills 100000] [--from 0] [--per-commit 1000] [--lean]
                    [--without-foreign-keys] [--schema FILE.sql…]

   Each fill's rows are written one after the other by prepared statements, PER-COMMIT fills a
   transaction, WAL, synchronous=FULL. --lean drops the indexes that guard nothing, and writes each
   touched row once a transaction. FROM is how many fills of the stream the database has already;
   --schema runs files in a new one, and stores nothing. Prints one JSON object. */
#include <sqlite3.h>

#include "fill_batch.h"

static sqlite3 *database;
static sqlite3_stmt *statements[TABLE_COUNT];

static void fail(const char *doing) {
    fprintf(stderr, "naive_sqlite: %s: %s\n", doing, database ? sqlite3_errmsg(database) : "");
    exit(1);
}

static void run(const char *text) {
    if (sqlite3_exec(database, text, NULL, NULL, NULL)) fail(text);
}

static void run_file(const char *path) {
    FILE *file = fopen(path, "r");
    char *text = calloc(1, 1 << 20);
    if (file == NULL || text == NULL || fread(text, 1, (1 << 20) - 1, file) == 0) fail(path);
    fclose(file);
    run(text);
    free(text);
}

static int64_t number_of(const char *query) {
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, query, -1, &statement, NULL) || sqlite3_step(statement) != SQLITE_ROW)
        fail(query);
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

static void put_parameter(char **at, const char *name, const char *type, int number) {
    (void)name, (void)type;
    *at += sprintf(*at, "?%d", number);
}

static void prepare(void) {
    for (Table table = 0; table < TABLE_COUNT; table++) {
        char names[1024], values[256], text[4096];
        put_columns(names, table, put_name);
        put_columns(values, table, put_parameter);
        if (table == OPEN_LOTS)
            strcpy(text, "UPDATE position_lots SET open_quantity = ?1, open_cost = ?2 "
                         "WHERE campaign_id = ?3 AND trade_id = ?4 AND user_id = 1");
        else
            sprintf(text, "INSERT INTO %s (%s) VALUES (%s) %s", TABLES[table].table, names, values,
                    TABLES[table].conflict);
        if (sqlite3_prepare_v3(database, text, -1, SQLITE_PREPARE_PERSISTENT, &statements[table], NULL))
            fail(text);
    }
}

static void write_row(Table table) {
    sqlite3_stmt *statement = statements[table];
    for (int index = 0; index < row.count; index++) {
        if (row.is_number[index]) sqlite3_bind_int64(statement, index + 1, row.number[index]);
        else if (row.text[index] == NULL) sqlite3_bind_null(statement, index + 1);
        else sqlite3_bind_text(statement, index + 1, row.text[index], row.length[index], SQLITE_STATIC);
    }
    if (sqlite3_step(statement) != SQLITE_DONE) fail(sqlite3_sql(statement));
    sqlite3_reset(statement);
}

static void write_naively(Posting *posting) {
    trade_row(&row, posting, now), write_row(TRADES);
    write_position(posting->position);
    write_campaign(posting->campaign);
    write_leg(posting->leg);
    LegTrade leg_trade = leg_trade_of(posting);
    leg_trade_row(&row, &leg_trade), write_row(LEG_TRADES);
    if (posting->opened) write_new_lot(posting->opened);
    for (int index = 0; index < posting->closure_count; index++) {
        write_open_lot(posting->closed[index]);
        closure_row(&row, &posting->closures[index]), write_row(CLOSURES);
    }
    write_day(posting->day);
    audit_row(&row, posting, now), write_row(AUDIT);
    release(posting);
}

/* Those that guard no uniqueness. */
static void drop_indexes(void) {
    for (;;) {
        sqlite3_stmt *statement;
        char text[256];
        sqlite3_prepare_v2(database, "SELECT name FROM sqlite_schema WHERE type = 'index' "
                           "AND sql LIKE 'CREATE INDEX%' LIMIT 1", -1, &statement, NULL);
        int is_found = sqlite3_step(statement) == SQLITE_ROW;
        if (is_found) sprintf(text, "DROP INDEX %s", (const char *)sqlite3_column_text(statement, 0));
        sqlite3_finalize(statement);
        if (!is_found) return;
        run(text);
    }
}

int main(int count, char **arguments) {
    long fills = 100000, from = 0, per_commit = 1000;
    int is_lean = 0, has_foreign_keys = 1;
    if (count < 2 || sqlite3_open(arguments[1], &database)) fail("usage: naive_sqlite DATABASE [OPTION…]");
    for (int index = 2; index < count; index++) {
        const char *name = arguments[index];
        if (!strcmp(name, "--lean")) is_lean = 1;
        else if (!strcmp(name, "--without-foreign-keys")) has_foreign_keys = 0;
        else if (!strcmp(name, "--schema")) {
            run("PRAGMA journal_mode = WAL");
            while (++index < count) run_file(arguments[index]);
            return sqlite3_close(database);
        } else if (index + 1 < count && !strcmp(name, "--fills")) fills = atol(arguments[++index]);
        else if (index + 1 < count && !strcmp(name, "--from")) from = atol(arguments[++index]);
        else if (index + 1 < count && !strcmp(name, "--per-commit")) per_commit = atol(arguments[++index]);
        else fail(name);
    }
    run("PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; "
        "PRAGMA wal_autocheckpoint = 2000");
    run(has_foreign_keys ? "PRAGMA foreign_keys = ON" : "PRAGMA foreign_keys = OFF");
    if (is_lean) drop_indexes();
    if (number_of("SELECT COALESCE(MAX(id), 0) FROM trades") != from) fail("--from is not what is stored");
    prepare();
    set_now();
    static Holding holdings[SYMBOL_COUNT];
    FillStream stream = stream_begin(0);
    skip_fills(&stream, holdings, from);
    double began = seconds_of(CLOCK_MONOTONIC), cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
    for (long done = 0; done < fills; done++) {
        if (done % per_commit == 0) run("BEGIN IMMEDIATE");
        Fill fill = stream_next(&stream);
        Posting posting = post_fill(holdings, &fill, fill.number + 1);
        if (is_lean) add_to_batch(&posting);
        else write_naively(&posting);
        if ((done + 1) % per_commit && done + 1 < fills) continue;
        if (is_lean) end_batch();
        run("COMMIT");
    }
    printf("{\"fills\":%ld,\"seconds\":%.6f,\"cpu_seconds\":%.6f}\n", fills,
           seconds_of(CLOCK_MONOTONIC) - began, seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu);
    for (Table table = 0; table < TABLE_COUNT; table++) sqlite3_finalize(statements[table]);
    return sqlite3_close(database);
}
