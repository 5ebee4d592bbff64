"""What bot.py and main_job.py are made of: a group with its history, the service that keeps it, and the
Telegram server that it talks to."""
import datetime, http.client, json, os, subprocess, sys, time

from ingest_parts import BINARY, HERE, listening_port, output

FIRST_USER = 1000
SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "ADAUSDT", "BNBUSDT", "DOTUSDT", "LTCUSDT"]


def compile_program(folder, name):
    program = folder / name
    output("cc", "-O2", "-Wall", "-D_GNU_SOURCE", "-o", program, HERE / f"{name}.c", "-lsqlite3")
    return program


class Telegram:
    """telegram_server.c, which times the answers of whoever polls it."""

    def __init__(self, folder):
        self.process = subprocess.Popen([compile_program(folder, "telegram_server")], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def ask(self, users, at_once, count, *texts, expected="-"):
        """What telegram_server prints of `count` messages, `at_once` of them unanswered at a time."""
        self.process.stdin.write(f"ask {users} {at_once} {count} {FIRST_USER} {expected} {'|'.join(texts)}\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        if not told:
            sys.exit("the Telegram server ended")
        return json.loads(told)

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Group:
    """USERS members with PORTFOLIOS each, in a database in `folder` that may hold them already."""

    def __init__(self, folder, users, portfolios):
        self.folder, self.users = folder, [FIRST_USER + n for n in range(users)]
        self.portfolios = ["main"] + [f"p{n}" for n in range(1, portfolios)]
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BLOTTER_")},
            "BLOTTER_DATABASE_URL": f"sqlite:{folder}/bench.db", "BLOTTER_HTTP_PORT": "0",
            "BLOTTER_LIMITS_MAX_USERS": str(max(users, 20)),
            "BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "100000000"}
        self.process = None
        tokens = folder / "tokens.json"
        self.is_new = not tokens.exists()
        if self.is_new:
            tokens.write_text(json.dumps([self.member(user) for user in self.users]))
        self.tokens = dict(zip(self.users, json.loads(tokens.read_text())))

    def run(self, *arguments):
        return output(BINARY, *arguments, env=self.environment, cwd=self.folder).strip()

    def member(self, user):
        """A new one's token."""
        self.run("user", "add", "--telegram-id", user, "--username", f"u{user}", "--approve", "--admin")
        for name in self.portfolios[1:]:
            self.run("portfolio", "add", "--user", user, "--name", name, "--broker", "BINANCE",
                     "--currency", "USDT")
        return self.run("token", "create", "--user", user, "--name", "bench")

    def serve(self, telegram=None, **environment):
        if telegram:
            # The limits are Telegram's: this one has none.
            environment |= {
                "BLOTTER_TELEGRAM_TOKEN": "1:bench",
                "BLOTTER_TELEGRAM_API_BASE_URL": f"http://127.0.0.1:{telegram.port}",
                "BLOTTER_TELEGRAM_MESSAGES_PER_SECOND": "10000",
                "BLOTTER_TELEGRAM_MESSAGES_PER_SECOND_PER_CHAT": "10000",
                "BLOTTER_LIMITS_COMMANDS_PER_MINUTE_PER_USER": "1000000"}
        log = self.folder / "serve.log"
        with open(log, "w") as file:
            self.process = subprocess.Popen([BINARY, "serve"], stdout=file, stderr=file, cwd=self.folder,
                                            env=self.environment | environment)
        self.port = listening_port(self.process, log)
        return self.process.pid

    def stop(self):
        """May be called again."""
        if self.process:
            self.process.terminate()
            self.process.wait(60)

    def post(self, connection, user, portfolio, batch):
        """Seconds until the batch is durable."""
        connection.request("POST", "/v1/fills", json.dumps({"portfolio": portfolio, "fills": batch}), {
            "Authorization": f"Bearer {self.tokens[user]}", "Content-Type": "application/json"})
        began = time.perf_counter()
        response = connection.getresponse()
        answer = response.read()
        if response.status != 200 or json.loads(answer)["accepted"] != len(batch):
            sys.exit(f"refused: {response.status} {answer[:500]!r}")
        return time.perf_counter() - began

    def store_history(self, per_day, days):
        """Seconds that storing took; `per_day` trades a day in each portfolio."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        total, spent, began = per_day * days, 0.0, time.perf_counter()
        for user in self.users:
            for number, portfolio in enumerate(self.portfolios):
                for start in range(0, total, 10_000):
                    batch = fills(user, number, start, min(10_000, total - start), per_day)
                    spent += self.post(connection, user, portfolio, batch)
            print(f"user {user}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
        return spent


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
