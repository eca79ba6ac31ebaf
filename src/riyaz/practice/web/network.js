/**
 * Network: the trained network of a bundle (`riyaz.model.bundle`), one token at a time.
 *
 * @typedef {{shape: number[], values: Float32Array}} Matrix
 * @typedef {{kernel: Matrix, recurrent: Matrix, bias: Matrix}} Layer
 * @typedef {{embedding: Matrix, features: Matrix|null, layers: Layer[], dense: {kernel: Matrix, bias: Matrix}}} Member
 */
import {Grammar} from './grammar.js';

/** Put the arrays of the page's JSON in the place of their [offset, ...shape]. @param {any} tree @param {Float32Array} all */
export function unfolded(tree, all) {
  if (Array.isArray(tree) && typeof tree[0] === 'number') {
    const [offset, ...shape] = tree, size = shape.reduce((a, b) => a * b, 1);
    return {shape, values: all.subarray(offset, offset + size)};
  }
  if (Array.isArray(tree)) return tree.map(part => unfolded(part, all));
  return tree && Object.fromEntries(Object.entries(tree).map(([name, part]) => [name, unfolded(part, all)]));
}

/** out += x @ matrix. @param {Float64Array} out @param {Float64Array} x @param {Matrix} matrix */
function product(out, x, {values}) {
  const n = out.length;
  for (let i = 0; i < x.length; i++) {
    const a = x[i], row = i * n;
    if (a !== 0) for (let j = 0; j < n; j++) out[j] += a * values[row + j];
  }
}

const sigmoid = x => 1 / (1 + Math.exp(-x));

/** ln of the sum of exp. @param {ArrayLike<number>} logs */
export function logSum(logs) {
  let most = -Infinity, sum = 0;
  for (let i = 0; i < logs.length; i++) if (logs[i] > most) most = logs[i];
  if (most === -Infinity) return most;
  for (let i = 0; i < logs.length; i++) sum += Math.exp(logs[i] - most);
  return most + Math.log(sum);
}

/**
 * One step of a layer: the cell is told by how many gates its weights have.
 * @param {Layer} layer @param {Float64Array} x @param {Float64Array[]} state @returns {Float64Array[]} h, and c of an LSTM
 */
function stepped(layer, x, [h, c]) {
  const units = h.length, {kernel, recurrent, bias} = layer, gates = kernel.shape[1] / units, next = new Float64Array(units);
  const sums = Float64Array.from(bias.values.subarray(0, gates * units));
  product(sums, x, kernel);
  if (gates === 3) { // z, r, h, with a bias of its own for the recurrent part
    const again = Float64Array.from(bias.values.subarray(gates * units));
    product(again, h, recurrent);
    for (let j = 0; j < units; j++) {
      const z = sigmoid(sums[j] + again[j]), r = sigmoid(sums[units + j] + again[units + j]);
      next[j] = z * h[j] + (1 - z) * Math.tanh(sums[2 * units + j] + r * again[2 * units + j]);
    }
    return [next];
  }
  product(sums, h, recurrent);
  if (gates === 1) return [next.map((_, j) => Math.tanh(sums[j]))];
  const cell = new Float64Array(units); // i, f, candidate, o
  for (let j = 0; j < units; j++) {
    cell[j] = sigmoid(sums[units + j]) * c[j] + sigmoid(sums[j]) * Math.tanh(sums[2 * units + j]);
    next[j] = sigmoid(sums[3 * units + j]) * Math.tanh(cell[j]);
  }
  return [next, cell];
}

export class Network {
  /** @param {{members: Member[], features: string[]}} weights @param {import('./grammar.js').Rules} rules @param {any} sizes */
  constructor(weights, rules, sizes) {
    this.weights = weights;
    this.rules = rules;
    this.sizes = sizes;
    /** @type {Float64Array[][][]} h, and c of an LSTM, of each layer of each member */
    this.states = weights.members.map(member => member.layers.map(({kernel, recurrent}) => {
      const units = recurrent.shape[0];
      return Array.from({length: kernel.shape[1] / units === 4 ? 2 : 1}, () => new Float64Array(units));
    }));
    this.grammar = new Grammar(rules); // of the features: it keeps no taal
    this.cycle = sizes.beats * rules.beat;
    this.heard = Array(12).fill(0);
  }

  /** Which rows of the features' matrix are summed, as `riyaz.text.features.vector` says it. @returns {number[]} */
  rows() {
    const {sizes, cycle, heard, rules, grammar: {place, now, before}} = this, at = place % cycle, total = heard.reduce((a, b) => a + b, 0);
    const of = {
      place: [[Math.floor(at / rules.beat)], [Math.floor((cycle - at - 1) / rules.beat)], [Math.floor(((at % rules.beat) * 24) / rules.beat)]],
      length: [[Math.floor(place / cycle)]],
      sounding: [now, before, [now.length]],
      heard: sizes.shares.map(share => heard.flatMap((ticks, i) => (ticks * share > total ? [i] : []))),
      moved: [[]], // a piece as it is written
    };
    const result = [];
    let first = 0;
    for (const name of this.weights.features) {
      of[name].forEach((entries, i) => {
        const size = sizes.parts[name][i];
        for (const entry of entries) result.push(first + Math.min(entry, size - 1));
        first += size;
      });
    }
    return result;
  }

  /** Read a token. @param {number} token @returns {Float64Array} natural logarithms of the probabilities of the next */
  read(token) {
    const {rules, weights, grammar} = this;
    if (weights.features.length) {
      grammar.read(token);
      this.cycle = rules.cycle[token] || this.cycle;
      if (rules.pitch[token] >= 0) this.heard[rules.pitch[token] % 12] += Math.floor(grammar.duration / this.sizes.unit);
    }
    const rows = weights.features.length ? this.rows() : [];
    const each = weights.members.map((member, m) => {
      const size = member.embedding.shape[1];
      /** @type {Float64Array} */
      let x = Float64Array.from(member.embedding.values.subarray(token * size, (token + 1) * size));
      for (const row of rows) for (let j = 0; j < size; j++) x[j] += /** @type {Matrix} */ (member.features).values[row * size + j];
      member.layers.forEach((layer, l) => {
        this.states[m][l] = stepped(layer, x, this.states[m][l]);
        x = this.states[m][l][0];
      });
      const logs = Float64Array.from(member.dense.bias.values);
      product(logs, x, member.dense.kernel);
      const sum = logSum(logs);
      return logs.map(log => log - sum);
    });
    return each.length === 1 ? each[0] : each[0].map((_, w) => logSum(each.map(logs => logs[w])) - Math.log(each.length));
  }
}
