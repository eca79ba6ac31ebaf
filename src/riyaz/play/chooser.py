"""The network chooses among the sounds that the rules of a form allow.

`riyaz.tabla.perform.fill` asks for one sound at a time. The network, with its memory of the piece, reads what was
played, token by token. The sound is drawn from the network's probabilities of the allowed sounds; what these lack to 1
is the probability that the rules took away.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

from riyaz.model import memory, recurrence
from riyaz.model.bundle import Bundle
from riyaz.music.events import beats
from riyaz.text.tokens import START

STEPS = 4096  # tokens of the longest performance that is remembered

Sound = tuple[str, int]  # bol, "" for a rest; ticks


@jax.jit
def _read(weights, fitted, state, past, token):
    """Read one token: the new state, the new memory, and the network's logits of what comes next, (1, n_tokens)."""
    state, logits = recurrence.step(weights, state, token)
    return state, past if fitted is None else memory.advance(fitted, past, token), logits


@jax.jit
def _look(fitted, past, logits, strength):
    """The logarithms of what comes next, with the memory: (n_tokens,)."""
    logs = jax.nn.log_softmax(logits)
    return (logs if fitted is None else memory.predict(fitted, past, logs, strength)[0])[0]


class Chooser:
    """A function from what was played and what is allowed to the next sound; its state has read all that was played.

    Parameters
    ----------
    head : tokens before the first sound, such as ``taal:teental`` and ``form:kaida``; unknown ones are left out.
    temperature : above 0; the probabilities of what is allowed are raised to 1 / temperature.
    strength : of the memory, as `memory` in `riyaz.play.sampling.Sampling`.

    Attributes
    ----------
    masked : for each choice, the probability that the rules took away.
    """

    def __init__(
        self,
        model: Bundle,
        seed: int | Sequence[int],
        head: Sequence[str] = (),
        temperature: float = 1.0,
        strength: float = 1.0,
    ):
        self.weights, self.vocabulary = jax.tree.map(jnp.asarray, model.weights), model.vocabulary
        self.temperature, self.rng = temperature, np.random.default_rng(seed)
        self.fitted = memory.prepare(model.memory) if model.memory and strength else None
        self.strength = jnp.full(1, strength, jnp.float32)
        self.masked: list[float] = []
        self.n_read, self.duration = 0, 0
        start = (recurrence.initial(self.weights, 1), memory.initial(1, STEPS), None)
        self.now = self._after(start, START)
        for token in self.vocabulary.ids([word for word in head if word in self.vocabulary]):
            self.now = self._after(self.now, int(token))

    def _after(self, now: tuple, token: int) -> tuple:
        return _read(self.weights, self.fitted, now[0], now[1], np.array([token], np.int32))

    def _logs(self, now: tuple) -> np.ndarray:
        return np.asarray(_look(self.fitted, now[1], now[2], self.strength))

    def _tokens(self, sound: Sound) -> list[int]:
        """The tokens of a sound after what was played; those that the vocabulary lacks are left out."""
        words = ["d:" + beats(sound[1])] if sound[1] != self.duration else []
        return [int(self.vocabulary.ids([word])[0]) for word in [*words, sound[0] or "rest"] if word in self.vocabulary]

    def _probability(self, allowed: Sequence[Sound]) -> np.ndarray:
        """The network's probability of each sound, that of its tokens in a row; 0 for what it cannot write."""
        ahead: dict[int, np.ndarray] = {}  # after a duration token: what comes next
        here, p = self._logs(self.now), np.zeros(len(allowed))
        for number, sound in enumerate(allowed):
            tokens = self._tokens(sound)
            if len(tokens) < 1 + (sound[1] != self.duration):
                continue
            log = float(here[tokens[0]])
            if len(tokens) == 2:
                if tokens[0] not in ahead:
                    ahead[tokens[0]] = self._logs(self._after(self.now, tokens[0]))
                log += float(ahead[tokens[0]][tokens[1]])
            p[number] = np.exp(log)
        return p

    def probabilities(self, played: Sequence[Sound], allowed: Sequence[Sound]) -> np.ndarray:
        """Read what was played since the last call; the network's probability of each sound, (n,), 1 at most in all."""
        for sound in played[self.n_read :]:
            for token in self._tokens(sound):
                self.now = self._after(self.now, token)
            self.duration = sound[1]
        self.n_read = len(played)
        return self._probability(allowed)

    def __call__(self, played: Sequence[Sound], allowed: Sequence[Sound]) -> Sound:
        """Draw one of what is allowed after what was played."""
        p = self.probabilities(played, allowed)
        self.masked.append(float(np.clip(1 - p.sum(), 0, 1)))
        return allowed[int(self.rng.choice(len(allowed), p=self.shares(p)))]

    def shares(self, p: np.ndarray) -> np.ndarray:
        """The distribution to draw from, (n,), from probabilities of what is allowed; even where all are 0."""
        warm = (p / p.max()) ** (1 / self.temperature) if p.max() > 0 else np.ones(len(p))
        return warm / warm.sum()
