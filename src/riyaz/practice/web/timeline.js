/**
 * Timeline: the piece of the page's JSON as lists of what sounds, in beats.
 *
 * A beat is a matra or a quarter note. All lists are in order of time.
 *
 * @typedef {{beat: number, length: number, bol: string, strokes: [string, number][]}} Hit
 * @typedef {{beat: number, length: number, pitch: number, velocity: number}} Note
 * @typedef {{beat: number, length: number, step: number}} Tone
 * @typedef {{name: string, source: string, first: number, tones: Tone[]}} Lehra
 * @typedef {{title: string, vibhags: number[], signs: string[], ranks: number[], theka: Hit[], lehras: Lehra[]}} Taal
 * @typedef {{name: string, beat: number, length: number}} Section
 * @typedef {{name: string, title: string, kind: string, form: string, tempo: number, length: number, cycle: number,
 *   hits: Hit[], notes: Note[], instrument?: string, sections: Section[], taal: Taal|null, score: any}} Piece
 */

export const EVEN = 80; // the velocity of a note that nothing is said of

/**
 * @param {any} data the JSON of `riyaz.practice.timeline`
 * @returns {Piece}
 */
export function unpack(data) {
  const beat = data.unit / data.ticks;
  const hits = data.kind === 'bols' ? row(data.durations, data.bols, data.names, beat) : [];
  const notes = [];
  for (let i = 0; i < (data.notes || []).length; i += 3) {
    notes.push({beat: data.notes[i] * beat, length: data.notes[i + 1] * beat, pitch: data.notes[i + 2], velocity: data.velocities ? data.velocities[i / 3] : EVEN});
  }
  return {
    name: data.name, title: data.title, kind: data.kind, form: data.form || '', tempo: data.tempo,
    length: data.length * beat, cycle: data.cycle * beat, hits, notes, instrument: data.instrument,
    sections: data.sections.map(([name, start, length]) => ({name, beat: start, length})),
    taal: data.taal ? taal(data.taal, data.names, beat) : null,
    score: data.score || null,
  };
}

/** Events one after the other; rests are left out. @returns {Hit[]} */
function row(durations, bols, names, beat) {
  const result = [];
  let at = 0;
  durations.forEach((duration, i) => {
    if (bols[i] >= 0) {
      const [bol, strokes] = names[bols[i]];
      result.push({beat: at * beat, length: duration * beat, bol, strokes});
    }
    at += duration;
  });
  return result;
}

/** @returns {Taal} */
function taal(data, names, beat) {
  /** Of each matra: 0 on sam, 1 on another tali, 2 on khali, 3 elsewhere. */
  const ranks = data.vibhags.flatMap((matras, i) =>
    Array.from({length: matras}, (_, j) => (j ? 3 : i === 0 ? 0 : data.signs[i] === '0' ? 2 : 1)));
  return {
    title: data.title, vibhags: data.vibhags, signs: data.signs, ranks,
    theka: data.theka.length ? row(data.theka[0], data.theka[1], names, beat) : [],
    lehras: data.lehras.map(([name, source, first, ...tones]) => ({
      name, source, first, tones: tones.map(([start, length, step]) => ({beat: start, length, step})),
    })),
  };
}

/** The first of a list that begins at `beat` or later. @param {{beat: number}[]} list */
export function from(list, beat) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle].beat < beat) low = middle + 1; else high = middle;
  }
  return low;
}
