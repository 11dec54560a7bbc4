"""The workloads of the performance paper, one small file each. ``ALL`` lists them in the order of a run."""

ALL = ("w2", "w3", "w5", "w6", "w4", "w1", "w7", "w8", "w9", "w10", "w11")
