/**
 * Settings: the HTML of the page to play with. What a player touches first stands first; the rest is folded.
 */
import {lasting, safe} from './controls.js';

const options = (values, chosen) => values.map(([value, text]) => `<option value="${safe(value)}"${value === chosen ? ' selected' : ''}>${safe(text)}</option>`).join('');
const choose = (name, label, values, chosen = '') => `<label>${label}<select name="${name}">${options(values, chosen)}</select></label>`;
const range = (name, label, low, high, step, value) => `<label><span>${label} <output name="${name}-shown">${value}</output></span><input type="range" name="${name}" min="${low}" max="${high}" step="${step}" value="${value}"></label>`;
const tick = (name, label) => `<label class="pl-check"><input type="checkbox" name="${name}"> ${label}</label>`;
const act = (name, label) => `<button type="button" data-do="${name}">${label}</button>`;

/** Phrase and bols to tap. @param {any} model @param {[string, string][]} lengths */
function bolsToTap(model, lengths) {
  const shares = lengths.filter(([size]) => /^1(\/|$)/.test(size)).map(([size]) => size.split('/')[1] || '1').map(n => [n, `${n} to a matra`]).reverse();
  return `<div class="pl-row"><input class="pl-phrase" name="phrase" placeholder="DhaDha TeTe DhaDha TuNa" aria-label="Your phrase" autocomplete="off" autocapitalize="off" spellcheck="false">
<select name="each" aria-label="How bols share matras">${options([['0', 'a word is a matra'], ...shares])}</select></div>
<div class="pl-row pl-bols">${model.bols.map(bol => `<button type="button" data-bol="${safe(bol)}">${safe(bol === 'ta' ? 'ta (closed)' : bol)}</button>`).join('')}<button type="button" data-bol=" ">next matra</button><button type="button" data-bol="-">rest</button></div>`;
}

/** Keys of the screen. @param {any} model @param {[string, string][]} lengths */
function keys(model, lengths) {
  return `<div class="pl-keys">${model.keys.map(([pitch, name]) => `<button type="button" data-pitch="${pitch}" class="${name.includes('#') ? 'pl-black' : ''}">${safe(name)}</button>`).join('')}</div>
<div class="pl-row"><select name="duration" aria-label="Length of a key">${options(lengths, '1')}</select>${act('keyboard', 'MIDI keyboard')}${tick('chord', 'add to the last chord')}</div>`;
}

/** A kaida of a theme. @param {any} model */
function kaida({kaida: tables, taals}) {
  if (!tables) return '';
  const named = Object.fromEntries(taals.map(one => [one.name, one.title])), themes = tables.themes.map((one, i) => [String(i), `${one.title} (${named[one.taal]})`]);
  return `<details class="pl-kaida"><summary>A kaida</summary><div class="pl-settings">${choose('theme', 'Theme', [['own', 'my line above: the first half of a theme, or all of it'], ...themes], '0')}
${range('paltas', 'Paltas', 1, tables.paltas, 1, Math.min(4, tables.paltas))}</div>
<p>The rules of the kaida say what may follow, as the pipeline counted it; which of it follows, the network chooses: it stands in colour.</p>
<div class="pl-row">${act('kaida', 'Play the kaida')}</div></details>`;
}

/** The page. @param {any} model @param {boolean} wide whether there is room for all settings @returns {string} */
export function page(model, wide) {
  const bols = model.kind === 'bols', of = (kind, n) => model.words.filter(word => word.startsWith(`${kind}:`)).map(word => [word, word.slice(n)]);
  const lengths = of('d', 2).map(([, size]) => [size, lasting(size, 'beat')]);
  return `${bols ? bolsToTap(model, lengths) : keys(model, lengths)}
<div class="pl-row">${act('go', 'Go on')}${bols ? act('answer', 'Answer my line') : ''}${act('stop', 'Stop')}${act('undo', 'Take back')}${act('clear', 'Clear')}</div>
<p class="pl-line" role="alert" hidden></p>
<ol class="pl-piece" aria-label="The piece" tabindex="0"></ol>
<section class="pl-coming"><h2>What may come next</h2><p class="pl-why" hidden></p><ol class="pl-next"></ol></section>
<details class="pl-more"${wide ? ' open' : ''}><summary>Settings</summary><div class="pl-settings">
${bols ? choose('taal', 'Taal', model.taals.map(one => [one.name, `${one.title} (${one.matras})${one.timeline ? '' : ', never seen'}`]), model.taal) + choose('form', 'Form', [['', 'none'], ...of('form', 5)], model.form)
    : choose('metre', 'Metre', [['', 'none'], ...of('metre', 6)], model.metre)}
${choose('how', 'The next one is', [['drawn', 'drawn'], ['argmax', 'the likeliest: argmax']])}
${range('tempo', 'Tempo', 30, 240, 1, model.tempo)}${range('temperature', 'Temperature', 0, 2, 0.05, 1)}${model.memory ? range('memory', 'Memory', 0, 1, 0.05, 1) : ''}
${bols ? tick('theka', 'Theka') : ''}${tick('click', 'Click')}</div></details>
${bols ? kaida(model) : ''}
<div class="pl-row">${act('midi', 'Save MIDI')}${act('text', `Save ${bols ? 'notation' : 'ABC'}`)}<label class="pl-file">Open ${bols ? 'notation (.txt)' : 'MIDI'} <input type="file" name="file" aria-label="A file of your own; it can be dropped on the page too"></label></div>`;
}
