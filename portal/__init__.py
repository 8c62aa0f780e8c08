"""Floor 1: the ground. Tenants, people, scope, permissions, audit, legal days, documents, files, messages.

It knows nothing of hazards or plants; where a posting or a reminder points at one, it holds a bare number.
"""
