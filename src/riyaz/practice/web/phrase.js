/**
 * Phrase: what a player types, parted into bols as `riyaz.tabla.spelling` parts it, files of the notation, and events
 * written back as notation or as ABC.
 *
 * @typedef {{beat: number, length: number, names: string[], held: boolean[]}} Event
 */

const UNDECIDED = 'Ta?', LIKELY = 'ta?', RESTS = new Set(['-', '–', '—']);

/** The bols of one word; empty where it cannot be parted. @param {string} typed @param {Record<string, string[]>} spellings @param {string[]} rewritten */
function parted(typed, spellings, rewritten) {
  const word = rewritten.reduce((one, pattern) => one.replace(new RegExp(pattern), '$1$2'), typed.normalize('NFC'));
  const text = word.normalize('NFD').replace(/[\u0300-\u036f]/g, '').normalize('NFC').toLowerCase(), n = text.length;
  const capitals = [...word].flatMap((letter, i) => (i && word !== word.toUpperCase() && /[A-Z]/.test(letter) ? [i] : []));
  const tried = bounds => {
    const end = Array(n).fill(0), fits = Array(n + 1).fill(false);
    fits[n] = true;
    for (let start = n - 1; start >= 0; start--) {
      for (let stop = n; stop > start && !fits[start]; stop--) {
        if (!fits[stop] || !Object.hasOwn(spellings, text.slice(start, stop)) || bounds.some(i => i > start && i < stop)) continue;
        fits[start] = true;
        end[start] = stop;
      }
    }
    const names = [];
    for (let start = fits[0] ? 0 : n; start < n; start = end[start]) names.push(...spellings[text.slice(start, end[start])]);
    return names;
  };
  const names = tried(word.length === n ? capitals : []);
  return names.length ? names : tried([]);
}

/** What is to be changed, added or left out, letters or others. @param {string|string[]} a @param {string|string[]} b */
export function distance(a, b) {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

/**
 * The bols of one word, each with its share of the matra; "" is a rest, and ~ makes the share before it longer.
 * @param {string} word @param {number} each where above 0, each bol is a share of that many
 * @param {{spellings: Record<string, string[]>, rewritten: string[], bols: string[]}} tables @returns {{name: string, share: number, parts: number}[]}
 */
function portions(word, each, {spellings, rewritten, bols}) {
  const names = RESTS.has(word) ? [''] : parted(word, spellings, rewritten);
  if (!names.length || names[0] === '~') {
    const near = bols.reduce((a, b) => (distance(word.toLowerCase(), b.toLowerCase()) < distance(word.toLowerCase(), a.toLowerCase()) ? b : a));
    const hint = distance(word.toLowerCase(), near.toLowerCase()) < word.length ? ` The nearest is ${near}.` : '';
    throw new Error(`“${word}” is no bol that this page knows.${hint} A rest is -.`);
  }
  const result = [];
  for (const name of names) {
    if (name === '~') result[result.length - 1].parts++;
    else result.push({name, share: each || names.length, parts: 1});
  }
  return result;
}

/**
 * Read words of bols: a word is a matra that its bols share, or, where `each` is above 0, each bol is a share of that many.
 * @param {string[][]} words each of parts, which share its matra @param {number} each @param {any} tables
 * @returns {{name: string, share: number, parts: number}[]} the bols, "" for a rest, each parts / share of a matra
 * @throws {Error} that names what is no bol
 */
function bolsIn(words, each, tables) {
  const before = (bols, i) => ` ${bols.slice(Math.max(i - 3, 0), i).map(({name}) => name).join(' ')}`;
  const closes = (bols, i, oneWord) => bols[i].name === LIKELY || bols[i].name === UNDECIDED && tables.closed.some(([left, right, word]) =>
    word === oneWord && (!left.length || left.some(names => before(bols, i).endsWith(` ${names}`))) && (!right.length || right.includes(bols[i + 1]?.name)));
  const result = words.flatMap(word => word.flatMap(part => portions(part, each, tables)).map((bol, i, all) =>
    ({...bol, name: closes(all, i, true) ? 'ta' : bol.name, share: bol.share * word.length})));
  result.forEach((bol, i) => { bol.name = closes(result, i, false) ? 'ta' : bol.name === UNDECIDED ? 'Ta' : bol.name; });
  return result;
}

/** Read a phrase that a player types. @param {string} text @param {number} each @param {any} tables */
export function phrase(text, each, tables) {
  return bolsIn(text.replace(/[|,]/g, ' ').split(/\s+/).filter(Boolean).map(word => [word]), each, tables);
}

const simple = text => text.normalize('NFKD').replace(/[\u0300-\u036f\s_-]/g, '').toLowerCase();

/** The taal of a name in one of its spellings, or undefined. @param {string} name @param {{name: string, title: string, names: string[]}[]} taals */
export function taalNamed(name, taals) {
  const looked = simple(name), short = looked.replace(/ta+l$/, '');
  return taals.find(one => [one.name, one.title, ...one.names].map(simple).some(known => known === looked || known.replace(/ta+l$/, '') === short));
}

/**
 * Read a file of this project's notation: title, taal and bols. Repeats and other dialects are for the pipeline.
 * @param {string} text @param {any} tables @param {any[]} taals
 * @returns {{title: string, taal: any, sections: {name: string, bols: {name: string, share: number, parts: number}[]}[]}} `taal` is null if the file names none
 * @throws {Error} that names the line and what is wrong with it
 */
export function read(text, tables, taals) {
  /** @type {{title: string, taal: any, sections: {name: string, bols: {name: string, share: number, parts: number}[]}[]}} */
  const result = {title: '', taal: null, sections: []};
  let speed = 1;
  if (/[\0\ufffd]/.test(text)) throw new Error('It is no text: this page reads notation in UTF-8.');
  text.replace(/^\ufeff/, '').split(/\r\n?|\n/).forEach((raw, i) => {
    const line = raw.replace(/#.*/, '').trim(), [, key = '', value = ''] = /^([^:\[\]|]+):\s*(.*)$/.exec(line) || [];
    const at = message => new Error(`Line ${i + 1}: ${message}`), name = key.trim().toLowerCase();
    if (!line) return;
    if (/^(taal|tal|tala|ताल)$/.test(name)) {
      result.taal = taalNamed(value, taals);
      if (!result.taal) throw at(`there is no taal “${value}” on this page.`);
    } else if (name === 'title') result.title = value;
    else if (name === 'speed') {
      speed = Number(value);
      if (!(Number.isInteger(speed) && speed > 0 && speed <= 16)) throw at(`this page reads “speed:” with a whole number, not “${value}”.`);
    } else if (key) return;
    else if (/^\[.*\]$/.test(line)) {
      result.sections.push({name: line.slice(1, -1).split(',')[0].trim(), bols: []});
      speed = 1;
    } else {
      if (/[()]|(^|\s)[x×]\s*\d/i.test(line)) throw at('this page reads no repeats: write what is repeated out.');
      if (!result.sections.length) result.sections.push({name: '', bols: []});
      const words = line.replace(/[|।॥]/g, ' ').split(/\s+/).filter(Boolean).map(word => word.split(',').filter(Boolean));
      try {
        const bols = bolsIn(words, 0, tables);
        result.sections[result.sections.length - 1].bols.push(...bols.map(bol => ({...bol, share: bol.share * speed})));
      } catch (error) { throw at(/** @type {Error} */ (error).message); }
    }
  });
  result.sections = result.sections.filter(({bols}) => bols.length);
  if (!result.sections.length) throw new Error('There are no bols in it.');
  return result;
}

/**
 * Sections as they are played one after the other: without the sam that the next one plays.
 * @template {{bols: {share: number, parts: number}[]}} Part @param {Part[]} sections @param {number} cycle matras of an avartan @returns {Part[]}
 */
export function joined(sections, cycle) {
  const near = (a, b) => Math.abs(a - b) < 1e-6, long = ({share, parts}) => parts / share;
  return sections.map((section, i) => {
    const {bols} = section, matras = bols.reduce((sum, bol) => sum + long(bol), 0);
    const lands = bols.length > 1 && near(long(bols[bols.length - 1]), 1) && near((matras - 1 + 1e-9) % cycle, 0);
    return lands && i + 1 < sections.length ? {...section, bols: bols.slice(0, -1)} : section;
  });
}

/**
 * What the hands play, as `riyaz.tabla.context` says it; rests are passed over.
 * @param {string[]} names a bol each, '' for a rest @param {Record<string, [string, string[]][]>} rules
 * @returns {string[]}
 */
export function struckAs(names, rules) {
  const result = [...names];
  let after = '', hand = '';
  for (let i = names.length - 1; i >= 0; i--) {
    const bol = names[i], known = Object.hasOwn(rules, bol) ? rules[bol] : [];
    if (!bol) continue;
    const [here] = known.find(([, following]) => following.includes(after)) || [], [other] = known.find(([, following]) => !following.length) || [];
    hand = here || (bol === after ? hand : other || bol);
    result[i] = hand;
    after = bol;
  }
  return result;
}

export const gcd = (a, b) => (b ? gcd(b, a % b) : a);

/** One word a matra, as `riyaz.tabla.writing` writes it, but always with ~ for what goes on. @param {Event[]} events @param {number} ticks of a matra */
export function words(events, ticks) {
  /** @type {[number, string][][]} */
  const matras = [];
  for (const {beat, length, names} of events) {
    const at = Math.round(beat * ticks), end = Math.round((beat + length) * ticks);
    while (matras.length * ticks < end) matras.push([[0, '~']]);
    const matra = matras[Math.floor(at / ticks)], name = names[0] === 'Ta' ? 'Taa' : names[0] === 'ta' ? 'Tt' : names[0] || '-';
    if (at % ticks) matra.push([at % ticks, name]);
    else matra[0] = [0, name];
    if (events[events.length - 1].beat === beat && end % ticks) matras[matras.length - 1].push([end % ticks, '-']);
  }
  return matras.map(matra => {
    const share = matra.reduce((a, [at]) => gcd(a, at), ticks), names = new Map(matra);
    return Array.from({length: ticks / share}, (_, i) => names.get(i * share) || '~').join('');
  });
}

/** The lines of some events, an avartan each. @param {Event[]} events @param {number[]} vibhags */
function lines(events, vibhags, ticks) {
  const all = words(events, ticks), result = [];
  let line = '', vibhag = 0, left = vibhags[0];
  for (const word of all) {
    line += `${word} `;
    if (--left) continue;
    line += '| ';
    vibhag = (vibhag + 1) % vibhags.length;
    left = vibhags[vibhag];
    if (vibhag === 0) { result.push(line.trim()); line = ''; }
  }
  return line ? [...result, line.trim()] : result;
}

/** The notation's text. @param {(Event & {section?: string})[]} events @param {{name: string, vibhags: number[]}} taal @param {string} form "" for none */
export function notation(events, taal, ticks, form = '') {
  /** @type {{name: string, start: number, events: Event[]}[]} */
  const parts = [];
  for (const event of events) {
    if (event.section || !parts.length) parts.push({name: event.section || 'played', start: event.beat, events: []});
    const part = parts[parts.length - 1];
    part.events.push({...event, beat: event.beat - part.start});
  }
  const written = parts.map(({name, events: own}) => `[${name}]\n${lines(own, taal.vibhags, ticks).join('\n')}\n`);
  return `title: Played with the network\ntaal: ${taal.name}\n${form ? `form: ${form}\n` : ''}source: played with the network\n\n${written.join('\n')}`;
}

const SHARPS = ['=C', '^C', '=D', '^D', '=E', '=F', '^F', '=G', '^G', '=A', '^A', '=B'];

/** Events as ABC, each note with its accidental. @param {Event[]} events @param {Record<string, number>} numbers MIDI numbers of the notes */
export function abc(events, numbers, metre, tempo, ticks) {
  const written = events.map(({length, names}, i) => {
    const whole = Math.round(length * ticks), common = gcd(whole, ticks), size = `${whole / common}${ticks === common ? '' : `/${ticks / common}`}`;
    if (!names.length) return `z${size}`;
    const after = events[i + 1];
    const notes = names.map(name => {
      const number = numbers[name], octave = Math.floor(number / 12) - 5, goesOn = after && after.names.some((other, k) => other === name && after.held[k]);
      return SHARPS[number % 12] + (octave < 0 ? ','.repeat(-octave) : "'".repeat(octave)) + (goesOn ? `${size}-` : size);
    });
    return notes.length > 1 ? `[${notes.join('')}]` : notes[0];
  });
  const lines = [];
  for (let i = 0; i < written.length; i += 16) lines.push(written.slice(i, i + 16).join(' '));
  return `X:1\nT:Played with the network\nM:${metre || 'none'}\nL:1/4\nQ:1/4=${Math.round(tempo)}\nK:C\n${lines.join('\n')}\n`;
}
