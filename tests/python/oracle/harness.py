"""Asks every store and the interpreter, says where they part, and makes what parts them small."""

import contextlib
import datetime
import os
from decimal import Decimal

import guanxi
from oracle.company import Company
from oracle.generator import Generator
from oracle.interpreter import Fault, Interpreter
from oracle.printer import printed


class Clock:
    def __init__(self):
        self.at = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)

    def __call__(self):
        return self.at

    def set(self, at):
        self.at = at


def plain(cell):
    return cell


def told(session, query, options):
    """What a store answers: rows, or the name of an error."""
    text, parameters = printed(query)
    try:
        result = session.query(text, parameters, **options)
    except guanxi.Error as error:
        return ("error", error.name, str(error))
    if query.star:
        at = [result.columns.index(item[1][0]) for item, _ in query.items]
        return ("rows", [tuple(row[n] for n in at) for row in result])
    return ("rows", [tuple(row) for row in result])


def expected(world, user, query, options, planted=""):
    try:
        return ("rows", Interpreter(world, user, planted=planted, **options).run(query))
    except Fault as fault:
        return ("error", fault.code)
