#!/usr/bin/env python3
"""Measures ingest on the release build, over HTTP and durable, beside programs that do no more than
write the same rows.

    Benchmarks/ingest.py [--only NAME]… [--seconds 4] [--runs 5] [--fills N] [--directory DIR]

NAMEs, all but the last two by default:
    agreement         Blotter and the yardsticks make the same rows of the same fills
    sqlite-batches    1,000 fills a request, over 1 and 8 connections, beside naive_sqlite.c (one
                      statement a row, all indexes) and its lean form
    sqlite-singles    one fill a request over 64 connections, beside one commit a fill
    postgres-batches  as above, beside pgbench with 8 clients (fills.pgbench) and set_based_postgres.c
    postgres-singles  as above, beside pgbench
    growth            the rate at the 10,000th fill and at the N-th (default 1,000,000)
    memory            resident memory over one NDJSON stream of N fills (default 5,000,000)

All take turns, RUNS times about SECONDS each, so that each sees the machine's load as the others do;
only ratios count. A ratio is the median over the turns, with the least and the greatest. DIR has to be
on a disk. cc, libsqlite3, libpq, PostgreSQL's server and pgbench are needed.
"""
import argparse, pathlib, shutil, sqlite3, statistics, sys, tempfile, threading

# No compiled copy of ingest_parts.py beside it.
sys.dont_write_bytecode = True

from ingest_parts import (BINARY, Postgres, Service, Yardstick, compile_programs, file_system, resident_mb,
                          sync_cost)

# What both have to agree on, with how a row is told from others; what only names a row or says when
# it was stored is left out.
SYMBOL = "(SELECT symbol FROM instruments i WHERE i.id = r.instrument_id)"
AGREED = {
    "trades": f"id, {SYMBOL}, side, quantity, price, notional, fee, fee_currency, realized_pnl, action, "
              "exec_time, broker_trade_id, broker_order_id, source, meta_json",
    "positions": f"{SYMBOL}, quantity, cost, avg_price, realized_pnl, fees_json, opened_at, updated_at, "
                 "last_broker_trade_id",
    "position_campaigns": f"id, {SYMBOL}, direction, status, opened_at, opening_broker_trade_id, "
                          "opening_qty, closed_at, qty_opened, qty_closed, max_qty, opened_cost, "
                          "closed_notional, avg_open_price, avg_close_price, realized_pnl, return_pct, "
                          "holding_period_sec, num_fills, legs_count, source",
    "campaign_legs": "campaign_id, first_trade_id, leg_number, leg_type, side, quantity, notional, "
                     "avg_price, started_at, ended_at, last_broker_order_id, fill_count",
    "leg_trade_map": "campaign_id, trade_id, first_trade_id, allocated_qty",
    "position_lots": "campaign_id, trade_id, opened_at, broker_trade_id, quantity, cost, open_quantity, "
                     "open_cost",
    "lot_closures": "campaign_id, trade_id, lot_trade_id, quantity, cost, proceeds, realized_pnl",
    "daily_pnl": f"{SYMBOL}, day, currency, realized_pnl, realized_pnl_lots, fees, trades",
    "audit_log": "entity_type, entity_id, action, details_json",
}


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.programs = options, folder, folder
        self.postgres, self.services = None, []
        compile_programs(folder)

    def new_folder(self, name):
        (self.folder / name).mkdir()
        return self.folder / name

    def service(self, name, url=None):
        folder = self.new_folder(name)
        self.services.append(Service(folder, self.programs, url or f"sqlite:{folder}/blotter.db"))
        return self.services[-1]

    def server(self):
        if self.postgres is None:
            self.postgres = Postgres(self.folder / "postgres")
        return self.postgres

    def stop(self):
        for service in self.services:
            service.stop()
        if self.postgres is not None:
            self.postgres.stop()

    def turns(self, contestants):
        """Each of {name: post(fills or seconds)} in turn; the lists of what they told."""
        told = {name: [] for name in contestants}
        for _ in range(self.options.runs):
            for name, post in contestants.items():
                told[name].append(post())
        return told

    def sized(self, post, step, first):
        """A contestant that posts as many fills as take it about SECONDS, after a first few."""
        rate = post(first)["rate"]
        fills = max(step, round(rate * self.options.seconds / step) * step)
        return lambda: post(fills)


def median(told, key="rate"):
    return statistics.median(run[key] for run in told)


def row(*cells):
    print("  ".join(f"{cell:<{width}}" if place == 0 else f"{cell:>{width}}"
                    for place, (cell, width) in enumerate(zip(cells, (34, 34, 9, 9, 18, 8)))), flush=True)


def compare(ours, name, told, yardsticks):
    """A line for each yardstick: the ratio over the turns, and what it is to be."""
    for yardstick, aim in yardsticks:
        ratios = [mine["rate"] / other["rate"] for mine, other in zip(told[ours], told[yardstick])]
        row(name, yardstick, f"{median(told[ours]):,.0f}", f"{median(told[yardstick]):,.0f}",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})", aim)


def tell_cost(name, told, service):
    line = f"    {name}: {median(told, 'cpu_us'):.0f} µs of the service's CPU a fill"
    line += f", request p50 {median(told, 'p50_ms'):.2f} ms, p99 {median(told, 'p99_ms'):.2f} ms"
    line += f" ({median(told, 'p99_ms') / median(told, 'p50_ms'):.1f} times)"
    print(f"{line}, resident {resident_mb(service.id):.0f} MB", flush=True)


def agreement(bench):
    count = 20_000
    service = bench.service("agreement")
    service.post(count)
    service.stop()
    ours = service.folder / "blotter.db"
    for name, options in (("naive", ()), ("lean", ("--lean",))):
        path = service.folder / f"{name}.db"
        Yardstick.on_sqlite(bench.programs, path, *options).post(count)
        database = sqlite3.connect(ours)
        database.execute("ATTACH ? AS theirs", (str(path),))
        for table, columns in AGREED.items():
            here = f"SELECT {columns} FROM main.{table} r" + (
                " WHERE entity_type = 'TRADE'" if table == "audit_log" else "")
            there = f"SELECT {columns.replace('FROM instruments', 'FROM theirs.instruments')} FROM theirs.{table} r"
            differing = database.execute(f"SELECT * FROM ({here} EXCEPT {there}) LIMIT 1").fetchall()
            differing += database.execute(f"SELECT * FROM ({there} EXCEPT {here}) LIMIT 1").fetchall()
            if differing:
                raise SystemExit(f"{name} and Blotter differ in {table}: {differing}")
        database.close()
    server = bench.server()
    service = bench.service("agreement-postgres", server.database("agreement_ours"))
    service.post(count)
    service.stop()
    Yardstick(bench.programs / "set_based_postgres", server.yardstick_database("agreement")).post(count)
    for table, columns in AGREED.items():
        rows = f"SELECT {columns} FROM {table} r" + (
            " WHERE entity_type = 'TRADE'" if table == "audit_log" else "")
        digest = f"SELECT md5(string_agg(s::text, '|' ORDER BY s::text COLLATE \"C\")) FROM ({rows}) s"
        if server.ask("agreement_ours", digest) != server.ask("agreement", digest):
            raise SystemExit(f"set_based_postgres and Blotter differ in {table}")
    print(f"agreement: {count:,} fills, {len(AGREED)} tables the same as naive, lean and set-based\n")


def sqlite_batches(bench):
    service = bench.service("sqlite-batches")
    yardsticks = {
        "C, a fill at a time, all indexes": (),
        "C, a row once a batch, unique keys": ("--lean",)}
    contestants = {
        "1 connection": bench.sized(service.post, 1000, 8000),
        "8 connections": bench.sized(lambda fills: service.post(fills, 8, 1000, 1), 8000, 8000)}
    for number, (name, options) in enumerate(yardsticks.items()):
        yardstick = Yardstick.on_sqlite(bench.programs, service.folder / f"{number}.db", *options)
        contestants[name] = bench.sized(yardstick.post, 1000, 8000)
    told = bench.turns(contestants)
    for ours in ("1 connection", "8 connections"):
        compare(ours, f"SQLite, 1,000 a request, {ours}", told, zip(yardsticks, ("1.0", "0.7 (aim)")))
    for ours in ("1 connection", "8 connections"):
        tell_cost(ours, told[ours], service)
    service.stop()


def sqlite_singles(bench):
    service = bench.service("sqlite-singles")
    yardstick = Yardstick.on_sqlite(bench.programs, service.folder / "commits.db", "--per-commit", "1")
    told = bench.turns({
        "ours": bench.sized(lambda fills: service.post(fills, 64, 1, 10), 64, 640),
        "C, one commit a fill": bench.sized(yardstick.post, 10, 100)})
    compare("ours", "SQLite, singles, 64 connections", told, [("C, one commit a fill", "3.0")])
    tell_cost("ours", told["ours"], service)
    service.stop()


def postgres_batches(bench):
    server = bench.server()
    service = bench.service("postgres-batches", server.database("batches"))
    set_based = Yardstick(bench.programs / "set_based_postgres", server.yardstick_database("set_based"))
    url, numbers = server.yardstick_database("batches_pgbench"), iter(range(1000))
    told = bench.turns({
        "1 connection": bench.sized(service.post, 1000, 4000),
        "8 connections": bench.sized(lambda fills: service.post(fills, 8, 1000, 1), 8000, 8000),
        "pgbench, 8 clients": lambda: server.pgbench(url, next(numbers), bench.options.seconds),
        "C, unnest, 1,000 a transaction": bench.sized(set_based.post, 1000, 4000)})
    for ours in ("1 connection", "8 connections"):
        compare(ours, f"PostgreSQL, 1,000 a request, {ours}", told,
                [("pgbench, 8 clients", "6.0"), ("C, unnest, 1,000 a transaction", "0.8")])
    for ours in ("1 connection", "8 connections"):
        tell_cost(ours, told[ours], service)
    service.stop()


def postgres_singles(bench):
    server = bench.server()
    service = bench.service("postgres-singles", server.database("singles"))
    url, numbers = server.yardstick_database("singles_pgbench"), iter(range(1000))
    told = bench.turns({
        "ours": bench.sized(lambda fills: service.post(fills, 64, 1, 10), 64, 640),
        "pgbench, 8 clients": lambda: server.pgbench(url, next(numbers), bench.options.seconds)})
    compare("ours", "PostgreSQL, singles, 64 connections", told, [("pgbench, 8 clients", "-")])
    tell_cost("ours", told["ours"], service)
    service.stop()


def growth(bench):
    """The yardstick, on a database that stays small, tells how the machine's load has changed."""
    last = bench.options.fills or 1_000_000
    service = bench.service("growth")
    window, told = 10_000, {}
    service.post(10_000)
    for moment in (10_000, last):
        missing = moment - service.posted[0]
        for _ in range(missing // 100_000):
            service.post(100_000, 1, 10_000)
        if missing % 100_000 > 0:
            service.post(missing % 100_000)
        path = service.folder / f"{moment}.db"
        yardstick = Yardstick.on_sqlite(bench.programs, path)
        yardstick.post(window)
        told[moment] = bench.turns({
            "ours": lambda: service.post(window), "naive": lambda: yardstick.post(window)})
        print(f"    at {moment:,}: {median(told[moment]['ours']):,.0f} fills/s, naive on a small database "
              f"{median(told[moment]['naive']):,.0f}, {median(told[moment]['ours'], 'cpu_us'):.0f} µs of the "
              f"service's CPU a fill, resident {resident_mb(service.id):.0f} MB", flush=True)
    first, then = ([mine["rate"] / other["rate"] for mine, other in zip(told[moment]["ours"], told[moment]["naive"])]
                   for moment in told)
    ratio = statistics.median(then) / statistics.median(first)
    print(f"growth: the rate at {last:,} is {ratio:.2f} of that at 10,000 (to be 0.9)\n")
    service.stop()


def memory(bench):
    fills = bench.options.fills or 5_000_000
    service = bench.service("memory")
    rest, samples, is_over = resident_mb(service.id), [], threading.Event()

    def watch():
        while not is_over.wait(0.5):
            samples.append(resident_mb(service.id))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        told = service.post(fills, 1, 1000, 0, "--ndjson")
    finally:
        is_over.set()
        watcher.join()
    service.stop()
    tenth = max(1, len(samples) // 10)
    # The first tenth is left out: caches fill up meanwhile.
    print(f"memory: {fills:,} fills in one NDJSON stream at {told['rate']:,.0f}/s; resident {rest:.0f} MB at rest, "
          f"{statistics.median(samples[tenth:2 * tenth] or samples):.0f} MB in the second tenth, "
          f"{statistics.median(samples[-tenth:]):.0f} MB in the last, {max(samples):.0f} MB at most\n")


TESTS = {
    "agreement": agreement, "sqlite-batches": sqlite_batches, "sqlite-singles": sqlite_singles,
    "postgres-batches": postgres_batches, "postgres-singles": postgres_singles, "growth": growth,
    "memory": memory}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=TESTS)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--fills", type=int)
    parser.add_argument("--directory", default=tempfile.gettempdir())
    options = parser.parse_args()
    if not BINARY.exists():
        raise SystemExit("build it first: deploy/run </dev/null")
    if file_system(options.directory) in ("tmpfs", "ramfs", "overlay"):
        raise SystemExit(f"{options.directory} is on no disk: choose another with --directory")
    folder = pathlib.Path(tempfile.mkdtemp(dir=options.directory))
    # PostgreSQL's own user has to get into it.
    folder.chmod(0o711)
    bench = Bench(options, folder)
    try:
        print(f"{file_system(options.directory)}, a durable page: {sync_cost(folder) * 1000:.2f} ms; "
              f"{options.runs} turns of about {options.seconds:g} s; fills a second\n")
        row("ours", "yardstick", "ours", "yardstick", "ratio (spread)", "to be")
        for name in options.only or [name for name in TESTS if name not in ("growth", "memory")]:
            TESTS[name](bench)
    finally:
        bench.stop()
        shutil.rmtree(folder)


main()
