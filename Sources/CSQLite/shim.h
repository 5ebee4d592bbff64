#include <sqlite3.h>

// sqlite3_config is variadic, which Swift cannot call. Without statistics the allocator takes no
// lock. To be called before anything else of SQLite; returns a result code.
static inline int csqlite_disable_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// sqlite3_db_config is variadic, which Swift cannot call: this is it for the switches among its
// options. Returns an SQLite result code.
static inline int csqlite_configure(sqlite3 *_Nonnull database, int option, int value) {
    return sqlite3_db_config(database, option, value, (int *)0);
}
