/**
 * MIDI: files written and read in the page.
 *
 * @typedef {{onset: number, length: number, pitch: number, velocity: number}} Note onset and length in beats where read, in ticks where written
 */

/** A MIDI file. @param {Note[]} notes in ticks @param {boolean} drum @returns {Uint8Array} */
export function midi(notes, ticks, tempo, drum) {
  const channel = drum ? 9 : 0, moments = notes.flatMap(({onset, length, pitch, velocity}) => [
    {at: onset + length, order: 0, bytes: [0x80 | channel, pitch, 0]}, {at: onset, order: 1, bytes: [0x90 | channel, pitch, velocity]}]);
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

/**
 * Read a MIDI file: its notes but those of the drum channel, in beats.
 * @param {ArrayBuffer} file @returns {{notes: Note[], tempo: number, metre: number}} `metre`: beats of a bar
 * @throws {Error} that says why it is none
 */
export function readMidi(file) {
  const data = new DataView(file), notes = [];
  let tempo = 120, metre = 4, at = 0;
  const need = n => { if (at + n > data.byteLength) throw new Error('This MIDI file is cut off: it ends too soon.'); };
  const byte = () => { need(1); return data.getUint8(at++); };
  const number = n => { let value = 0; for (let i = 0; i < n; i++) value = value * 256 + byte(); return value; };
  const variable = () => { let value = 0, next; do { next = byte(); value = (value << 7) | (next & 127); } while (next & 128); return value; };
  if (data.byteLength < 4 || data.getUint32(0) !== 0x4d546864) throw new Error('This is no MIDI file: it does not begin with MThd.');
  need(14);
  at = 8;
  const [, tracks, division] = [number(2), number(2), number(2)];
  if (division & 0x8000 || !division) throw new Error('This MIDI file counts in seconds, not in beats: save it with ticks a beat.');
  at = 8 + data.getUint32(4);
  for (let track = 0; track < tracks; track++) {
    need(8);
    const end = at + 8 + data.getUint32(at + 4), sounding = new Map();
    at += 8;
    let now = 0, status = 0, meant = false;
    while (at < end) {
      now += variable();
      const first = byte();
      if (first & 128) status = first; else at--;
      const kind = status & 0xf0, channel = status & 15;
      if (first === 0xff) {
        const what = byte(), size = variable(), next = at + size;
        need(size);
        if (what === 0x51 && size === 3 && !meant && !now) tempo = 60e6 / number(3);
        if (what === 0x58 && size >= 2 && !now) metre = (data.getUint8(at) * 4) / 2 ** data.getUint8(at + 1);
        at = next;
      } else if (first === 0xf0 || first === 0xf7) { const size = variable(); need(size); at += size; }
      else if (kind === 0x80 || kind === 0x90) {
        const pitch = byte(), loud = byte(), key = channel * 128 + pitch, [before, struck] = sounding.get(key) || [];
        if (before !== undefined) {
          sounding.delete(key);
          if (channel !== 9 && now > before) notes.push({onset: before / division, length: (now - before) / division, pitch, velocity: struck});
        }
        if (kind === 0x90 && loud) sounding.set(key, [now, loud]);
      } else if (kind === 0xc0 || kind === 0xd0) byte();
      else if (kind >= 0xa0) { byte(); byte(); }
      else throw new Error('This MIDI file is damaged: an event has no status.');
      meant = meant || now > 0;
    }
    at = end;
  }
  if (!notes.length) throw new Error('No note sounds in this MIDI file (drums are not read).');
  return {notes: notes.sort((a, b) => a.onset - b.onset || a.pitch - b.pitch), tempo, metre: metre || 4};
}

/**
 * Notes as events one after the other, on a grid: what sounds together from one moment to the next.
 * @param {Note[]} notes @param {number} grid steps of a beat @param {number} most beats that are taken @param {number[]} lengths in beats, which events may have
 * @returns {{length: number, pitches: number[], held: boolean[]}[]} a longer one goes on in the next, held
 */
export function slices(notes, grid, most, lengths) {
  const begin = Math.min(...notes.map(({onset}) => onset)), step = time => Math.round((time - begin) * grid);
  const taken = notes.map(({onset, length, pitch}) => ({from: step(onset), to: Math.min(Math.max(step(onset + length), step(onset) + 1), most * grid), pitch})).filter(({from, to}) => to > from);
  const times = [...new Set(taken.flatMap(({from, to}) => [from, to]))].sort((a, b) => a - b), known = [...lengths].sort((a, b) => b - a), result = [];
  times.slice(0, -1).forEach((from, i) => {
    const sounding = new Map();
    for (const one of taken) if (one.from <= from && one.to > from && !(sounding.get(one.pitch) === false)) sounding.set(one.pitch, one.from < from);
    const pitches = [...sounding.keys()].sort((a, b) => a - b);
    let left = (times[i + 1] - from) / grid, first = true;
    while (left > 1e-6) {
      const length = known.find(one => one <= left + 1e-6);
      if (!length) throw new Error(`The network never saw a length of ${left} of a beat: nothing as short is read.`);
      result.push({length, pitches, held: pitches.map(pitch => !first || sounding.get(pitch))});
      left -= length;
      first = false;
    }
  });
  return result;
}
