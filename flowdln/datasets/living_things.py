"""Eight living things and what is said of them, the classic data of semantic cognition."""

import numpy as np

from flowdln.datasets.dataset import Dataset

RELATIONS = {
    "isa": "living_thing plant animal tree flower bird fish pine oak rose daisy robin canary sunfish salmon",
    "is": "living pretty big green red yellow",
    "can": "grow move swim fly sing",
    "has": "roots skin leaves bark branch petals wings feathers gills scales",
}
LIVING_THINGS = {
    "pine": "isa living_thing plant tree pine; is living big green; can grow; has roots bark branch",
    "oak": "isa living_thing plant tree oak; is living big; can grow; has roots leaves bark branch",
    "rose": "isa living_thing plant flower rose; is living pretty red; can grow; has roots leaves petals",
    "daisy": "isa living_thing plant flower daisy; is living pretty yellow; can grow; has roots leaves petals",
    "robin": "isa living_thing animal bird robin; is living red; can grow move fly; has skin wings feathers",
    "canary": "isa living_thing animal bird canary; is living yellow; can grow move fly sing; has skin wings feathers",
    "sunfish": "isa living_thing animal fish sunfish; is living yellow; can grow move swim; has skin gills scales",
    "salmon": "isa living_thing animal fish salmon; is living red; can grow move swim; has skin gills scales",
}


def semantic() -> Dataset:
    """Eight living things, one-hot inputs ``(8, 8)``, with targets ``(8, 36)``: 1 for each property they have, else 0.

    Features carry their relation: ``"isa plant"``, ``"can fly"``, ``"has bark"``, ``"is yellow"``. All eight share
    a property such as ``"can grow"``, so the first singular mode is the average; the second parts plants from animals.

    Source: after Rumelhart and Todd 1993, whose table is printed with small differences, such as whether a pine is big.

    Examples
    --------
    >>> data = semantic()
    >>> canary = data.targets[data.items.index("canary")]
    >>> [name for name, has in zip(data.features, canary) if has and name.startswith("can")]
    ['can grow', 'can move', 'can fly', 'can sing']
    """
    features = _statements("; ".join(f"{relation} {words}" for relation, words in RELATIONS.items()))
    rows = [[feature in _statements(text) for feature in features] for text in LIVING_THINGS.values()]
    return Dataset("living things", np.eye(len(rows)), np.array(rows, float), tuple(LIVING_THINGS), features)


def _statements(text: str) -> tuple[str, ...]:
    """``"isa living_thing plant; can grow"`` as ``("isa living thing", "isa plant", "can grow")``."""
    clauses = [clause.split() for clause in text.split(";")]
    return tuple(f"{relation} {word}".replace("_", " ") for relation, *words in clauses for word in words)
