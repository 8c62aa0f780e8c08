"""Floor 5: how well everyone did. Year-end scoring and accountability records will live here; nothing does yet."""
