"""Statements → events, provable: the append-only log and what guards it."""
