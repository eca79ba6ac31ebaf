/**
 * Play: the page on which a player and the network play. It draws the page, plays what is there ahead of the audio
 * clock, and lets the piece grow as it is heard.
 */
import {Mind} from './mind.js';
import {unfolded} from './network.js';
import {abc, midi, notation, phrase} from './phrase.js';
import {Played} from './piece.js';
import {Engine} from './sound.js';
import {safe} from './controls.js';
import {unpack} from './timeline.js';

const AHEAD = 0.4; // seconds that are scheduled ahead
const GROWN = {bols: 2, notes: 8}; // beats that the network is ahead of the sound, so that it is known how long a note is held
const TOGETHER = 60; // milliseconds within which keys that are pressed are one chord
const SHOWN = 8; // tokens whose probabilities are shown, and avartans or bars of the piece

const numbers = text => {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Float32Array(bytes.buffer);
};

class RiyazPlay extends HTMLElement {
  connectedCallback() {
    const read = id => JSON.parse(document.getElementById(id)?.textContent || '{}');
    this.model = read('riyaz-model');
    this.model.weights = {...unfolded({members: this.model.weights.members}, numbers(this.model.weights.values)), features: this.model.weights.features};
    this.model.weights.values = null;
    this.engine = new Engine(read('riyaz-sounds'));
    this.Mind = Mind;
    this.taals = Object.fromEntries((this.model.taals || []).filter(one => one.timeline).map(one => [one.name, {...one, ...unpack(one.timeline).taal}]));
    this.timer = 0;
    this.draw();
    this.attempt(() => this.fresh());
    this.addEventListener('click', event => {
      const button = /** @type {Element} */ (event.target).closest('button');
      if (!button) return;
      if (button.dataset.bol) this.tap(button.dataset.bol);
      else if (button.dataset.pitch) this.press(Number(button.dataset.pitch));
      else this.attempt(() => this.does[button.dataset.do || ''].call(this));
    });
    this.addEventListener('change', event => {
      if (['taal', 'form', 'metre'].includes(/** @type {any} */ (event.target).name)) this.attempt(() => { this.stop(); this.fresh(); });
    });
    this.addEventListener('input', () => { for (const name of ['tempo', 'temperature', 'memory']) if (this.field(name)) this.field(`${name}-shown`).value = this.field(name).value; });
    this.engine.decode().catch(() => {});
  }

  get does() {
    return {go: this.go, answer: this.answer, stop: this.stop, undo: this.undo, clear: this.clear, midi: this.saveMidi, text: this.saveText, keyboard: this.keyboard};
  }

  /** @returns {any} */
  field(name) { return this.querySelector(`[name="${name}"]`); }

  say(text) {
    const line = /** @type {HTMLElement} */ (this.querySelector('.pl-line'));
    line.textContent = text;
    line.hidden = !text;
  }

  /** Do it; what cannot be done is said in a line, and nothing is lost. */
  async attempt(action) {
    this.say('');
    try { await action(); } catch (error) { this.say(/** @type {Error} */ (error).message); }
  }

  get wish() {
    return {temperature: Number(this.field('temperature').value), memory: this.model.memory ? Number(this.field('memory').value) : 0, argmax: this.field('how').value === 'argmax'};
  }

  get tempo() { return Number(this.field('tempo').value); }

  get bols() { return this.model.kind === 'bols'; }

  draw() {
    const {model} = this, options = (values, chosen) => values.map(([value, text]) => `<option value="${safe(value)}"${value === chosen ? ' selected' : ''}>${safe(text)}</option>`).join('');
    const select = (name, label, values, chosen = '') => `<label>${label}<select name="${name}">${options(values, chosen)}</select></label>`;
    const range = (name, label, low, high, step, value) => `<label><span>${label} <output name="${name}-shown">${value}</output></span><input type="range" name="${name}" min="${low}" max="${high}" step="${step}" value="${value}"></label>`;
    const forms = model.words.filter(word => word.startsWith('form:')).map(word => [word, word.slice(5)]);
    const metres = [['', 'none'], ...model.words.filter(word => word.startsWith('metre:')).map(word => [word, word.slice(6)])];
    const lengths = model.words.filter(word => word.startsWith('d:')).map(word => [word.slice(2), `${word.slice(2)} beat`]);
    const shares = [['0', 'a word is a matra'], ...lengths.filter(([size]) => /^1(\/|$)/.test(size)).map(([size]) => size.split('/')[1] || '1').map(n => [n, `${n} to a matra`]).reverse()];
    this.innerHTML = `<div class="pl-settings">
${this.bols ? select('taal', 'Taal', model.taals.map(one => [one.name, `${one.title} (${one.matras})${one.timeline ? '' : ', never seen'}`]), model.taal) + select('form', 'Form', [['', 'none'], ...forms], model.form)
    : select('metre', 'Metre', metres, model.metre)}
${select('how', 'The next one is', [['drawn', 'drawn'], ['argmax', 'the likeliest: argmax']])}
${range('tempo', 'Tempo', 30, 240, 1, model.tempo)}
${range('temperature', 'Temperature', 0, 2, 0.05, 1)}
${model.memory ? range('memory', 'Memory', 0, 1, 0.05, 1) : ''}
${this.bols ? '<label class="pl-check"><input type="checkbox" name="theka"> Theka</label>' : ''}
<label class="pl-check"><input type="checkbox" name="click"> Click</label></div>
${this.bols ? `<div class="pl-row"><input class="pl-phrase" name="phrase" placeholder="DhaDha TeTe DhaDha TuNa" aria-label="Your phrase" autocomplete="off" autocapitalize="off" spellcheck="false">
<select name="each" aria-label="How bols share matras">${options(shares)}</select></div>
<div class="pl-row">${model.bols.map(bol => `<button type="button" data-bol="${safe(bol)}">${safe(bol === 'ta' ? 'ta (closed)' : bol)}</button>`).join('')}<button type="button" data-bol=" ">next matra</button><button type="button" data-bol="-">rest</button></div>`
    : `<div class="pl-row"><select name="duration" aria-label="Length of a key">${options(lengths, '1')}</select><button type="button" data-do="keyboard">MIDI keyboard</button>
<label class="pl-check"><input type="checkbox" name="chord"> add to the last chord</label></div>
<div class="pl-keys">${model.keys.map(([pitch, name]) => `<button type="button" data-pitch="${pitch}" class="${name.includes('#') ? 'pl-black' : ''}">${safe(name)}</button>`).join('')}</div>`}
<div class="pl-row"><button type="button" data-do="go">Go on</button>${this.bols ? '<button type="button" data-do="answer">Answer my line</button>' : ''}<button type="button" data-do="stop">Stop</button>
<button type="button" data-do="undo">Take back</button><button type="button" data-do="clear">Clear</button><button type="button" data-do="midi">Save MIDI</button><button type="button" data-do="text">Save ${this.bols ? 'notation' : 'ABC'}</button></div>
<p class="pl-line" role="alert" hidden></p>
<ol class="pl-piece" aria-label="The piece" tabindex="0"></ol>
<h2>What may come next</h2><ol class="pl-next"></ol>`;
  }

  get taal() { return this.bols ? this.taals[this.field('taal').value] : null; }

  /** An empty piece. @throws {Error} in a taal that the network never saw */
  fresh() {
    if (this.bols && !this.taal) {
      const name = this.field('taal').selectedOptions[0].textContent.split(' (')[0];
      if (this.chosen) this.field('taal').value = this.chosen;
      throw new Error(`The network never saw ${name}: choose a taal that it was trained with. They stand first in the list.`);
    }
    const header = this.bols ? [`taal:${this.taal.name}`, this.field('form').value] : [this.field('metre').value];
    this.piece = new Played(this.model, header.filter(Boolean), this.bols ? this.taal.vibhags : null);
    this.chosen = this.taal?.name;
    this.unheard = 0;
    this.show();
  }

  /** The piece. @throws {Error} where there can be none */
  ready() {
    if (!this.piece) this.fresh();
    return /** @type {Played} */ (this.piece);
  }

  /** Beats of an avartan or bar. */
  get cycle() {
    const {rules, sizes, words} = this.model;
    return this.bols ? this.taal.ranks.length : rules.cycle[words.indexOf(this.field('metre').value)] / rules.beat || sizes.beats;
  }

  tap(bol) {
    const field = this.field('phrase'), each = this.field('each').value !== '0';
    field.value += bol === ' ' ? ' ' : each || bol === '-' ? `${field.value && !field.value.endsWith(' ') ? ' ' : ''}${bol} ` : bol === 'ta' ? 'Tt' : bol === 'Ta' ? 'Taa' : bol;
  }

  /** Put the typed phrase into the piece. @returns {number} the beat at which it began */
  given() {
    const piece = this.ready(), field = this.field('phrase'), bols = phrase(field.value, Number(this.field('each').value), this.model);
    piece.keep(piece.events.length);
    const from = piece.length, before = piece.events.length;
    try { for (const {name, share} of bols) piece.give(name ? [name] : [], share === 1 ? '1' : `1/${share}`); }
    catch (error) {
      piece.keep(before);
      throw error;
    }
    field.value = '';
    return Math.min(this.unheard, from);
  }

  async go() {
    this.stop();
    await this.start(this.bols ? this.given() : Math.min(this.unheard, this.ready().length), true);
  }

  async answer() {
    this.stop();
    if (!this.field('phrase').value.trim()) throw new Error('Type or tap a line first: the network answers it.');
    const from = this.given();
    this.ready().answer(from, this.wish);
    await this.start(from, false);
  }

  /** Sound the piece from a beat; where it is endless, the network goes on. */
  async start(from, endless) {
    const piece = this.ready();
    this.unheard = from;
    this.show();
    await this.open();
    this.engine.begin({piece: 1, theka: 0.5, click: 0.5});
    if (endless) this.grow(from + GROWN[this.model.kind]);
    Object.assign(this, {endless, next: piece.events.findIndex(event => event.beat >= from - 1e-6), beat: from, time: this.engine.context.currentTime + 0.15, matra: Math.ceil(from)});
    this.lights = [];
    this.timer = window.setInterval(() => this.attemptQuietly(), 40);
    this.frame = requestAnimationFrame(() => this.light());
    this.advance();
  }

  /** Open the sound. @throws {Error} that says what the player can do */
  async open() {
    try { await this.engine.open(); }
    catch {
      throw new Error('AudioContext' in window || 'webkitAudioContext' in window
        ? 'The browser keeps this page silent: touch once more, or permit sound for this page. What was given is kept.'
        : 'This browser cannot play the page’s sound (no Web Audio). What was given is kept and can be saved.');
    }
  }

  attemptQuietly() {
    try { this.advance(); } catch (error) { this.stop(); this.say(/** @type {Error} */ (error).message); }
  }

  /** Let the network play until the piece is so long. */
  grow(until) {
    const piece = this.ready();
    while (piece.length < until) if (!piece.grow(this.wish)) { this.endless = false; break; }
  }

  /** Schedule what sounds soon. */
  advance() {
    const piece = this.ready(), {engine} = this, now = engine.context.currentTime, horizon = now + AHEAD;
    if (this.time < now && piece.events[this.next]) this.time = now + 0.05; // the browser held the page up
    for (;;) {
      const seconds = 60 / this.tempo;
      if (this.endless) this.grow(this.beat + GROWN[this.model.kind] + AHEAD / seconds);
      if (this.time >= horizon) return;
      const event = piece.events[this.next], end = event ? event.beat + event.length : this.beat;
      if (!event) {
        if (this.time < engine.heard()) this.stop(false);
        return;
      }
      const at = beat => this.time + (beat - this.beat) * seconds;
      for (; this.matra < end - 1e-6; this.matra++) this.accompany(this.matra, at(this.matra));
      this.sound(this.next, this.time, seconds);
      this.lights.push({index: this.next, time: this.time});
      this.time = at(end);
      this.beat = end;
      this.next++;
    }
  }

  accompany(matra, time) {
    const place = Math.round(matra % this.cycle), {taal} = this;
    if (this.field('click').checked) this.engine.click(taal ? taal.ranks[place] : place ? 3 : 0, time, 'click');
    if (this.field('theka')?.checked) {
      for (const hit of taal.theka) if (Math.floor(hit.beat + 1e-6) === place) this.engine.strike(hit.strokes, time + ((hit.beat - place) * 60) / this.tempo, 1, 'theka');
    }
  }

  /** What the hands play, as `riyaz.tabla.context` says it. */
  hand(index) {
    const {events} = this.ready(), bol = events[index].names[0], after = events[index + 1]?.names[0] || '';
    const played = (this.model.played[bol] || []).find(([, following]) => following.includes(after));
    return played ? played[0] : bol === after && this.model.played[bol] ? this.hand(index + 1) : bol;
  }

  /** How long a note goes on, in beats, with what holds it. */
  held(index, name) {
    const {events} = this.ready();
    let length = events[index].length;
    for (let i = index + 1; i < events.length && events[i].names.some((other, k) => other === name && events[i].held[k]); i++) length += events[i].length;
    return length;
  }

  sound(index, time, seconds) {
    const {names, held} = this.ready().events[index];
    if (this.bols) {
      if (names.length) this.engine.strike(this.model.strokes[this.hand(index)], time, 1, 'piece');
    } else names.forEach((name, k) => { if (!held[k]) this.engine.note(this.model.numbers[name], time, this.held(index, name) * seconds, 'piece'); });
  }

  light() {
    if (!this.timer) return;
    const heard = this.engine.heard();
    let due = null;
    while (this.lights.length && this.lights[0].time <= heard) due = this.lights.shift();
    if (due) this.show(due.index);
    this.frame = requestAnimationFrame(() => this.light());
  }

  /** Stop; what was not heard is taken back where the network plays endlessly. */
  stop(back = true) {
    if (!this.timer) return;
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.timer = 0;
    this.engine.stop();
    if (back && this.endless) this.ready().keep(this.lights.length ? this.lights[0].index : this.next);
    this.unheard = this.ready().length;
    this.show();
  }

  undo() {
    this.stop();
    const piece = this.ready();
    piece.keep(piece.events.filter(event => !event.lands).length - 1);
    this.unheard = Math.min(this.unheard, piece.length);
    this.show();
  }

  clear() {
    this.stop();
    this.fresh();
  }

  /** A key of the screen or of a MIDI keyboard. */
  press(pitch, together = this.field('chord').checked) {
    return this.attempt(async () => {
      this.stop();
      const piece = this.ready(), name = this.model.names[pitch], last = piece.events[piece.events.length - 1];
      if (!name) throw new Error(`Key ${pitch} is none that the network knows.`);
      const joined = together && last && last.by === 'you';
      const names = joined ? [...new Set([...last.names, name])].sort((a, b) => this.model.numbers[a] - this.model.numbers[b]) : [name];
      const trial = joined ? this.without(piece) : piece;
      trial.give(names, this.field('duration').value);
      this.piece = trial;
      this.show();
      await this.open();
      if (!this.engine.run) this.engine.begin({piece: 1, theka: 0.5, click: 0.5});
      this.engine.note(pitch, this.engine.context.currentTime, 60 / this.tempo, 'piece');
    });
  }

  /** The piece without its last event, as another piece. */
  without(piece) {
    const other = Object.assign(Object.create(Played.prototype), piece, {mind: piece.mind, events: [...piece.events]});
    other.keep(piece.events.length - 1);
    return other;
  }

  async keyboard() {
    const none = 'The keys on this page work without one.';
    if (!navigator.requestMIDIAccess) throw new Error(`This browser has no Web MIDI. ${none}`);
    let access;
    try { access = await navigator.requestMIDIAccess(); }
    catch { throw new Error(`The browser does not let this page use MIDI: permit it for this page. ${none}`); }
    const inputs = [...access.inputs.values()];
    if (!inputs.length) throw new Error(`No MIDI keyboard is connected: connect one and touch MIDI keyboard again. ${none}`);
    let last = -Infinity;
    for (const input of inputs) {
      input.onmidimessage = message => {
        const [status, pitch, velocity] = message.data;
        if ((status & 0xf0) !== 0x90 || !velocity) return;
        this.press(pitch, message.timeStamp - last < TOGETHER);
        last = message.timeStamp;
      };
    }
    this.say(`Listening to ${inputs.map(input => input.name).join(', ')}.`);
  }

  /** Draw the piece up to an event, and the probabilities of what follows it. */
  show(index = -1) {
    const list = /** @type {HTMLElement} */ (this.querySelector('.pl-piece')), {piece} = this;
    if (!piece) {
      list.textContent = '';
      /** @type {HTMLElement} */ (this.querySelector('.pl-next')).textContent = '';
      return;
    }
    const events = index < 0 ? piece.events : piece.events.slice(0, index + 1), {cycle} = this, rows = new Map();
    events.forEach((event, i) => {
      const row = Math.floor(event.beat / cycle + 1e-6);
      rows.set(row, [...(rows.get(row) || []), [event, i]]);
    });
    const ends = this.bols ? this.taal.vibhags.reduce((all, n) => [...all, (all[all.length - 1] || 0) + n], []) : [];
    list.innerHTML = [...rows].slice(-SHOWN).map(([, row]) => {
      let html = '', matra = -1;
      for (const [{beat, names, by}, i] of row) {
        const now = Math.floor(beat + 1e-6);
        if (now !== matra) html += `${matra < 0 ? '' : '</span>'}<span class="${ends.includes(Math.round(now % cycle) + 1) ? 'pl-bar' : ''}">`;
        matra = now;
        html += `<b class="${by === 'you' ? 'pl-you' : ''} ${i === index ? 'pl-lit' : ''}">${safe(names.join(' ') || '–')}</b>`;
      }
      return `<li>${html}</span></li>`;
    }).join('');
    list.scrollTop = list.scrollHeight;
    this.chances(index);
  }

  /** The likeliest next tokens: those from which the event after this one was drawn, or will be. */
  chances(index) {
    const piece = this.ready(), following = index < 0 ? null : piece.events[index + 1];
    const choice = following?.choice || (index < 0 ? {...piece.mind.next({...this.wish, argmax: true}), token: -1} : null);
    if (!choice) return;
    const likely = [...choice.probabilities.keys()].sort((a, b) => choice.probabilities[b] - choice.probabilities[a]).slice(0, SHOWN);
    if (choice.token >= 0 && !likely.includes(choice.token)) likely[SHOWN - 1] = choice.token;
    /** @type {HTMLElement} */ (this.querySelector('.pl-next')).innerHTML = likely.map(token => {
      const percent = (100 * choice.probabilities[token]).toFixed(1), marks = [token === choice.best ? 'argmax' : '', token === choice.token ? 'drawn' : ''].filter(Boolean).join(', ');
      return `<li class="${token === choice.token ? 'pl-drawn' : ''}"><b>${safe(this.model.words[token])}</b><i style="width:${percent}%"></i><span>${percent} %</span><em>${marks}</em></li>`;
    }).join('');
  }

  /** The notes of the piece, in ticks. */
  notes() {
    const piece = this.ready(), {beat} = this.model.rules, result = [];
    piece.events.forEach((event, i) => {
      const onset = Math.round(event.beat * beat), length = Math.round(event.length * beat);
      if (!this.bols) event.names.forEach((name, k) => { if (!event.held[k]) result.push({onset, length: Math.round(this.held(i, name) * beat), pitch: this.model.numbers[name]}); });
      else if (event.names.length) {
        for (const [stroke, delay] of this.model.strokes[this.hand(i)]) {
          const late = delay ? Math.min(Math.floor(beat / 24), Math.floor(length / 2)) : 0;
          result.push({onset: onset + late, length: length - late, pitch: this.model.drum[stroke]});
        }
      }
    });
    return result;
  }

  save(content, name, type) {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([content], {type}));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  whole() {
    this.stop();
    if (!this.ready().events.length) throw new Error('There is nothing to save yet: play something first.');
    return this.ready().events;
  }

  saveMidi() {
    this.whole();
    this.save(midi(this.notes(), this.model.rules.beat, this.tempo, this.bols), 'played.mid', 'audio/midi');
  }

  saveText() {
    const events = this.whole(), {beat} = this.model.rules;
    if (this.bols) this.save(notation(events, this.taal, beat), 'played.txt', 'text/plain');
    else this.save(abc(events, this.model.numbers, this.field('metre').value.slice(6), this.tempo, beat), 'played.abc', 'text/plain');
  }
}

customElements.define('riyaz-play', RiyazPlay);
