// A Bot API server that costs next to nothing: updates out, replies in, with the time of each.
//
//     telegram_server [PORT]      prints {"port":N}, then obeys a line of its input at a time:
//
//     ask USERS AT_ONCE COUNT FIRST_ID EXPECTED TEXT[|TEXT...]
//
// COUNT messages from USERS people (ids from FIRST_ID), in turn, AT_ONCE of them unanswered at any
// time: whoever is answered lets the next one ask. A reply is a message or an edit that holds
// EXPECTED ("-": any). Prints one JSON object: from when a message was there to the arrival of its
// reply ("reply"), and from when it was handed out ("handed"), in milliseconds.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_USERS = 4096, MOST_UPDATES = 100, MOST_TEXTS = 32 };

typedef struct {
    int socket;
    char *in;
    size_t used, room;
} Connection;

typedef struct {
    bool waits;
    double asked, handed;
} Person;

typedef struct {
    int64_t id;
    int person;
    const char *text;
} Update;

static int poller;
static Connection *polling; // holds an unanswered getUpdates
static Update *updates;     // handed out or not, not confirmed
static size_t update_count, update_room;
static int64_t last_update, wanted_from, last_message;

static Person people[MOST_USERS];
static int users, unanswered, at_once, next_person;
static int64_t first_id;
static long to_ask, asked, answered;
static char *texts[MOST_TEXTS], *expected;
static int text_count;
static double began, *reply_ms, *handed_ms;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

// Answers

static void answer(Connection *connection, const char *body, size_t length) {
    static char out[MOST_UPDATES * 700 + 512];
    int head = snprintf(out, sizeof out,
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\nConnection: keep-alive\r\n\r\n", length);
    memcpy(out + head, body, length);
    size_t whole = head + length, sent = 0;
    while (sent < whole) {
        ssize_t count = send(connection->socket, out + sent, whole - sent, MSG_NOSIGNAL);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (count < 0) return;
        sent += count;
    }
}

static void answer_text(Connection *connection, const char *body) {
    answer(connection, body, strlen(body));
}

static size_t write_update(char *out, size_t room, const Update *update) {
    int64_t user = first_id + update->person;
    return snprintf(
        out, room,
        "{\"update_id\":%lld,\"message\":{\"message_id\":%lld,\"from\":{\"id\":%lld,"
        "\"is_bot\":false,\"first_name\":\"User\",\"username\":\"u%lld\",\"language_code\":\"en\"},"
        "\"chat\":{\"id\":%lld,\"first_name\":\"User\",\"username\":\"u%lld\",\"type\":\"private\"},"
        "\"date\":%lld,\"text\":\"%s\",\"entities\":[{\"offset\":0,\"length\":%zu,"
        "\"type\":\"bot_command\"}]}}",
        (long long)update->id, (long long)update->id, (long long)user, (long long)user,
        (long long)user, (long long)user, (long long)time(NULL), update->text,
        strcspn(update->text, " "));
}

// Gives the poll that waits what there is for it.
static void hand_out(void) {
    static char body[MOST_UPDATES * 700];
    if (!polling) return;
    size_t kept = 0;
    for (size_t n = 0; n < update_count; n++)
        if (updates[n].id >= wanted_from) updates[kept++] = updates[n];
    update_count = kept;
    if (!update_count) return;
    size_t count = update_count < MOST_UPDATES ? update_count : MOST_UPDATES;
    size_t length = sprintf(body, "{\"ok\":true,\"result\":[");
    double now = now_ms();
    for (size_t n = 0; n < count; n++) {
        if (n) body[length++] = ',';
        length += write_update(body + length, sizeof body - length, &updates[n]);
        people[updates[n].person].handed = now;
    }
    length += sprintf(body + length, "]}");
    answer(polling, body, length);
    polling = NULL;
}

// The load

static void ask_next(void) {
    while (asked < to_ask && unanswered < at_once) {
        while (people[next_person].waits) next_person = (next_person + 1) % users;
        if (update_count == update_room) {
            update_room = update_room ? update_room * 2 : 256;
            updates = realloc(updates, update_room * sizeof *updates);
        }
        updates[update_count++] =
            (Update){++last_update, next_person, texts[asked % text_count]};
        people[next_person].waits = true;
        people[next_person].asked = now_ms();
        next_person = (next_person + 1) % users;
        asked++;
        unanswered++;
    }
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_times(const char *name, double *times) {
    qsort(times, answered, sizeof *times, ascending);
    printf(",\"%s\":{\"p50\":%.4f,\"p90\":%.4f,\"p99\":%.4f,\"most\":%.4f}", name,
           times[answered / 2], times[answered * 9 / 10], times[answered * 99 / 100],
           times[answered - 1]);
}

static void take_reply(int64_t chat, const char *body, size_t length) {
    int64_t person = chat - first_id;
    if (person < 0 || person >= users || !people[person].waits) return;
    if (strcmp(expected, "-") && !memmem(body, length, expected, strlen(expected))) return;
    double now = now_ms();
    reply_ms[answered] = now - people[person].asked;
    handed_ms[answered] = now - people[person].handed;
    answered++;
    unanswered--;
    people[person].waits = false;
    if (answered < to_ask) return ask_next();
    printf("{\"asks\":%ld,\"seconds\":%.4f", answered, (now - began) / 1e3);
    print_times("reply", reply_ms);
    print_times("handed", handed_ms);
    printf("}\n");
    fflush(stdout);
    to_ask = 0;
}

static void obey(char *line) {
    char *word = strtok(line, " ");
    if (!word || strcmp(word, "ask")) fail("an order that is not known");
    users = atoi(strtok(NULL, " "));
    at_once = atoi(strtok(NULL, " "));
    to_ask = atol(strtok(NULL, " "));
    first_id = atoll(strtok(NULL, " "));
    if (users < 1 || users > MOST_USERS || at_once < 1 || at_once > users || to_ask < 1)
        fail("impossible numbers");
    free(expected);
    expected = strdup(strtok(NULL, " "));
    char *rest = strdup(strtok(NULL, "\n"));
    text_count = 0;
    for (char *text = strtok(rest, "|"); text; text = strtok(NULL, "|"))
        texts[text_count++] = text;
    reply_ms = realloc(reply_ms, to_ask * sizeof *reply_ms);
    handed_ms = realloc(handed_ms, to_ask * sizeof *handed_ms);
    memset(people, 0, sizeof people);
    asked = answered = unanswered = next_person = 0;
    began = now_ms();
    ask_next();
}

// Requests

static int64_t number(const char *body, size_t length, const char *key, int64_t otherwise) {
    const char *found = memmem(body, length, key, strlen(key));
    if (!found) return otherwise;
    return strtoll(found + strlen(key), NULL, 10);
}

static void take_request(
    Connection *connection, const char *method, size_t name, const char *body, size_t length
) {
    static char out[512];
    if (name == 10 && !memcmp(method, "getUpdates", 10)) {
        wanted_from = number(body, length, "\"offset\":", 0);
        polling = connection;
        // A real server would let it wait; one that wants no wait gets its answer.
        if (!number(body, length, "\"timeout\":", 0) && !update_count) {
            polling = NULL;
            answer_text(connection, "{\"ok\":true,\"result\":[]}");
        }
    } else if (name == 5 && !memcmp(method, "getMe", 5)) {
        answer_text(connection, "{\"ok\":true,\"result\":{\"id\":1,\"is_bot\":true,"
                                "\"first_name\":\"bench\",\"username\":\"bench_bot\"}}");
    } else if (!memcmp(method, "send", 4) || !memcmp(method, "edit", 4)) {
        int64_t chat = number(body, length, "\"chat_id\":", 0);
        take_reply(chat, body, length);
        sprintf(out,
                "{\"ok\":true,\"result\":{\"message_id\":%lld,\"date\":%lld,"
                "\"chat\":{\"id\":%lld,\"type\":\"private\",\"first_name\":\"User\"}}}",
                (long long)++last_message, (long long)time(NULL), (long long)chat);
        answer_text(connection, out);
    } else {
        answer_text(connection, "{\"ok\":true,\"result\":true}");
    }
}

// Takes the whole requests off the buffer.
static void take_requests(Connection *connection) {
    size_t done = 0;
    while (connection->used > done) {
        char *start = connection->in + done;
        size_t held = connection->used - done;
        char *end = memmem(start, held, "\r\n\r\n", 4);
        if (!end) break;
        *end = 0;
        char *length_line = strcasestr(start, "\r\nContent-Length:");
        size_t length = length_line ? strtoul(length_line + 17, NULL, 10) : 0;
        if (strcasestr(start, "\r\nTransfer-Encoding:")) fail("chunks are not read here");
        size_t head = end + 4 - start;
        *end = '\r';
        if (held < head + length) break;
        char *path = memchr(start, ' ', head) + 1;
        char *path_end = memchr(path, ' ', head - (path - start));
        char *method = memrchr(path, '/', path_end - path) + 1;
        take_request(connection, method, path_end - method, start + head, length);
        done += head + length;
    }
    connection->used -= done;
    memmove(connection->in, connection->in + done, connection->used);
}

static bool read_all(Connection *connection) {
    while (true) {
        if (connection->room - connection->used < 65536) {
            connection->room = connection->room * 2 + 131072;
            connection->in = realloc(connection->in, connection->room);
        }
        ssize_t count = read(connection->socket, connection->in + connection->used,
                             connection->room - connection->used - 1);
        if (count > 0) connection->used += count;
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return true;
        if (count <= 0) return false;
    }
}

static void watch(int file, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, file, &event)) fail("epoll_ctl");
}

static void accept_one(int listener) {
    int file = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    if (file < 0) return;
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    Connection *connection = calloc(1, sizeof *connection);
    connection->socket = file;
    watch(file, connection);
}

static void serve(Connection *connection) {
    bool is_open = read_all(connection);
    if (is_open) return take_requests(connection);
    if (polling == connection) polling = NULL;
    close(connection->socket);
    free(connection->in);
    free(connection);
}

int main(int count, char **arguments) {
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
        .sin_port = htons(count > 1 ? atoi(arguments[1]) : 0)};
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 128)) fail("bind");
    getsockname(listener, (struct sockaddr *)&address, &size);
    poller = epoll_create1(0);
    // Higher than those of any run before on the same database.
    last_update = (int64_t)time(NULL) * 1000;
    static int orders;
    watch(listener, &listener);
    watch(STDIN_FILENO, &orders);
    printf("{\"port\":%d}\n", ntohs(address.sin_port));
    fflush(stdout);
    while (true) {
        struct epoll_event events[64];
        int ready = epoll_wait(poller, events, 64, -1);
        for (int n = 0; n < ready; n++) {
            if (events[n].data.ptr == &listener) {
                accept_one(listener);
            } else if (events[n].data.ptr == &orders) {
                static char line[4096];
                ssize_t length = read(STDIN_FILENO, line, sizeof line - 1);
                if (length <= 0) return 0;
                line[length] = 0;
                obey(line);
            } else {
                serve(events[n].data.ptr);
            }
        }
        hand_out();
    }
}
