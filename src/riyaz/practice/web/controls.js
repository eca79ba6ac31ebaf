/**
 * Controls: what the thumb touches. It draws the bar and its panels and says which setting was changed.
 */

const ICONS = {
  play: '<path d="M8 5v14l11-7z"/>',
  pause: '<path d="M6 5h4v14H6zM14 5h4v14h-4z"/>',
  start: '<path d="M6 6h2v12H6zM19 6v12l-9-6z"/>',
  loop: '<path d="M7 7h9v3l4.5-4L16 2v3H5v7h2zM17 17H8v-3l-4.5 4L8 22v-3h11v-7h-2z"/>',
};

/** @param {string} name */
export function icon(name) {
  return `<svg viewBox="0 0 24 24" aria-hidden="true">${ICONS[name]}</svg>`;
}

/** A length in words, such as 1/2 beat or 3 beats. @param {string} size @param {string} unit */
export const lasting = (size, unit) => `${size} ${unit}${/^1(\/|$)/.test(size) ? '' : 's'}`;

/** Text that is safe in HTML. @param {string} text */
export function safe(text) {
  return String(text).replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
}

const SPEEDS = [[1, 'thah'], [2, 'dugun'], [3, 'tigun'], [4, 'chaugun'], [5, '5'], [6, '6'], [7, '7']];
export const PITCHES = ['A', 'A#', 'B', 'C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G']; // D is the samples' own

function slider(name, label, low, high, value, step = 1) {
  return `<label class="rp-field"><span>${label}</span><input type="range" name="${name}" min="${low}" max="${high}" step="${step}" value="${value}"></label>`;
}

function number(name, label, low, high, value) {
  return `<label class="rp-field rp-number"><span>${label}</span><input type="number" inputmode="numeric" name="${name}" min="${low}" max="${high}" value="${value}"></label>`;
}

function select(name, label, options, value) {
  const list = options.map(([key, text]) => `<option value="${safe(key)}"${String(key) === String(value) ? ' selected' : ''}>${safe(text)}</option>`);
  return `<label class="rp-field"><span>${label}</span><select name="${name}">${list.join('')}</select></label>`;
}

function check(name, label, on) {
  return `<label class="rp-check"><input type="checkbox" name="${name}"${on ? ' checked' : ''}><span>${label}</span></label>`;
}

function voice(name, label, wish) {
  return `<div class="rp-voice">${check(`${name}On`, label, wish[`${name}On`])}${slider(`${name}Volume`, `Volume of ${label.toLowerCase()}`, 0, 150, wish[`${name}Volume`])}</div>`;
}

/** The choices of what to loop. @param {import('./timeline.js').Piece} piece */
export function loops(piece) {
  const cycle = piece.kind === 'bols' ? 'This avartan' : 'This bar';
  return [['none', 'Play to the end'], ['all', 'Whole piece'], ['cycle', cycle],
    ...piece.sections.map((section, i) => [`s${i}`, section.name]), ['range', piece.kind === 'bols' ? 'Matras …' : 'Bars …']];
}

/** The player's HTML. @param {import('./timeline.js').Piece} piece @param {any} wish */
export function draw(piece, wish) {
  const bols = piece.kind === 'bols', taal = piece.taal, last = Math.max(1, Math.ceil(piece.length / (bols ? 1 : piece.cycle) - 1e-6));
  const places = taal ? taal.vibhags.map((matras, v) => `<span class="rp-vibhag${taal.signs[v] === '0' ? ' rp-khali' : ''}">${
    Array.from({length: matras}, (_, j) => `<i data-sign="${j ? '' : safe(taal.signs[v])}"></i>`).join('')}</span>`).join('')
    : `<span class="rp-vibhag">${Array.from({length: Math.max(1, Math.round(piece.cycle))}, () => '<i></i>').join('')}</span>`;
  const speed = bols ? `<fieldset class="rp-speeds"><legend>Speed against the taal</legend>${SPEEDS.map(([k, text]) =>
    `<label><input type="radio" name="speed" value="${k}"${wish.speed === k ? ' checked' : ''}><span>${text}</span></label>`).join('')}</fieldset>` : '';
  const lehras = taal ? [['-1', 'No lehra'], ...taal.lehras.map((one, i) => [i, `${one.name} (${one.source})`])] : [];
  const counts = bols ? [['none', 'No count-in'], ['vibhag', 'Last vibhag'], ['cycle', 'One avartan']] : [['none', 'No count-in'], ['cycle', 'One bar']];
  return `
<div class="rp-panel" data-panel="tempo" hidden>
  ${slider('percent', 'Tempo in percent', 25, 400, 100)}
  ${select('countIn', 'Count-in', counts, wish.countIn)}
  ${speed}
  ${check('ladderOn', `Ladder: the tempo climbs while you play`, false)}
  <div class="rp-numbers">${number('ladderFrom', 'from', 10, 960, wish.ladderFrom)}${number('ladderTo', 'to', 10, 960, wish.ladderTo)}${
    number('ladderBy', 'by', 1, 100, wish.ladderBy)}${number('ladderEvery', bols ? 'every … avartans' : 'every … rounds', 1, 64, wish.ladderEvery)}</div>
</div>
<div class="rp-panel" data-panel="loop" hidden>
  ${select('loop', 'Repeat', loops(piece), 'none')}
  <div class="rp-numbers" data-for="range">${number('rangeFrom', bols ? 'from matra' : 'from bar', 1, last, 1)}${
    number('rangeTo', bols ? 'to matra' : 'to bar', 1, last, last)}</div>
  <p class="rp-hint">A touch on a ${bols ? 'matra' : 'bar'} goes there. Keys: space, ← →, L.</p>
</div>
<div class="rp-panel" data-panel="sounds" hidden>
  ${voice('piece', bols ? 'Bols' : 'Notes', wish)}
  ${taal && taal.theka.length ? voice('theka', 'Theka', wish) : ''}
  ${voice('click', 'Click', wish)}
  ${bols ? `<div class="rp-voice">${select('lehra', 'Lehra', lehras, wish.lehra)}${slider('lehraVolume', 'Volume of lehra', 0, 150, wish.lehraVolume)}</div>${voice('drone', 'Drone', wish)}
  ${select('pitch', 'Sa of dayan, lehra and drone', PITCHES.map((name, i) => [i - 5, name]), wish.pitch)}` : ''}
  ${check('lightOn', bols ? 'Sam light' : 'Light on the first beat', wish.lightOn)}
</div>
<p class="rp-line" role="status" hidden></p>
<div class="rp-cycle" aria-hidden="true">${places}<output class="rp-count"></output></div>
<div class="rp-row">
  <button type="button" data-do="start" aria-label="To the beginning" title="To the beginning">${icon('start')}</button>
  <button type="button" class="rp-play" data-do="play" aria-label="Play" title="Play (space)">${icon('play')}</button>
  <button type="button" data-do="loop" aria-label="Repeat on or off" aria-pressed="false" title="Repeat (L)">${icon('loop')}</button>
  <span class="rp-tempo">
    <button type="button" data-do="slower" aria-label="Slower">−</button>
    <output><b>${Math.round(wish.tempo)}</b><small>100%</small></output>
    <button type="button" data-do="faster" aria-label="Faster">+</button>
  </span>
  <span class="rp-tabs">
    <button type="button" data-open="tempo" aria-expanded="false">Tempo</button>
    <button type="button" data-open="loop" aria-expanded="false">Repeat</button>
    <button type="button" data-open="sounds" aria-expanded="false">Sounds</button>
  </span>
</div>`;
}
