#!/usr/bin/env python3
"""Measures POST /v1/risk/check on the release build: SQLite, loopback, one client that waits for each answer.

    Benchmarks/risk.py [--positions 1000] [--policies 20] [--asks 5000]

One member holds POSITIONS instruments, each with a quote, and has POLICIES in force: every rule that looks
at what is held, in each scope. Told is the time from sending a request to having its answer, beside that of
GET /healthz, which does nothing.
"""
import argparse, http.client, json, pathlib, subprocess, sys, tempfile, time

# No compiled copy of the other files beside them.
sys.dont_write_bytecode = True

from bot_server import Group
from ingest_parts import BINARY

RULES = [
    {"rule": "max_order_notional", "max_percent": "5"}, {"rule": "max_total_exposure", "max_amount": "900000000"},
    {"rule": "max_exposure_per_instrument", "max_amount": "900000"},
    {"rule": "max_exposure_per_asset_type", "max_amount": "900000000"},
    {"rule": "max_exposure_per_currency", "max_amount": "900000000"},
    {"rule": "max_position_quantity", "max_quantity": "10000"}, {"rule": "max_open_positions", "max_count": "5000"},
    {"rule": "max_leverage", "max_ratio": "900"}, {"rule": "max_heat", "max_amount": "900000000"},
    {"rule": "max_risk_per_trade", "max_amount": "90000"}, {"rule": "no_short"},
    {"rule": "fat_finger", "max_percent": "50"}, {"rule": "daily_loss_limit", "max_percent": "90"},
    {"rule": "weekly_loss_limit", "max_percent": "90"}, {"rule": "duplicate_order", "seconds": "5"},
]
ACTIONS = ["BLOCK", "WARN", "REDUCE_SIZE"]


def percentile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] * 1000


def ask(connection, method, path, body, headers, count):
    times = []
    for _ in range(count):
        began = time.perf_counter()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        answer = response.read()
        times.append(time.perf_counter() - began)
        if response.status != 200:
            sys.exit(f"refused: {response.status} {answer[:500]!r}")
    return times, answer


def main():
    parser = argparse.ArgumentParser()
    for name, default in (("positions", 1000), ("policies", 20), ("asks", 5000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    if not BINARY.exists():
        sys.exit("build it first: deploy/run </dev/null")
    with tempfile.TemporaryDirectory() as name:
        group = Group(pathlib.Path(name), 1, 1)
        try:
            report(options, group)
        finally:
            group.stop()


def prepare(options, group, connection, headers):
    user = group.users[0]
    lines = [f"/policy add p{n} " + json.dumps(RULES[n % len(RULES)] | {"action": ACTIONS[n % len(ACTIONS)]})
             + (" portfolio main" if n % 2 else "") for n in range(options.policies)]
    subprocess.run([BINARY, "console", "--as", str(user)], input="\n".join(lines) + "\n", text=True, check=True,
                   capture_output=True, env=group.environment, cwd=group.folder)
    for start in range(0, options.positions, 10_000):
        numbers = range(start, min(start + 10_000, options.positions))
        group.post(connection, user, "main", [{
            "broker_trade_id": f"t{n}", "symbol": f"S{n}", "asset_type": "EQUITY", "currency": "USD",
            "side": "BUY", "quantity": "10", "price": "5", "exec_time": "2026-01-05T15:00:00Z"} for n in numbers])
        quotes = [{"symbol": f"S{n}", "last": "5.1", "time": "2026-01-05T15:00:00Z"} for n in numbers]
        for first in range(0, len(quotes), 500):
            ask(connection, "POST", "/v1/quotes", json.dumps({"quotes": quotes[first:first + 500]}), headers, 1)


def report(options, group):
    group.serve()
    headers = {"Authorization": f"Bearer {group.tokens[group.users[0]]}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", group.port)
    prepare(options, group, connection, headers)
    order = json.dumps({"symbol": "S1", "side": "BUY", "type": "LIMIT", "price": "5.2", "quantity": "7"})
    ask(connection, "POST", "/v1/risk/check", order, headers, 100)
    times, answer = ask(connection, "POST", "/v1/risk/check", order, headers, options.asks)
    bare, _ = ask(connection, "GET", "/healthz", None, {}, options.asks)
    print(f"{options.policies} policies, {options.positions} positions: {answer.decode()[:160]}")
    for name, told in (("/v1/risk/check", times), ("/healthz", bare)):
        print(f"{name:<16} p50 {percentile(told, 0.5):.2f} ms, p99 {percentile(told, 0.99):.2f} ms")


main()
