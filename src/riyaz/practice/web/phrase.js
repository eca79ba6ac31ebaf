/**
 * Phrase: what a player types, parted into bols as `riyaz.tabla.spelling` parts it, and events written back as notation,
 * as ABC or as a MIDI file.
 *
 * @typedef {{beat: number, length: number, names: string[], held: boolean[]}} Event
 */

const UNDECIDED = 'Ta?', LIKELY = 'ta?', RESTS = new Set(['-', '–', '—']);

/** The bols of one word; empty where it cannot be parted. @param {string} word @param {Record<string, string[]>} spellings */
function parted(word, spellings) {
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

/** Letters to change, to add or to leave out. */
function distance(a, b) {
  let row = Array.from({length: b.length + 1}, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length];
}

/**
 * Read a phrase: a word is a matra that its bols share, or, where `each` is above 0, each bol is a share of that many.
 * @param {string} text @param {number} each @param {{spellings: Record<string, string[]>, closed: any[], bols: string[]}} tables
 * @returns {{name: string, share: number}[]} the bols, "" for a rest, each 1 / share of a matra
 * @throws {Error} that names what is no bol
 */
export function phrase(text, each, {spellings, closed, bols}) {
  const closes = (before, after, oneWord) => closed.some(([left, right, word]) =>
    word === oneWord && (!left.length || left.includes(before)) && (!right.length || right.includes(after)));
  const result = [];
  for (const word of text.replace(/[|,]/g, ' ').split(/\s+/).filter(Boolean)) {
    const names = RESTS.has(word) ? [''] : parted(word, spellings);
    if (!names.length || names.includes('~')) {
      const near = bols.reduce((a, b) => (distance(word.toLowerCase(), b.toLowerCase()) < distance(word.toLowerCase(), a.toLowerCase()) ? b : a));
      throw new Error(`“${word}” is no bol that this page knows. The nearest is ${near}. A rest is -.`);
    }
    names.forEach((name, i) => {
      const before = i ? names[i - 1] : '', last = result.length ? result[result.length - 1].name : '';
      let bol = name === LIKELY ? 'ta' : name;
      if (bol === UNDECIDED) bol = closes(before, names[i + 1] || '', true) || closes(last, '', false) ? 'ta' : 'Ta';
      result.push({name: bol, share: each || names.length});
    });
  }
  return result;
}

const gcd = (a, b) => (b ? gcd(b, a % b) : a);

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

/** The notation's text. @param {Event[]} events @param {{name: string, vibhags: number[]}} taal */
export function notation(events, taal, ticks) {
  const all = words(events, ticks), lines = [];
  let line = '', vibhag = 0, left = taal.vibhags[0];
  for (const word of all) {
    line += `${word} `;
    if (--left) continue;
    line += '| ';
    vibhag = (vibhag + 1) % taal.vibhags.length;
    left = taal.vibhags[vibhag];
    if (vibhag === 0) { lines.push(line.trim()); line = ''; }
  }
  if (line) lines.push(line.trim());
  return `title: Played with the network\ntaal: ${taal.name}\nsource: played with the network\n\n[played]\n${lines.join('\n')}\n`;
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

/** A MIDI file. @param {{onset: number, length: number, pitch: number}[]} notes in ticks @param {boolean} drum @returns {Uint8Array} */
export function midi(notes, ticks, tempo, drum) {
  const channel = drum ? 9 : 0, moments = notes.flatMap(({onset, length, pitch}) => [
    {at: onset + length, order: 0, bytes: [0x80 | channel, pitch, 0]}, {at: onset, order: 1, bytes: [0x90 | channel, pitch, 96]}]);
  moments.sort((a, b) => a.at - b.at || a.order - b.order || a.bytes[1] - b.bytes[1]);
  const number = value => {
    const bytes = [value & 127];
    for (let rest = value >> 7; rest; rest >>= 7) bytes.unshift((rest & 127) | 128);
    return bytes;
  };
  const micros = Math.round(60e6 / tempo), track = [0, 0xff, 0x51, 3, micros >> 16, (micros >> 8) & 255, micros & 255];
  let now = 0;
  for (const {at, bytes} of moments) {
    track.push(...number(at - now), ...bytes);
    now = at;
  }
  track.push(0, 0xff, 0x2f, 0);
  const long = value => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255], text = word => [...word].map(c => c.charCodeAt(0));
  return Uint8Array.from([...text('MThd'), ...long(6), 0, 0, 0, 1, ticks >> 8, ticks & 255, ...text('MTrk'), ...long(track.length), ...track]);
}
