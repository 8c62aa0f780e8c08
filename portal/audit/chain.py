"""The chain itself, pure: what is hashed, and how a chain is proved whole."""

import json
from collections.abc import Iterable

from portal.sm3 import sm3

LINKED = (
    "seq",
    "at",
    "account_id",
    "person_id",
    "person_name",
    "role",
    "organisation",
    "ip",
    "request_id",
    "action",
    "object_kind",
    "object_id",
    "object_label",
    "changes",
    "result",
)


def link(prev: str, record: dict) -> str:
    """SM3 over the previous link and this record's fields in canonical JSON; `at` is ISO 8601 in UTC."""
    content = json.dumps([record[name] for name in LINKED], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sm3(prev.encode(), content.encode())


def first_fault(records: Iterable[dict], head_seq: int, head_digest: str) -> str | None:
    """Walk a chain in order; None when it is whole, else a sentence naming the first broken place."""
    prev, seq = "", 0
    for record in records:
        seq += 1
        if record["seq"] != seq:
            return f"record {seq} is missing: the next one found is {record['seq']}"
        if record["prev"] != prev or record["digest"] != link(prev, record):
            return f"record {seq} was changed"
        prev = record["digest"]
    if (seq, prev) != (head_seq, head_digest):
        return f"the chain ends at {seq} but its head says {head_seq}: the tail was cut"
    return None
