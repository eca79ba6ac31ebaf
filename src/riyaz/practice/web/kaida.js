/**
 * Kaida: a performance of a theme - theme, dohra, paltas, tihai - as `riyaz.tabla.perform` plans and fills it. The rules
 * say what may follow; which of it follows, the network chooses by its own probabilities.
 *
 * @typedef {import('./filling.js').Sound} Sound
 * @typedef {{name: string, idea: string, free: Free|null, before: Sound[], after: Sound[], back: Sound[], returns: number,
 *   tihai: [number, number, number]|null, tihais: [number, number, number][][]}} Segment as `riyaz.tabla.ideas.Segment`
 */
import {away, between, Free, length} from './filling.js';

/** The sounds of a row that begin before a time. @param {Sound[]} row */
export function until(row, ticks) {
  let at = 0;
  return row.filter(sound => { const before = at < ticks; at += sound[1]; return before; });
}

const alike = ([bol, ticks], [other, long]) => bol === other && ticks === long;

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
      reference: this.row(data.reference), excluded: data.excluded.map(row => this.row(row)), unlike: data.unlike.map(([start, row]) => [start, this.row(row)])}, this.tables.khali);
  }

  /** A row as it is played in khali. @param {Sound[]} row @returns {Sound[]} */
  closed(row) { return row.map(([bol, ticks]) => [bol ? this.tables.khali[bol] : '', ticks]); }

  /** The bhari half of a segment, given what was chosen. @param {Segment} segment @param {Sound[]} chosen */
  half(segment, chosen, opened = false) { return [...segment.before, ...chosen, ...(opened ? segment.back : segment.after)]; }

  /** The whole segment. @param {Segment} segment @param {Sound[]} chosen @returns {Sound[]} */
  play(segment, chosen) {
    if (segment.tihai) {
      const [last, step] = segment.after[0], [lead, size, pause] = segment.tihai, phrase = between(chosen, lead, lead + size);
      const rest = Array.from({length: pause / step}, () => /** @type {Sound} */ (['', step]));
      return [...chosen, ...segment.after, ...rest, ...phrase, ...segment.after, ...rest, ...phrase, [last, this.ticks]];
    }
    if (!segment.returns) return segment.after;
    const half = this.half(segment, chosen), closed = until(this.closed(half), segment.returns);
    return [...half, ...closed, ...this.half(segment, chosen, true).slice(closed.length)];
  }

  /** What is free, without what was played; first near the palta before, if it is as long, else near a fixed one that follows. @returns {Free[]} */
  distinct(segment, earlier, following, end) {
    const start = segment.before.length, whole = length(this.half(segment, [])) + segment.free.rules.ticks, text = row => JSON.stringify(row);
    const {free} = segment, {ticks} = free.rules, halves = earlier.filter(({segment: {returns}}) => returns).map(one => this.half(one.segment, one.row));
    const taken = halves.filter(half => text(half.slice(0, start)) === text(segment.before) && length(half) === whole).map(half => until(half.slice(start), ticks));
    /** @type {Free[]} */
    const frees = [];
    const fixed = following && following.returns && !following.free ? [this.half(following, [])] : [];
    const last = [...halves.slice(-1), ...fixed].find(half => length(half) === whole) || [];
    const begun = until(last, length(segment.before)), there = until(last.slice(begun.length), ticks);
    if (length(begun) === length(segment.before) && length(there) === ticks) {
      const around = away(begun, segment.before) + away(last.slice(begun.length + there.length), segment.after);
      const left = Math.floor(this.tables.step * until(last, whole - end).length) - around, strokes = there.filter(([bol]) => bol).length;
      for (const most of [...this.tables.changed, 1]) {
        const n = Math.min(Math.floor(most * strokes), left), least = Math.min(Math.ceil(this.tables.different * strokes), n), near = n > 0 && free.with({reference: there, n_different: least, n_most: most < 1 ? n : 0, moved: left}).without(taken);
        if (near && near.whole()) frees.push(near);
      }
    }
    const all = free.without(taken);
    return all.whole() ? [...frees, all] : frees;
  }

  /** Whether khali closes this stroke. @param {Sound} sound */
  opens([bol]) { return !!bol && this.tables.khali[bol] !== bol; }

  /** Whether a phrase ends here once too often in a row, the last time within the last n sounds, the first before the last `past`. @param {Sound[]} heard */
  worn(heard, phrases, n, past = 0) {
    return phrases.some(phrase => {
      const struck = phrase.filter(([bol]) => bol), [once, twice, other] = this.tables.worn;
      const most = struck.length === 2 && this.tables.bayan.includes(struck[1][0]) ? once : struck.length > 1 && struck.some(sound => this.opens(sound)) ? twice : other;
      const size = phrase.length * (most + 1), from = heard.length - size;
      return phrase.length <= n && size > past && from >= 0 && heard.slice(from).every((sound, i) => alike(sound, phrase[i % phrase.length]));
    });
  }

  /** The first bol of a phrase and its ticks, by which phrases are alike; '' for a single stroke. @param {Sound[]} phrase */
  kind(phrase) {
    const struck = phrase.filter(([bol]) => bol);
    return struck.length > 1 ? `${struck[0][0]} ${length(phrase)}` : '';
  }

  /** The longest row of phrases alike. @param {Sound[]} row */
  alike(row) {
    let longest = 0, n = 0, last = '';
    for (const [, phrase] of this.units(row)) {
      const kind = this.kind(phrase);
      n = kind && kind === last ? n + 1 : Number(kind !== '');
      longest = Math.max(longest, n);
      last = kind;
    }
    return longest;
  }

  /** The phrases within some phrases or groups, those together that are alike. @param {Sound[][]} phrases @returns {Sound[][][]} */
  kinds(phrases) {
    const parts = new Map();
    for (const [, part] of phrases.flatMap(phrase => this.units(phrase))) {
      const kind = this.kind(part);
      if (kind) parts.set(kind, [...parts.get(kind) || [], part]);
    }
    return [...parts.values()];
  }

  /** Whether more than `most` phrases of a kind in a row end here. @param {Sound[]} heard @param {Sound[][][]} kinds */
  level(heard, kinds, most) {
    const ends = (stop, same, n) => n === 0 || same.some(one => stop >= one.length && one.every((sound, i) => alike(sound, heard[stop - one.length + i])) && ends(stop - one.length, same, n - 1));
    return kinds.some(same => ends(heard.length, same, most + 1));
  }

  /** Whether a filling, if it is whole, has other phrases than what is beside it, and leaves room for what follows. @param {Segment} segment @param {Segment|undefined} following @param {Sound[]} row */
  others(segment, earlier, following, end, row) {
    const half = this.half(segment, row), whole = length(half), phrases = part => this.units(part).map(([, phrase]) => JSON.stringify(phrase)).sort().join();
    if (segment.free && length(row) < segment.free.rules.ticks) return true;
    const before = earlier.filter(one => one.segment.returns).slice(-1).map(one => this.half(one.segment, one.row)), fixed = following && following.returns && !following.free ? [this.half(following, [])] : [];
    if ([...before, ...fixed].some(other => phrases(half) === phrases(other))) return false;
    if (following && following.tihai) return following.tihais[0].some(([lead, size]) => this.begun(this.half(segment, row, true), lead, size).length);
    if (!following || !following.returns || whole !== length(this.half(following, [])) + (following.free ? following.free.rules.ticks : 0)) return true;
    const begun = until(half, length(following.before)), beside = half.slice(until(half, whole - length(following.after)).length);
    const around = away(begun, following.before) + away(beside, following.after);
    return around < Math.floor(this.tables.step * until(half, whole - end).length);
  }

  /** What may follow a row without a worn phrase or too many alike to come, before what comes after; all that is free where none is seen. @returns {{fits: boolean, allow: (row: Sound[]) => Sound[]}} */
  allowed(free, played, after, fits = _ => true) {
    const known = new Map(), same = free.rules.even ? this.kinds(free.rules.phrases) : [], level = heard => this.level(heard, same, free.rules.even), follow = row => [...free.options(row).values()].map(({sound}) => sound);
    let looked = 0;
    const goes = row => {
      const heard = [...played, ...row], {phrases, ticks} = free.rules;
      looked += 1;
      if (looked > this.tables.looked || this.worn(heard, phrases, row.length) || level(heard) || !fits(row) || !free.differs(row)) return false;
      if (length(row) < ticks) return follow(row).some(sound => leads([...row, sound]));
      return !after.some((_, i) => this.worn([...heard, ...after.slice(0, i + 1)], phrases, i + 1, i + 1) || level([...heard, ...after.slice(0, i + 1)]));
    };
    const leads = row => {
      const name = JSON.stringify(row);
      if (!known.has(name)) known.set(name, goes(row));
      return known.get(name);
    };
    const allow = row => {
      const sounds = follow(row), fit = sounds.length > 1 ? sounds.filter(sound => leads([...row, sound])) : [];
      return fit.length ? fit : sounds;
    };
    return {fits: leads([]), allow};
  }

  /** What a tihai has up to the first time of its last stroke: the beginning of a half, then its end; empty where they part a phrase, do not meet as in the half or wear a phrase where they meet. @param {Sound[]} half @returns {Sound[]} */
  begun(half, lead, size) {
    if (!this.beginnings(half).includes(length(half) - size)) return [];
    const phrase = half.slice(until(half, length(half) - size).length), head = until(half, lead), names = row => row.filter(([bol]) => bol).map(([bol]) => bol);
    const twice = names([...half, ...half]), end = names(head).pop(), [first] = names(phrase);
    const meets = !end || twice.some((bol, i) => bol === end && twice[i + 1] === first);
    if (!meets || (lead && !this.units(half).some(([onset]) => onset === lead))) return [];
    const units = this.units(half).map(([, unit]) => unit), fresh = row => row.every((_, i) => !this.worn(row.slice(0, i + 1), units, i + 1));
    return fresh(head) && fresh(phrase) && !fresh([...head, ...phrase]) ? [] : [...head, ...phrase];
  }

  /** The first tihai of a plan that the last palta has, else the theme. @param {Segment} segment @returns {{idea: string, row: Sound[], tihai: [number, number, number]}} */
  settled(segment, earlier) {
    const last = [...earlier].reverse().find(one => one.segment.returns), half = this.half(last.segment, last.row, true);
    for (const kind of segment.tihais) {
      for (const [from, idea] of [[half, segment.idea], [segment.before, this.tables.of_theme]]) {
        const tihai = kind.find(([lead, size]) => this.begun(from, lead, size).length);
        if (tihai) return {idea, row: this.begun(from, tihai[0], tihai[1]), tihai};
      }
    }
    throw new Error('No tihai of this plan is one of its theme.');
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

  /** The phrases of a row; a single stroke that khali does not close belongs to what it follows. @returns {[number, Sound[]][]} */
  units(row) {
    /** @type {[number, Sound[]][]} */
    const units = [];
    for (const [onset, phrase] of this.parted(row)) {
      const struck = phrase.filter(([bol]) => bol), last = units[units.length - 1];
      if (last && struck.length === 1 && !this.opens(struck[0])) last[1] = [...last[1], ...phrase];
      else units.push([onset, phrase]);
    }
    return units;
  }

  /** How many sounds at the end of a row are its cadence. @param {Sound[]} row */
  cadence(row) {
    const struck = row.flatMap(([bol], i) => (bol ? [i] : [])), names = struck.map(i => row[i][0]);
    const known = this.tables.phrases.filter(phrase => JSON.stringify(names.slice(-phrase.length)) === JSON.stringify(phrase)).map(phrase => phrase.length);
    const n = Math.min(known.length ? Math.max(...known) : 2, names.length);
    return n ? row.length - struck[struck.length - n] : 0;
  }

  /** Where a tihai may begin in a row: where a phrase does, but not with the row's cadence, and as a palta does where it can. @returns {number[]} */
  beginnings(row) {
    const end = row.slice(row.length - this.cadence(row)), from = onset => until(row, onset).length;
    const all = this.units(row).map(([onset]) => onset).filter(onset => !end.every((sound, i) => row[from(onset) + i] && alike(sound, row[from(onset) + i])));
    const good = all.filter(onset => this.tables.begins.includes(row[from(onset)][0]));
    return good.length ? good : all;
  }

  /** The free part of a segment: the first that fits, at first without the phrases of what is beside it, with phrases alike only where none does without, else all that is free. */
  open(segment, earlier, following, end, played) {
    const heard = [...played, ...segment.before], frees = this.distinct(segment, earlier, following, end);
    for (const free of frees) {
      const one = this.allowed(free, heard, segment.after, row => this.others(segment, earlier, following, end, row));
      if (one.fits) return one;
    }
    for (const free of [...frees, ...frees.map(one => one.with({even: 0}))]) {
      const one = this.allowed(free, heard, segment.after);
      if (one.fits) return one;
    }
    return this.allowed(frees[0], heard, segment.after);
  }

  /**
   * Fill a plan.
   * @param {Segment[]} plan @param {(sound: Sound, more: any) => void} put what is played, and how it was chosen
   * @param {(allowed: Sound[]) => {number: number, p: number[]}} choose @param {(segment: Segment) => Promise<void>} before each segment
   */
  async perform(plan, put, choose, before) {
    const earlier = [], played = [], end = Math.min(...plan.filter(({returns}) => returns).map(({back}) => length(back)));
    for (const [number, planned] of plan.entries()) {
      const tihai = planned.tihai ? this.settled(planned, earlier) : null, free = planned.free ? this.open(planned, earlier, plan[number + 1], end, played) : null;
      const segment = {...planned, ...tihai ? {idea: tihai.idea, tihai: tihai.tihai} : {}, ...free && !free.fits && (planned.free?.rules.unlike.length || planned.free?.rules.crosses) ? {idea: this.tables.part} : {}};
      await before(segment);
      let row = tihai ? tihai.row : [], said = 0;
      const say = (sounds, choices = []) => sounds.forEach((sound, i) => { played.push(sound); put(sound, {segment: said++ ? null : segment, choice: choices[i] || null}); });
      if (free) {
        say(segment.before);
        while (length(row) < segment.free.rules.ticks) {
          const allowed = free.allow(row), {number, p} = allowed.length > 1 ? choose(allowed) : {number: 0, p: [1]};
          say([allowed[number]], [allowed.length > 1 ? {allowed, number, p} : null]);
          row = [...row, allowed[number]];
        }
      }
      say(this.play(segment, row).slice(said));
      earlier.push({segment, row});
    }
  }
}
