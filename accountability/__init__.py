"""Floor 5: how well everyone did. So far the leads: where the figures look unusual. Year-end scoring will live here."""
