"""What schemathesis is to check of the HTTP API beside what it checks of any.

A request that the description calls valid may be refused only for a reason that no JSON Schema can
tell, and each of them stands here. So may a fill, a quote or a rate of a batch; and what the
description calls no fill may not be stored.
"""

import itertools
import os
import random
import re

import jsonschema_rs
import schemathesis

# By code: what the refused member or parameter may be, and what the detail says.
REASONS = [
    # A pattern cannot bound a value, nor a schema say how many bytes a text has.
    ("OUT_OF_RANGE", None, ""),
    ("INVALID_FIELD", None, r"^longer than \d+ bytes$"),
    ("INVALID_FIELD", "strategy", r"NAME@VERSION"),
    ("INVALID_FIELD", "meta", r"U\+0000|surrogate"),
    # There is no hook under what is made at random.
    ("UNKNOWN_HOOK", None, ""),
    # What one value means for another.
    ("INVALID_FIELD", "cursor", r"^not a next_cursor of this list$"),
    ("INVALID_FIELD", "to", r"^ends before from begins$"),
    ("INVALID_FIELD", "period", r"YYYY-MM-DD\.\.YYYY-MM-DD"),
    ("INVALID_FIELD", "price", r"futures only|only futures"),
    ("INVALID_FIELD", "option", r"^asset_type is [A-Z]+, not OPTION$"),
    ("INVALID_FIELD", "option.multiplier", r"^differs from"),
    ("INVALID_FIELD", "bid", r"^must not be greater than ask$"),
    ("INVALID_FIELD", "bid", r"futures only"),
    ("INVALID_FIELD", "ask", r"futures only"),
    ("INVALID_FIELD", "last", r"futures only"),
    ("INVALID_FIELD", None, r"has no place in an order of type"),
    ("INVALID_FIELD", None, r"^is missing: an order of type"),
    ("INVALID_FIELD", "notional", r"^may not stand beside quantity"),
    ("INVALID_FIELD", "trail_percent", r"^may not stand beside trail_amount|^must be less than 100$"),
    ("INVALID_FIELD", "time_in_force", r"asks for a fill at once"),
    ("INVALID_FIELD", None, r"in steps of"),
    ("INVALID_FIELD", "quote", r"^must be another currency than base$"),
    ("INVALID_FIELD", "time", r"^is more than 5 minutes ahead"),
    # The offset may lead out of the years that there are.
    ("INVALID_FIELD", None, r"^the year has to be 0001 to 9999$"),
    ("INVALID_FIELD", None, r"^leap seconds are not counted"),
    # What is stored decides.
    ("AMBIGUOUS", None, ""),
    ("NOT_STORED", None, ""),
    ("CONFLICT", None, ""),
    ("UNKNOWN_INSTRUMENT", None, ""),
    ("AMBIGUOUS_INSTRUMENT", None, ""),
    ("INSTRUMENT_MISMATCH", None, ""),
    ("UNKNOWN_PORTFOLIO", "portfolio", ""),
    ("NO_GATEWAY", "portfolio", ""),
    ("NO_QUOTE", "notional", ""),
    ("NOTHING_TO_REDUCE", None, ""),
]

# In each batch, the key of its elements and their schema.
BATCHES = {
    "POST /v1/fills": ("fills", "Fill"),
    "POST /v1/quotes": ("quotes", "Quote"),
    "POST /v1/fx": ("rates", "Rate"),
}

# What a member of an element may come as, whatever it should be.
ODD_VALUES = [
    None, "", "0", "-0", 0, -1, 0.1, 1e-7, 1e-30, 10**19, 10**30, "1e-07", "1E2", "007", "+5", ".5",
    "5.", " 1", "NaN", "-3", "0.000000000000000001", "0.0000000000000000001", "\u0000", "a\u0000b",
    "é" * 32, "é" * 40, "x" * 64, "x" * 65, "x" * 129, "x" * 501, True, [], {}, {"a": {"b": [1.50]}},
    "2026-02-19", "2026-02-30", "2026-02-19T14:32:00", "2026-02-30T00:00:00Z",
    "2026-02-19T14:32:00+02:00", "2026-02-19T23:59:60Z", "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59Z", "a@b", "a@b@c", "@", "BUY", "SELL", "USDT", "EUR", "OPTION", "FUTURE",
    "null", {"underlying": "SPX", "expiry": "2026-03-20", "strike": "5200", "right": "C"},
]
SYMBOLS = ["BTCUSDT", "ETHUSDT", "SOLUSDT"]

batches = itertools.count()
validators = {}


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts elements into a batch that are like those of the example, most with something odd.

    What is made at random out of a schema of twenty members is hardly ever a fill, and two such
    fills are never about one position.
    """
    key, name = BATCHES.get(f"{case.method} {case.operation.path}", (None, None))
    if key is None or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if case.meta.phase.name.value not in ("fuzzing", "stateful"):
        return
    document = case.operation.schema.raw_schema
    content = document["paths"][case.operation.path]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"][key][0]
    members = sorted(properties(document["components"]["schemas"][name])) + ["no_such_member"]
    # One request after another, so that a seed makes the same ones again.
    chance = random.Random(f"{os.environ.get('PROBE_SEED')} {next(batches)}")
    elements = [element(chance, example, members) for _ in range(chance.randrange(1, 40))]
    case.body = {**case.body, key: elements}
    if case.body.get("portfolio") and chance.random() < 0.9:
        del case.body["portfolio"]


def properties(schema):
    found = set(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        found |= properties(part)
    return found


def element(chance, example, members):
    made = dict(example)
    if "broker_trade_id" in made:
        made["broker_trade_id"] = f"f-{chance.randrange(1000)}"
        made["symbol"] = chance.choice(SYMBOLS)
        made["side"] = chance.choice(["BUY", "SELL"])
        made["quantity"] = str(chance.randrange(1, 100))
        made["exec_time"] = f"2026-02-{chance.randrange(1, 28):02}T{chance.randrange(24):02}:00:00Z"
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        made[chance.choice(members)] = chance.choice(ODD_VALUES)
    if chance.random() < 0.1:
        del made[chance.choice(sorted(made))]
    return chance.choice([*ODD_VALUES]) if chance.random() < 0.05 else made


def is_reason(refusal):
    return any(
        refusal["code"] == code
        and field in (None, refusal.get("field"))
        and re.search(detail, refusal["detail"])
        for code, field, detail in REASONS
    )


def validator(case, name):
    if name not in validators:
        schema = {
            "$ref": f"#/components/schemas/{name}",
            "components": case.operation.schema.raw_schema["components"],
        }
        validators[name] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return validators[name]


@schemathesis.check
def valid_requests_are_taken(ctx, response, case):
    """Refused is a valid request only for one of the reasons, or for what it names."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if response.status_code in (200, 201, 401, 404, 409):
        return
    assert response.status_code == 422 and is_reason(response.json()), (
        f"a valid request was refused: {response.status_code} {response.text}"
    )


@schemathesis.check
def batches_are_answered_one_by_one(ctx, response, case):
    """Each element has its result, its place in the sum, and a reason where it was refused."""
    key, name = BATCHES.get(f"{case.method} {case.operation.path}", (None, None))
    if key is None or response.status_code != 200:
        return
    answer, elements = response.json(), case.body[key]
    results = answer["results"]
    assert [result["index"] for result in results] == list(range(len(elements)))
    for count, status in [("accepted", "accepted"), ("rejected", "rejected"),
                          ("duplicates", "duplicate"), ("stale", "stale")]:
        found = sum(result["status"] == status for result in results)
        assert answer.get(count, 0) == found, f"{count}: {found} in {response.text}"
    for element, result in zip(elements, results):
        is_valid = validator(case, name).is_valid(element)
        if result["status"] == "rejected":
            assert not is_valid or is_reason(result["error"]), (
                f"valid, and refused: {element} {result}"
            )
        else:
            assert is_valid, f"invalid, and taken: {element} {result}"
