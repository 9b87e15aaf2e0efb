"""Sections of a TOML file, what their keys may hold, and calls of the functions whose arguments they are."""

import inspect
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from flowdln.choices import chosen, suggested
from flowdln.errors import FlowdlnError, InputError
from flowdln.replacement import require_regular

START = "`flowdln solve --example` prints a file to start from."
PLACES = "`flowdln solve --example` shows where they stand."


def parsed(path: Path) -> dict[str, Any]:
    """Content of a TOML file, by section; a byte order mark is skipped."""
    require_regular(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; expected a TOML file. {START}") from error
    except RecursionError as error:
        raise InputError(f"{path} has brackets nested too deeply; expected TOML. {START}") from error
    except ValueError as error:  # from tomllib, decoding, or Python's limit on digits
        raise InputError(f"{path} is not TOML: {error}; expected TOML. {START}") from error


def section(sections: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The keys and values of one section, which must be there."""
    if not isinstance(sections.get(name), Mapping):
        raise InputError(
            f"the problem file has no section [{name}]; expected sections [data], [network] and [flow], and "
            f"[descent] for `flowdln compare`. {START}"
        )
    return sections[name]


def choice(what: str, value: Any, choices: Iterable[str]) -> str:
    """``value``, checked to be one of the ``choices``; ``what`` begins the message otherwise."""
    return chosen(what, value, sorted(choices), advice="Choose one.")


def selected(where: str, options: dict[str, Any], key: str, choices: Iterable[str]) -> str:
    """The value of ``key``, which must be there and one of the ``choices``, taken out of the options."""
    require_key(where, options, key, f"one of {', '.join(sorted(choices))}")
    return choice(f"{key} in {where}", options.pop(key), choices)


def require_key(where: str, options: Mapping[str, Any], key: str, expected: str) -> None:
    """Refuse a section without a key, and say what may be meant for it."""
    if key not in options:
        misspelt = [name for name in options if suggested(name, [key])]
        advice = f"Did you mean it by {' or '.join(misspelt)}?" if misspelt else PLACES
        raise InputError(f"{where} lacks the key {key}; expected {expected}. {advice}")


def typed(what: str, value: Any, kind: type, expected: str) -> Any:
    """``value``, checked to be of that ``kind``."""
    if not isinstance(value, kind):
        raise InputError(f"{what} is {value!r}; expected {expected}. {PLACES}")
    return value


def called(
    where: str, function: Callable[..., Any], options: Mapping[str, Any], *, beside: Iterable[str] = (), **fixed: Any
) -> Any:
    """``function(**options, **fixed)``, with an error for keys it does not know or lacks, or values it chokes on.

    ``beside`` are the keys that every such section has.
    """
    parameters = inspect.signature(function).parameters
    known = [name for name in parameters if name not in fixed]
    required = [name for name in known if parameters[name].default is inspect.Parameter.empty]
    unknown = [name for name in options if name not in known]
    missing = [name for name in required if name not in options]
    complaints = (("has the unknown key", unknown), ("lacks the key", missing))
    problems = [f"{complaint} {', '.join(names)}" for complaint, names in complaints if names]
    hints = [suggested(name, [*known, *beside]) for name in unknown]
    if problems:
        raise InputError(
            f"{where} {' and '.join(problems)}; expected keys among {', '.join((*known, *beside))}. "
            f"{' '.join(filter(None, hints)) or PLACES}"
        )
    for name, value in options.items():
        _require_boolean_or_not(f"{name} in {where}", value, boolean=isinstance(parameters[name].default, bool))
    try:
        return function(**options, **fixed)
    except FlowdlnError:
        raise
    except (ArithmeticError, LookupError, MemoryError, RecursionError, TypeError, ValueError) as error:
        raise InputError(
            f"{where} has a value that cannot be used ({error}); expected values as in `flowdln solve --example`. "
            f"{PLACES}"
        ) from error


def _require_boolean_or_not(what: str, value: Any, *, boolean: bool) -> None:
    """Refuse true and false for an argument that is no boolean, and anything else for one that is."""
    if isinstance(value, bool) != boolean:
        expected = "true or false" if boolean else "no boolean"
        raise InputError(f"{what} is {value!r}; expected {expected}. {PLACES}")
