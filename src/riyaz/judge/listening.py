"""A blind listening test: made by one command, answered in a browser without a network, read by a notebook.

`write` makes a folder: ``test.html`` for the listeners, with all sound in it and nothing that tells whose a clip is;
``key.json``, which stays with the experimenter; ``protocol.txt``; and ``answers/``, for the files that listeners give
back. Clips are taken in order, have one length, tempo, instrument and loudness; each listener hears them in an order of
their own. Listeners are the sample: intervals and tests are over listeners, and, as a check, over clips.

References
----------
Wilcoxon 1945, doi:10.2307/3001968; rank-biserial correlation: Kerby 2014, doi:10.2466/11.IT.3.1; Holm 1979,
doi:10.2307/4615733; listeners and clips both as samples: Clark 1973, doi:10.1016/S0022-5371(73)80014-3.
"""

import base64
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from itertools import combinations, zip_longest
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from riyaz.judge.interval import ratio
from riyaz.music.events import TICKS, Piece, table, velocities
from riyaz.play import sound
from riyaz.text import example

FORMAT = "riyaz-listening-1"
TAIL = 1.5  # seconds that the last sound may ring
MAX_BYTES = 2**20  # of a file of answers
GUESSES = ("human", "machine")
HEARD = 0.5  # share of a clip that must have sounded for its answer to count
TRAINED = 3  # expertise from here on counts as trained
EXPERTISE = {
    "question": "How much do you know of this kind of music?",
    "options": [
        "I rarely hear it",
        "I like to listen to it",
        "I have studied it for a while",
        "I play it well",
        "It is my profession",
    ],
}
SCALES: tuple[dict[str, Any], ...] = (
    {"name": "quality", "question": "How good is it as music?", "ends": ["very poor", "very good"]},
    {"name": "coherence", "question": "Does it hang together?", "ends": ["not at all", "entirely"]},
    {"name": "style", "question": "How well does it fit the style of {style}?", "ends": ["not at all", "entirely"]},
)
MEASURES = (*(scale["name"] for scale in SCALES), "judged_human")
ANSWERS = ("listener", "expertise", "trained", "clip", "group", "piece", "position", *MEASURES)
FILES = ("file", "status", "reason", "clips", "known", "unheard")

PROTOCOL = """Listening test {test}

{n} clips of {seconds:g} seconds: {groups}. Taken in order, not chosen; shuffled with seed {seed}.

1. Give test.html to each listener: it opens in any browser, also on a phone, and needs no network.
   Keep key.json: it says whose each clip is. Whoever knows it must not listen or explain.
2. Each listener works alone, with headphones, without talk about the clips, and gives back one file of answers.
3. Put the files into answers/ and run the notebook listening. It reads complete and incomplete files, and leaves out
   clips that a listener knew, or heard for less than half of their length.
4. Decide before the first answer how many listeners you want, and stop there. With fewer than nine no
   difference can be found: a Wilcoxon test corrected for twelve comparisons cannot reach 5 %. `python -m riyaz pilot`
   simulates listeners and says how many a difference needs.
"""


# --- making a test ----------------------------------------------------------------------------------------


def cut(piece: Piece, start: int, beats: int) -> Piece:
    """The events of `beats` beats from beat `start` on; what goes on over either border is cut there and struck."""
    first, last = start * TICKS, (start + beats) * TICKS
    onset, stop = piece.events["onset"], piece.events["onset"] + piece.events["duration"]
    inside = piece.events[(stop > first) & (onset < last)]
    begin, end = onset[inside.index].clip(lower=first) - first, stop[inside.index].clip(upper=last) - first
    held = inside["held"].tolist()
    held[:1] = [[False] * len(h) for h in held[:1]]
    clip = table(begin, end - begin, inside["symbols"].tolist(), held, velocities(inside))
    return Piece(piece.name, clip, piece.about)


def excerpts(pieces: Sequence[Piece], beats: int, n: int) -> list[tuple[int, Piece]]:
    """The first n excerpts in order, each with the beat that it starts at.

    First the beginning of each piece, then each piece's next excerpt, and so on, until there are n. Excerpts begin with
    an avartan or bar (of the metre, or 4 beats); one that is not full or in which nothing sounds is passed over.
    """
    rounds = []
    for piece in pieces:
        whole = cycle(piece.about)
        step = ceil(beats / whole) * whole
        starts = range(0, int(piece.beats) - beats + 1, step)
        rounds.append([(at, cut(piece, at, beats)) for at in starts])
    in_order = [one for many in zip_longest(*rounds) for one in many if one and one[1].events["symbols"].map(len).any()]
    return in_order[:n]


def cycle(about: Mapping[str, Any]) -> int:
    """Beats after which a bar or avartan begins again, as a whole number."""
    beats = example.cycle(about)
    return int(beats * beats.denominator)


def write(
    folder: Path, groups: Mapping[str, Sequence[Piece]], n: int, seconds: float, tempo: int, seed: int, style: str
) -> dict[str, Any]:
    """Write a listening test.

    Parameters
    ----------
    groups : name (``human``, ``network``, ``n-gram``) to pieces, in the order in which they are taken.
    n : excerpts of each group. seconds : length of an excerpt, rounded to whole beats. tempo : of all, beats per
        minute. seed : of the shuffling. style : in "How well does it fit the style of ...?".

    Returns
    -------
    The key, as written: `test` (id: the SHA-256 of all sound), `seed`, `tempo`, `beats`, `groups`, `clips` (a list of
    `clip`, `group`, `piece`, `start`).

    Raises
    ------
    ValueError : where a group has fewer than n excerpts, or the folder holds another test with answers.
    """
    beats = max(1, round(seconds * tempo / 60))
    chosen = []
    for group, pieces in groups.items():
        result = excerpts(pieces, beats, n)
        if len(result) < n:
            raise ValueError(
                f"group {group} has {len(result)} excerpts of {beats} beats, not {n}: ask for fewer or shorter clips, "
                f"or give more pieces"
            )
        chosen += [{"group": group, "piece": piece.name, "start": start, "made": piece} for start, piece in result]
    order = np.random.default_rng(seed).permutation(len(chosen))
    clips = [{"clip": f"{k + 1:02d}", **chosen[at]} for k, at in enumerate(order)]
    length = beats * 60 / tempo
    sounds = [mp3(clip.pop("made"), tempo, length) for clip in clips]
    test = named(sounds)
    key = {
        "format": FORMAT,
        "test": test,
        "seed": seed,
        "tempo": tempo,
        "beats": beats,
        "groups": list(groups),
        "clips": clips,
    }
    page = {
        "format": FORMAT,
        "test": test,
        "title": f"Listening test: {style}",
        "seconds": round(length + TAIL),
        "expertise": EXPERTISE,
        "scales": [{**scale, "question": scale["question"].format(style=style)} for scale in SCALES],
        "clips": [
            {"clip": c["clip"], "sound": base64.b64encode(s).decode()} for c, s in zip(clips, sounds, strict=True)
        ],
    }
    (folder / "answers").mkdir(parents=True, exist_ok=True)
    old = folder / "key.json"
    if (
        any((folder / "answers").iterdir())
        and old.is_file()
        and json.loads(old.read_text(encoding="utf-8"))["test"] != test
    ):
        raise ValueError(f"{folder} holds answers to another test: write this one to another folder, or move those")
    old.write_text(json.dumps(key, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "test.html").write_text(_page(page), encoding="utf-8")
    text = PROTOCOL.format(
        test=test, n=len(clips), seconds=length, seed=seed, groups=", ".join(f"{n} {g}" for g in groups)
    )
    (folder / "protocol.txt").write_text(text, encoding="utf-8")
    return key


def named(sounds: Sequence[bytes]) -> str:
    """The name of a test: the beginning of the SHA-256 of all its sound."""
    return hashlib.sha256(b"".join(sounds)).hexdigest()[:16]


def mp3(piece: Piece, tempo: float, seconds: float, rate: int = sound.SAMPLE_RATE, mono: bool = False) -> bytes:
    """An excerpt as MP3: everything but the notes is the same for all, loudness too."""
    about = {"kind": piece.about.get("kind", "notes"), "taal": piece.about.get("taal"), "tempo": tempo}
    samples, rate = sound.play(piece.events, about, sample_rate=rate)
    length = round((seconds + TAIL) * rate)
    samples = np.pad(samples[:length], ((0, max(0, length - len(samples))), (0, 0)))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "clip.mp3"
        sound.write_mp3(path, samples, rate, mono)
        return path.read_bytes()


def _page(page: dict[str, Any]) -> str:
    """The template with the test in it."""
    template = Path(__file__).with_name("listening.html").read_text(encoding="utf-8")
    data = json.dumps(page, ensure_ascii=False).replace("<", "\\u003c")
    return template.replace('id="test">{}<', f'id="test">{data}<')


# --- reading the answers ----------------------------------------------------------------------------------


def read(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a test's key and all files of answers; a file that cannot be used is named with the reason.

    Returns
    -------
    answers : one row a listener and clip: `listener`, `expertise` (1 to 5), `trained` (from 3 on), `clip`, `group`,
        `piece`, `position` (1: heard first), the scales (1 to 5; NaN: not asked), `judged_human` (1.0 or 0.0).
        Clips that the listener knew, or heard for less than `HEARD` of their length, are left out. No listeners: no
        rows.
    files : `file`, `status` (``read`` or ``skipped``), `reason`, `clips`, `known` and `unheard` (left out).

    Raises
    ------
    FileNotFoundError : if there is no key.json.
    """
    if not (folder / "key.json").is_file():
        raise FileNotFoundError(f"{folder / 'key.json'} is missing: make the test with `python -m riyaz listen CORPUS`")
    key = json.loads((folder / "key.json").read_text(encoding="utf-8"))
    clips = {clip["clip"]: clip for clip in key["clips"]}
    rows: list[dict[str, Any]] = []
    files, seen = [], set()
    for path in sorted((folder / "answers").glob("*.json")):
        try:
            given = _given(path, key["test"], clips)
            if given["listener"] in seen:
                raise ValueError(f"listener {given['listener']} has answered in a file before: keep one of them")
        except ValueError as error:
            files.append((path.name, "skipped", str(error), 0, 0, 0))
            continue
        seen.add(given["listener"])
        new = [answer for answer in given["answers"] if not answer["known"]]
        valid = [answer for answer in new if answer["seconds"] >= HEARD * key["beats"] * 60 / key["tempo"]]
        files.append((path.name, "read", "", len(valid), len(given["answers"]) - len(new), len(new) - len(valid)))
        rows += [_row(given, answer, clips[str(answer["clip"])]) for answer in valid]
    return pd.DataFrame(rows, columns=list(ANSWERS)), pd.DataFrame(files, columns=list(FILES))


def nobody() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What `read` returns where nobody has listened: two tables without rows."""
    return pd.DataFrame(columns=list(ANSWERS)), pd.DataFrame(columns=list(FILES))


def _given(path: Path, test: str, clips: Mapping[str, Any]) -> dict[str, Any]:
    """One file of answers, checked; ValueError says what is wrong with it and where."""
    if path.stat().st_size > MAX_BYTES:
        raise ValueError("larger than 1 MB: this is no file of answers")
    try:
        given = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise ValueError("no JSON in UTF-8: save the answers again, as the page wrote them") from None
    if not isinstance(given, dict) or given.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}: this is no file of answers")
    if given.get("test") != test:
        raise ValueError(f"answers to test {given.get('test')!r}, the key is of {test!r}: put it beside its own key")
    if not isinstance(given.get("listener"), str) or given.get("expertise") not in range(1, 6):
        raise ValueError("listener or expertise is missing: the listener must begin the test")
    if not isinstance(given.get("answers"), list) or not given["answers"]:
        raise ValueError("no answers: the listener has rated no clip")
    names = set()
    for at, answer in enumerate(given["answers"], start=1):
        if not isinstance(answer, dict):
            raise ValueError(f"answer {at}: it has no clip, no ratings and no guess")
        scales = [answer[s["name"]] for s in SCALES if s["name"] in answer]  # the report asks for the guess alone
        if not all(type(value) is int and 1 <= value <= 5 for value in scales):
            raise ValueError(f"answer {at}: a rating is a whole number from 1 to 5")
        clip = str(answer.get("clip"))
        if clip not in clips or clip in names:
            raise ValueError(f"answer {at}: clip {clip} is not in the test, or answered twice")
        if answer.get("guess") not in GUESSES or not isinstance(answer.get("known"), bool):
            raise ValueError(f"answer {at}: guess is one of {', '.join(GUESSES)}, known is true or false")
        if type(answer.get("seconds")) not in (int, float):
            raise ValueError(f"answer {at}: seconds is the time that the clip was heard")
        names.add(clip)
    return given


def _row(given: dict[str, Any], answer: dict[str, Any], clip: dict[str, Any]) -> dict[str, Any]:
    order = given["answers"].index(answer) + 1
    about = {"listener": given["listener"], "expertise": given["expertise"], "trained": given["expertise"] >= TRAINED}
    rated = {scale["name"]: answer.get(scale["name"], np.nan) for scale in SCALES}
    whose = {"clip": clip["clip"], "group": clip["group"], "piece": clip["piece"], "position": order}
    return {**about, **whose, **rated, "judged_human": float(answer["guess"] == "human")}


# --- what the answers say ---------------------------------------------------------------------------------


def by_listener(answers: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Mean of a measure for each listener (rows) and group (columns); listeners who miss a group are left out."""
    if answers.empty:
        return pd.DataFrame()
    return answers.pivot_table(index="listener", columns="group", values=measure, aggfunc="mean").dropna()


def summary(answers: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Mean of each measure in each group, with a 95 % interval over listeners (`riyaz.judge.interval`).

    Returns
    -------
    One row a measure and group: `measure`, `group`, `mean` (of the listeners' means: 1 to 5, or the share of
    clips judged human), `low`, `high` (NaN for fewer than five listeners), `listeners`. No listeners, no rows.
    """
    rows = []
    for measure in MEASURES:
        means = by_listener(answers, measure)
        for group in means.columns if len(means) else ():
            result = ratio(means[group], np.ones(len(means)), means.index, seed)
            rows.append((measure, group, means[group].mean(), result.low, result.high, len(means)))
    return pd.DataFrame(rows, columns=["measure", "group", "mean", "low", "high", "listeners"])


def contrasts(answers: pd.DataFrame) -> pd.DataFrame:
    """Hold each pair of groups against each other.

    Returns
    -------
    One row a measure and pair: `measure`, `first`, `second`, `difference` (mean over listeners of first minus second),
    `listeners`, `p` (Wilcoxon's signed-rank test of the listeners' means, two-sided), `p_holm` (the larger of `p` and
    `p_clips`, corrected by Holm over all rows: a difference has to hold over listeners and over clips), `effect`
    (matched-pairs rank-biserial correlation: (W+ - W-) / (W+ + W-), from -1 to 1), `p_clips` (Mann-Whitney test of the
    clips' means: does it hold for other clips too). NaN where nothing differs; no rows without listeners.
    """
    rows = []
    for measure in MEASURES:
        means = by_listener(answers, measure)
        clips = answers.groupby(["group", "clip"])[measure].mean()
        for first, second in combinations(means.columns if len(means) else (), 2):
            apart = np.round((means[first] - means[second]).to_numpy(), 12)  # equal means may differ by rounding
            p, effect = signed_rank(apart)
            p_clips = float(stats.mannwhitneyu(clips[first], clips[second]).pvalue)
            rows.append(
                (measure, first, second, apart.mean() if apart.size else np.nan, len(means), p, effect, p_clips)
            )
    result = pd.DataFrame(
        rows, columns=["measure", "first", "second", "difference", "listeners", "p", "effect", "p_clips"]
    )
    result.insert(6, "p_holm", holm(result[["p", "p_clips"]].to_numpy(np.float64).max(axis=1)))
    return result


def signed_rank(apart: np.ndarray) -> tuple[float, float]:
    """Wilcoxon's signed-rank test, two-sided and exact with ties: differences of 0 are left out.

    Twice the smaller tail of W+, the rank sum of the positive differences, over all 2^n ways to give the ranks signs.
    (As `scipy.stats.wilcoxon`, which goes through all ways one by one where there are ties.)

    Returns
    -------
    p and the matched-pairs rank-biserial correlation (W+ - W-) / (W+ + W-); NaN where nothing differs.
    """
    moved = apart[apart != 0]
    if not moved.size:
        return float("nan"), float("nan")
    ranks = np.rint(2 * stats.rankdata(np.abs(moved))).astype(np.int64)  # twice the rank is whole for ties too
    ways = np.zeros(ranks.sum() + 1)  # share of the ways that give each W+
    ways[0] = 1
    for rank in ranks:
        ways = ways / 2 + np.r_[np.zeros(rank), ways[:-rank]] / 2
    above = int(ranks[moved > 0].sum())
    p = min(1.0, 2 * min(ways[: above + 1].sum(), ways[above:].sum()))
    return float(p), float((2 * above - ranks.sum()) / ranks.sum())


def holm(p: np.ndarray) -> np.ndarray:
    """Holm's correction: the k-th smallest of m p-values times m - k + 1, never less than the one before; NaN stays."""
    adjusted = np.full(len(p), np.nan)
    order = [at for at in np.argsort(p, kind="stable") if not np.isnan(p[at])]
    highest = 0.0
    for k, at in enumerate(order):
        highest = max(highest, min(1.0, p[at] * (len(order) - k)))
        adjusted[at] = highest
    return adjusted
