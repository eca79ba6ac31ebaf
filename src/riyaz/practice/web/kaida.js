/**
 * Kaida: a performance of a theme - theme, dohra, paltas, tihai - as `riyaz.tabla.perform` plans and fills it. The rules
 * say what may follow; which of it follows, the network chooses by its own probabilities.
 *
 * @typedef {import('./filling.js').Sound} Sound
 * @typedef {{name: string, idea: string, free: Free|null, before: Sound[], after: Sound[], back: Sound[], returns: number,
 *   tihais: [number, number][]}} Segment as `riyaz.tabla.ideas.Segment`
 */
import {Free, length} from './filling.js';

/** The sounds of a row that begin before a time. @param {Sound[]} row */
export function until(row, ticks) {
  let at = 0;
  return row.filter(sound => { const before = at < ticks; at += sound[1]; return before; });
}

export class Kaida {
  /** @param {any} tables the page's `kaida` @param {number} ticks of a matra */
  constructor(tables, ticks) {
    this.tables = tables;
    this.ticks = ticks;
  }

  row(numbers) { return numbers.map(number => this.tables.sounds[number]); }

  /** The plan of one of the page's themes. @returns {Segment[]} */
  plan(theme) {
    return theme.segments.map(one => ({...one, before: this.row(one.before), after: this.row(one.after), back: this.row(one.back), free: one.free && this.free(one.free)}));
  }

  free(data) {
    const {pool} = this.tables;
    return new Free({...data, phrases: pool[data.phrases].map(row => this.row(row)), joins: pool[data.joins], wanted: pool[data.wanted],
      reference: this.row(data.reference), excluded: data.excluded.map(row => this.row(row))}, this.tables.khali);
  }

  /** A row as it is played in khali. @param {Sound[]} row @returns {Sound[]} */
  closed(row) { return row.map(([bol, ticks]) => [bol ? this.tables.khali[bol] : '', ticks]); }

  /** The bhari half of a segment, given what was chosen. @param {Segment} segment @param {Sound[]} chosen */
  half(segment, chosen, opened = false) { return [...segment.before, ...chosen, ...(opened ? segment.back : segment.after)]; }

  /** The whole segment. @param {Segment} segment @param {Sound[]} chosen @returns {Sound[]} */
  play(segment, chosen) {
    if (segment.tihais.length) {
      const [last, step] = segment.after[0], pause = (segment.tihais.find(([size]) => size === length(chosen)) || [0, 0])[1];
      const rest = Array.from({length: pause / step}, () => /** @type {Sound} */ (['', step])), phrase = [...chosen, ...segment.after];
      return [...phrase, ...rest, ...phrase, ...rest, ...chosen, [last, this.ticks]];
    }
    if (!segment.returns) return segment.after;
    const half = this.half(segment, chosen), closed = until(this.closed(half), segment.returns);
    return [...half, ...closed, ...this.half(segment, chosen, true).slice(closed.length)];
  }

  /** What is free, without what was played; first near the palta before, if it is as long. @returns {Free} */
  distinct(segment, earlier) {
    const start = segment.before.length, whole = length(this.half(segment, [])) + segment.free.rules.ticks, same = row => JSON.stringify(row);
    const {free} = segment, {ticks} = free.rules, halves = earlier.filter(({segment: {returns}}) => returns).map(one => this.half(one.segment, one.row));
    const taken = halves.filter(half => same(half.slice(0, start)) === same(segment.before) && length(half) === whole).map(half => until(half.slice(start), ticks));
    const before = halves[halves.length - 1] || [], last = length(before) === whole ? before : [];
    const begun = until(last, length(segment.before)), there = until(last.slice(begun.length), ticks);
    if (length(begun) === length(segment.before) && length(there) === ticks) {
      for (const most of this.tables.changed) {
        const near = free.with({reference: there, n_different: 1, n_most: Math.floor(most * there.filter(([bol]) => bol).length)}).without(taken);
        if (near.whole()) return near;
      }
    }
    return free.without(taken);
  }

  /** Whether a phrase ends here once too often in a row, the last time within the last n sounds. @param {Sound[]} heard */
  worn(heard, phrases, n) {
    const times = this.tables.worn + 1, same = ([bol, ticks], [other, long]) => bol === other && ticks === long;
    return phrases.some(phrase => {
      const from = heard.length - phrase.length * times;
      return phrase.length <= n && from >= 0 && heard.slice(from).every((sound, i) => same(sound, phrase[i % phrase.length]));
    });
  }

  /** What may follow a row without a worn phrase to come; all that is free where there is none. @returns {(row: Sound[]) => Sound[]} */
  allowed(free, played) {
    const known = new Map(), follow = row => [...free.options(row).values()].map(({sound}) => sound);
    const leads = row => {
      const name = JSON.stringify(row);
      if (!known.has(name)) {
        known.set(name, !this.worn([...played, ...row], free.rules.phrases, row.length)
          && (length(row) === free.rules.ticks || follow(row).some(sound => leads([...row, sound]))));
      }
      return known.get(name);
    };
    return row => {
      const sounds = follow(row), fit = sounds.length > 1 ? sounds.filter(sound => leads([...row, sound])) : [];
      return fit.length ? fit : sounds;
    };
  }

  /** The phrase of the tihai: the end of the last palta, from a phrase on; where none is as long, that of the theme. */
  phrase(segment, earlier) {
    const last = [...earlier].reverse().find(one => one.segment.returns);
    for (const half of [this.half(last.segment, last.row, true), segment.before]) {
      const sizes = this.boundaries(half).map(onset => length(half) - onset), fits = segment.tihais.find(([size]) => sizes.includes(size));
      if (fits) return half.slice(until(half, length(half) - fits[0]).length);
    }
    throw new Error('No tihai fits the end of this theme: take another.');
  }

  /** The phrases of a row, each with its onset; a rest belongs to the stroke before it. @returns {[number, Sound[]][]} */
  parted(row) {
    const struck = row.flatMap(([bol], i) => (bol ? [i] : [])), ends = [...struck.slice(1), row.length];
    /** @type {[number, Sound[]][]} */
    const result = [];
    for (let cut = 0; cut < struck.length;) {
      const known = this.tables.phrases.find(phrase => phrase.every((bol, i) => row[struck[cut + i]]?.[0] === bol)), n = known ? known.length : 1;
      const start = cut ? struck[cut] : 0;
      result.push([length(row.slice(0, start)), row.slice(start, ends[cut + n - 1])]);
      cut += n;
    }
    return result;
  }

  boundaries(row) { return this.parted(row).map(([onset]) => onset); }

  /**
   * Fill a plan.
   * @param {Segment[]} plan @param {(sound: Sound, more: any) => void} put what is played, and how it was chosen
   * @param {(allowed: Sound[]) => {number: number, p: number[]}} choose @param {(segment: Segment) => Promise<void>} before each segment
   */
  async perform(plan, put, choose, before) {
    const earlier = [], played = [];
    for (const segment of plan) {
      await before(segment);
      let row = [], said = 0;
      const say = (sounds, choices = []) => sounds.forEach((sound, i) => { played.push(sound); put(sound, {segment: said++ ? null : segment, choice: choices[i] || null}); });
      if (segment.tihais.length) row = this.phrase(segment, earlier);
      else if (segment.free) {
        const free = this.distinct(segment, earlier);
        say(segment.before);
        const allow = this.allowed(free, [...played]);
        while (length(row) < free.rules.ticks) {
          const allowed = allow(row), {number, p} = allowed.length > 1 ? choose(allowed) : {number: 0, p: [1]};
          say([allowed[number]], [allowed.length > 1 ? {allowed, number, p} : null]);
          row = [...row, allowed[number]];
        }
      }
      say(this.play(segment, row).slice(said));
      earlier.push({segment, row});
    }
  }
}
