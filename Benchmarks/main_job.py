#!/usr/bin/env python3
"""Measures the main job on the release build: deploy/run's binary, SQLite, loopback.

    Benchmarks/main_job.py [--users 20] [--portfolios 3] [--per-day 200] [--days 365] [--asks 300]

Stores a history of USERS x PORTFOLIOS x PER-DAY x DAYS trades through POST /v1/fills, then reports:
the ingest rate, one 10,000-fill batch, resident memory at rest, and the time from the delivery of a
Telegram update to the arrival of the reply to /positions, at a Telegram server of its own.
Beside each figure stands a yardstick from the same run: the bare commit (one row, one fsync) of
Python's sqlite3 on the same disk, and an echo over the same kind of connection.
"""
import argparse, datetime, http.client, http.server, json, os, pathlib, queue, re, socketserver
import sqlite3, statistics, subprocess, sys, tempfile, threading, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/release/blotter"
ADMIN = 1000
SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "BNBUSDT", "DOTUSDT", "LTCUSDT"]


class Telegram(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Just enough of a Bot API: updates out, replies in with their time of arrival."""
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.updates = queue.Queue()
        self.replies = queue.Queue()
        self.last_update = 0
        self.unconfirmed = []

    def say(self, user, text):
        self.last_update += 1
        person = {"id": user, "is_bot": False, "first_name": "u", "username": f"u{user}"}
        self.updates.put({"update_id": self.last_update, "message": {
            "message_id": self.last_update, "date": int(time.time()), "from": person, "text": text,
            "chat": {"id": user, "type": "private", "first_name": "u"}}})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_POST(self):
        arrived = time.perf_counter()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)) or 0)
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = self.read_chunks()
        method = self.path.rsplit("/", 1)[-1]
        parameters = json.loads(body or b"{}")
        if method == "getUpdates":
            result = self.updates(parameters)
        elif method in ("sendMessage", "sendRichMessage", "editMessageText"):
            self.server.replies.put((arrived, parameters))
            result = {"message_id": 1, "date": 0, "chat": {
                "id": parameters.get("chat_id", 0), "type": "private"}}
        elif method == "getMe":
            result = {"id": 1, "is_bot": True, "first_name": "b", "username": "bench_bot"}
        else:
            result = True
        self.answer({"ok": True, "result": result})

    do_GET = do_POST

    def read_chunks(self):
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def updates(self, parameters):
        offset = parameters.get("offset", 0)
        held = self.server.unconfirmed = [
            u for u in self.server.unconfirmed if u["update_id"] >= offset]
        if held:
            return held
        try:
            held.append(self.server.updates.get(timeout=parameters.get("timeout", 0)))
            while True:
                held.append(self.server.updates.get_nowait())
        except queue.Empty:
            pass
        self.server.delivered = time.perf_counter()
        return held

    def answer(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()


def blotter(environment, *arguments):
    done = subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"blotter {arguments[0]} failed: {done.stderr}")
    return done.stdout.strip()


def fills(user, portfolio, start, count, per_day):
    step = 86_400_000_000 // per_day
    day0 = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
    out = []
    for n in range(start, start + count):
        # A random-looking but repeatable walk of buys and sells that goes through zero now and then.
        h = (n * 2654435761 + user * 97 + portfolio * 31) & 0xFFFFFFFF
        moment = day0 + datetime.timedelta(microseconds=n * step)
        out.append({
            "broker_trade_id": f"{user}-{portfolio}-{n}", "symbol": SYMBOLS[h % len(SYMBOLS)],
            "exchange": "BINANCE", "asset_type": "CRYPTO", "currency": "USDT",
            "side": "BUY" if (h >> 8) & 1 else "SELL", "quantity": f"0.{(h >> 9) % 9000 + 1000}",
            "price": f"{1000 + (h >> 12) % 5000}.{h % 100:02}", "fee": f"0.{h % 997:03}",
            "exec_time": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")})
    return out


def post(connection, token, portfolio, batch):
    connection.request("POST", "/v1/fills", json.dumps({"portfolio": portfolio, "fills": batch}),
                       {"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
    began = time.perf_counter()
    response = connection.getresponse()
    answer = response.read()
    if response.status != 200 or json.loads(answer)["accepted"] != len(batch):
        sys.exit(f"refused: {response.status} {answer[:500]!r}")
    return time.perf_counter() - began


def resident_kib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))


def commit_yardstick(folder):
    database = sqlite3.connect(folder / "yardstick.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE t (n INTEGER)")
    times = []
    for n in range(100):
        began = time.perf_counter()
        database.execute("INSERT INTO t VALUES (?)", (n,))
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure_replies(telegram, users, count, text):
    times, echoes = [], []
    for n in range(count):
        telegram.say(users[n % len(users)], text)
        arrived, parameters = telegram.replies.get(timeout=30)
        times.append(arrived - telegram.delivered)
        # Telegram's own limits, which the bot keeps: one message a second and chat, 30 in all.
        time.sleep(max(1.1 / len(users), 0.04))
    for _ in range(50):
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", telegram.server_port)
        connection.request("POST", "/bot1:x/getMe", "{}")
        connection.getresponse().read()
        echoes.append(time.perf_counter() - began)
    return times, echoes


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("users", 20), ("portfolios", 3), ("per-day", 200), ("days", 365),
                          ("asks", 300)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    if not BINARY.exists():
        sys.exit("build it first: deploy/run </dev/null")
    with tempfile.TemporaryDirectory() as folder:
        run(options, pathlib.Path(folder))


def run(options, folder):
    telegram = Telegram()
    threading.Thread(target=telegram.serve_forever, daemon=True).start()
    environment = {
        **os.environ, "BLOTTER_DATABASE_URL": f"sqlite:{folder}/bench.db", "BLOTTER_HTTP_PORT": "0",
        "BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "1000000",
        "BLOTTER_LIMITS_COMMANDS_PER_MINUTE_PER_USER": "1000000"}
    users = [ADMIN + n for n in range(options.users)]
    tokens = {}
    for user in users:
        blotter(environment, "user", "add", "--telegram-id", str(user), "--username", f"u{user}",
                "--approve", "--admin")
        for portfolio in range(1, options.portfolios):
            blotter(environment, "portfolio", "add", "--user", str(user), "--name", f"p{portfolio}",
                    "--broker", "BINANCE", "--currency", "USDT")
        tokens[user] = blotter(environment, "token", "create", "--user", str(user), "--name", "bench")
    serve = subprocess.Popen(
        [BINARY, "serve"], stderr=subprocess.PIPE, text=True,
        env={**environment, "BLOTTER_TELEGRAM_TOKEN": "1:bench",
             "BLOTTER_TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{telegram.server_port}"})
    try:
        port = None
        for line in serve.stderr:
            entry = json.loads(line)
            if entry["message"] == "listening":
                port = int(entry["port"])
                break
        threading.Thread(target=serve.stderr.read, daemon=True).start()
        report(options, folder, telegram, users, tokens, serve, port)
    finally:
        serve.terminate()
        serve.wait(15)


def report(options, folder, telegram, users, tokens, serve, port):
    time.sleep(3)
    rest = resident_kib(serve)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    total, spent = options.per_day * options.days, 0.0
    began = time.perf_counter()
    for user in users:
        for portfolio in range(options.portfolios):
            name = f"p{portfolio}" if portfolio else "main"
            for start in range(0, total, 10_000):
                count = min(10_000, total - start)
                batch = fills(user, portfolio, start, count, options.per_day)
                spent += post(connection, tokens[user], name, batch)
        print(f"user {user}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
    stored = total * options.portfolios * len(users)
    single = [post(connection, tokens[users[0]], "main",
                   fills(users[0], 0, total + n * 10_000, 10_000, options.per_day))
              for n in range(5)]
    commit = commit_yardstick(folder)
    times, echoes = measure_replies(telegram, users, options.asks, "/positions")
    times.sort()
    size = (folder / "bench.db").stat().st_size
    print(f"stored                      {stored:,} trades, {size / stored:.0f} bytes each")
    print(f"ingest, 10,000 a batch      {stored / spent:,.0f} fills/s")
    print(f"10,000-fill batch accepted  median {statistics.median(single) * 1000:.0f} ms "
          f"({min(single) * 1000:.0f}-{max(single) * 1000:.0f}); one bare commit: {commit * 1000:.2f} ms")
    print(f"resident memory at rest     {rest / 1024:.1f} MB; after the load {resident_kib(serve) / 1024:.1f} MB")
    print(f"/positions, update to reply p50 {times[len(times) // 2] * 1000:.2f} ms, "
          f"p99 {times[len(times) * 99 // 100] * 1000:.2f} ms; "
          f"an echo on the same server: {statistics.median(echoes) * 1000:.2f} ms")


main()
