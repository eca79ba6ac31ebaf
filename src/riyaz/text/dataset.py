"""A corpus after the stages `tokenize` and `sequence`, as one object: pieces, tokens, ids, parts and families.

This module alone knows where the files of data/tokens and data/sequences lie. Row i of every attribute belongs to
piece i.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from riyaz.music import events, midi
from riyaz.music.events import Piece
from riyaz.text import tokens
from riyaz.text.split import PARTS
from riyaz.text.tokens import Vocabulary
from riyaz.tools import files

GROUP = 4096  # pieces in a row group of tokens.parquet
TEMPO = 100  # beats per minute, where no piece of a corpus names a tempo


@dataclass(frozen=True, eq=False)
class DataSet:
    """The pieces of a corpus, or of some of its parts.

    Attributes
    ----------
    names : (n,) of str, the pieces' names.
    ids : for each piece (n_tokens,) int32, from ``<start>`` to ``<end>``.
    vocabulary : what the ids stand for.
    parts : (n,) ``train``, ``valid`` or ``test``; ``""`` before the split.
    families : (n,) int64, near-duplicates have one number; -1 before the split.
    """

    names: list[str]
    ids: list[np.ndarray]
    vocabulary: Vocabulary
    parts: np.ndarray
    families: np.ndarray
    _load: Callable[[], Sequence[Piece]]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def pieces(self) -> Sequence[Piece]:
        """The music, on the grid; read from disk when it is first asked for, of a large corpus a part at a time."""
        loaded = self._load()
        return loaded if isinstance(loaded, events.Stored) and loaded.large else list(loaded)

    @cached_property
    def tokens(self) -> list[list[str]]:
        """The ids as strings."""
        return [self.vocabulary.tokens(row) for row in self.ids]

    @cached_property
    def lengths(self) -> np.ndarray:
        """Tokens of each piece: (n,) int64."""
        return np.array([len(row) for row in self.ids], dtype=np.int64)

    @property
    def kind(self) -> str:
        """``notes`` or ``bols``; ``notes`` where there are no pieces."""
        return self.pieces[0].about["kind"] if len(self) else "notes"

    @property
    def n_families(self) -> int:
        return len(np.unique(self.families))

    def rows(self, rows: Sequence[int] | np.ndarray) -> "DataSet":
        """Some of the pieces, by number and in that order."""
        chosen = [int(row) for row in rows]
        return replace(
            self,
            names=[self.names[row] for row in chosen],
            ids=[self.ids[row] for row in chosen],
            parts=self.parts[chosen],
            families=self.families[chosen],
            _load=lambda: [self.pieces[row] for row in chosen],
        )

    def part(self, *names: str) -> "DataSet":
        """The pieces of one part, or of several one after the other; a part without pieces is empty."""
        return self.rows(np.concatenate([np.flatnonzero(self.parts == name) for name in names]))

    def with_parts(self, parts: np.ndarray) -> "DataSet":
        """The same pieces, split otherwise."""
        return replace(self, parts=np.asarray(parts, dtype=object))

    def transposed(self, transpose: int) -> list[tuple[int, np.ndarray]]:
        """The ids of the training pieces, each also up to so many semitones lower and higher (`tokens.transposed`)."""
        return tokens.transposed(self.part("train").ids, self.vocabulary, transpose)

    def training_ids(self, transpose: int) -> list[np.ndarray]:
        """The ids of `transposed` alone."""
        return [ids for _, ids in self.transposed(transpose)]

    def without_music(self) -> "DataSet":
        """The same without its pieces, so that it can be sent to another process."""
        return replace(self, _load=_none)

    def about(self) -> dict[str, Any]:
        """What a new piece of this corpus has in common with it.

        Returns
        -------
        kind, tempo (the median, in beats per minute) and, where training pieces name a metre, the most frequent one;
        so with program, where the piano is not the most frequent (`riyaz.music.midi.longest`).
        """
        tempos = [piece.about.get("tempo") or TEMPO for piece in self.pieces]
        known = {"kind": self.kind, "tempo": int(np.median(tempos)) if tempos else TEMPO}
        metres = Counter(p.about["metre"] for p in self.part("train").pieces if p.about.get("metre"))
        known |= {"metre": metres.most_common(1)[0][0]} if metres else {}
        return known | midi.longest((piece.about.get("program", 0), 1) for piece in self.part("train").pieces)


def _none() -> list[Piece]:
    raise ValueError("the pieces of this data set were left behind")


def _folders(root: Path, corpus: str) -> tuple[Path, Path]:
    return root / "data" / "tokens" / corpus, root / "data" / "sequences" / corpus


def load(root: Path, corpus: str, split: bool = True) -> DataSet:
    """Read a corpus.

    Parameters
    ----------
    root : the checkout.
    split : False before the stage `sequence` has run: no piece has a part or a family.

    Raises
    ------
    FileNotFoundError : with the file that is missing and the stage that makes it.
    """
    written, divided = _folders(root, corpus)
    needed = [(written / "tokens.parquet", "tokenize"), (written / "vocabulary.json", "tokenize")]
    needed += [(divided / "split.csv", "sequence")] if split else []
    for path, stage in needed:
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing: the stage {stage} makes it (dvc repro {stage}@{corpus})")
    stored = pd.read_parquet(written / "tokens.parquet")
    parts, families = np.full(len(stored), "", dtype=object), np.full(len(stored), -1)
    if split:
        rows = pd.read_csv(divided / "split.csv", keep_default_na=False, dtype={"piece": str})
        if rows["piece"].tolist() != stored["piece"].tolist():
            raise ValueError(f"{divided / 'split.csv'} is of other pieces: run dvc repro sequence@{corpus}")
        parts, families = rows["part"].to_numpy(dtype=object), rows["family"].to_numpy()
    return DataSet(
        stored["piece"].tolist(),
        stored["ids"].tolist(),
        Vocabulary.load(written / "vocabulary.json"),
        parts,
        families,
        lambda: events.Stored(written),
    )


def save(root: Path, corpus: str, pieces: Sequence[Piece], ids: Iterable[np.ndarray], vocabulary: Vocabulary) -> None:
    """Write data/tokens/<corpus>: the pieces as events and as ids, and the vocabulary."""
    save_pieces(root, corpus, pieces)
    save_ids(root, corpus, [p.name for p in pieces], ids, vocabulary)


def save_pieces(root: Path, corpus: str, pieces: Iterable[Piece]) -> None:
    """Write the pieces of data/tokens/<corpus> as events, as they come."""
    events.save(pieces, _folders(root, corpus)[0])


def save_ids(root: Path, corpus: str, names: Sequence[str], ids: Iterable[np.ndarray], vocabulary: Vocabulary) -> None:
    """Write the same pieces as ids, as they come, `GROUP` of them as one row group; and the vocabulary."""
    folder, coming = _folders(root, corpus)[0], iter(ids)
    vocabulary.save(folder / "vocabulary.json")
    with ExitStack() as opened:
        writer = None
        for start in range(0, max(1, len(names)), GROUP):
            some = list(islice(coming, GROUP))
            part = pa.Table.from_pandas(pd.DataFrame({"piece": list(names[start : start + GROUP]), "ids": some}))
            if writer is None:  # what pandas notes of the index is that of all rows
                noted = json.loads(part.schema.metadata[b"pandas"])
                noted["index_columns"][0]["stop"] = len(names)
                schema = part.schema.with_metadata({b"pandas": json.dumps(noted).encode()})
                place = opened.enter_context(files.whole(folder / "tokens.parquet"))
                writer = opened.enter_context(pq.ParquetWriter(place, schema))
            writer.write_table(part.replace_schema_metadata(schema.metadata))


def save_split(root: Path, corpus: str, data: DataSet) -> pd.DataFrame:
    """Write data/sequences/<corpus>/split.csv and return it: piece, part, family and tokens, a row a piece."""
    path, rows = _folders(root, corpus)[1] / "split.csv", table(data)
    with files.whole(path) as part:
        rows.to_csv(part, index=False)
    return rows


def table(data: DataSet) -> pd.DataFrame:
    """The split as a table: piece, part, family and tokens, a row a piece."""
    columns = {"piece": data.names, "part": data.parts, "family": data.families, "tokens": data.lengths}
    return pd.DataFrame(columns)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """A row a part that has pieces: part, pieces, families, tokens and share of the tokens."""
    groups = rows.groupby("part", sort=False)
    by_part = groups.agg(pieces=("piece", "size"), families=("family", "nunique"), tokens=("tokens", "sum"))
    by_part = by_part.reindex([part for part in PARTS if part in by_part.index])
    return by_part.assign(share=by_part["tokens"] / by_part["tokens"].sum()).reset_index()
