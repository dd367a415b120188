"""PURE: the head of the sealed history: noted outside the database, it shows later whether lines are missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal of that many lines."""

    count: int
    seal: str

    def __str__(self) -> str:
        return f"{self.count} {self.seal}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """A head that was written with `str`."""
        count, _, seal = text.partition(" ")
        return cls(int(count), seal)
