/* Posts fills of fill_stream.h to POST /v1/fills and tells how long it took.

       post_load PORT [--connections 1] [--stream 0] [--batch 1000] [--fills 100000] [--from 0]
                 [--ndjson]

   Each connection posts a stream of its own, from STREAM on (portfolios p0…p7, strategies s0…s98), in
   requests of BATCH fills, the next one when the last is answered; FILLS is the number for all of
   them, FROM where in each stream they begin. All requests are made before the clock starts. --ndjson sends one chunked
   request without end instead, made on the way, and reads the results meanwhile. The token is in
   BLOTTER_TOKEN. Prints one JSON object; ends with 1 at the first answer that is not all accepted. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fill_stream.h"

enum { FILL_BYTES = 400, HEAD_BYTES = 512, ANSWER_BYTES = 4 << 20, CHUNK_FILLS = 100 };

typedef struct {
    int socket;
    char *requests; /* one after the other */
    size_t *ends;
    long count, sent; /* of them, answered or under way */
    size_t written;   /* up to here in `requests` */
    int64_t began;
    char *answer;
    size_t answered;
} Connection;

static const char *token;
static int port;

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "post_load: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    exit(1);
}

static void *taken(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) fail("no memory for %zu bytes", size);
    return memory;
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static double cpu_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int connected(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1, handle = socket(AF_INET, SOCK_STREAM, 0);
    if (handle < 0 || connect(handle, (struct sockaddr *)&address, sizeof address))
        fail("no connection to port %d: %s", port, strerror(errno));
    setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(handle, F_SETFL, O_NONBLOCK);
    return handle;
}

static void prepare(Connection *connection, int number, long fills, int batch, long from) {
    FillStream stream = stream_begin(number);
    while (stream.next < from) stream_next(&stream);
    connection->count = (fills + batch - 1) / batch;
    connection->requests = taken((size_t)fills * FILL_BYTES + (size_t)connection->count * HEAD_BYTES);
    connection->ends = taken(sizeof(size_t) * (size_t)connection->count);
    connection->answer = taken(ANSWER_BYTES);
    char *body = taken((size_t)batch * FILL_BYTES + HEAD_BYTES), *at = connection->requests;
    for (long request = 0; request < connection->count; request++) {
        long part = fills - request * batch < batch ? fills - request * batch : batch;
        char *end = body + sprintf(body, "{\"portfolio\":\"p%d\",\"strategy\":\"s%d\",\"fills\":[",
                                   number % PORTFOLIO_COUNT, number);
        for (long index = 0; index < part; index++) {
            Fill fill = stream_next(&stream);
            if (index) *end++ = ',';
            end = put_fill(end, &fill);
        }
        end = put_text(end, "]}");
        at += sprintf(at, "POST /v1/fills HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                      token, (size_t)(end - body));
        memcpy(at, body, (size_t)(end - body));
        at += end - body;
        connection->ends[request] = (size_t)(at - connection->requests);
    }
    free(body);
    connection->socket = connected();
}

/* Whether the whole answer is there; fails unless every fill of it was accepted. */
static int is_answered(Connection *connection, int batch, long fills) {
    connection->answer[connection->answered] = 0;
    char *body = strstr(connection->answer, "\r\n\r\n");
    if (body == NULL) return 0;
    char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    if (length == NULL || length > body) fail("an answer without a length: %.300s", connection->answer);
    body += 4;
    size_t count = strtoul(length + 17, NULL, 10);
    if (connection->answered < (size_t)(body - connection->answer) + count) return 0;
    long request = connection->sent - 1;
    long part = fills - request * batch < batch ? fills - request * batch : batch;
    char wanted[40];
    sprintf(wanted, "{\"accepted\":%ld,", part);
    if (strncmp(connection->answer, "HTTP/1.1 200", 12) || strncmp(body, wanted, strlen(wanted)))
        fail("not all accepted: %.300s … %.300s", connection->answer, body);
    return 1;
}

static void send_more(Connection *connection) {
    size_t end = connection->ends[connection->sent - 1];
    while (connection->written < end) {
        ssize_t count = send(connection->socket, connection->requests + connection->written,
                             end - connection->written, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) return;
        if (count < 0) fail("sending: %s", strerror(errno));
        connection->written += (size_t)count;
    }
}

static void begin_next(Connection *connection) {
    connection->answered = 0;
    connection->sent++;
    connection->began = nanoseconds();
    send_more(connection);
}

static int by_size(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void report(long fills, int64_t began, double cpu, int64_t *times, long count) {
    double seconds = (double)(nanoseconds() - began) / 1e9;
    printf("{\"fills\":%ld,\"seconds\":%.6f,\"client_cpu_seconds\":%.6f", fills, seconds,
           cpu_seconds() - cpu);
    if (count > 0) {
        qsort(times, (size_t)count, sizeof *times, by_size);
        printf(",\"requests\":%ld,\"p50_ms\":%.4f,\"p90_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.4f",
               count, (double)times[count / 2] / 1e6, (double)times[count * 9 / 10] / 1e6,
               (double)times[count * 99 / 100] / 1e6, (double)times[count - 1] / 1e6);
    }
    printf("}\n");
}

static void post_batches(int connections, int first, int batch, long fills, long from) {
    Connection *all = taken(sizeof(Connection) * (size_t)connections);
    memset(all, 0, sizeof(Connection) * (size_t)connections);
    long each = fills / connections, requests = 0, done = 0;
    if (each == 0) fail("at least one fill for each connection");
    int poll = epoll_create1(0);
    for (int number = 0; number < connections; number++) {
        prepare(&all[number], first + number, each, batch, from);
        requests += all[number].count;
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &all[number]};
        epoll_ctl(poll, EPOLL_CTL_ADD, all[number].socket, &event);
    }
    int64_t *times = taken(sizeof(int64_t) * (size_t)requests), began = nanoseconds();
    double cpu = cpu_seconds();
    for (int number = 0; number < connections; number++) begin_next(&all[number]);
    while (done < requests) {
        struct epoll_event events[64];
        int count = epoll_wait(poll, events, 64, 60000);
        if (count == 0) fail("no answer for 60 seconds");
        for (int index = 0; index < count; index++) {
            Connection *connection = events[index].data.ptr;
            send_more(connection);
            for (;;) {
                ssize_t got = recv(connection->socket, connection->answer + connection->answered,
                                   ANSWER_BYTES - 1 - connection->answered, 0);
                if (got < 0 && errno == EAGAIN) break;
                if (got <= 0) fail("the server hung up");
                connection->answered += (size_t)got;
                if (!is_answered(connection, batch, each)) continue;
                times[done++] = nanoseconds() - connection->began;
                if (connection->sent == connection->count) break;
                begin_next(connection);
            }
        }
    }
    report(each * connections, began, cpu, times, requests);
}

/* An NDJSON answer: its head, then chunks, cut anywhere, whose bytes are lines of results. */
typedef struct {
    long accepted;
    int has_summary;
    int has_head;      /* the head is read */
    size_t chunk_left; /* bytes of the chunk under way */
    int after_chunk;   /* the line break that ends a chunk is due */
    char frame[512], line[512]; /* what has come of a line of the head or a chunk's size; of a result */
    size_t frame_length, line_length;
} Results;

static void read_result(Results *results) {
    results->line[results->line_length] = 0;
    results->line_length = 0;
    if (strstr(results->line, "\"status\":\"accepted\"")) results->accepted++;
    else if (strstr(results->line, "\"summary\"")) results->has_summary = 1;
    else fail("not accepted: %s", results->line);
}

static void read_frame(Results *results) {
    char *frame = results->frame;
    frame[results->frame_length] = 0;
    if (results->frame_length > 0 && frame[results->frame_length - 1] == '\r') frame[--results->frame_length] = 0;
    int is_empty = results->frame_length == 0;
    results->frame_length = 0;
    if (results->has_head) {
        if (results->after_chunk && is_empty) {
            results->after_chunk = 0;
            return;
        }
        results->chunk_left = strtoul(frame, NULL, 16);
        results->after_chunk = 1;
        if (results->chunk_left == 0 && !results->has_summary) fail("it ended without a summary");
    } else if (is_empty) {
        results->has_head = 1;
    } else if (!strncmp(frame, "HTTP/1.1 ", 9) && strncmp(frame + 9, "200", 3)) {
        fail("refused: %s", frame);
    }
}

static void read_results(Results *results, const char *bytes, size_t count) {
    for (size_t index = 0; index < count; index++) {
        char byte = bytes[index];
        if (results->chunk_left > 0) {
            results->chunk_left--;
            if (byte == '\n') read_result(results);
            else if (results->line_length < sizeof results->line - 1)
                results->line[results->line_length++] = byte;
        } else if (byte == '\n') {
            read_frame(results);
        } else if (results->frame_length < sizeof results->frame - 1) {
            results->frame[results->frame_length++] = byte;
        }
    }
}

static void post_stream(int number, long fills, long from) {
    FillStream stream = stream_begin(number);
    while (stream.next < from) stream_next(&stream);
    char *out = taken(CHUNK_FILLS * FILL_BYTES + HEAD_BYTES), *in = taken(1 << 16);
    size_t waiting = (size_t)sprintf(
        out, "POST /v1/fills?portfolio=p%d&strategy=s%d HTTP/1.1\r\nHost: localhost\r\n"
        "Authorization: Bearer %s\r\nContent-Type: application/x-ndjson\r\n"
        "Transfer-Encoding: chunked\r\n\r\n", number % PORTFOLIO_COUNT, number, token);
    size_t sent = 0;
    int handle = connected(), has_ended = 0;
    Results results = {0};
    int64_t began = nanoseconds();
    double cpu = cpu_seconds();
    while (!results.has_summary) {
        if (sent == waiting && !has_ended) {
            char lines[CHUNK_FILLS * FILL_BYTES], *end = lines;
            for (int index = 0; index < CHUNK_FILLS && stream.next < from + fills; index++) {
                Fill fill = stream_next(&stream);
                end = put_fill(end, &fill);
                *end++ = '\n';
            }
            has_ended = end == lines; /* the chunk of no bytes is the last */
            waiting = (size_t)sprintf(out, "%zx\r\n", (size_t)(end - lines));
            memcpy(out + waiting, lines, (size_t)(end - lines));
            waiting += (size_t)(end - lines);
            memcpy(out + waiting, "\r\n", 2);
            waiting += 2;
            sent = 0;
        }
        struct pollfd state = {.fd = handle, .events = (short)(POLLIN | (sent < waiting ? POLLOUT : 0))};
        if (poll(&state, 1, 60000) == 0) fail("neither read nor answered for 60 seconds");
        if (state.revents & POLLOUT) {
            ssize_t count = send(handle, out + sent, waiting - sent, MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN) fail("sending: %s", strerror(errno));
            if (count > 0) sent += (size_t)count;
        }
        if (state.revents & (POLLIN | POLLHUP | POLLERR)) {
            ssize_t count = recv(handle, in, 1 << 16, 0);
            if (count == 0 || (count < 0 && errno != EAGAIN)) fail("the server hung up");
            if (count > 0) read_results(&results, in, (size_t)count);
        }
    }
    if (results.accepted != fills) fail("%ld of %ld accepted", results.accepted, fills);
    report(fills, began, cpu, NULL, 0);
}

int main(int count, char **arguments) {
    long connections = 1, first = 0, batch = 1000, fills = 100000, from = 0;
    int streams = 0;
    token = getenv("BLOTTER_TOKEN");
    if (count < 2 || token == NULL) fail("usage: BLOTTER_TOKEN=… post_load PORT [OPTION…]");
    port = atoi(arguments[1]);
    for (int index = 2; index < count; index++) {
        const char *name = arguments[index];
        if (!strcmp(name, "--ndjson")) {
            streams = 1;
            continue;
        }
        long *value = !strcmp(name, "--connections") ? &connections : !strcmp(name, "--batch") ? &batch
            : !strcmp(name, "--stream") ? &first : !strcmp(name, "--fills") ? &fills
            : !strcmp(name, "--from") ? &from : NULL;
        if (value == NULL || ++index == count) fail("what is %s?", name);
        *value = atol(arguments[index]);
    }
    if (connections < 1 || first < 0 || first + connections > 99 || batch < 1 || fills < 1 || from < 0)
        fail("streams 0 to 98, batches of at least 1, at least 1 fill");
    if (streams)
        post_stream((int)first, fills, from);
    else
        post_batches((int)connections, (int)first, (int)batch, fills, from);
    return 0;
}
