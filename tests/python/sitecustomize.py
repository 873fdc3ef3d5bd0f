"""Puts the PID of the process before each line that a Python program prints, so that a test can tell its
processes apart. Python imports this module at every start when PYTHONPATH names its folder."""

import builtins
import os

_print = builtins.print


def _print_with_pid(*values, **options):
    _print(f"{os.getpid()}\t{values[0]}", *values[1:], **options)


builtins.print = _print_with_pid
