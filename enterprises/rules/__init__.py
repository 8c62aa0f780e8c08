"""What the law makes of the ledger's facts. Pure: no Django, no database; exact numbers."""

from enterprises.rules.key import GAPS, Facts, key_clause, near_key, two_keys_one_major

__all__ = ["GAPS", "Facts", "key_clause", "near_key", "two_keys_one_major"]
