"""Finding what a program left behind, and nobody else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

from autonomous_cicd.adapters.descendants import MARK, adopt, end_all, memory, newest, running, strays, tree

ENV = {"PATH": os.defpath}
DAEMON = "setsid sh -c 'echo on; exec sleep 30' & exec sleep 30"


def start(script: str, mark: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        ["/bin/sh", "-c", script], env={**ENV, MARK: mark}, start_new_session=True, stdout=subprocess.PIPE
    )
    running.add(process.pid)
    assert process.stdout
    assert b"on\n" == process.stdout.readline()
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout
    process.stdout.close()
    running.discard(process.pid)


def new_mark() -> str:
    return f"{random.getrandbits(64):016x}-1."


def test_the_newest_process_is_not_older_than_ours() -> None:
    process = subprocess.Popen(["true"], env=ENV)
    process.wait()

    assert newest() >= process.pid or newest() < os.getpid()


def test_marked_processes_are_found_and_ended() -> None:
    adopt()
    mark = new_mark()
    leader = start(DAEMON, mark)
    for _ in range(500):  # it has no environment for the moment in which it becomes another program
        if found := strays(mark, leader.pid):
            break
        time.sleep(0.01)
    assert 1 == len(found)
    assert leader.pid != found[0].session

    for _ in range(500):
        end_all(strays(mark, leader.pid))
        if not strays(mark, leader.pid):
            break
        time.sleep(0.01)
    assert [] == strays(mark, leader.pid)
    end(leader)


def test_other_marks_are_somebody_elses() -> None:
    mine, other = new_mark(), new_mark()
    leader = start("echo on; exec sleep 30", mine)
    foreign = start(DAEMON, other)

    assert [] == strays(mine, leader.pid)
    assert 1 == len(strays(other, foreign.pid))
    end_all(strays(other, foreign.pid))
    end(leader)
    end(foreign)


def test_who_is_not_our_child_leads_nothing() -> None:
    assert [] == strays("", 1)
    assert [] == strays("", 0)
    assert [] == strays("", os.getppid())


def test_ending_who_is_gone_is_no_trouble() -> None:
    mark = new_mark()
    leader = start(DAEMON, mark)
    found = strays(mark, leader.pid)
    end_all(found)
    end(leader)
    end_all([kin for kin in found if not os.path.exists(f"/proc/{kin.pid}")])


def test_a_family_and_its_memory() -> None:
    leader = start("sleep 30 & echo on; sleep 30", new_mark())
    while len(family := tree(leader.pid)) < 3:
        time.sleep(0.01)

    assert leader.pid == family[0]
    assert 3 == len(family)
    assert 0 < memory(family, 1 << 40)
    assert 0 < memory(family, 0) < 100_000_000
    assert 0 == memory([2**22 + 1], 0)
    end(leader)
