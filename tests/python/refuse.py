"""Runs a program to which the kernel refuses some system calls: refuse.py ERRNO NUMBER,... PROGRAM ARG ...

The refusal is a seccomp filter, as sandboxes and containers have one. x86-64 only."""

import ctypes
import os
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000


def instruction(code, if_true, if_false, value):
    return struct.pack("HBBI", code, if_true, if_false, value)


def main():
    errno = int(sys.argv[1])
    # A number may be followed by the value of one argument: 72:1=4 is fcntl with F_SETFL.
    program = instruction(LOAD_WORD, 0, 0, 0)
    for call in sys.argv[2].split(","):
        number, _, condition = call.partition(":")
        if condition:
            argument, _, value = condition.partition("=")
            program += instruction(JUMP_IF_EQUAL, 0, 4, int(number))
            program += instruction(LOAD_WORD, 0, 0, 16 + 8 * int(argument))
            program += instruction(JUMP_IF_EQUAL, 0, 1, int(value))
            program += instruction(RETURN, 0, 0, REFUSE | errno)
            program += instruction(LOAD_WORD, 0, 0, 0)
        else:
            program += instruction(JUMP_IF_EQUAL, 0, 1, int(number))
            program += instruction(RETURN, 0, 0, REFUSE | errno)
    program += instruction(RETURN, 0, 0, ALLOW)

    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(program, len(program))
    filter_of = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    for arguments in [
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_of, 0, 0),
    ]:
        if libc.prctl(*arguments) != 0:
            sys.exit(f"SKIPPED: {os.strerror(ctypes.get_errno())}")
    os.execv(sys.argv[3], sys.argv[3:])


main()
