/**
 * Filling: what may follow where a form leaves a stretch free, as `riyaz.tabla.filling` counts it.
 *
 * A sound is [bol, ticks], "" for a rest. Options are those after which a complete filling is left, so that no choice
 * leads to a dead end. Counts are exact: they are larger than a number holds.
 *
 * @typedef {[string, number]} Sound
 * @typedef {{ticks: number, phrases: Sound[][], joins: [string, string][], before: string, after: string, opening: number,
 *   grid: number, places: number[][], run: number, reference: Sound[], n_different: number, n_most: number,
 *   wanted: [string, string][], excluded: Sound[][], even: number, unlike: [number, Sound[]][], crosses: boolean, moved: number}} Rules the fields of `riyaz.tabla.filling.Free`
 * @typedef {{places: number[][], time: number, opened: boolean, bol: string, run: number, changed: number, met: boolean}} At
 */
import {distance} from './phrase.js';

const key = ([bol, ticks]) => `${bol} ${ticks}`;
const begins = (row, other) => row.length >= other.length && other.every((sound, i) => key(sound) === key(row[i]));

/** The sounds of a row that begin within a time. @param {Sound[]} row @returns {Sound[]} */
export function between(row, start, stop) {
  let at = 0;
  return row.filter(([, ticks]) => { const within = start <= at && at < stop; at += ticks; return within; });
}

/** Ticks of a row. @param {Sound[]} row */
export const length = row => row.reduce((sum, [, ticks]) => sum + ticks, 0);

/** Edit distance of two rows. @param {Sound[]} one @param {Sound[]} other */
export const away = (one, other) => distance(one.map(key), other.map(key));

/** A row parted into groups, the longest first where there are several ways; null where there is none. @param {Sound[]} row @param {Sound[][]} groups @returns {Sound[][]|null} */
export function inGroups(row, groups) {
  if (!row.length) return [];
  for (const group of [...groups].sort((a, b) => b.length - a.length)) {
    const rest = begins(row, group) ? inGroups(row.slice(group.length), groups) : null;
    if (rest) return [group, ...rest];
  }
  return null;
}

export class Free {
  /** @param {Rules} rules @param {Record<string, string>} khali of each bol */
  constructor(rules, khali) {
    this.rules = rules;
    this.khali = khali;
    this.joins = new Set(rules.joins.map(pair => pair.join(' ')));
    this.wanted = new Set(rules.wanted.map(pair => pair.join(' ')));
    /** The first and the last bol of each phrase. */
    this.firsts = rules.phrases.map(phrase => phrase.map(([bol]) => bol).find(Boolean) || '');
    this.lasts = rules.phrases.map(phrase => phrase.map(([bol]) => bol).reverse().find(Boolean) || '');
    this.expected = new Map();
    rules.reference.reduce((time, [bol, ticks]) => (this.expected.set(time, bol), time + ticks), 0);
    this.counted = new Map();
    this.walked = new Map();
  }

  /** The same with other rules. @param {Partial<Rules>} changed */
  with(changed) { return new Free({...this.rules, ...changed}, this.khali); }

  /** The same with more rows excluded; rows that no phrases make, however near to the reference, are ignored. @param {Sound[][]} rows */
  without(rows) {
    const excluded = [], anywhere = this.with({reference: [], n_different: 0, n_most: 0});
    for (const row of [...this.rules.excluded, ...rows].sort((a, b) => a.length - b.length)) {
      if (anywhere.at(row) && !excluded.some(other => begins(row, other))) excluded.push(row);
    }
    return this.with({excluded});
  }

  /** The sounds that may follow a row, each with the number of fillings that go on so. @param {Sound[]} row @returns {Map<string, {sound: Sound, ways: bigint}>} */
  options(row = []) {
    const at = this.at(row), {excluded} = this.rules, result = new Map();
    if (!at || excluded.some(other => begins(row, other))) return result;
    const go = [...this.go(at)].sort(([, a], [, b]) => (a.sound[0] < b.sound[0] ? -1 : a.sound[0] > b.sound[0] ? 1 : a.sound[1] - b.sound[1]));
    for (const [name, {sound, after}] of go) {
      const less = excluded.filter(other => begins(other, [...row, sound])).reduce((sum, other) => sum + this.ways(other), 0n);
      const ways = this.count(after) - less;
      if (ways) result.set(name, {sound, ways});
    }
    return result;
  }

  /** Whether a row, as far as it goes, differs from each of the rows that it is to be unlike and, if it is whole, is not moved too far and crosses the grid where it is to. @param {Sound[]} row */
  differs(row) {
    const {unlike, crosses, moved, reference, ticks, phrases, grid} = this.rules;
    const same = ([start, other]) => length(row) >= start + length(other) && between(row, start, start + length(other)).map(key).join() === other.map(key).join();
    if (unlike.some(same)) return false;
    if (length(row) < ticks) return true;
    if (moved && away(row, reference) > moved) return false;
    let at = 0;
    return !crosses || (inGroups(row, phrases) || []).some(group => { at += length(group); return at % grid !== 0; });
  }

  /** How many fillings are allowed. @returns {bigint} */
  whole() { return [...this.options().values()].reduce((sum, {ways}) => sum + ways, 0n); }

  /** How many fillings begin with a row, allowed or excluded. @param {Sound[]} row @returns {bigint} */
  ways(row) {
    const at = this.at(row);
    return at ? this.count(at) : 0n;
  }

  /** The state after a row, or null. @param {Sound[]} row @returns {At|null} */
  at(row) {
    const {opening, before} = this.rules;
    /** @type {At|null} */
    let at = {places: [[-1, 0]], time: 0, opened: !opening, bol: this.wanted.size ? before : '', run: 0, changed: 0, met: !this.wanted.size};
    for (const sound of row) at = at && (this.go(at).get(key(sound))?.after || null);
    return at;
  }

  meet(one, other) { return !one || !other || this.joins.has(`${one} ${other}`); }

  /** The sounds that may follow, and the positions in phrases after each. @returns {Map<string, {sound: Sound, places: number[][]}>} */
  walk(places, time) {
    const name = `${places.join(';')}|${time}`, {rules} = this;
    if (this.walked.has(name)) return this.walked.get(name);
    const result = new Map(), add = (sound, place) => {
      if (!result.has(key(sound))) result.set(key(sound), {sound, places: []});
      const found = result.get(key(sound)).places;
      if (!found.some(other => other[0] === place[0] && other[1] === place[1])) found.push(place);
    };
    for (const [number, done] of places) {
      if (number >= 0 && done < rules.phrases[number].length) {
        add(rules.phrases[number][done], [number, done + 1]);
        continue;
      }
      const last = number >= 0 ? this.lasts[number] : rules.before;
      rules.phrases.forEach((phrase, i) => {
        const may = !rules.places.length || !rules.places[i].length || rules.places[i].includes(time % rules.grid);
        if (may && this.meet(last, this.firsts[i])) add(phrase[0], [i, 1]);
      });
    }
    for (const one of result.values()) one.places.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    this.walked.set(name, result);
    return result;
  }

  /** @param {Sound} sound */
  opens([bol]) { return !!bol && this.khali[bol] !== bol; }

  /** @param {At} at @returns {Map<string, {sound: Sound, after: At}>} */
  go(at) {
    const {rules, wanted} = this, result = new Map(), remembers = rules.run || wanted.size;
    for (const [name, {sound, places}] of this.walk(at.places, at.time % rules.grid)) {
      const [bol, ticks] = sound, run = !rules.run || !bol ? 0 : bol === at.bol ? at.run + 1 : 1;
      if (run > rules.run) continue;
      let changed = at.changed + (bol && this.expected.get(at.time) !== bol ? 1 : 0);
      if (rules.n_most && changed > rules.n_most) continue;
      if (!rules.n_most) changed = Math.min(changed, rules.n_different);
      const last = !remembers ? '' : wanted.size ? bol || at.bol : bol;
      result.set(name, {sound, after: {
        places, time: at.time + ticks, opened: at.opened || (this.opens(sound) && at.time < rules.opening), bol: last, run, changed,
        met: at.met || wanted.has(`${at.bol} ${bol}`),
      }});
    }
    return result;
  }

  /** @param {At} at @returns {bigint} */
  count(at) {
    const {rules} = this;
    if (at.time >= rules.ticks || !(at.opened || at.time < rules.opening)) {
      const ends = at.places.some(([n, done]) => n >= 0 && done === rules.phrases[n].length && this.meet(this.lasts[n], rules.after));
      return at.time === rules.ticks && at.opened && at.met && at.changed >= rules.n_different && ends ? 1n : 0n;
    }
    const name = `${at.places.join(';')}|${at.time}|${at.opened}|${at.bol}|${at.run}|${at.changed}|${at.met}`;
    let ways = this.counted.get(name);
    if (ways === undefined) {
      ways = 0n;
      for (const {after} of this.go(at).values()) ways += this.count(after);
      this.counted.set(name, ways);
    }
    return ways;
  }
}
