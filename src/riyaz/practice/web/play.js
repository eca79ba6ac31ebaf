/**
 * Play: the page on which a player and the network play. It draws the page, plays what is there ahead of the audio
 * clock, and lets the piece grow as it is heard. It sends `riyaz-light` when an event is lit, as a player does.
 */
import {Mind} from './mind.js';
import {unfolded} from './network.js';
import {lasting, safe} from './controls.js';
import {Kaida} from './kaida.js';
import {midi, readMidi, slices} from './midi.js';
import {abc, joined, notation, phrase, read, struckAs} from './phrase.js';
import {Played} from './piece.js';
import {page} from './settings.js';
import {Engine} from './sound.js';
import {Theme} from './theme.js';
import {unpack} from './timeline.js';

const AHEAD = 0.4; // seconds that are scheduled ahead
const GROWN = {bols: 2, notes: 8}; // beats that the network is ahead of the sound, so that it is known how long a note is held
const VOLUMES = {piece: 1, theka: 0.5, click: 0.5};
const TOGETHER = 60; // milliseconds within which keys that are pressed are one chord
const SHOWN = 8; // tokens whose probabilities are shown, and avartans or bars of the piece
const LEAST = 0.0005; // of the probabilities that are shown
const BEGINNING = 32; // beats that are taken of a file of notes
const GRID = 4; // steps of a beat to which its notes are moved

const numbers = text => {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return new Float32Array(bytes.buffer);
};

class RiyazPlay extends HTMLElement {
  /** @type {any} the page's model, its arrays unfolded */
  model;
  /** @type {Engine} */
  engine;
  /** @type {Record<string, any>} the taals that the network knows */
  taals = {};
  /** @type {Played|null} */
  piece = null;
  /** @type {string|undefined} the taal of the piece */
  chosen;
  /** @type {object|null} the kaida that is being made */
  making = null;
  /** Whether the network goes on for ever, and the beat from which nothing was heard yet. */
  endless = false;
  unheard = 0;
  /** What is scheduled next: its number, its beat, its moment of the audio clock, and the next matra of theka and click. */
  next = 0;
  beat = 0;
  time = 0;
  matra = 0;
  /** @type {{index: number, time: number}[]} what will be lit, in order of time */
  lights = [];
  timer = 0;
  frame = 0;
  /** For tests. */
  Mind = Mind;
  Kaida = Kaida;
  Theme = Theme;

  connectedCallback() {
    const read = id => JSON.parse(document.getElementById(id)?.textContent || '{}');
    this.model = read('riyaz-model');
    this.model.weights = {...unfolded({members: this.model.weights.members}, numbers(this.model.weights.values)), features: this.model.weights.features};
    this.model.weights.values = null;
    this.engine = new Engine(read('riyaz-sounds'));
    this.taals = Object.fromEntries((this.model.taals || []).filter(one => one.timeline).map(one => [one.name, {...one, ...unpack(one.timeline).taal}]));
    this.innerHTML = page(this.model, matchMedia('(min-width: 62rem)').matches);
    this.attempt(() => this.fresh());
    this.middle();
    this.addEventListener('click', event => {
      const button = /** @type {Element} */ (event.target).closest('button');
      if (!button) return;
      if (button.dataset.bol) { this.tap(button.dataset.bol); this.strike(button.dataset.bol); }
      else if (button.dataset.pitch) this.press(Number(button.dataset.pitch));
      else this.attempt(() => this.does[button.dataset.do || ''].call(this));
    });
    this.addEventListener('change', event => {
      const field = /** @type {any} */ (event.target);
      if (['taal', 'form', 'metre'].includes(field.name)) this.attempt(() => { this.stop(); this.fresh(); });
      if (field.name === 'file' && field.files[0]) { this.file(field.files[0]); field.value = ''; }
    });
    for (const name of ['dragover', 'drop']) {
      addEventListener(name, event => {
        event.preventDefault(); // else the browser leaves the page for the file
        const [file] = /** @type {any} */ (event).dataTransfer?.files || [];
        if (name === 'drop') this.attempt(() => { if (!file) throw new Error('Drop a file: what was dropped is none.'); return this.file(file); });
      });
    }
    this.addEventListener('input', () => { for (const name of ['tempo', 'temperature', 'memory', 'paltas']) if (this.field(name)) this.field(`${name}-shown`).value = this.field(name).value; });
    this.engine.decode().catch(() => {});
  }

  get does() {
    return {go: this.go, answer: this.answer, stop: this.stop, undo: this.undo, clear: this.clear, midi: this.saveMidi, text: this.saveText, keyboard: this.keyboard, kaida: this.kaida};
  }

  /** @returns {any} */
  field(name) { return this.querySelector(`[name="${name}"]`); }

  say(text) {
    const line = /** @type {HTMLElement} */ (this.querySelector('.pl-line'));
    line.textContent = text;
    line.hidden = !text;
    if (text) line.scrollIntoView({block: 'nearest'});
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
    this.making = null;
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

  /** Where the keys are wider than the screen, those around middle C are seen first. */
  middle() {
    const keys = this.querySelector('.pl-keys'), key = /** @type {HTMLElement|null} */ (this.querySelector('[data-pitch="60"]'));
    if (keys && key) keys.scrollLeft = key.offsetLeft - keys.clientWidth / 2;
  }

  tap(bol) {
    const field = this.field('phrase'), each = this.field('each').value !== '0';
    field.value += bol === ' ' ? ' ' : each || bol === '-' ? `${field.value && !field.value.endsWith(' ') ? ' ' : ''}${bol} ` : bol === 'ta' ? 'Tt' : bol === 'Ta' ? 'Taa' : bol;
  }

  /** Sound a bol that is tapped; where there is no sound, the tap counts all the same. @param {string} bol */
  async strike(bol) {
    if (!this.model.strokes[bol]) return;
    try { await this.open(); } catch { return; }
    if (!this.engine.run) this.engine.begin(VOLUMES);
    this.engine.strike(this.model.strokes[bol], this.engine.playing().context.currentTime, 1, 'piece');
  }

  /** Put the typed phrase into the piece. @returns {number} the beat at which it began */
  given() {
    const piece = this.ready(), field = this.field('phrase'), bols = phrase(field.value, Number(this.field('each').value), this.model);
    piece.keep(piece.events.length);
    const from = piece.length, before = piece.events.length;
    try { for (const bol of bols) this.giveBol(piece, bol); }
    catch (error) {
      piece.keep(before);
      throw error;
    }
    field.value = '';
    return Math.min(this.unheard, from);
  }

  giveBol(piece, {name, share, parts}) { piece.give(name ? [name] : [], piece.fraction((parts * piece.ticks) / share)); }

  /** A file that was dropped or chosen becomes the beginning; what cannot be read is said, and the piece stays. @param {File} file */
  file(file) {
    return this.attempt(async () => {
      const text = /\.(txt|text|md)$/i.test(file.name) || file.type.startsWith('text/');
      try {
        if (file.size > 4e6) throw new Error('it is larger than 4 MB.');
        if (this.bols) {
          if (!text) throw new Error('this page reads notation, a text file whose name ends in .txt.');
          this.openNotation(await file.text(), file.name);
        } else {
          if (!/\.(mid|midi|kar)$/i.test(file.name)) throw new Error('this page reads MIDI files, whose names end in .mid.');
          this.openMidi(await file.arrayBuffer(), file.name);
        }
      } catch (error) { throw new Error(`${file.name}: ${/** @type {Error} */ (error).message}`); }
    });
  }

  openNotation(text, name) {
    const {model} = this, found = read(text, model, model.taals), taal = found.taal ? this.taals[found.taal.name] : this.taal;
    if (!taal) throw new Error(`The network never saw ${found.taal.title}: it goes on in a taal that it was trained with.`);
    const piece = new Played(model, [`taal:${taal.name}`, this.field('form').value].filter(Boolean), taal.vibhags), most = SHOWN * taal.ranks.length;
    const bols = joined(found.sections, taal.ranks.length).flatMap(section => section.bols.map((bol, i) => ({...bol, section: i ? '' : section.name})));
    let cut = false;
    for (const bol of bols) {
      cut = piece.length >= most - 1e-6;
      if (cut) break;
      this.giveBol(piece, bol);
      if (bol.section) piece.events[piece.events.length - 1].section = bol.section;
    }
    this.take(piece, taal.name, `${found.title || name} is the beginning${cut ? `, its first ${SHOWN} avartans` : ''}: touch Go on.`);
  }

  openMidi(data, name) {
    const {model} = this, {notes, tempo} = readMidi(data), sizes = model.words.filter(word => word.startsWith('d:')).map(word => word.slice(2));
    const inBeats = size => { const [above, below = '1'] = size.split('/'); return Number(above) / Number(below); };
    const piece = new Played(model, [this.field('metre').value].filter(Boolean), null), rows = slices(notes, GRID, BEGINNING, sizes.map(inBeats));
    for (const {length, pitches, held} of rows) {
      const names = pitches.map(pitch => model.names[pitch]);
      piece.give(names, piece.fraction(Math.round(length * piece.ticks)), held);
    }
    this.field('tempo').value = String(Math.round(Math.min(Math.max(tempo, 30), 240)));
    this.field('tempo-shown').value = this.field('tempo').value;
    this.take(piece, '', `The first ${Math.round(piece.length)} beats of ${name} are the beginning, on a grid of a quarter of a beat: touch Go on.`);
  }

  /** Put another piece in the place of this one. */
  take(piece, taal, line) {
    this.stop();
    if (taal) this.field('taal').value = this.chosen = taal;
    Object.assign(this, {piece, unheard: piece.length, making: null});
    this.show();
    this.say(line);
  }

  /** A performance of a theme of the corpus, or of the line that was typed. */
  async kaida() {
    this.stop();
    const {model} = this, kaida = new Kaida(model.kaida, model.rules.beat), wished = this.field('theme').value, count = Number(this.field('paltas').value);
    const theme = wished === 'own' ? this.ownTheme(kaida) : model.kaida.themes[Number(wished)], taal = this.taals[theme.taal];
    const plan = wished === 'own' ? theme.made.plan(count) : this.shortened(kaida.plan(theme), count);
    const piece = new Played(model, [`taal:${taal.name}`, 'form:kaida'].filter(word => model.words.includes(word)), taal.vibhags), making = {};
    this.take(piece, taal.name, '');
    this.making = making;
    const put = (sound, {segment, choice}) => piece.put(sound, {by: choice ? 'network' : 'rule', choice, section: segment ? segment.name : ''});
    try {
      await kaida.perform(plan, put, allowed => this.choose(piece, allowed), async ({name, idea}) => {
        if (this.making !== making) throw new Error('The kaida was broken off.');
        this.show();
        this.say(`${name}${idea ? `: ${idea}` : ''} …`);
        await new Promise(done => setTimeout(done)); // the page is drawn, and touches are heard
      });
    } catch (error) {
      if (this.making === making || this.piece === piece) throw error;
      return;
    }
    this.making = null;
    this.say('');
    await this.start(0, false);
  }

  /** The typed line as a theme. @throws {Error} what is wrong with it */
  ownTheme(kaida) {
    const bols = phrase(this.field('phrase').value, Number(this.field('each').value), this.model), {rules: {beat}} = this.model;
    if (!bols.length) throw new Error('Type or tap the first half of a theme, or choose one from the list.');
    const row = bols.map(({name, share, parts}) => /** @type {[string, number]} */ ([name, (parts * beat) / share]));
    return {taal: this.taal.name, made: new Theme(kaida, row, {matras: this.taal.ranks.length, vibhags: this.taal.vibhags, title: this.taal.title})};
  }

  /** The plan with so many of its paltas, from the first to the last. */
  shortened(plan, count) {
    const paltas = plan.filter(({name}) => name.startsWith('palta')), kept = new Set(Array.from({length: Math.min(count, paltas.length)}, (_, i) => paltas[Math.floor((i * paltas.length) / count)]));
    let number = 0;
    return plan.filter(one => !one.name.startsWith('palta') || kept.has(one)).map(one => (one.name.startsWith('palta') ? {...one, name: `palta ${++number}`} : one));
  }

  /** One of the sounds that the rules allow, by the network's probabilities, with a weaker memory: paltas are to leave the theme. */
  choose(piece, allowed) {
    const {temperature, memory, argmax} = this.wish, strength = memory * this.model.kaida.memory, here = piece.mind.predicted(strength), ahead = new Map();
    const p = allowed.map(([bol, ticks]) => {
      const [name, duration] = [piece.number(bol || 'rest'), piece.number(`d:${piece.fraction(ticks)}`)];
      if (ticks === piece.mind.grammar.duration) return name < 0 ? 0 : Math.exp(here[name]);
      if (name < 0 || duration < 0) return 0;
      if (!ahead.has(duration)) {
        const mind = piece.mind.copy();
        mind.read(duration);
        ahead.set(duration, mind.predicted(strength));
      }
      return Math.exp(here[duration] + ahead.get(duration)[name]);
    });
    const most = Math.max(...p), best = p.indexOf(most);
    if (argmax || temperature <= 0) return {number: best, p};
    const warm = p.map(one => (most > 0 ? (one / most) ** (1 / temperature) : 1));
    let left = Math.random() * warm.reduce((a, b) => a + b, 0), number = best;
    for (let i = 0; i < warm.length; i++) {
      if (!(warm[i] > 0)) continue;
      number = i;
      left -= warm[i];
      if (left <= 0) break;
    }
    return {number, p};
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
    this.querySelector('.pl-piece')?.scrollIntoView({block: 'nearest'});
    await this.open();
    this.engine.begin(VOLUMES);
    if (endless) this.grow(from + GROWN[this.model.kind]);
    Object.assign(this, {endless, next: piece.events.findIndex(event => event.beat >= from - 1e-6), beat: from, time: this.engine.playing().context.currentTime + 0.15, matra: Math.ceil(from)});
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
    const piece = this.ready(), {engine} = this, now = engine.playing().context.currentTime, horizon = now + AHEAD;
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

  /** What the hands play from an event on. @returns {string[]} */
  hands(index = 0) {
    return struckAs(this.ready().events.slice(index).map(event => event.names[0] || ''), this.model.played);
  }

  /** How long a note goes on, in beats, with what holds it. */
  held(index, name) {
    const {events} = this.ready();
    let length = events[index].length;
    for (let i = index + 1; i < events.length && events[i].names.some((other, k) => other === name && events[i].held[k]); i++) length += events[i].length;
    return length;
  }

  sound(index, time, seconds) {
    const {names, held, velocity} = this.ready().events[index];
    if (this.bols) {
      if (names.length) this.engine.strike(this.model.strokes[this.hands(index)[0]], time, 1, 'piece');
    } else names.forEach((name, k) => { if (!held[k]) this.engine.note(this.model.numbers[name], time, this.held(index, name) * seconds, 'piece', velocity[k]); });
  }

  light() {
    if (!this.timer) return;
    const heard = this.engine.heard();
    /** @type {{index: number, time: number}|undefined} */
    let due;
    while (this.lights.length && this.lights[0].time <= heard) due = this.lights.shift();
    if (due) {
      this.show(due.index);
      this.dispatchEvent(new CustomEvent('riyaz-light', {bubbles: true, detail: {kind: 'hit', index: due.index, time: due.time, heard: this.engine.heard()}}));
    }
    this.frame = requestAnimationFrame(() => this.light());
  }

  /** Stop; what was not heard is taken back where the network plays endlessly. */
  stop(back = true) {
    this.making = null;
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
      if (!this.engine.run) this.engine.begin(VOLUMES);
      this.engine.note(pitch, this.engine.playing().context.currentTime, 60 / this.tempo, 'piece');
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
        const [status = 0, pitch = 0, velocity = 0] = message.data || [];
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
      let html = row[0][0].section ? `<em>${safe(row[0][0].section)}</em>` : '', matra = -1;
      for (const [{beat, names, by, choice}, i] of row) {
        const now = Math.floor(beat + 1e-6);
        if (now !== matra) html += `${matra < 0 ? '' : '</span>'}<span class="${ends.includes(Math.round(now % cycle) + 1) ? 'pl-bar' : ''}">`;
        matra = now;
        html += `<b class="${by === 'you' ? 'pl-you' : choice?.allowed ? 'pl-chosen' : ''} ${i === index ? 'pl-lit' : ''}">${safe(names.join(' ') || '–')}</b>`;
      }
      return `<li>${html}</span></li>`;
    }).join('');
    list.scrollTop = list.scrollHeight;
    this.chances(index);
  }

  /** The likeliest next tokens, or the sounds that a form allows: those from which the event after this one was drawn, or will be. */
  chances(index) {
    const piece = this.ready(), following = index < 0 ? null : piece.events[index + 1], why = /** @type {HTMLElement} */ (this.querySelector('.pl-why'));
    const choice = following ? following.choice : index < 0 && !piece.events.some(event => event.choice?.allowed) ? {...piece.mind.next({...this.wish, argmax: true}), token: -1} : null;
    if (!choice) {
      if (following?.by !== 'rule') return;
      why.hidden = false;
      why.textContent = 'The form has fixed what comes: here is nothing to choose.';
      /** @type {HTMLElement} */ (this.querySelector('.pl-next')).textContent = '';
      return;
    }
    const {allowed} = choice, all = allowed ? choice.p : choice.probabilities, drawn = allowed ? choice.number : choice.token, best = allowed ? all.indexOf(Math.max(...all)) : choice.best;
    why.hidden = !allowed;
    if (allowed) why.textContent = `The rules of the kaida allow these ${allowed.length}; all else had ${(100 * Math.max(0, 1 - all.reduce((a, b) => a + b, 0))).toFixed(0)} % of the network's probability.`;
    const likely = [...all.keys()].filter(i => all[i] >= LEAST).sort((a, b) => all[b] - all[a]).slice(0, SHOWN);
    if (drawn >= 0 && !likely.includes(drawn)) likely[Math.min(likely.length, SHOWN - 1)] = drawn;
    const said = i => (allowed ? `${allowed[i][0] || 'rest'} ${piece.fraction(allowed[i][1])}` : this.model.words[i].replace(/^v:/, 'velocity ').replace(/^d:(.*)/, (_, size) => lasting(size, this.bols ? 'matra' : 'beat')));
    /** @type {HTMLElement} */ (this.querySelector('.pl-next')).innerHTML = likely.map(i => {
      const percent = (100 * all[i]).toFixed(1), marks = [i === best ? 'argmax' : '', i === drawn ? 'drawn' : ''].filter(Boolean).join(', ');
      return `<li class="${i === drawn ? 'pl-drawn' : ''}"><b>${safe(said(i))}</b><i style="width:${percent}%"></i><span>${percent}%</span><em>${marks}</em></li>`;
    }).join('');
  }

  /** The notes of the piece, in ticks. */
  notes() {
    const piece = this.ready(), {beat} = this.model.rules, hands = this.bols ? this.hands() : [], result = [];
    piece.events.forEach((event, i) => {
      const onset = Math.round(event.beat * beat), length = Math.round(event.length * beat);
      if (!this.bols) event.names.forEach((name, k) => { if (!event.held[k]) result.push({onset, length: Math.round(this.held(i, name) * beat), pitch: this.model.numbers[name], velocity: event.velocity[k]}); });
      else if (event.names.length) {
        for (const [stroke, delay] of this.model.strokes[hands[i]]) {
          const late = delay ? Math.min(Math.floor(beat / 24), Math.floor(length / 2)) : 0;
          result.push({onset: onset + late, length: length - late, pitch: this.model.drum[stroke], velocity: 96});
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
    if (this.bols) this.save(notation(events, this.taal, beat, events.some(event => event.by === 'rule') ? 'kaida' : ''), 'played.txt', 'text/plain');
    else this.save(abc(events, this.model.numbers, this.field('metre').value.slice(6), this.tempo, beat), 'played.abc', 'text/plain');
  }
}

customElements.define('riyaz-play', RiyazPlay);
