/**
 * Theme: a theme that a player types, planned as `riyaz.tabla.ideas` plans those of a corpus, by the ideas that vary a
 * line: the first, the second, three quarters. Which strokes may follow each other is counted from the typed line and,
 * as the pipeline counted it, from the kaidas of the corpus.
 *
 * @typedef {import('./filling.js').Sound} Sound
 */
import {between, Free, length} from './filling.js';
import {until} from './kaida.js';

const bolsOf = row => row.filter(([bol]) => bol).map(([bol]) => bol);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The pairs of strokes that follow each other, ignoring rests. @param {Sound[]} row */
function pairs(row) {
  const names = bolsOf(row);
  return names.slice(1).map((bol, i) => [names[i], bol]);
}

/** Ticks of the stroke that fills most time. @param {Sound[]} row */
function stepOf(row) {
  const time = new Map();
  for (const [bol, ticks] of row) time.set(ticks, (time.get(ticks) || 0) + (bol ? ticks : 0));
  return [...time].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0][0];
}

export class Theme {
  /** @param {import('./kaida.js').Kaida} kaida @param {Sound[]} given the bhari half, or the whole theme @param {any} taal @throws {Error} what is wrong with it */
  constructor(kaida, given, taal) {
    const cycle = taal.matras * kaida.ticks, total = length(given);
    this.kaida = kaida;
    this.cycle = cycle;
    this.title = taal.title;
    this.starts = taal.vibhags.map((_, i) => taal.vibhags.slice(0, i).reduce((sum, n) => sum + n * kaida.ticks, 0));
    const middle = until(given, total / 2), copy = kaida.closed(middle), second = given.slice(middle.length);
    const third = until(second, total / 6);
    this.given = given;
    this.whole = total % cycle === 0 && length(middle) * 2 === total && same(middle.map(([, ticks]) => ticks), second.map(([, ticks]) => ticks)) && bolsOf(middle).some(bol => kaida.tables.khali[bol] !== bol) && third.length > 0 && same(third, copy.slice(0, third.length));
    this.line = this.whole ? middle : given;
    this.opened = this.whole ? this.opening(second, copy) : given;
    if ((2 * length(this.line)) % cycle) {
      const half = taal.matras % 2 ? taal.matras : taal.matras / 2;
      throw new Error(`The first half of a theme in ${taal.title} has ${half} matras, or a multiple: this line has ${Math.round((100 * total) / kaida.ticks) / 100}.`);
    }
    if (new Set(bolsOf(this.line)).size < 2) throw new Error('A theme has two bols at least: give more of them.');
    this.step = stepOf(given);
    this.ticks = length(this.line);
    this.ends = kaida.cadence(this.line);
    this.cut = this.head();
    for (this.n = 2; (2 * this.n * this.ticks) % cycle; this.n++);
  }

  /** The return to bhari: the end of the khali half, with what is open there. @param {Sound[]} second @param {Sound[]} copy @returns {Sound[]} */
  opening(second, copy) {
    const ends = this.line.length - this.kaida.cadence(this.line);
    return this.line.map(([bol, ticks], i) => [bol && !(second[i][0] === copy[i][0] && i < ends) ? second[i][0] : bol, ticks]);
  }

  /** Ticks of the head: what stands before the end, which is half of the line, or less, but all of the cadence; a closed stroke stays with what it follows. */
  head() {
    const last = length(this.line.slice(0, this.line.length - this.ends));
    return this.kaida.units(this.line).map(([onset]) => onset).find(onset => 2 * onset >= this.ticks && onset <= last) ?? last;
  }

  /** What moves as a whole: the phrases before the cadence, but no khali copies. */
  phrases() {
    const all = this.kaida.units(this.line.slice(0, this.line.length - this.ends)).map(([, unit]) => unit).filter((unit, i, list) => list.findIndex(other => same(other, unit)) === i);
    return all.filter(unit => !all.some(other => !same(other, unit) && same(unit, this.kaida.closed(other))));
  }

  /** The pairs of strokes at which phrases may meet: none is counted within a cadence. */
  joins() {
    const head = until(this.line, this.cut), rows = [this.line, this.opened], strokes = row => row.filter(([bol]) => bol), first = strokes(this.line).slice(0, 1);
    return [...rows.flatMap(row => [...pairs(row.slice(0, row.length - this.ends + 1)), ...pairs([...strokes(row).slice(-1), ...first])]), ...pairs([...head, ...head])];
  }

  /** The joins of the corpus' kaidas at the density that these phrases need. */
  practised(phrases) {
    const gaps = new Map(), rate = this.kaida.ticks / this.step;
    for (const phrase of phrases) {
      const [bol, ticks] = phrase[phrase.length - 1];
      if (bol) gaps.set(bol, Math.min(gaps.get(bol) ?? ticks, ticks));
    }
    const ends = this.ends ? [this.line, this.opened].flatMap(row => pairs(row.slice(-this.ends))) : [];
    const other = this.kaida.tables.phrases.filter(pair => pair.length === 2 && !phrases.some(phrase => same(bolsOf(phrase), pair)));
    return this.kaida.tables.practised.filter(([bol, after, gap]) => !other.some(pair => same(pair, [bol, after])) && gap / rate <= (gaps.get(bol) ?? 0) + 1e-9 && !ends.some(pair => same(pair, [bol, after])))
      .map(([bol, after]) => [bol, after]);
  }

  /** The free parts of an idea, by falling strictness; an early one keeps the joins of the theme. @returns {Free[]} */
  frees(before, after, half, when, unlike) {
    const {kaida: {tables}, line, opened, step} = this, phrases = this.phrases(), own = this.joins(), wide = [...own, ...this.practised(phrases)];
    const start = length(before), size = half - start - length(after), grid = 2 * step, struck = bolsOf(before);
    const places = phrases.map(phrase => {
      const all = [...this.kaida.units(line), ...this.kaida.units(opened)].filter(([, unit]) => same(unit, phrase)).map(([onset]) => onset % grid);
      return bolsOf(phrase).length > 1 ? [...new Set(all)].map(place => (((place - start) % grid) + grid) % grid) : [];
    });
    let run = 0, longest = 0, last = '';
    for (const bol of bolsOf([...line, ...line])) { run = bol === last ? run + 1 : 1; last = bol; longest = Math.max(longest, run); }
    const [reference, openly] = [line, opened].map(one => between(Array.from({length: this.n}, () => one).flat(), start, start + size)).map(row => (length(row) === size ? row : []));
    const different = Math.ceil(tables.different * bolsOf(reference).length);
    const loose = new Free({ticks: size, phrases, joins: when === 'late' ? wide : own, before: struck.length ? struck[struck.length - 1] : bolsOf(opened).pop(), after: after[0][0],
      opening: before.some(sound => this.kaida.opens(sound)) ? 0 : Math.ceil(half / 3) - start, grid, places, run: Math.max(longest, tables.run), reference: [], n_different: 0, n_most: 0, wanted: [], excluded: [], even: Math.max(tables.even, this.kaida.alike([...line, ...line])), unlike, crosses: false, moved: 0}, tables.khali);
    const strict = loose.with({reference, n_different: different}), rows = [reference, openly].filter(row => row.length);
    if (!before.length) rows.push(...phrases.filter(([[bol]]) => bol && bol !== line[0][0] && !tables.begins.includes(bol)).map(phrase => phrase.slice(0, 1)));
    const frees = when === 'early' ? [strict, loose] : [strict, strict.with({joins: wide}), loose.with({joins: wide}), loose.with({joins: wide, places: []})];
    return frees.map(free => free.without(rows));
  }

  /** The ideas that vary a line, in order. */
  ideas() {
    const {line, opened, n, ticks} = this, head = until(line, this.cut), end = line.slice(head.length), back = opened.slice(head.length), whole = n * ticks;
    const long = line.length > this.kaida.tables.long;
    const starts = Array.from({length: n}, (_, k) => k * ticks);
    /** @type {[number, Sound[]][]} */
    const parts = [...starts.map(start => /** @type {[number, Sound[]]} */ ([start, head])), ...starts.slice(0, -1).flatMap(start => [end, back].map(row => /** @type {[number, Sound[]]} */ ([start + this.cut, row])))];
    /** @type {[string, Sound[], Sound[], Sound[], number, string, [number, Sound[]][]][]} idea, before, after, back, returns, when it comes, and what it is unlike */
    const made = [long ? ['head of the first line varied', [], [...back, ...line], [...back, ...opened], (n - 1) * ticks, 'early', []] : ['first line varied', [], line, opened, (n - 1) * ticks, 'early', []]];
    if (!same(line, opened)) made.push(['second line varied', opened, end, back, (n - 1) * ticks, '', []]);
    if (!long) made.push(['three quarters varied', [], end, back, whole - length(end), 'late', parts]);
    return made.filter(([, before, after]) => whole > length(before) + length(after))
      .map(([idea, before, after, backs, returns, when, unlike]) => ({idea, before, after, back: backs, returns, frees: this.frees(before, after, whole, when, unlike)}));
  }

  /** The plan: theme, dohra, so many paltas, tihai. @param {number} count @throws {Error} that names how many paltas there can be */
  plan(count) {
    /** @type {Omit<import('./kaida.js').Segment, 'name'|'after'>} */
    const none = {idea: '', free: null, before: [], back: [], returns: 0, tihai: null, tihais: []};
    const {line, opened, n, ticks} = this, head = until(line, this.cut);
    const theme = this.whole ? {...none, name: 'theme', after: this.given} : {...none, name: 'theme', idea: 'the khali half made of the line', returns: this.cut, after: line, back: line};
    const even = 2 * this.cut === ticks && this.cut % this.kaida.ticks === 0, row = even ? [...Array.from({length: 2 * n - 1}, () => head).flat(), ...line.slice(head.length)] : [...Array.from({length: n - 1}, () => opened).flat(), ...line];
    const dohraBack = opened.slice(head.length), start = row.slice(0, row.length - dohraBack.length);
    /** @type {import('./kaida.js').Segment[]} */
    const plan = [theme, {...none, name: 'dohra', idea: even ? 'A A A B' : 'the line twice', before: start, after: row.slice(start.length), back: dohraBack, returns: (n - 1) * ticks}];
    const ready = this.ideas().flatMap(({frees, ...rest}) => {
      const free = frees.find(one => one.whole() > BigInt(count));
      return free ? [{...none, ...rest, free}] : [];
    });
    if (!ready.length) throw new Error(`This line makes no ${count} new paltas: ask for fewer, or give a line of more phrases.`);
    const order = [...Array(count).keys()].map(i => Math.floor((i * ready.length) / count));
    order.forEach((which, i) => plan.push({...ready[which], name: `palta ${i + 1}`}));
    return [...plan, {...none, ...this.tihai(2 * n * ticks), name: 'tihai'}];
  }

  /** The tihais of the end of a palta of so many ticks at least: after a lead, 3 P + 2 D strokes fill whole avartans and land on sam (`riyaz.tabla.closing`). @param {number} least */
  tihai(least) {
    const {step, cycle, opened, ticks, kaida} = this, {lines, tihai_strokes, tihai_avartans: [most, usual], pause: longest} = kaida.tables, theme = Array.from({length: lines}, () => opened).flat();
    /** @type {{worse: string, rank: number[], tihai: [number, number, number]}[]} */
    const all = [];
    for (let avartans = 1; avartans <= most; avartans++) {
      const strokes = (cycle * avartans) / step;
      for (let first = 0; strokes % 1 === 0 && first < strokes - 10; first++) {
        for (let p = 4; 3 * p <= strokes + 1 - first; p++) {
          const d = (strokes + 1 - first - 3 * p) / 2, lead = first * step, size = (p - 1) * step, pause = d * step;
          if (d % 1 || d > p || lead % kaida.ticks || lead > size) continue;
          const off = (size + step + pause) % kaida.ticks !== 0, within = !this.starts.includes(lead % cycle);
          const worse = [pause > longest, within, off, avartans * cycle < least, avartans > usual].map(Number).join('');
          const later = [p < tihai_strokes, avartans, lead > 0, (lead + size) % ticks !== 0];
          all.push({worse, rank: [...later.map(Number), pause, lead, size], tihai: [lead, size, pause]});
        }
      }
    }
    all.sort((a, b) => a.worse.localeCompare(b.worse) || a.rank.map((one, i) => one - b.rank[i]).find(Boolean) || 0);
    const first = all.find(({tihai: [lead, size]}) => kaida.begun(theme, lead, size).length);
    if (!first) throw new Error(`No tihai of this line's end fills one to ${most} avartans of ${this.title}: change the line.`);
    const tihais = [...new Set(all.map(({worse}) => worse))].filter(worse => worse <= first.worse).map(worse => all.filter(one => one.worse === worse).map(({tihai}) => tihai));
    return {idea: 'from the end of the last palta', after: [['Dha', step]], before: theme, tihai: first.tihai, tihais};
  }
}
