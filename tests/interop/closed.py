"""Runs a program where it can reach nobody and start nothing.

    usage: python closed.py PROGRAM [ARGUMENT...]

A seccomp filter kills the process at the first attempt to open a socket or to start another
process or program. Threads are allowed. A kernel that has no such filters fails the run."""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from pathlib import Path

# Numbers of the system calls (asm/unistd.h), and the name of the architecture (linux/audit.h).
MACHINES = {
    "x86_64": (
        0xC000003E,
        {"socket": 41, "connect": 42, "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58}
        | {"execve": 59, "execveat": 322, "io_uring_setup": 425, "clone3": 435},
    ),
    "aarch64": (
        0xC00000B7,
        {"socket": 198, "connect": 203, "socketpair": 199, "clone": 220}
        | {"execve": 221, "execveat": 281, "io_uring_setup": 425, "clone3": 435},
    ),
}
FORBIDDEN = ["socket", "connect", "socketpair", "fork", "vfork", "execve", "io_uring_setup"]
# The program itself is started through this descriptor, which nothing else uses.
PROGRAM = 200

CLONE_THREAD = 0x00010000
ENOSYS = 38
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
LOAD, EQUAL, SET, RETURN = 0x20, 0x15, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16


def instruction(code: int, value: int, jump_true: int = 0, jump_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, jump_true, jump_false, value)


def forbid(number: int) -> list[bytes]:
    return [instruction(EQUAL, number, 0, 1), instruction(RETURN, KILL)]


def program(machine: str) -> bytes:
    architecture, calls = MACHINES[machine]
    lines = [
        instruction(LOAD, ARCHITECTURE),
        instruction(EQUAL, architecture, 1, 0),
        instruction(RETURN, KILL),
        instruction(LOAD, NUMBER),
    ]
    for name in FORBIDDEN:
        if name in calls:
            lines += forbid(calls[name])
    lines += [
        # Its flags lie in memory, where a filter cannot look; the C library then takes clone.
        instruction(EQUAL, calls["clone3"], 0, 1),
        instruction(RETURN, ERRNO | ENOSYS),
        instruction(EQUAL, calls["clone"], 0, 4),
        instruction(LOAD, FIRST_ARGUMENT),
        instruction(SET, CLONE_THREAD, 0, 1),
        instruction(RETURN, ALLOW),
        instruction(RETURN, KILL),
        instruction(EQUAL, calls["execveat"], 0, 3),
        instruction(LOAD, FIRST_ARGUMENT),
        instruction(EQUAL, PROGRAM, 1, 0),
        instruction(RETURN, KILL),
        instruction(RETURN, ALLOW),
    ]
    return b"".join(lines)


def close() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    code = program(os.uname().machine)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(buffer))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        sys.exit("closed: the kernel gives up no privileges")
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) != 0:
        sys.exit("closed: the kernel has no filters of system calls")


def main() -> None:
    path = Path(sys.argv[1]).resolve()
    os.dup2(os.open(path, os.O_RDONLY), PROGRAM, inheritable=False)
    close()
    os.execve(PROGRAM, [str(path), *sys.argv[2:]], os.environ)


if __name__ == "__main__":
    main()
