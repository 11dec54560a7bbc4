"""What the workloads are measured against: B0 and B1 (bare.py), S (sql.py), C (load.py), a bare mail loop (mail.py)."""
