// The least that a bot can do, as a yardstick: polls, and answers each update with a line.
//
//     bare_bot PORT [DATABASE]
//
// With a database (SQLite, synchronous=FULL) each batch of updates is kept in one commit before any of it
// is answered, as a bot has to that loses none.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char answer[1 << 20];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int reach(int port) {
    int file = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    if (connect(file, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    return file;
}

// Leaves the answer's body in `answer`.
static char *call(int file, const char *method, const char *body) {
    static char out[4096];
    int length = snprintf(out, sizeof out,
                          "POST /bot1:x/%s HTTP/1.1\r\nHost: localhost\r\n"
                          "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          method, strlen(body), body);
    if (write(file, out, length) != length) fail("write");
    size_t used = 0;
    while (1) {
        ssize_t count = read(file, answer + used, sizeof answer - 1 - used);
        if (count <= 0) exit(0);
        used += count;
        answer[used] = 0;
        char *end = strstr(answer, "\r\n\r\n");
        if (!end) continue;
        size_t content = strtoul(strstr(answer, "Content-Length:") + 15, NULL, 10);
        if (used == (size_t)(end + 4 - answer) + content) return end + 4;
    }
}

static sqlite3 *database;
static sqlite3_stmt *keep;

static void run(const char *sql) {
    if (sqlite3_exec(database, sql, NULL, NULL, NULL)) {
        fprintf(stderr, "%s: %s\n", sql, sqlite3_errmsg(database));
        exit(1);
    }
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database)) fail("sqlite3_open");
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("CREATE TABLE inbox (update_id INTEGER PRIMARY KEY, chat_id INTEGER)");
    sqlite3_prepare_v2(database, "INSERT INTO inbox VALUES (?, ?)", -1, &keep, NULL);
}

int main(int count, char **arguments) {
    int port = atoi(arguments[1]);
    int polls = reach(port), sends = reach(port);
    if (count > 2) open_database(arguments[2]);
    long long offset = 0;
    static long long ids[1000], chats[1000];
    char body[512];
    while (1) {
        snprintf(body, sizeof body, "{\"offset\":%lld,\"timeout\":50}", offset);
        int found = 0;
        for (char *at = call(polls, "getUpdates", body); (at = strstr(at, "\"update_id\":")); at++) {
            ids[found] = strtoll(at + 12, NULL, 10);
            chats[found++] = strtoll(strstr(at, "\"chat\":{\"id\":") + 13, NULL, 10);
        }
        if (database && found) {
            run("BEGIN IMMEDIATE");
            for (int n = 0; n < found; n++) {
                sqlite3_bind_int64(keep, 1, ids[n]);
                sqlite3_bind_int64(keep, 2, chats[n]);
                sqlite3_step(keep);
                sqlite3_reset(keep);
            }
            run("COMMIT");
        }
        for (int n = 0; n < found; n++) {
            snprintf(body, sizeof body, "{\"chat_id\":%lld,\"text\":\"Positions\"}", chats[n]);
            call(sends, "sendMessage", body);
            offset = ids[n] + 1;
        }
    }
}
