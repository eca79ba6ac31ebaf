/**
 * Past: the memory of the piece so far, as `riyaz.model.memory` mixes it into the network's prediction.
 *
 * @typedef {{order: number, escape: number[], growth: number[], class_escape: number[], class_growth: number[],
 *   classes: number[], same: number, ticks: number[], begins: number[], cycle: number[]}} Fitted
 */
import {logSum} from './network.js';

/** ln(exp(a) + exp(b)) */
function logAdd(a, b) {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(-Math.abs(a - b)));
}

const BAR = 4 * 5040; // ticks of a bar, where no metre is known

export class Past {
  /** @param {Fitted} fitted @param {number} steps it holds the newest so many tokens */
  constructor(fitted, steps) {
    this.fitted = fitted;
    this.steps = steps;
    this.twice = fitted.classes.some((number, token) => number !== token); // bols have a second memory, of their khali forms
    this.now = 0;
    this.length = 0; // of an event, in ticks
    this.bar = BAR;
    this.place = 0; // of the next event in the avartan or bar
    this.past = new Int32Array(steps).fill(-1);
    this.where = new Int32Array(steps);
    this.match = new Int32Array(steps);
    this.classMatch = new Int32Array(steps);
  }

  /** @param {number} token */
  read(token) {
    const {past, where, match, classMatch, fitted: {classes, ticks, begins, cycle}} = this;
    if (this.now === this.steps) { // forget the oldest
      for (const list of [past, where, match, classMatch]) list.copyWithin(0, 1);
      this.now -= 1;
    }
    this.length = ticks[token] || this.length;
    this.bar = cycle[token] || this.bar;
    this.place = (this.place + begins[token] * this.length) % this.bar;
    past[this.now] = token;
    where[this.now] = this.place;
    for (let i = this.now; i >= 0; i--) {
      match[i] = past[i] === token ? (i ? match[i - 1] : 0) + 1 : 0;
      classMatch[i] = classes[past[i]] === classes[token] ? (i ? classMatch[i - 1] : 0) + 1 : 0;
    }
    this.now += 1;
  }

  /** The memory's part of the distribution, and the logarithm of what is left to the rest. */
  mixed(match, name, escapes, growths, strength, n) {
    const {order, same} = this.fitted, counts = Array.from({length: order + 1}, () => new Float64Array(n));
    for (let i = 0; i + 1 < this.now; i++) counts[Math.min(match[i], order)][name(this.past[i + 1])] += this.where[i] === this.place ? same : 1;
    const mass = new Float64Array(n);
    let left = 0;
    for (let k = order; k >= 0; k--) {
      if (k < order) for (let w = 0; w < n; w++) counts[k][w] += counts[k + 1][w];
      const total = counts[k].reduce((a, b) => a + b, 0), kinds = counts[k].reduce((a, b) => a + (b > 0 ? 1 : 0), 0);
      if (!kinds) continue;
      const more = escapes[Math.min(k, escapes.length - 1)] * kinds * total ** growths[Math.min(k, growths.length - 1)];
      const whole = strength * total + more, share = (strength * Math.exp(left)) / whole;
      for (let w = 0; w < n; w++) mass[w] += share * counts[k][w];
      left += Math.log(more / whole);
    }
    return {mass, left};
  }

  /** Mix the memory into a prediction. @param {Float64Array} logs @param {number} strength @returns {Float64Array} */
  predict(logs, strength) {
    const {fitted} = this, {classes} = fitted, n = logs.length;
    if (this.twice) {
      const {mass, left} = this.mixed(this.classMatch, token => classes[token], fitted.class_escape, fitted.class_growth, strength, n);
      /** @type {number[][]} */
      const members = Array.from({length: n}, () => []);
      classes.forEach((number, token) => members[number].push(logs[token]));
      const shift = members.map((own, number) => {
        const of = logSum(own);
        return of === -Infinity ? 0 : logAdd(left + of, Math.log(mass[number])) - of;
      });
      logs = logs.map((log, token) => log + shift[classes[token]]);
    }
    const {mass, left} = this.mixed(this.match, token => token, fitted.escape, fitted.growth, strength, n);
    return logs.map((log, token) => logAdd(left + log, Math.log(mass[token])));
  }

  /** How many times in a row the newest phrase has come, and which tokens would bring it more than `limit` times. */
  repeats(limit) {
    let times = 1;
    const stuck = new Set();
    for (let i = 0; i < this.now - 1; i++) {
      const of = 1 + this.match[i] / (this.now - 1 - i);
      times = Math.max(times, of);
      if (of >= limit) stuck.add(this.past[i + 1]);
    }
    return {times, stuck: times > 1 ? stuck : new Set()};
  }
}
