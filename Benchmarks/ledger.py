#!/usr/bin/env python3
"""Measures the ledger on the release build: verify of a long history, and late fills.

    Benchmarks/ledger.py [--trades 1000000] [--runs 5] [--fills 200] [--keep FOLDER]

Imports TRADES trades of 8 instruments in campaigns of 50 trades, and times `blotter verify` beside
a C program that reads the same rows by holding and time (cc and libsqlite3 are needed). Imports as
many of a single holding, and times single late fills at its end, which fall into its last campaign
or the one before, beside single ordinary ones; taking turns, over one kept connection.
"""
import argparse, datetime, http.client, json, os, pathlib, statistics, subprocess, sys, tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / ".build/release/blotter"
START = datetime.datetime(2025, 1, 1, tzinfo=datetime.timezone.utc)
CAMPAIGN = 50


def blotter(folder, *arguments):
    environment = {**os.environ, "BLOTTER_DATABASE_URL": f"sqlite:{folder}/blotter.db",
                   "BLOTTER_HTTP_PORT": "0", "BLOTTER_LIMITS_REQUESTS_PER_MINUTE_PER_TOKEN": "9999999"}
    return subprocess.run([BINARY, *arguments], env=environment, cwd=folder, check=True,
                          capture_output=True, text=True).stdout


def trade(number, symbols):
    turn, place = divmod(number, len(symbols))
    step = turn % CAMPAIGN
    side = "BUY" if step < CAMPAIGN // 2 else "SELL"
    moment = START + datetime.timedelta(seconds=number * 7)
    return {"broker_trade_id": f"t-{number:09d}", "symbol": symbols[place], "exchange": "BINANCE",
            "asset_type": "CRYPTO", "currency": "USDT", "side": side, "quantity": "0.5",
            "price": f"{100 + (number * 7919 % 1000) / 100:.2f}", "fee": "0.01",
            "exec_time": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}


def load(folder, user, symbols, count):
    blotter(folder, "user", "add", "--telegram-id", str(user), "--username", f"u{user}", "--approve")
    path = f"{folder}/{user}.jsonl"
    with open(path, "w") as file:
        for number in range(count):
            file.write(json.dumps(trade(number, symbols)) + "\n")
    begun = time.perf_counter()
    blotter(folder, "import", path, "--user", str(user), "--portfolio", "main", "--format", "jsonl")
    taken = time.perf_counter() - begun
    os.remove(path)
    print(f"imported {count:,} trades in {taken:.1f} s: {count / taken:,.0f}/s", flush=True)


def seconds(command, **options):
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   **options)
    return time.perf_counter() - begun


def row(name, values, unit, scale):
    print(f"{name:<44} median {statistics.median(values) * scale:8.2f} {unit}   "
          f"min {min(values) * scale:8.2f}   max {max(values) * scale:8.2f}", flush=True)


def verify(folder, runs):
    scan = f"{folder}/ordered_scan"
    subprocess.run(["cc", "-O2", "-o", scan, ROOT / "Benchmarks/ordered_scan.c", "-lsqlite3"],
                   check=True)
    environment = {**os.environ, "BLOTTER_DATABASE_URL": f"sqlite:{folder}/blotter.db"}
    ours, bare = [], []
    for _ in range(runs):
        bare.append(seconds([scan, f"{folder}/blotter.db"]))
        ours.append(seconds([BINARY, "verify"], env=environment, cwd=folder))
    row("C, SELECT ... ORDER BY holding and time", bare, "s", 1)
    row("blotter verify", ours, "s", 1)
    print(f"ratio of the medians: {statistics.median(ours) / statistics.median(bare):.2f}")


def late_fills(folder, user, count, fills):
    token = blotter(folder, "token", "create", "--user", str(user), "--name", "bench").strip()
    environment = {**os.environ, "BLOTTER_DATABASE_URL": f"sqlite:{folder}/blotter.db",
                   "BLOTTER_HTTP_PORT": "18099", "BLOTTER_LOG_LEVEL": "warning"}
    server = subprocess.Popen([BINARY, "serve"], env=environment, cwd=folder,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", 18099)
                connection.request("GET", "/readyz")
                if connection.getresponse().read() and True:
                    break
            except OSError:
                time.sleep(0.1)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

        def post(fill):
            body = json.dumps({"fills": [fill]})
            begun = time.perf_counter()
            connection.request("POST", "/v1/fills", body, headers)
            answer = json.loads(connection.getresponse().read())
            assert answer["accepted"] == 1, answer
            return time.perf_counter() - begun

        ordinary, late = [], []
        last = count
        for number in range(fills):
            ordinary.append(post(trade(last, ["ONEUSDT"])))
            last += 1
            behind = trade(last - 2, ["ONEUSDT"])
            behind["broker_trade_id"] = f"late-{number}"
            # Buys and sells take turns, so that campaigns keep their length.
            behind["side"] = "BUY" if number % 2 else "SELL"
            late.append(post(behind))
        row("an ordinary fill, alone", ordinary, "ms", 1000)
        row("a late fill, alone", late, "ms", 1000)
        print(f"ratio of the medians: {statistics.median(late) / statistics.median(ordinary):.2f}")
    finally:
        server.terminate()
        server.wait(timeout=30)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trades", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--fills", type=int, default=200)
    parser.add_argument("--keep", help="a folder for the database, which stays there")
    options = parser.parse_args()
    if not BINARY.exists():
        sys.exit("build first: swift build -c release --product blotter")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or temporary
        if not pathlib.Path(f"{folder}/blotter.db").exists():
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            load(folder, 1, [f"S{number}USDT" for number in range(8)], options.trades)
        verify(folder, options.runs)
        load(folder, 2, ["ONEUSDT"], options.trades)
        late_fills(folder, 2, options.trades, options.fills)


main()
