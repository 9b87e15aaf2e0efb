"""What a user's own formula turns out to be: a verdict that prints its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowdln.symbolic.evidence import Evidence, conjunction


@dataclass(frozen=True)
class Finding:
    """Whether one difference is zero, and how that was found."""

    subject: str  # what was compared with what
    zero: bool | None  # None: neither shown nor refuted
    proved: bool  # for all values of the symbols; otherwise at points
    text: str
    residual: str = ""  # the difference, if it is not zero
    instance: Mapping[str, str] = field(default_factory=dict)  # numbers at which it is not

    @property
    def numbers(self) -> str:
        """The instance as text."""
        return ", ".join(f"{name} = {value}" for name, value in self.instance.items())

    @property
    def line(self) -> str:
        """All but the residual, in a line."""
        text = f"{self.text} for {self.numbers}" if self.instance else self.text
        return f"{self.subject}: {text}" if self.subject else text

    def __str__(self) -> str:
        lines = [f"{self.subject}: {self.text}"]
        if self.residual:
            lines.append(f"  residual: {self.residual}")
        if self.instance:
            lines.append(f"  for example, {self.numbers}")
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class Verification:
    """Verdict on a formula. It prints itself, and is true if the formula was proved or holds numerically."""

    findings: tuple[Finding, ...]
    held: tuple[str, ...] = ()  # symbols of a loss that nobody moves

    @property
    def outcome(self) -> str:
        """``"proved"``, ``"holds numerically"``, ``"refuted"`` or ``"open"``."""
        holds = conjunction(*(finding.zero for finding in self.findings))
        if not holds:
            return "open" if holds is None else "refuted"
        return "proved" if all(finding.proved for finding in self.findings) else "holds numerically"

    @property
    def residual(self) -> str:
        """The first difference that is not zero, as text; empty if there is none."""
        return next((finding.residual for finding in self.findings if finding.zero is False), "")

    @property
    def instance(self) -> Mapping[str, str]:
        """Numbers at which that difference is not zero, by name; empty if there is none."""
        return next((finding.instance for finding in self.findings if finding.zero is False), {})

    @property
    def evidence(self) -> Evidence:
        """The same as what the check of a claim returns."""
        holds = {"refuted": False, "open": None}.get(self.outcome, True)
        text = "; ".join(finding.line for finding in self.findings)
        return Evidence(holds, self.outcome != "holds numerically", text, self.instance)

    @property
    def proof(self) -> Evidence:
        """The same where only a proof will do: of what holds numerically, neither is shown."""
        return self.evidence if self.evidence.symbolic else self.evidence._replace(holds=None, symbolic=True)

    def __bool__(self) -> bool:
        return self.outcome in {"proved", "holds numerically"}

    def __repr__(self) -> str:
        evidence = "\n".join(str(finding) for finding in self.findings)
        lines = [*evidence.splitlines(), *([f"held fixed: {', '.join(self.held)}"] if self.held else [])]
        return "\n".join([self.outcome, *(f"  {line}" for line in lines)])
