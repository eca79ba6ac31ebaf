/**
 * Piece: what was played so far, by the player and by the network, and the mind that goes on from it.
 *
 * @typedef {{beat: number, length: number, names: string[], held: boolean[], velocity: number[], by: string, end: number, lands: boolean,
 *   choice: any, section?: string}} Sounding `end`: how many tokens the mind has read with it
 */
import {END, START} from './grammar.js';
import {Mind} from './mind.js';
import {gcd} from './phrase.js';
import {EVEN} from './timeline.js';

export class Played {
  /** @param {any} model @param {string[]} header tokens before the first event @param {number[]|null} vibhags */
  constructor(model, header, vibhags) {
    this.model = model;
    this.header = header;
    this.vibhags = vibhags;
    /** @type {Map<number, number>} the velocity that a token says; none in a model without dynamics */
    this.velocities = new Map(model.words.map((word, token) => [token, word]).filter(([, word]) => word.startsWith('v:')).map(([token, word]) => [token, Number(word.slice(2))]));
    this.mind = new Mind(model, vibhags);
    for (const word of header) this.mind.read(this.number(word));
    /** @type {Sounding[]} */
    this.events = [];
  }

  number(word) { return this.model.words.indexOf(word); }

  get ticks() { return this.model.rules.beat; }

  /** How hard a note is struck now: what the newest token of that kind says. */
  get velocity() {
    const {tokens} = this.mind;
    let at = this.velocities.size ? tokens.length - 1 : -1;
    while (at >= 0 && !this.velocities.has(tokens[at])) at--;
    return this.velocities.get(tokens[at]) ?? EVEN;
  }

  /** Where the next event starts, in beats. */
  get length() { return this.mind.grammar.place / this.ticks; }

  /** Read a token and put it into the events. @param {number} token @param {string} by @param {any} choice how it was chosen */
  read(token, by, choice = null) {
    const {grammar} = this.mind, beat = this.length, word = this.model.words[token];
    this.mind.read(token);
    const name = word.replace(/^[+~]+/, '');
    if (grammar.begins(token)) {
      const names = word === 'rest' ? [] : [name];
      this.events.push({beat, length: grammar.duration / this.ticks, names, held: names.map(() => grammar.held(token)), velocity: names.map(() => this.velocity), by, choice, lands: false, end: 0});
    } else if (grammar.adds(token)) {
      const last = this.events[this.events.length - 1];
      last.names.push(name);
      last.held.push(grammar.held(token));
      last.velocity.push(this.velocity);
    } else return;
    this.events[this.events.length - 1].end = this.mind.tokens.length;
  }

  /**
   * An event of the player's.
   * @param {string[]} names from low to high; none are a rest @param {string} duration such as 1/2 @param {boolean[]} held
   * @throws {Error} that names what the network never saw, or what does not fit; nothing has changed then
   */
  give(names, duration, held = []) {
    const words = [...(this.ticksOf(duration) === this.mind.grammar.duration ? [] : [`d:${duration}`]),
      ...(names.length ? names.map((name, i) => `${i ? '+' : ''}${held[i] ? '~' : ''}${name}`) : ['rest'])];
    const trial = this.mind.copy();
    for (const word of words) {
      const token = this.number(word);
      if (token < 0) throw new Error(`The network never saw ${this.said(word)}: take another.`);
      if (!trial.grammar.allowed()[token]) throw new Error(`${this.said(word)} does not fit here: an event stays on the grid of its own length within the beat.`);
      trial.read(token);
    }
    for (const word of words) this.read(this.number(word), 'you');
  }

  /**
   * A sound of a form whose rules decide what may come.
   * @param {[string, number]} sound bol, "" for a rest, and ticks @param {{by: string, choice: any, section: string}} about
   * @throws {Error} that names what the network never saw
   */
  put([bol, ticks], {by, choice, section}) {
    const {grammar} = this.mind, words = [...(ticks === grammar.duration ? [] : [`d:${this.fraction(ticks)}`]), bol || 'rest'];
    const tokens = words.map(word => this.number(word)), unseen = tokens.indexOf(-1);
    if (unseen >= 0) throw new Error(`The network never saw ${this.said(words[unseen])}: take another theme.`);
    for (const token of tokens) this.read(token, by, choice);
    if (section) this.events[this.events.length - 1].section = section;
  }

  /** Ticks as a fraction of a beat, as the tokens write it. */
  fraction(ticks) {
    const common = gcd(ticks, this.ticks);
    return `${ticks / common}${common === this.ticks ? '' : `/${this.ticks / common}`}`;
  }

  ticksOf(duration) {
    const [above, below = '1'] = duration.split('/');
    return (Number(above) * this.ticks) / Number(below);
  }

  said(word) {
    return word.startsWith('v:') ? `a velocity of ${word.slice(2)}` : word.startsWith('d:') ? `a length of ${word.slice(2)} of a beat` : word.startsWith('+') ? `${word.replace(/^[+~]+/, '')} above another note` : word.startsWith('~') ? `${word.slice(1)} held` : word;
  }

  /**
   * Let the network play one token more.
   * @param {import('./mind.js').Wish} wish @param {(token: number) => boolean} only what it may play @returns {boolean} false where it ends
   */
  grow(wish, only = _ => true) {
    const {mind} = this, given = this.events[this.events.length - 1]?.by === 'you'; // no note is added to what the player gave
    const choice = mind.next(wish, token => only(token) && !(given && mind.grammar.adds(token)));
    if (choice.token === END) return false;
    this.read(choice.token, 'network', choice);
    return true;
  }

  /** Take back all after the first `count` events. */
  keep(count) {
    this.events = this.events.filter(event => !event.lands).slice(0, count);
    const end = this.events.length ? this.events[this.events.length - 1].end : 1 + this.header.length, tokens = this.mind.tokens.slice(0, end);
    if (end === this.mind.tokens.length) return;
    this.mind = new Mind(this.model, this.vibhags);
    for (const token of tokens) if (token !== START) this.mind.read(token);
  }

  /**
   * Answer a line that began at a beat: as long as the line at least, to the next sam, where one stroke of a matra lands.
   * The stroke stands outside of what the mind has read: the next line begins in its place.
   * @param {number} from @param {import('./mind.js').Wish} wish @returns {number} the beat of that sam
   */
  answer(from, wish) {
    const cycle = /** @type {import('./grammar.js').Cycle} */ (this.mind.grammar.taal).cycle / this.ticks, line = this.length - from;
    const sam = Math.ceil((this.length + line) / cycle - 1e-9) * cycle;
    while (this.length < sam - 1e-9 && this.grow(wish));
    const mind = this.mind, kept = this.events.length, {rules} = this.model;
    this.mind = mind.copy();
    const lands = /** @param {number} token */ token => rules.one[token] || (this.mind.grammar.duration === rules.beat && this.mind.grammar.strikes(token));
    while (this.events.length === kept && this.grow(wish, lands));
    this.events[this.events.length - 1].lands = true;
    this.mind = mind;
    return sam;
  }
}
