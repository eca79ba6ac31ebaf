"""A composition and its sections, as they are written."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from riyaz.music.events import TICKS, Piece, in_a_row
from riyaz.tabla import taals
from riyaz.tabla.header_values import LAYAS


@dataclass(frozen=True, eq=False)
class Section:
    """One part of a composition.

    Attributes
    ----------
    name : as in its heading.
    events : from sam on.
    derived : made by rule from the theme.
    taught : as a source teaches it; with neither it was made for its collection (`riyaz.tabla.origin`).
    note : what is remarked beside its heading, such as the idea of a palta.
    """

    name: str
    events: pd.DataFrame
    derived: bool = False
    taught: bool = False
    note: str = ""

    @property
    def ticks(self) -> int:
        """Length in ticks."""
        return int(self.events["duration"].sum())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Section) and self._key() == other._key()

    def _key(self) -> tuple[Any, ...]:
        head = (self.name, self.derived, self.taught, self.note)
        return *head, self.events["duration"].tolist(), self.events["symbols"].tolist()


@dataclass(frozen=True)
class Composition:
    """A composition, as it is written; `taal` is the key in `riyaz.tabla.taals.TAALS`, texts may be empty.

    `aside` are the lines of its text that were not read: words beside the music.
    """

    title: str
    taal: str
    form: str = ""
    laya: str = ""
    gharana: str = ""
    source: str = ""
    sections: tuple[Section, ...] = field(default=())
    family: str = ""
    tempo: int = 0
    pitch: str = ""
    aside: tuple[int, ...] = ()

    def not_read(self) -> list[str]:
        """One line that says which lines of the text were not read, none where all were."""
        lines = ", ".join(map(str, self.aside))
        return [f"set aside as words beside the music: line{'s' * (len(self.aside) > 1)} {lines}"] if lines else []

    def section(self, name: str) -> Section:
        """The section of a name. Raises KeyError where there is none."""
        return {section.name: section for section in self.sections}[name]

    def joined(self) -> list[tuple[Section, pd.DataFrame]]:
        """The sections as they are played one after the other: without the sam that the next one plays."""
        cycle = taals.TAALS[self.taal].ticks
        parts = []
        for number, section in enumerate(self.sections):
            events = section.events
            lands = section.ticks % cycle == TICKS and len(events) > 1 and events["duration"].iloc[-1] == TICKS
            followed = number + 1 < len(self.sections)
            parts.append((section, events.iloc[:-1] if lands and followed else events))
        return parts

    def piece(self, name: str) -> Piece:
        """All sections as one piece; the tempo is the usual one of its laya where it names none."""
        taal, parts = taals.TAALS[self.taal], self.joined()
        lengths = [int(events["duration"].sum()) for _, events in parts]
        sections = [
            {
                "name": section.name,
                "onset": sum(lengths[:i]),
                "duration": lengths[i],
                "derived": section.derived,
                "taught": section.taught,
                "note": section.note,
            }
            for i, (section, _) in enumerate(parts)
        ]
        derived = sum(length for (section, _), length in zip(parts, lengths, strict=True) if section.derived)
        about = {
            "kind": "bols",
            **{key: getattr(self, key) for key in ("title", "taal", "form", "laya", "gharana", "source")},
            "family": self.family,
            "metre": f"{taal.matras}/4",
            "tempo": (self.tempo or LAYAS[self.laya or "madhya"]) * taal.counts,  # half matras in a taal that has them
            **({"pitch": self.pitch} if self.pitch else {}),
            "sections": sections,
            "derived": round(derived / sum(lengths), 4) if sum(lengths) else 0.0,
            "lost": {},
        }
        durations = [d for _, events in parts for d in events["duration"]]
        return Piece(name, in_a_row(durations, [s for _, events in parts for s in events["symbols"]]), about)
