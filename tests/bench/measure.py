#!/usr/bin/env python3
"""measure.py [-n RUNS] [-l LABEL] [--setup CMD] -- COMMAND...

Runs a command several times as a whole process and prints one line: label, median and range of wall time and
CPU time (user + system, with children waited for), and the largest resident set."""
import argparse
import os
import statistics
import subprocess
import sys
import time


def run_once(command):
    start = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - start
    code = os.waitstatus_to_exitcode(status)
    if code not in (0,):
        sys.stderr.write(f"exit {code}: {errors.decode(errors='replace')[-400:]}\n")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", "--runs", type=int, default=5)
    parser.add_argument("-l", "--label", default="")
    parser.add_argument("--setup", help="shell command before each run, not measured")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    command = [word for word in options.command if word != "--"]
    rows = []
    for _ in range(options.runs):
        if options.setup:
            subprocess.run(options.setup, shell=True, check=True, stdout=subprocess.DEVNULL)
        rows.append(run_once(command))
    wall, cpu, rss, codes = zip(*rows)
    print(f"{options.label or command[0]:<40} wall {statistics.median(wall):7.3f} s [{min(wall):.3f}-{max(wall):.3f}]"
          f"  cpu {statistics.median(cpu):7.3f} s [{min(cpu):.3f}-{max(cpu):.3f}]  rss {max(rss):6.1f} MiB"
          f"  exit {sorted(set(codes))}", flush=True)


main()
