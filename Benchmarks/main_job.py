#!/usr/bin/env python3
"""Measures the main job on the release build: deploy/run's binary, SQLite, loopback.

    Benchmarks/main_job.py [--users 20] [--portfolios 3] [--per-day 200] [--days 365] [--asks 300]

Stores a history of USERS x PORTFOLIOS x PER-DAY x DAYS trades through POST /v1/fills, then reports:
the ingest rate, one 10,000-fill batch, resident memory at rest, and the time from the moment a Telegram
update is there to the arrival of the reply to /positions, one user after another (bot.py tells more).
Beside the batch stands a yardstick from the same run: the bare commit (one row, one fsync) of Python's
sqlite3 on the same disk.
"""
import argparse, http.client, pathlib, sqlite3, statistics, sys, tempfile, time

# No compiled copy of the other files beside them.
sys.dont_write_bytecode = True

from bot_server import Group, Telegram, fills
from ingest_parts import BINARY, resident_mb


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


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("users", 20), ("portfolios", 3), ("per-day", 200), ("days", 365),
                          ("asks", 300)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    if not BINARY.exists():
        sys.exit("build it first: deploy/run </dev/null")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        telegram = Telegram(folder)
        group = Group(folder, options.users, options.portfolios)
        try:
            report(options, folder, telegram, group, group.serve(telegram))
        finally:
            group.stop()
            telegram.stop()


def report(options, folder, telegram, group, service):
    time.sleep(3)
    rest = resident_mb(service)
    spent = group.store_history(options.per_day, options.days)
    each = options.per_day * options.days
    stored = each * options.portfolios * options.users
    connection, user = http.client.HTTPConnection("127.0.0.1", group.port), group.users[0]
    single = [group.post(connection, user, "main",
                         fills(user, 0, each + n * 10_000, 10_000, options.per_day)) for n in range(5)]
    commit = commit_yardstick(folder)
    reply = telegram.ask(options.users, 1, options.asks, "/positions", expected="Positions")["reply"]
    size = (folder / "bench.db").stat().st_size
    print(f"stored                      {stored:,} trades, {size / stored:.0f} bytes each")
    print(f"ingest, 10,000 a batch      {stored / spent:,.0f} fills/s")
    print(f"10,000-fill batch accepted  median {statistics.median(single) * 1000:.0f} ms "
          f"({min(single) * 1000:.0f}-{max(single) * 1000:.0f}); one bare commit: {commit * 1000:.2f} ms")
    print(f"resident memory at rest     {rest:.1f} MB; after the load {resident_mb(service):.1f} MB")
    print(f"/positions, update to reply p50 {reply['p50']:.2f} ms, p99 {reply['p99']:.2f} ms")


main()
