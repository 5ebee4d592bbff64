#!/usr/bin/env python3
"""Measures the bot of the release build: SQLite, loopback, a Telegram server in C without limits.

    Benchmarks/bot.py [--only replies|memory] [--users 20] [--portfolios 3] [--per-day 200] [--days 365]
                      [--asks 2000] [--runs 5] [--directory DIR] [--history DIR]

replies     from when a message is with Telegram to the arrival of its reply: /positions by one user after
            another, and 20 users at once, each asking again as soon as somebody is answered; in turn with a
            bare bot in C on the same server (bare_bot.c), which answers without a look at anything, and with
            one that also commits each batch of updates before it answers
memory      resident memory over a day of a group's traffic: 500 commands of each user, 20,000 fills, notices

USERS x PORTFOLIOS x PER-DAY x DAYS trades are stored before, in --history DIR for another time. DIRs have to
be on a disk. cc and libsqlite3 are needed.
"""
import argparse, http.client, pathlib, shutil, statistics, subprocess, sys, tempfile, time

# No compiled copy of the other files beside them.
sys.dont_write_bytecode = True

from bot_server import Group, Telegram, compile_program, fills
from ingest_parts import BINARY, cpu_seconds, file_system, resident_mb, sync_cost

COMMANDS = ["/positions", "/pnl week", "/trades", "/orders", "/risk", "/positions main", "/help", "/campaigns",
            "/pnl month", "/trades BTCUSDT", "/why BTCUSDT", "/strategies", "/portfolios", "/equity",
            "/settings", "/status", "/nonsense"]


class BareBot:
    """bare_bot.c on a server of its own."""

    def __init__(self, folder, *database):
        self.telegram = Telegram(folder)
        self.process = subprocess.Popen([str(part) for part in (
            compile_program(folder, "bare_bot"), self.telegram.port, *database)])

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.telegram.stop()


def replies(bench):
    options, group = bench.options, bench.group
    telegram = Telegram(bench.folder)
    bots = [BareBot(bench.folder), BareBot(bench.folder, bench.folder / "inbox.db")]
    service = group.serve(telegram)
    try:
        time.sleep(1)
        contestants = {"blotter": telegram, "C, nothing kept": bots[0].telegram,
                       "C, each batch committed": bots[1].telegram}
        for at_once, aim in ((1, "p50 < 1"), (options.users, "p50 < 8, p99 < 25")):
            def ask(server):
                before = cpu_seconds(service)
                told = server.ask(options.users, at_once, options.asks, "/positions", expected="Positions")
                return told | {"cpu_ms": (cpu_seconds(service) - before) / options.asks * 1e3}

            told = {name: [] for name in contestants}
            ask(telegram)
            for _ in range(options.runs):
                for name, server in contestants.items():
                    told[name].append(ask(server))
            print(f"/positions, {at_once} at once ({aim} ms), {options.runs} runs of {options.asks} asks:")
            for name, runs in told.items():
                line = f"    {name:<24}"
                for percentile in ("p50", "p99"):
                    times = [run["reply"][percentile] for run in runs]
                    line += f" {percentile} {statistics.median(times):7.3f} ms ({min(times):.3f}-{max(times):.3f})"
                rate = statistics.median(run["asks"] / run["seconds"] for run in runs)
                line += f"  {rate:8,.0f}/s"
                if name == "blotter":
                    line += f"  {statistics.median(run['cpu_ms'] for run in runs):.3f} ms CPU each"
                print(line, flush=True)
    finally:
        group.stop()
        telegram.stop()
        for bot in bots:
            bot.stop()


def memory(bench):
    """A day: its commands and fills come as fast as they are taken."""
    options, group = bench.options, bench.group
    telegram = Telegram(bench.folder)
    service = group.serve(telegram)
    try:
        time.sleep(2)
        rest, most = resident_mb(service), []
        connection = http.client.HTTPConnection("127.0.0.1", group.port)
        # Other fills than those of any run before on the same history.
        hours, posted = 20, 36_500_000 + int(time.time()) % 20_000 * 1000
        print(f"memory: at rest {rest:.0f} MB; by hours", end="", flush=True)
        for _ in range(hours):
            for user in group.users:
                batch = fills(user, 0, posted, 20_000 // hours // options.users, 100_000)
                for start in range(0, len(batch), 10):
                    group.post(connection, user, "main", batch[start:start + 10])
            posted += len(batch)
            telegram.ask(options.users, options.users, 500 * options.users // hours, *COMMANDS)
            most.append(resident_mb(service))
            print(f" {most[-1]:.0f}", end="", flush=True)
        print(f" MB; peak {resident_mb(service, 'VmHWM'):.0f} MB (to be < 60)")
    finally:
        group.stop()
        telegram.stop()


TESTS = {"replies": replies, "memory": memory}


class Bench:
    def __init__(self, options, folder, history):
        self.options, self.folder = options, folder
        self.group = Group(history, options.users, options.portfolios)
        if self.group.is_new:
            self.group.serve()
            self.group.store_history(options.per_day, options.days)
            self.group.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("users", 20), ("portfolios", 3), ("per-day", 200), ("days", 365), ("asks", 2000),
                          ("runs", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--only", action="append", choices=TESTS)
    parser.add_argument("--directory", default=tempfile.gettempdir())
    parser.add_argument("--history", type=pathlib.Path)
    options = parser.parse_args()
    if not BINARY.exists():
        sys.exit("build it first: deploy/run </dev/null")
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.directory))
    try:
        for place in filter(None, (folder, options.history)):
            place.mkdir(parents=True, exist_ok=True)
            if file_system(place.resolve()) in ("tmpfs", "ramfs", "overlay"):
                sys.exit(f"{place} is on no disk: choose another")
        bench = Bench(options, folder, (options.history or folder).resolve())
        print(f"{file_system(folder)}, a durable page: {sync_cost(folder) * 1000:.2f} ms", flush=True)
        for name in options.only or TESTS:
            TESTS[name](bench)
    finally:
        shutil.rmtree(folder)


main()
