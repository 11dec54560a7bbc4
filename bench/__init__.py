"""Measurements that anybody can repeat. Each file is a program of its own and prints JSON."""
