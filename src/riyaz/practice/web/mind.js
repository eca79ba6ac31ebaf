/**
 * Mind: the network with its memory and its grammar, which reads tokens and draws the next as `riyaz.play.sampling` does.
 *
 * @typedef {{temperature: number, memory: number, argmax: boolean}} Wish
 * @typedef {{token: number, best: number, probabilities: Float64Array}} Choice
 */
import {END, Grammar, START} from './grammar.js';
import {Network, logSum} from './network.js';
import {Past} from './past.js';

export class Mind {
  /** @param {any} model the page's model, its arrays unfolded @param {number[]|null} vibhags of the taal that is kept, or none */
  constructor(model, vibhags = null) {
    this.model = model;
    this.network = new Network(model.weights, model.rules, model.sizes);
    this.grammar = new Grammar(model.rules);
    if (vibhags) this.grammar.keep(vibhags);
    this.past = model.memory ? new Past(model.memory, model.reach) : null;
    /** @type {number[]} */
    this.tokens = [];
    /** @type {Float64Array} natural logarithms of the network's probabilities of what comes next */
    this.logs = new Float64Array();
    this.read(START);
  }

  /** A mind that knows the same and goes its own way. */
  copy() {
    const other = Object.create(Mind.prototype);
    Object.assign(other, this, {tokens: [...this.tokens]});
    other.grammar = Object.assign(Object.create(Grammar.prototype), this.grammar);
    other.network = Object.assign(Object.create(Network.prototype), this.network, {
      states: this.network.states.map(layers => [...layers]), heard: [...this.network.heard],
      grammar: Object.assign(Object.create(Grammar.prototype), this.network.grammar),
    });
    if (this.past) {
      const {past, where, match, classMatch} = this.past;
      other.past = Object.assign(Object.create(Past.prototype), this.past, {past: past.slice(), where: where.slice(), match: match.slice(), classMatch: classMatch.slice()});
    }
    return other;
  }

  /** @param {number} token */
  read(token) {
    this.tokens.push(token);
    this.grammar.read(token);
    this.logs = this.network.read(token);
    this.past?.read(token);
  }

  /** Natural logarithms of what comes next, before the grammar. @param {number} memory its strength; 0: the network alone */
  predicted(memory) {
    return this.past && memory > 0 ? this.past.predict(this.logs, memory) : this.logs;
  }

  /**
   * Draw what comes next; the end only where nothing else may come.
   * @param {Wish} wish @param {(token: number) => boolean} only what is drawn if the grammar allows it @returns {Choice}
   */
  next({temperature, memory, argmax}, only = _ => true) {
    let mask = this.grammar.allowed(), awake = memory;
    const narrow = /** @param {(token: number) => boolean} wanted */ wanted => {
      const both = mask.map((may, token) => may && wanted(token));
      if (both.includes(true)) mask = both;
    };
    narrow(token => token !== END);
    narrow(only);
    if (this.past && memory > 0) {
      const {times, stuck} = this.past.repeats(this.model.limit);
      awake = memory * Math.min(Math.max(this.model.limit - times, 0), 1);
      narrow(token => !stuck.has(token));
    }
    const logs = this.predicted(awake).map((log, token) => (mask[token] ? log : -Infinity)), sum = logSum(logs);
    const probabilities = logs.map(log => Math.exp(log - sum));
    let best = 0;
    probabilities.forEach((p, token) => { if (p > probabilities[best]) best = token; });
    if (argmax || temperature <= 0) return {token: best, best, probabilities};
    const warm = logs.map(log => (log - sum) / temperature), whole = logSum(warm);
    let left = Math.random(), token = best;
    for (let i = 0; i < warm.length; i++) {
      const p = Math.exp(warm[i] - whole);
      if (!(p > 0)) continue;
      token = i;
      left -= p;
      if (left <= 0) break;
    }
    return {token, best, probabilities};
  }
}
