"""What is wrong with a statement that does not hold: how much a refutation weighs."""

from enum import StrEnum


class Kind(StrEnum):
    """The kinds of refuted statements, most weighty first.

    A verdict is computed, a kind is a judgement: of a statement, its correction and the text around it. It gives the
    benefit of the doubt; only what a result of the text rests on is an error of substance.

    Examples
    --------
    >>> [kind.value for kind in Kind]
    ['substance', 'assumption', 'misprint', 'reading']
    >>> Kind.READING.name_of(1), Kind.READING.name_of(2)
    ('matter of reading', 'matters of reading')
    """

    SUBSTANCE = "substance"
    ASSUMPTION = "assumption"
    MISPRINT = "misprint"
    READING = "reading"

    def name_of(self, count: int = 1) -> str:
        """What so many statements of this kind are called."""
        one, many, _ = DESCRIPTIONS[self]
        return one if count == 1 else many

    @property
    def meaning(self) -> str:
        """What a reader should know of a statement of this kind."""
        return DESCRIPTIONS[self][2]


DESCRIPTIONS = {  # one, many, and what it means
    Kind.SUBSTANCE: (
        "error of substance",
        "errors of substance",
        "The statement does not hold, and a result or an argument of the text rests on it, or is it.",
    ),
    Kind.ASSUMPTION: (
        "unstated assumption",
        "unstated assumptions",
        "The statement holds under a condition that the text does not name, and fails without it.",
    ),
    Kind.MISPRINT: (
        "misprint",
        "misprints",
        "A sign, a factor, a symbol or a word is wrong here; the text has it right elsewhere, or never uses it.",
    ),
    Kind.READING: (
        "matter of reading",
        "matters of reading",
        "The statement fails as it is taken here, and holds, or may pass, in another sense that its words allow.",
    ),
}
