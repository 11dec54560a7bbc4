"""The promise engine: working time, due times and clocks as pure functions of stored facts (A51.3 to A51.8).

Nothing here touches the database. ``calendar`` says when a branch works, ``clock`` turns a target into an instant
and explains it, ``history`` turns the events of a work item into clocks.
"""
