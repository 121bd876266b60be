"""Asks every store and the interpreter, says where they part, and makes what parts them small.

    cd tests/python && python -m oracle.harness 17 203

asks the statement 203 of the company 17 again, in all stores; without 203 all its statements.
"""

import contextlib
import sys
from dataclasses import dataclass
from decimal import Decimal

import guanxi
from oracle.company import Company
from oracle.generator import Generator
from oracle.interpreter import Fault, Interpreter
from oracle.printer import printed
from oracle.shrink import shrunk
from test_own_store import Ledger, Planner

LOGINS = ["admin", "u0", "admin", "u1", "admin", "u2"]


def differ(told, right, digits):
    """Python takes True for 1, and 1.0 for 1.00."""
    if told[0] != "rows" or told != right:
        return told != right
    return any(wrong(cell, other, n) for one, another in zip(told[1], right[1])
               for cell, other, n in zip(one, another, digits))


def wrong(cell, other, digits):
    if isinstance(cell, Decimal) and digits is not None:
        return -cell.as_tuple().exponent != digits
    return isinstance(cell, bool) != isinstance(other, bool)


class Clock:
    """What the stores of a company go by."""

    def __init__(self):
        self.at = None

    def __call__(self):
        return self.at

    def set(self, at):
        self.at = at


@dataclass
class Disagreement:
    seed: int
    number: int
    login: str
    store: str
    query: object
    options: dict
    answers: tuple  # of the store, of the interpreter

    def __str__(self):
        text, parameters = printed(self.query)
        told, right = self.answers
        return "\n".join([
            f"{self.store} and the interpreter part, asked by `{self.login}`:", f"  {text}",
            f"  with {parameters} {self.options}", f"  store:       {told}",
            f"  interpreter: {right}",
            f"again: cd tests/python && python -m oracle.harness {self.seed} {self.number}"])


class Stores:
    """One company in each store, the interpreter's world beside them."""

    def __init__(self, seed, *, host=False, planner=Planner, interpreter=Interpreter):
        self.company, self.clock, self.interpreter = Company(seed), Clock(), interpreter
        self.clock.set(self.company.founded)
        self.login = LOGINS[seed % len(LOGINS)]
        self.close = contextlib.ExitStack()
        tenants = {"memory": guanxi.open(":memory:", store="memory", clock=self.clock),
                   "sqlite": guanxi.open(":memory:", clock=self.clock)}
        if host:
            tenants["host"] = guanxi.open_store(Ledger(), clock=self.clock)
            tenants["planner"] = guanxi.open_store(planner(), clock=self.clock)
        self.sessions = {}
        for name, tenant in tenants.items():
            self.close.enter_context(tenant)
            with tenant.as_user("admin") as session:
                self.company.happen(session, self.clock.set)
            self.sessions[name] = self.close.enter_context(tenant.as_user(self.login))
        self.user = self.company.users[self.login]

    def __enter__(self):
        return self

    def __exit__(self, *thrown):
        self.close.close()

    def statement(self, number):
        return Generator(self.company, number, self.user.hidden).statement()

    def told(self, store, query, options):
        """What a store answers: rows, or the name of an error."""
        text, parameters = printed(query)
        try:
            result = self.sessions[store].query(text, parameters, **options)
        except guanxi.Error as error:
            return "error", error.name
        named = query.items + self.interpreter(self.company.world, self.user).columns_of(query)
        for (_, alias), name in zip(named, result.columns):
            if alias not in (None, name):
                return "column", name
        if query.star:
            at = [result.columns.index(item[1][0]) for item, _ in query.items]
            return "rows", [tuple(row[n] for n in at) for row in result]
        return "rows", [tuple(row) for row in result]

    def expected(self, query, options):
        """The interpreter's answer, and the digits that its numbers have where the pages say so."""
        interpreter = self.interpreter(self.company.world, self.user, **options)
        try:
            return ("rows", interpreter.run(query)), interpreter.digits(query)
        except Fault as fault:
            return ("error", fault.args[0]), []

    def compare(self, number):
        """The first store that parts from the interpreter, if one does."""
        query, options = self.statement(number)
        try:
            right, digits = self.expected(query, options)
        except Exception as error:
            error.add_note(f"company {self.company.seed}, statement {number}: {printed(query)}")
            raise
        for store in self.sessions:
            told = self.told(store, query, options)
            if differ(told, right, digits):
                return Disagreement(self.company.seed, number, self.login, store, query, options,
                                    (told, right))
        return None

    def shrunk(self, found):
        """The same disagreement in fewer words: rows stay rows, an error that error."""
        def kind(answer):
            return answer[0], answer[1] if answer[0] != "rows" else None

        def answers(query):
            told = self.told(found.store, query, found.options)
            right, digits = self.expected(query, found.options)
            return told, right, differ(told, right, digits)

        def still(query):
            try:
                told, right, different = answers(query)
            except (TypeError, ValueError, AttributeError, KeyError, IndexError):
                return False  # no statement at all
            return different and [kind(told), kind(right)] == [*map(kind, found.answers)]

        query = shrunk(found.query, still)
        return Disagreement(found.seed, found.number, found.login, found.store, query,
                            found.options, answers(query)[:2])


def first_disagreement(seeds, statements, **how):
    """Asks so many statements of each company; what parts, as small as it gets."""
    for seed in seeds:
        with Stores(seed, **how) as stores:
            for number in range(statements):
                found = stores.compare(number)
                if found:
                    return stores.shrunk(found)
    return None


if __name__ == "__main__":
    company, *numbers = map(int, sys.argv[1:])
    with Stores(company, host=True) as every:
        for n in numbers or range(500):
            parts = every.compare(n)
            if parts or numbers:
                print(printed(every.statement(n)[0]))
                print(every.shrunk(parts) if parts else "all agree")
