"""What the law makes of the ledger's facts. Pure: no Django, no database; exact numbers."""

from enterprises.rules.key import Facts, key_clause, two_keys_one_major

__all__ = ["Facts", "key_clause", "two_keys_one_major"]
