"""status.py - status.json against etc/status.schema.json, by python3-jsonschema.

Readers bear members that the schema does not name; here one is a fault, so that
nothing is written that is not written down. And what is broken must be found.
"""

import copy
import datetime
import json
import os
import re

import jsonschema

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FORMATS = jsonschema.FormatChecker()


class Fault(Exception):
    pass


@FORMATS.checks("date-time")
def is_time(value):
    """RFC 3339, with an offset."""
    if not isinstance(value, str):
        return True
    return re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", value) is not None and \
        datetime.datetime.fromisoformat(value.replace("Z", "+00:00")).tzinfo is not None


def closed(schema):
    """The schema for writers: no member beside those it names."""
    if isinstance(schema, list):
        return [closed(inner) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {name: closed(inner) for name, inner in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        schema["additionalProperties"] = False
    return schema


def load():
    with open(os.path.join(SOURCE, "etc", "status.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def described(schema, at=""):
    """Every member has words that say what it is."""
    for name, inner in schema.get("properties", {}).items():
        if not ({"description", "$ref", "const"} & set(inner)):
            yield f"{at}/{name}"
        yield from described(inner, f"{at}/{name}")
    if isinstance(schema.get("items"), dict):
        yield from described(schema["items"], at + "[]")


SCHEMA = load()
WRITER = jsonschema.Draft202012Validator(closed(SCHEMA), format_checker=FORMATS)
READER = jsonschema.Draft202012Validator(SCHEMA, format_checker=FORMATS)


def faults_of(report, validator=None):
    return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
            for error in (validator or WRITER).iter_errors(report)]


def check(report, what):
    faults = faults_of(report)
    if faults:
        raise Fault(f"{what}: " + "; ".join(faults[:5]))
    ids = [target["id"] for target in report["targets"]] + [dog["id"] for dog in report["watchdogs"]]
    if len(ids) != len(set(ids)):
        raise Fault(f"{what}: an id comes twice")
    return report


def check_file(path):
    with open(path, encoding="utf-8") as file:
        return check(json.load(file), path)


def members(value, at=()):
    if isinstance(value, dict):
        for name, inner in value.items():
            yield at + (name,)
            yield from members(inner, at + (name,))
    elif isinstance(value, list) and value:
        yield from members(value[0], at + (0,))


def without(report, at):
    report = copy.deepcopy(report)
    inner = report
    for step in at[:-1]:
        inner = inner[step]
    del inner[at[-1]]
    return report


def may_be_left_out(at):
    """A day's sum, or what only some have."""
    return len(at) > 1 and (str(at[-2]).endswith("_s") or at[-2:] in (("uptime", "90d"),) or
                            at[0] == "stacks" and at[-1] == "text")


def check_breakage(report):
    """A member taken away is found, everywhere; one that is added is borne by readers."""
    missing = list(described(SCHEMA))
    if missing:
        raise Fault(f"the schema does not say what these are: {missing}")
    for at in members(report):
        if not may_be_left_out(at) and not faults_of(without(report, at), READER):
            raise Fault(f"without {at} it is still good")
    added = dict(copy.deepcopy(report), something_new=1)
    added["targets"][0]["something_new"] = {}
    if faults_of(added, READER):
        raise Fault("what is added breaks readers")
    if not faults_of(added):
        raise Fault("what is not written down is let through")
    for name, wrong in (("schema", "shorewatch.status/2"), ("generated_at", "yesterday"), ("report", "7")):
        if not faults_of(dict(report, **{name: wrong}), READER):
            raise Fault(f"{name} = {wrong} is let through")
