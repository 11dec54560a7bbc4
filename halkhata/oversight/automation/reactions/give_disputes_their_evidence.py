"""Dispute opened -> its file takes in the sheets of the other desks, and the panel's rule knows who stands in them."""

from halkhata.oversight.automation.dispute_sources import register

register()
