/* The yardstick of ledger.py: reads all trades by holding and time, and does nothing with them. */
#include <sqlite3.h>
#include <stdio.h>

int main(int count, char **arguments) {
    sqlite3 *database;
    sqlite3_stmt *statement;
    const char *text = "SELECT id, uid, portfolio_id, instrument_id, strategy_id, broker_trade_id, "
                       "side, quantity, price, fee, fee_currency, exec_time, realized_pnl, action "
                       "FROM trades ORDER BY portfolio_id, instrument_id, COALESCE(strategy_id, 0), "
                       "exec_time, broker_trade_id";
    if (count != 2 || sqlite3_open_v2(arguments[1], &database, SQLITE_OPEN_READONLY, NULL) ||
        sqlite3_prepare_v2(database, text, -1, &statement, NULL)) {
        fprintf(stderr, "usage: ordered_scan DATABASE\n");
        return 2;
    }
    long rows = 0, bytes = 0;
    while (sqlite3_step(statement) == SQLITE_ROW) {
        rows++;
        for (int column = 0; column < sqlite3_column_count(statement); column++) {
            sqlite3_column_text(statement, column);
            bytes += sqlite3_column_bytes(statement, column);
        }
    }
    printf("%ld rows, %ld bytes\n", rows, bytes);
    sqlite3_finalize(statement);
    return sqlite3_close(database);
}
