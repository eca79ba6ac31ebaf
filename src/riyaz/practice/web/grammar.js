/**
 * Grammar: which token may follow, as `riyaz.text.grammar` says it, for one piece.
 *
 * @typedef {{words: string[], class: number[], pitch: number[], ticks: number[], follows: boolean[][], one: boolean[],
 *   cycle: number[], beat: number}} Rules the arrays of `riyaz.text.grammar.rules`, and the ticks of a beat
 * @typedef {{cycle: number, left: number[], fills: boolean[]}} Cycle
 */

export const PAD = 0, START = 1, END = 2;
const AFTER = {start: 0, taal: 1, form: 2, duration: 3, note: 4, other: 5, first: 6, any: 7};
const CLASS = {taal: 0, form: 1, duration: 2, rest: 3, bol: 4, note: 5, held: 6, more: 7, moreHeld: 8, end: 9, velocity: 11};

export class Grammar {
  /** @param {Rules} rules */
  constructor(rules) {
    this.rules = rules;
    /** @type {Cycle|null} */
    this.taal = null;
    this.after = AFTER.start;
    this.duration = 0;
    this.last = -1;
    /** @type {number[]} */
    this.now = [];
    /** @type {number[]} */
    this.before = [];
    this.place = 0; // where the next event starts, in ticks
  }

  /** Keep a taal from here on. @param {number[]} vibhags matras of each */
  keep(vibhags) {
    const {beat, ticks} = this.rules, lengths = [...new Set(ticks)].filter(n => n > 0), fills = Array(beat + 1).fill(false);
    fills[beat] = true;
    for (let place = beat - 1; place >= 0; place--) {
      fills[place] = lengths.some(n => n <= beat - place && place % n === 0 && fills[place + n]);
    }
    const left = vibhags.flatMap(n => Array.from({length: n}, (_, i) => (n - i) * beat));
    this.taal = {cycle: left.length * beat, left, fills};
  }

  /** Whether an event of this length may stand at the present place of the taal. */
  fits(length) {
    const {beat} = this.rules, {cycle, left, fills} = /** @type {Cycle} */ (this.taal), matra = this.place % beat;
    if (length > 0 && length <= beat - matra && matra % length === 0 && fills[matra + length]) return true;
    return length > beat && length % beat === 0 && matra === 0 && length <= left[Math.floor((this.place % cycle) / beat)];
  }

  /** What begins an event: a rest, a bol or a first note. */
  begins(token) {
    const what = this.rules.class[token];
    return what >= CLASS.rest && what <= CLASS.held;
  }

  adds(token) {
    const what = this.rules.class[token];
    return what === CLASS.more || what === CLASS.moreHeld;
  }

  strikes(token) {
    return this.rules.class[token] === CLASS.bol;
  }

  held(token) {
    const what = this.rules.class[token];
    return what === CLASS.held || what === CLASS.moreHeld;
  }

  /** Which tokens may follow; at least one. @returns {boolean[]} */
  allowed() {
    const {rules, taal} = this, follows = rules.follows[this.after];
    const mask = rules.class.map((what, token) => {
      if (!follows[what]) return false;
      const pitch = rules.pitch[token];
      if (this.adds(token) && pitch <= this.last) return false;
      if (what === CLASS.held && !this.now.includes(Math.max(pitch, 0))) return false;
      if (what === CLASS.moreHeld && !this.before.includes(Math.max(pitch, 0))) return false;
      if (what === CLASS.duration && rules.ticks[token] === this.duration) return false;
      if (!taal) return true;
      if (what === CLASS.duration && !this.fits(rules.ticks[token])) return false;
      if (this.begins(token) && this.after !== AFTER.duration && !this.fits(this.duration)) return false;
      return what !== CLASS.end || (this.place > 0 && this.place % taal.cycle === 0);
    });
    if (!mask.includes(true)) mask[END] = true;
    return mask;
  }

  /** @param {number} token */
  read(token) {
    const {rules} = this, what = rules.class[token], pitch = rules.pitch[token], begins = this.begins(token), adds = this.adds(token);
    if (token === START) this.after = AFTER.start;
    else if (what === CLASS.taal) this.after = AFTER.taal;
    else if (what === CLASS.form) this.after = AFTER.form;
    else if (what === CLASS.duration) this.after = AFTER.duration;
    else if (what === CLASS.velocity) this.after = this.after === AFTER.note ? AFTER.any : AFTER.first;
    else if (what === CLASS.note || what === CLASS.held || adds) this.after = AFTER.note;
    else this.after = AFTER.other;
    if (what === CLASS.duration) this.duration = rules.ticks[token];
    if (begins || adds) this.last = pitch;
    if (begins) {
      this.before = this.now;
      this.now = pitch < 0 ? [] : [pitch];
      this.place += this.duration;
    } else if (adds && pitch >= 0 && !this.now.includes(pitch)) this.now = [...this.now, pitch];
  }
}
