"""Threads: Python runs on while the library works, and sessions take turns."""

import threading
import time

import guanxi
import pytest


def run_all(*works):
    failures = []

    def guarded(work):
        try:
            work()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads)
    if failures:
        raise failures[0]


def test_threads_may_share_a_session(s):
    def write(name):
        for i in range(20):
            s.create("account", name=f"{name} {i}")
            assert len(s.query("select id from account where name = :n", n=f"{name} {i}")) == 1

    run_all(*(lambda name=name: write(name) for name in "abc"))
    assert s.query("select count() as n from account")[0].n == 60


def test_threads_with_sessions_of_their_own(crm, s):
    def write(name):
        with crm.as_user("admin") as mine:
            for i in range(20):
                mine.create("account", name=f"{name} {i}")

    def read():
        with crm.as_user("admin") as mine:
            seen = 0
            while seen < 40:
                now = mine.query("select count() as n from account")[0].n
                assert now >= seen
                seen = now

    run_all(lambda: write("a"), lambda: write("b"), read)


def test_python_runs_on_during_a_long_call(crm):
    done = threading.Event()
    steps = 0

    def work():
        with crm.as_system("sample") as mine:
            mine.generate_sample(opportunities=200)
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.is_set() and thread.is_alive():
        steps += 1
        time.sleep(0.001)
    thread.join()
    assert done.is_set() and steps > 10


def test_interrupt_stops_a_query_of_another_thread(crm, s):
    with s.transaction():
        for i in range(400):
            s.create("account", name=f"{i}", city="x")
    slow = ("select count() as n from account where city in (select city from account) "
            "and name in (select name from account)")
    outcome = []

    def ask():
        try:
            for _ in range(100_000):
                s.query(slow)
        except guanxi.Interrupted as stopped:
            outcome.append(stopped)

    thread = threading.Thread(target=ask)
    thread.start()
    stop_at = time.monotonic() + 60
    while thread.is_alive() and time.monotonic() < stop_at:
        s.interrupt()
        time.sleep(0.0005)
    thread.join(timeout=10)
    assert outcome and outcome[0].name == "interrupted"
    assert s.query(slow)[0].n == 400


def test_closing_waits_for_the_call_of_another_thread(crm):
    s = crm.as_system("sample")
    started = threading.Event()
    made = []

    def work():
        made.append(s.generate_sample(opportunities=100,
                                      progress=lambda done, total: started.set()))

    thread = threading.Thread(target=work)
    thread.start()
    started.wait(60)
    s.close()
    thread.join()
    assert made and s.closed
    with pytest.raises(guanxi.Error, match="closed"):
        s.interrupt()
