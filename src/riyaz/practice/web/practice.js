/**
 * Practice: the shelf of all pieces, the piece that is open, and the practice list, which the browser keeps.
 *
 * @typedef {{key: string, title: string, origin: string, taal: string, form: string, composer: string, source: string,
 *   method: string, view: string, timeline: any}} Entry
 * @typedef {{seconds: number, fastest: number, day: string, today: number, listed: boolean, minutes: number, goal: number}} Practised
 */
import {safe} from './controls.js';
import {recall, remember} from './memory.js';
import {readMidi} from './midi.js';
import {gcd, joined, read, struckAs} from './phrase.js';

const shelf = JSON.parse(document.getElementById('riyaz-pieces')?.textContent || '{}');
/** @type {Entry[]} */
const entries = shelf.pieces || [];
const KEY = `riyaz-practice-${shelf.corpus}`;
/** @type {Record<string, Practised>} */
const records = recall(KEY, {});
const STAR = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9L3.5 9.7l5.9-.8z"/></svg>';
const find = selector => /** @type {any} */ (document.querySelector(selector));
let open = '';

const blank = {seconds: 0, fastest: 0, day: '', today: 0, listed: false, minutes: 10, goal: 0};
const record = key => ({...blank, ...records[key]});
const day = () => new Date().toISOString().slice(0, 10);

function keep(key, change) {
  records[key] = {...record(key), ...change};
  return remember(KEY, records);
}

/** @param {number} seconds */
function span(seconds) {
  const whole = Math.round(seconds);
  return whole >= 3600 ? `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min` : whole >= 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole} s`;
}

/** @param {Entry} entry */
function facts(entry) {
  const {timeline} = entry, minutes = (timeline.length * timeline.unit) / timeline.ticks / timeline.tempo, seconds = Math.round(minutes * 60);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const made = entry.origin === 'generated' ? `generated${entry.method ? `: ${(shelf.methods[entry.method] || entry.method).split(':')[0]}` : ''}` : '';
  return [entry.taal, entry.form, entry.composer, time, made, entry.origin === 'own' ? 'your own' : ''].filter(Boolean).join(' · ');
}

/** @param {string} key */
function practised(key) {
  const {seconds, fastest} = record(key);
  return seconds >= 1 ? `${span(seconds)}${fastest ? `, up to ${Math.round(fastest)}` : ''}` : '';
}

const plain = text => text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

/** Draw the shelf. What an address names has no place on the page: else the browser scrolls to it. */
function list() {
  const words = plain(find('#pr-search').value).split(/\s+/).filter(Boolean);
  const taal = find('#pr-taal').value, form = find('#pr-form').value, which = find('#pr-which').value;
  const hits = entries.filter(entry => {
    const text = plain(`${entry.title} ${entry.taal} ${entry.form} ${entry.composer}`), {listed, seconds} = record(entry.key);
    return words.every(word => text.includes(word) || text.replace(/ /g, '').includes(word)) && (!taal || entry.taal === taal) && (!form || entry.form === form)
      && (!which || entry.origin === which || (which === 'list' && listed) || (which === 'practised' && seconds >= 1));
  });
  find('.pr-list').innerHTML = hits.map(entry => `<li class="${entry.key === open ? 'pr-open' : ''}" data-key="${safe(entry.key)}"><i id="${safe(entry.key)}" hidden></i>
<a href="#${encodeURIComponent(entry.key)}"><b>${safe(entry.title)}</b><span>${safe(facts(entry))}</span><em>${practised(entry.key)}</em></a>
<button type="button" class="pr-star" aria-pressed="${record(entry.key).listed}" aria-label="On my list: ${safe(entry.title)}">${STAR}</button></li>`).join('');
  const missing = shelf.missing ? ` ${shelf.missing} more do not fit into one page.` : '';
  const total = Object.values(records).reduce((sum, one) => sum + (one.day === day() ? one.today : 0), 0);
  find('.pr-count').textContent = `${hits.length} of ${entries.length} pieces.${missing}${total >= 1 ? ` Today: ${span(total)}.` : ''}`;
}

function goals(key) {
  const {listed, minutes, goal, seconds, fastest} = record(key);
  return `<div class="pr-goals"><button type="button" class="pr-star" aria-pressed="${listed}">${STAR}<span>${listed ? 'On my list' : 'Put on my list'}</span></button>
<span class="pr-goal"><label>Goal: <input type="number" inputmode="numeric" name="minutes" min="1" max="999" value="${minutes}" aria-label="Minutes to practise"> min</label>
<label>at <input type="number" inputmode="numeric" name="goal" min="10" max="960" value="${goal || ''}" placeholder="–" aria-label="Tempo to reach"> ${shelf.kinds.includes('bols') ? 'matras' : 'beats'} a minute</label></span>
<span class="pr-done">${seconds >= 1 ? `Practised ${span(seconds)} of ${minutes} min${fastest ? `, fastest ${Math.round(fastest)}${goal ? ` of ${goal}` : ''}` : ''}` : 'Not practised yet'}</span></div>`;
}

/** Open the piece that the address names. */
function route() {
  let key = '';
  try { key = decodeURIComponent(location.hash.slice(1)); } catch { /* no piece has such a name */ }
  const entry = entries.find(one => one.key === key), stage = find('.pr-stage');
  document.body.classList.toggle('pr-playing', !!entry);
  if (!entry) {
    open = '';
    stage.innerHTML = key ? `<p class="pr-hint">There is no piece ${safe(key)} on this page.</p>` : '<p class="pr-hint">Choose a piece.</p>';
    return list();
  }
  open = key;
  const view = entry.view.replace(/[\u{F0000}-\u{F1FFF}]/gu, letter => shelf.markup[/** @type {number} */ (letter.codePointAt(0)) - 0xF0000]);
  stage.innerHTML = `<p class="pr-back"><a href="#">All pieces</a></p><h2>${safe(entry.title)}</h2><p class="pr-facts">${safe(facts(entry))}</p>
${goals(key)}${entry.source && entry.source !== 'generated' ? `<p class="pr-source">${safe(entry.source)}</p>` : ''}<div class="pr-view">${view}</div>`;
  const player = document.createElement('riyaz-player');
  player.setAttribute('aria-label', entry.title);
  player.setAttribute('timeline', JSON.stringify(entry.timeline));
  stage.append(player);
  player.addEventListener('riyaz-practised', event => done(key, /** @type {any} */ (event).detail));
  document.title = `${entry.title} · Practice`;
  scrollTo(0, 0);
  list();
}

/** So long was played, and so fast. */
function done(key, {seconds, tempo, whole}) {
  const old = record(key), today = (old.day === day() ? old.today : 0) + seconds;
  const stays = keep(key, {seconds: old.seconds + seconds, today, day: day(), fastest: whole ? Math.max(old.fastest, tempo) : old.fastest});
  if (key === open) {
    find('.pr-stage .pr-done').textContent = new DOMParser().parseFromString(goals(key), 'text/html').querySelector('.pr-done')?.textContent || '';
    if (!stays) find('.pr-stage .pr-done').textContent += ' (this browser keeps no list: it lasts until the page is closed)';
  }
  list();
}

function choices(id, name, all) {
  const values = [...new Set(entries.map(entry => entry[name]).filter(Boolean))].sort();
  find(id).innerHTML = `<option value="">${all}</option>${values.map(value => `<option>${safe(value)}</option>`).join('')}`;
  find(id).hidden = values.length < 2;
}

/** A table of a piece of the player's own, as the player lights it; the pipeline's has more. */
function table(sections, taal) {
  const {vibhags, signs} = taal.timeline.taal, last = vibhags.map((n, i) => vibhags.slice(0, i + 1).reduce((a, b) => a + b, 0));
  return `<div class="riyaz-sheet pr-own">${sections.map(({name, matras}) => `<div>${name ? `<h3>${safe(name)}</h3>` : ''}${Array.from({length: Math.ceil(matras.length / last[last.length - 1])}, (_, line) => {
    const own = matras.slice(line * last[last.length - 1], (line + 1) * last[last.length - 1]);
    return `<div class="riyaz-avartan">${own.map((text, i) => `<span class="riyaz-matra${last.includes(i + 1) ? ' pr-bar' : ''}"><span class="riyaz-bols">${safe(text)}</span><small>${
      safe(i === 0 ? signs[0] : last.includes(i) ? signs[last.indexOf(i) + 1] ?? '' : '')}</small></span>`).join('')}</div>`;
  }).join('')}</div>`).join('')}</div>`;
}

/** A composition in notation as an entry of the shelf. @returns {Entry} */
function composed(text, name) {
  const tables = shelf.reading, found = read(text, tables, tables.taals), taal = found.taal;
  if (!taal) throw new Error('it names no taal: write a line such as taal: teental before the bols.');
  const data = taal.timeline, ticks = data.ticks, names = data.names.map(one => [...one]), durations = [], bols = [], sections = [];
  const heard = joined(found.sections, data.taal.vibhags.reduce((a, b) => a + b, 0)), all = heard.flatMap(section => section.bols);
  const hands = struckAs(all.map(bol => bol.name || ''), tables.played);
  let unit = data.unit, at = 0, index = 0;
  for (const {share, parts} of all) unit = gcd(unit, Math.round((parts * ticks) / share));
  for (const section of heard) {
    const start = at, matras = [];
    for (const {name: bol, share, parts} of section.bols) {
      const length = (parts * ticks) / share, matra = Math.floor((at - start) / ticks + 1e-6);
      matras[matra] = `${matras[matra] || ''}${bol || '-'}`;
      let row = -1;
      if (bol) {
        const strokes = tables.strokes[hands[index]];
        row = names.findIndex(([other, struck]) => other === bol && JSON.stringify(struck) === JSON.stringify(strokes));
        if (row < 0) row = names.push([bol, strokes]) - 1;
      }
      durations.push(Math.round(length / unit));
      bols.push(row);
      at += length;
      index++;
    }
    for (let i = 0; i < matras.length; i++) matras[i] = matras[i] || '~';
    sections.push({name: section.name, start, length: at - start, matras});
  }
  const whole = data.unit / unit, theka = data.taal.theka.length ? [data.taal.theka[0].map(n => n * whole), data.taal.theka[1]] : [];
  const timeline = {...data, title: found.title || name, unit, length: Math.round(at / unit), cycle: data.cycle * whole, durations, bols, names,
    sections: sections.map(one => [one.name || 'all', one.start / ticks, one.length / ticks]), taal: {...data.taal, theka}};
  return {key: `own/${name}`, title: timeline.title, origin: 'own', taal: taal.title, form: '', composer: '', source: '', method: '', view: table(sections, taal), timeline};
}

/** A MIDI file as an entry of the shelf. @returns {Entry} */
function played(file, name) {
  const {notes, tempo, metre} = readMidi(file), ticks = 5040, steps = time => Math.round(time * 24), begin = Math.floor(notes[0].onset / metre) * metre;
  const rows = notes.flatMap(({onset, length, pitch}) => [steps(onset - begin), Math.max(steps(length), 1), pitch]), end = Math.max(...notes.map(note => note.onset + note.length)) - begin;
  const timeline = {kind: 'notes', name, title: name, tempo: Math.round(tempo), ticks, unit: ticks / 24, length: Math.max(steps(end), 1), cycle: steps(metre), notes: rows, velocities: notes.map(note => note.velocity), sections: []};
  return {key: `own/${name}`, title: name, origin: 'own', taal: '', form: '', composer: '', source: '', method: '', view: '', timeline};
}

/** Take a file of the player's own onto the shelf, or say why not. @param {File|undefined} file */
async function take(file) {
  const line = find('.pr-line');
  line.hidden = true;
  try {
    if (!file) throw new Error('Drop a file: what was dropped is none.');
    const midi = /\.(mid|midi|kar)$/i.test(file.name), bols = shelf.kinds?.includes('bols');
    try {
      if (file.size > 4e6) throw new Error('it is larger than 4 MB.');
      if (midi && !shelf.kinds.includes('notes')) throw new Error('this page has the sounds of the tabla: it reads notation, a text file whose name ends in .txt.');
      if (!midi && !bols) throw new Error('this page has no sounds of the tabla: it reads MIDI files, whose names end in .mid.');
      if (!midi && !/\.(txt|text|md)$/i.test(file.name) && !file.type.startsWith('text/')) throw new Error('it is no notation: this page reads a text file whose name ends in .txt.');
      const entry = midi ? played(await file.arrayBuffer(), file.name) : composed(await file.text(), file.name), at = entries.findIndex(one => one.key === entry.key);
      entries.splice(at < 0 ? 0 : at, at < 0 ? 0 : 1, entry);
      if (location.hash === `#${encodeURIComponent(entry.key)}`) route();
      else location.hash = encodeURIComponent(entry.key);
    } catch (error) { throw new Error(`${file.name}: ${/** @type {Error} */ (error).message}`); }
  } catch (error) {
    line.textContent = /** @type {Error} */ (error).message;
    line.hidden = false;
    find('.pr-shelf').scrollIntoView?.();
  }
}

find('#pr-file').addEventListener('change', event => { take(event.target.files[0]); event.target.value = ''; });
for (const name of ['dragover', 'drop']) {
  addEventListener(name, event => {
    event.preventDefault(); // else the browser leaves the page for the file
    if (name === 'drop') take(/** @type {any} */ (event).dataTransfer?.files[0]);
  });
}
choices('#pr-taal', 'taal', 'All taals');
choices('#pr-form', 'form', 'All forms');
for (const id of ['#pr-search', '#pr-taal', '#pr-form', '#pr-which']) find(id).addEventListener('input', list);
document.addEventListener('click', event => {
  const star = /** @type {Element} */ (event.target).closest('.pr-star');
  if (!star) return;
  const key = star.closest('[data-key]')?.getAttribute('data-key') || open;
  keep(key, {listed: !record(key).listed});
  if (key === open) find('.pr-goals').outerHTML = goals(key);
  list();
});
document.addEventListener('change', event => {
  const field = /** @type {any} */ (event.target);
  if (!field.closest?.('.pr-goals')) return;
  keep(open, {[field.name]: Math.max(0, Number(field.value) || 0), listed: true});
  find('.pr-goals').outerHTML = goals(open);
  list();
});
addEventListener('hashchange', route);
if (!location.hash && entries.length && matchMedia('(min-width: 62rem)').matches) history.replaceState(null, '', `#${encodeURIComponent(entries[0].key)}`);
route();
