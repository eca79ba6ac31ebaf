/**
 * Views: what is seen of a piece, and lit: a table of bols, an engraved score, or a roll of notes in bars.
 *
 * A view has `reach(beat)` for a matra or a beat that begins, `light(kind, index, beat)` for what sounds, `go(beat)`,
 * `mark(range)` for the loop, and calls `tapped(beat)`.
 */

/** Bols in Bhatkhande's table, which the page has already. */
export class TableView {
  /** @param {HTMLElement} sheet @param {import('./timeline.js').Piece} piece @param {(beat: number) => void} tapped */
  constructor(sheet, piece, tapped) {
    sheet.classList.add('rp-view');
    /** @type {Map<number, HTMLElement>} */
    this.matras = new Map();
    /** @type {HTMLElement[]} */
    this.bols = [];
    const parts = sheet.querySelectorAll('.riyaz-avartan').length
      ? [...new Set([...sheet.querySelectorAll('.riyaz-avartan')].map(line => line.parentElement))] : [];
    const sections = piece.sections.length ? piece.sections : [{name: '', beat: 0, length: piece.length}];
    parts.forEach((part, s) => {
      if (!part || !sections[s]) return;
      const skip = Math.floor(sections[s].beat % piece.cycle + 1e-6);
      [...part.querySelectorAll('.riyaz-matra')].slice(skip).forEach((cell, i) => {
        const beat = sections[s].beat + i;
        this.matras.set(Math.round(beat), /** @type {HTMLElement} */ (cell));
        cell.setAttribute('data-beat', String(beat));
      });
    });
    let at = 0;
    piece.hits.forEach((hit, i) => {
      const cell = this.cell(hit.beat), text = cell && cell.querySelector('.riyaz-bols');
      if (!cell || !text) return;
      if (!text.hasAttribute('data-cut')) { at = 0; text.setAttribute('data-cut', ''); }
      this.bols[i] = this.cut(/** @type {HTMLElement} */ (text), hit.bol) || cell;
    });
    sheet.addEventListener('click', event => {
      const cell = /** @type {Element} */ (event.target).closest('[data-beat]');
      if (cell) tapped(Number(cell.getAttribute('data-beat')));
    });
    this.lit = this.now = null;
  }

  cell(beat) { return this.matras.get(Math.floor(beat + 1e-6)); }

  /** Put the next bol of a matra's word into an element of its own. */
  cut(text, bol) {
    const rest = text.lastChild;
    if (!rest || rest.nodeType !== Node.TEXT_NODE) return null;
    const word = rest.textContent || '', start = word.indexOf(bol);
    if (start < 0) return null;
    const element = document.createElement('b');
    element.textContent = bol;
    rest.replaceWith(word.slice(0, start), element, word.slice(start + bol.length));
    return element;
  }

  light(kind, index, beat) {
    if (kind !== 'hit') return;
    this.lit?.classList.remove('rp-lit');
    this.lit = this.bols[index];
    this.lit?.classList.add('rp-lit');
    this.here(this.cell(beat));
  }

  here(cell) {
    if (cell === this.now) return;
    this.now?.classList.remove('rp-now');
    this.now = cell;
    cell?.classList.add('rp-now');
  }

  reach(beat) { this.here(this.cell(beat)); }

  go(beat) { this.lit?.classList.remove('rp-lit'); this.here(this.cell(beat)); }

  mark(range) {
    for (const [beat, cell] of this.matras) {
      cell.classList.toggle('rp-loop', !!range && beat >= range.from - 1e-6 && beat < range.to - 1e-6);
    }
  }
}

/** An engraved score, by Verovio's ids. */
export class ScoreView {
  constructor(score, piece, tapped) {
    score.classList.add('rp-view');
    this.cycle = piece.cycle;
    const find = id => score.querySelector(`[data-ref="${id}"]`);
    const sounding = new Set();
    this.steps = piece.score.notes.map(([beat, on, off]) => {
      for (const note of off.map(find)) sounding.delete(note);
      for (const note of on.map(find)) if (note) sounding.add(note);
      return {beat, sounding: new Set(sounding)};
    });
    this.bars = piece.score.bars.map(([beat, id]) => ({beat, element: find(id)})).filter(bar => bar.element);
    this.lit = new Set();
    this.now = null;
    score.addEventListener('click', event => {
      const bar = this.bars.filter(({element}) => { // texts reach over the next bar: the last that begins left of the touch
        const box = (element.querySelector('.staff') || element).getBoundingClientRect();
        return event.clientX >= box.left && event.clientY >= box.top - 24 && event.clientY <= element.getBoundingClientRect().bottom + 24;
      }).pop();
      if (bar) tapped(bar.beat);
    });
  }

  light(kind, index, beat) {
    this.here(this.bars[nearest(this.bars, beat)]?.element);
    const i = nearest(this.steps, beat), step = this.steps[i];
    if (!step || this.step === i) return;
    this.step = i;
    this.dark();
    for (const note of step.sounding) note.classList.add('rp-lit');
    this.lit = step.sounding;
  }

  here(element) {
    if (element === this.now) return;
    this.now?.classList.remove('rp-now');
    this.now = element;
    element?.classList.add('rp-now');
  }

  reach(beat) { this.light('beat', 0, beat); }

  go(beat) { this.step = -1; this.dark(); this.here(this.bars[nearest(this.bars, beat)]?.element); }

  dark() { for (const note of this.lit) note.classList.remove('rp-lit'); }

  mark(range) {
    for (const {beat, element} of this.bars) {
      element.classList.toggle('rp-loop', !!range && beat >= range.from - 1e-6 && beat < range.to - 1e-6);
    }
  }
}

/** The last of a list that begins at `beat` or before. */
function nearest(list, beat) {
  let i = 0;
  while (i + 1 < list.length && list[i + 1].beat <= beat + 1e-6) i++;
  return i;
}

const SVG = 'http://www.w3.org/2000/svg';

/** Notes as lines in bars, for a piece that is not engraved. */
export class RollView {
  constructor(host, piece, tapped) {
    host.classList.add('rp-view', 'rp-roll');
    host.textContent = '';
    this.cycle = piece.cycle;
    this.bars = [];
    /** @type {Element[][]} */
    this.notes = piece.notes.map(() => []);
    const pitches = piece.notes.map(note => note.pitch);
    const low = Math.min(60, ...pitches) - 1, high = Math.max(72, ...pitches) + 1, n = Math.ceil(piece.length / piece.cycle - 1e-6);
    for (let bar = 0; bar < n; bar++) {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'rp-bar-cell';
      button.setAttribute('aria-label', `bar ${bar + 1}`);
      const svg = document.createElementNS(SVG, 'svg');
      svg.setAttribute('viewBox', `0 0 ${piece.cycle} ${high - low}`);
      svg.setAttribute('preserveAspectRatio', 'none');
      svg.setAttribute('aria-hidden', 'true'); // the button has a name
      button.append(svg, String(bar + 1));
      button.addEventListener('click', () => tapped(bar * piece.cycle));
      host.append(button);
      this.bars.push({button, svg});
    }
    piece.notes.forEach((note, i) => {
      for (let bar = Math.floor(note.beat / piece.cycle + 1e-6); bar * piece.cycle < note.beat + note.length - 1e-6 && this.bars[bar]; bar++) {
        const start = Math.max(note.beat - bar * piece.cycle, 0), end = Math.min(note.beat + note.length - bar * piece.cycle, piece.cycle);
        const rect = document.createElementNS(SVG, 'rect');
        for (const [name, value] of Object.entries({x: start, y: high - note.pitch - 0.45, width: Math.max(end - start - 0.05, 0.05), height: 0.9})) {
          rect.setAttribute(name, String(value));
        }
        this.bars[bar].svg.append(rect);
        this.notes[i].push(rect);
      }
    });
    this.piece = piece;
    this.lit = new Set();
    this.now = null;
  }

  light(kind, index, beat) {
    for (const i of this.lit) {
      if (this.piece.notes[i].beat + this.piece.notes[i].length <= beat + 1e-6) this.off(i);
    }
    if (kind === 'note') {
      this.lit.add(index);
      for (const rect of this.notes[index]) rect.classList.add('rp-lit');
    }
    this.here(this.bars[Math.floor(beat / this.cycle + 1e-6)]?.button);
  }

  reach(beat) { this.light('beat', 0, beat); }

  off(i) { this.lit.delete(i); for (const rect of this.notes[i]) rect.classList.remove('rp-lit'); }

  here(button) {
    if (button === this.now) return;
    this.now?.classList.remove('rp-now');
    this.now = button;
    button?.classList.add('rp-now');
  }

  go(beat) { this.dark(); this.here(this.bars[Math.floor(beat / this.cycle + 1e-6)]?.button); }

  dark() { for (const i of [...this.lit]) this.off(i); }

  mark(range) {
    this.bars.forEach(({button}, i) => button.classList.toggle('rp-loop',
      !!range && i * this.cycle >= range.from - 1e-6 && i * this.cycle < range.to - 1e-6));
  }
}
