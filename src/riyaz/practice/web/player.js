/**
 * Player: the element <riyaz-player timeline="...">, one a piece. It joins the piece's transport, the page's sound and
 * what is seen. Only one player of a page plays at a time.
 *
 * It sends `riyaz-light` when something is lit (detail: kind, index, the moment it sounds at and the moment that was
 * heard then, both in seconds of the audio clock), and `riyaz-practised` with seconds and tempo.
 */
import {draw, icon} from './controls.js';
import {recall, remember} from './memory.js';
import {Engine} from './sound.js';
import {unpack} from './timeline.js';
import {Transport} from './transport.js';
import {RollView, ScoreView, TableView} from './views.js';

const AHEAD = 0.3, AHEAD_HIDDEN = 2.5; // seconds: a page that is not seen is woken once a second
const EARLY = 0.008; // seconds: half a frame
const STRINGS = [null, 0, 0, -12]; // the tanpura's strings over Sa; the first is the lehra's own
const PLUCKS = [0, 1.05, 2.1, 3.15, 4.6]; // seconds; the last begins again
const KEPT = ['countIn', 'pieceOn', 'pieceVolume', 'thekaOn', 'thekaVolume', 'clickOn', 'clickVolume', 'lehraVolume', 'droneOn',
  'droneVolume', 'pitch', 'lightOn', 'ladderBy', 'ladderEvery'];
const DEFAULTS = {
  countIn: 'vibhag', pieceOn: true, pieceVolume: 100, thekaOn: false, thekaVolume: 60, clickOn: false, clickVolume: 60, lehra: -1,
  lehraVolume: 80, droneOn: false, droneVolume: 70, pitch: 0, lightOn: true, ladderBy: 5, ladderEvery: 2,
};

/** @type {Engine|null} */
let engine = null;
/** @type {RiyazPlayer|null} The player that plays. */
let playing = null;
/** @type {RiyazPlayer|null} The player that keys go to: the last that was touched, or the first. */
let chosen = null;

function shared() {
  if (!engine) {
    const sounds = document.getElementById('riyaz-sounds');
    engine = new Engine(JSON.parse(sounds?.textContent || '{}'));
  }
  return engine;
}

export class RiyazPlayer extends HTMLElement {
  /** @type {import('./timeline.js').Piece} */
  piece;
  /** @type {import('./transport.js').Wish & Record<string, any>} what is set on the player */
  wish;
  /** @type {Transport} */
  transport;
  /** @type {TableView|ScoreView|RollView|null} */
  view;
  /** @type {{time: number, kind: string, index: number, beat: number}[]} what will be lit, in order of time */
  lights = [];
  /** @type {HTMLElement[]} */
  places = [];
  /** Beats per minute of the piece, and the beat where it stands. */
  base = 0;
  beat = 0;
  /** Which matra of the cycle is lit, and what is repeated. */
  place = 0;
  kind = 'none';
  plucked = {start: 0, next: 0};
  /** When a round was begun, in milliseconds; 0 before. */
  begun = 0;
  timer = 0;
  waking = 0;
  /** @type {Element|null|undefined} what was scrolled to */
  followed = null;
  /** @type {any} */
  lock = null;

  connectedCallback() {
    if (this.piece) return;
    try { this.load(JSON.parse(this.getAttribute('timeline') || '')); }
    catch { this.innerHTML = '<p>This piece cannot be played: its data is damaged. Make the page again.</p>'; }
  }

  /** The page's sound. */
  get engine() { return shared(); }

  disconnectedCallback() { this.pause(); }

  /** @param {any} data */
  load(data) {
    const piece = this.piece = unpack(data);
    const stored = recall('riyaz-player', {});
    this.base = piece.tempo;
    this.wish = {
      ...DEFAULTS, ...Object.fromEntries(KEPT.filter(key => key in stored).map(key => [key, stored[key]])),
      tempo: piece.tempo, speed: 1, loop: null, ladder: null, ladderFrom: Math.round(piece.tempo * 0.6), ladderTo: Math.round(piece.tempo * 1.2),
    };
    if (piece.kind === 'notes' && this.wish.countIn === 'vibhag') this.wish.countIn = 'cycle';
    this.innerHTML = draw(piece, this.wish);
    this.classList.add('rp');
    this.places = /** @type {HTMLElement[]} */ ([...this.querySelectorAll('.rp-cycle i')]);
    this.transport = new Transport(piece, this.wish, this.sink());
    this.view = this.seen();
    this.addEventListener('click', event => this.touched(event));
    this.addEventListener('input', event => this.changed(/** @type {any} */ (event.target)));
    this.addEventListener('pointerdown', () => { chosen = this; });
    this.rangeFields();
    chosen = chosen || this;
    shared().decode().catch(() => {}); // beside the drawing of the page, in a thread of its own
  }

  /** The table or score that stands beside the player, or a roll of its own. */
  seen() {
    const tapped = beat => { chosen = this; this.go(beat); };
    const stage = this.closest('.piece, .rp-stage') || document;
    const sheet = /** @type {HTMLElement|null} */ (stage.querySelector('.riyaz-sheet')), score = stage.querySelector('.score');
    if (this.piece.kind === 'bols' && sheet) return new TableView(sheet, this.piece, tapped);
    if (this.piece.score && score) return new ScoreView(score, this.piece, tapped);
    if (this.piece.kind === 'bols') return null;
    const roll = document.createElement('div'), place = stage.querySelector('.pr-view');
    if (place) place.append(roll); else this.before(roll);
    return new RollView(roll, this.piece, tapped);
  }

  /** What the transport says becomes sound and light. @returns {import('./transport.js').Sink} */
  sink() {
    const light = (time, kind, index, beat) => this.lights.push({time, kind, index, beat});
    const sound = () => /** @type {Engine} */ (engine);
    return {
      hit: (i, hit, time) => {
        const whole = Math.abs(hit.beat - Math.round(hit.beat)) < 1e-6, sam = whole && Math.abs(hit.beat % this.piece.cycle) < 1e-6;
        sound().strike(hit.strokes, time, 10 ** ((whole ? (sam ? 1.5 : 0) : -1.5) / 20), 'piece');
        light(time, 'hit', i, hit.beat);
      },
      note: (i, note, time, length) => { sound().note(note.pitch, time, length, 'piece', note.velocity, this.piece.instrument); light(time, 'note', i, note.beat); },
      beat: (beat, time) => light(time, 'beat', beat, beat),
      theka: (hit, time) => sound().strike(hit.strokes, time, 0.6, 'theka'),
      tone: (step, time, length) => sound().tone(step, time, length),
      matra: (place, rank, time) => { sound().click(rank, time, 'click'); light(time, 'matra', place, rank); },
      count: (left, place, rank, time) => { sound().click(rank, time, 'count'); light(time, 'count', left, place); },
      tempo: () => this.showTempo(),
      round: (time, tempo) => this.lights.push({time, kind: 'round', index: 0, beat: tempo}),
      end: time => this.lights.push({time: time + 0.4, kind: 'end', index: 0, beat: 0}),
    };
  }

  volumes() {
    const {wish} = this, of = name => (wish[`${name}On`] === false ? 0 : wish[`${name}Volume`] / 100);
    return {piece: of('piece'), theka: of('theka'), click: of('click'), lehra: of('lehra'), drone: of('drone'), count: 0.8};
  }

  /** Play from where it stands. @param {boolean} counted with a count-in */
  async play(counted = true) {
    const sound = shared();
    if (playing && playing !== this) playing.pause();
    for (const other of document.querySelectorAll('audio')) other.pause();
    playing = chosen = this;
    this.say('');
    this.button(true);
    try { await sound.open(); }
    catch (error) { this.pause(); this.say(error instanceof Error ? error.message : String(error)); return; }
    if (playing !== this) return; // paused, or another one was started, while the sounds were decoded
    sound.pitch = Number(this.wish.pitch);
    sound.begin(this.volumes());
    this.lights = [];
    const now = /** @type {AudioContext} */ (sound.context).currentTime + 0.06;
    if (this.beat >= this.transport.range().to - 1e-6) this.beat = 0;
    this.transport.start(now, this.beat, counted);
    this.plucked = {start: now, next: 0};
    this.begun = performance.now();
    clearInterval(this.timer);
    this.timer = window.setInterval(() => this.ahead(), 50);
    this.ahead();
    clearTimeout(this.waking);
    this.wait();
    this.awake();
  }

  /** Schedule what comes next. */
  ahead() {
    const context = /** @type {AudioContext} */ (shared().context);
    if (context.state !== 'running') { // a call, an alarm, another app
      this.pause();
      this.say('Another app took the sound. Touch Play to go on.');
      return;
    }
    const until = context.currentTime + (document.hidden ? AHEAD_HIDDEN : AHEAD);
    if (this.transport.time < context.currentTime) this.transport.time = context.currentTime + 0.03; // the page was held up: go on from here
    this.transport.advance(until);
    if (this.wish.droneOn && this.piece.taal) this.pluck(until);
  }

  /** The tanpura, whose strings have a tempo of their own. */
  pluck(until) {
    const first = this.piece.taal?.lehras[Math.max(this.wish.lehra, 0)]?.first ?? 7;
    const round = PLUCKS[PLUCKS.length - 1], sound = shared(), {currentTime} = sound.playing().context;
    for (;;) {
      const n = this.plucked.next, time = this.plucked.start + Math.floor(n / 4) * round + PLUCKS[n % 4];
      if (time >= until) return;
      if (time >= currentTime - 0.01) sound.pluck(STRINGS[n % 4] ?? first - 12, time);
      this.plucked.next += 1;
    }
  }

  /** Light what is heard now. */
  shine() {
    if (playing !== this) return;
    const heard = shared().heard();
    for (let next = this.lights[0]; next && next.time <= heard + EARLY; next = this.lights[0]) {
      const {time, kind, index, beat} = next;
      this.lights.shift();
      this.show(kind, index, beat);
      this.dispatchEvent(new CustomEvent('riyaz-light', {detail: {kind, index, time, heard}}));
      if (playing !== this) return;
    }
    this.wait();
  }

  /** Wake up when the next light is due: a timer is more exact than frames where a page is slow to draw. */
  wait() {
    const due = this.lights.length ? (this.lights[0].time - shared().heard() - EARLY) * 1000 : 50;
    this.waking = window.setTimeout(() => this.shine(), Math.min(Math.max(due, 4), 50));
  }

  show(kind, index, beat) {
    if (kind === 'end') { this.beat = 0; this.pause(); return; }
    if (kind === 'round') { this.practised(beat); return; }
    if (kind === 'count' || kind === 'matra') {
      this.cycle(kind === 'count' ? beat : index);
      this.find('.rp-count').textContent = kind === 'count' ? String(index) : '';
      this.classList.toggle('rp-counting', kind === 'count');
      return;
    }
    this.beat = beat;
    if (kind === 'beat') this.view?.reach(beat);
    else this.view?.light(kind, index, beat);
    this.follow();
  }

  /** The place in the cycle. */
  cycle(place) {
    this.places[this.place]?.classList.remove('rp-on');
    this.place = Math.floor(place);
    this.places[this.place]?.classList.add('rp-on');
    this.classList.toggle('rp-sam', this.wish.lightOn && this.place === 0);
  }

  /** Keep what is lit in sight, unless the reader scrolls. */
  follow() {
    const now = this.view?.now;
    if (!now || now === this.followed || performance.now() - scrolled < 4000) return;
    this.followed = now;
    const box = now.getBoundingClientRect(), floor = this.getBoundingClientRect().top;
    if (box.top < 60 || box.bottom > Math.min(floor, innerHeight) - 8 || box.left < 0 || box.right > innerWidth) {
      now.scrollIntoView({block: 'center', inline: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth'});
    }
  }

  pause() {
    clearInterval(this.timer);
    clearTimeout(this.waking);
    if (playing === this) {
      playing = null;
      engine?.stop();
      this.practised(this.wish.tempo, false);
    }
    this.lights = [];
    this.button(false);
    this.classList.remove('rp-sam', 'rp-counting');
    this.lock?.release?.().catch(() => {});
    this.lock = null;
  }

  /** Tell how long was played, and how fast. @param {boolean} whole whether a round was played to its end */
  practised(tempo, whole = true) {
    const now = performance.now(), seconds = this.begun ? (now - this.begun) / 1000 : 0;
    this.begun = whole ? now : 0;
    if (seconds > 0) this.dispatchEvent(new CustomEvent('riyaz-practised', {bubbles: true, detail: {seconds, tempo, whole}}));
  }

  /** Go to a beat; goes on playing if it plays. */
  go(beat) {
    this.beat = Math.min(Math.max(beat, 0), Math.max(this.piece.length - 1e-3, 0));
    const {loop} = this.wish;
    if (loop && (this.beat < loop.from - 1e-6 || this.beat >= loop.to - 1e-6)) this.repeat(this.kind === 'cycle' ? 'cycle' : 'none');
    this.view?.go(this.beat);
    if (playing === this) this.play(false);
    else this.cycle(this.beat % this.piece.cycle);
  }

  /** Choose what is repeated. @param {string} kind a value of the select `loop` */
  repeat(kind) {
    const {piece, wish} = this, {cycle, length} = piece, unit = piece.kind === 'bols' ? 1 : cycle;
    const at = Math.floor(this.beat / cycle + 1e-6) * cycle, value = name => Number(this.field(name).value) || 1;
    this.kind = kind;
    /** @type {import('./transport.js').Range|null} */
    let loop = null;
    if (kind === 'all') loop = {from: 0, to: landing(piece)};
    if (kind === 'cycle') loop = {from: at, to: Math.min(at + cycle, length)};
    if (kind === 'range') {
      const [a, b] = [value('rangeFrom'), value('rangeTo')].sort((x, y) => x - y);
      loop = {from: Math.max(a - 1, 0) * unit, to: Math.min(b * unit, length)};
      if (loop.from >= loop.to) { this.say(`The piece has ${Math.ceil(length / unit)} ${unit === 1 ? 'matras' : 'bars'}.`); loop = null; }
    }
    if (kind[0] === 's') {
      const section = piece.sections[Number(kind.slice(1))];
      loop = {from: section.beat, to: Math.min(section.beat + section.length, length)};
    }
    wish.loop = loop;
    this.field('loop').value = kind;
    this.find('[data-do=loop]').setAttribute('aria-pressed', String(!!loop));
    this.view?.mark(loop);
    this.rangeFields();
    if (loop && (this.beat < loop.from - 1e-6 || this.beat >= loop.to - 1e-6)) { this.beat = loop.from; this.view?.go(this.beat); }
    if (playing === this) this.play(false);
  }

  rangeFields() { this.find('[data-for=range]').hidden = this.kind !== 'range'; }

  /** A part of the player. @param {string} selector @returns {any} */
  find(selector) { return this.querySelector(selector); }

  /** @param {string} selector @returns {NodeListOf<HTMLElement>} */
  findAll(selector) { return this.querySelectorAll(selector); }

  /** @param {string} name */
  field(name) { return this.find(`[name=${name}]`); }

  /** @param {number} tempo beats per minute */
  tempo(tempo) {
    this.wish.tempo = Math.min(Math.max(tempo, this.base / 4), this.base * 4);
    this.showTempo();
  }

  showTempo() {
    const percent = Math.round((this.wish.tempo / this.base) * 100);
    this.find('.rp-tempo b').textContent = String(Math.round(this.wish.tempo));
    this.find('.rp-tempo small').textContent = `${percent}%`;
    if (document.activeElement !== this.field('percent')) this.field('percent').value = String(percent);
  }

  ladder() {
    const value = (name, low) => Math.max(low, Number(this.field(name).value) || low);
    this.wish.ladder = this.field('ladderOn').checked
      ? {from: value('ladderFrom', 10), to: value('ladderTo', 10), by: value('ladderBy', 1), every: Math.round(value('ladderEvery', 1))} : null;
  }

  /** A field was changed. @param {HTMLInputElement} field */
  changed(field) {
    const {name, value, checked, type} = field, sound = shared();
    if (name === 'percent') this.tempo((Number(value) / 100) * this.base);
    else if (name === 'loop' || name.startsWith('range')) this.repeat(name === 'loop' ? value : 'range');
    else if (name.startsWith('ladder')) {
      this.ladder();
      if (name !== 'ladderOn') this.wish[name] = Number(value);
      else if (checked && this.wish.ladder) { this.transport.rounds = 0; this.transport.set(this.wish.ladder.from); }
    } else {
      this.wish[name] = type === 'checkbox' ? checked : name === 'countIn' ? value : Number(value);
      if (name === 'pitch') sound.pitch = this.wish.pitch;
      if (name === 'droneOn' && sound.context) this.plucked = {start: sound.context.currentTime + 0.05, next: 0};
      if (name === 'lehra' && this.wish.lehra >= 0 && !this.wish.droneOn && this.field('droneOn')) { // a lehra comes with its drone
        this.field('droneOn').checked = true;
        this.changed(this.field('droneOn'));
      }
      for (const [bus, volume] of Object.entries(this.volumes())) sound.volume(bus, volume);
      if (name === 'speed' && playing === this) this.play(false);
    }
    remember('riyaz-player', Object.fromEntries(KEPT.map(key => [key, this.wish[key]])));
  }

  /** A button was touched. */
  touched(event) {
    const button = event.target.closest('button');
    if (!button || !this.contains(button)) return;
    const {do: action, open} = button.dataset;
    if (action) this.act(action);
    if (open) {
      for (const panel of this.findAll('.rp-panel')) panel.hidden = panel.dataset.panel !== open || !panel.hidden;
      for (const tab of this.findAll('[data-open]')) tab.setAttribute('aria-expanded', String(!this.find(`[data-panel=${tab.dataset.open}]`).hidden));
    }
  }

  act(action) {
    if (action === 'play') playing === this ? this.pause() : this.play();
    if (action === 'start') this.go(this.wish.loop ? this.wish.loop.from : 0);
    if (action === 'loop') this.repeat(this.wish.loop ? 'none' : 'cycle');
    if (action === 'slower' || action === 'faster') this.tempo(Math.round(this.wish.tempo) + (action === 'slower' ? -2 : 2));
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was one of the player's */
  key(event) {
    const step = (this.piece.kind === 'bols' ? (event.shiftKey ? this.piece.cycle : 1) : this.piece.cycle);
    const at = Math.floor(this.beat / step + 1e-6) * step;
    const act = {
      ' ': () => this.act('play'), ArrowLeft: () => this.go(this.beat - at < 0.5 ? at - step : at), ArrowRight: () => this.go(at + step),
      ArrowUp: () => this.act('faster'), ArrowDown: () => this.act('slower'), l: () => this.act('loop'), L: () => this.act('loop'),
    }[event.key];
    if (act) act();
    return !!act;
  }

  button(on) {
    const button = this.querySelector('[data-do=play]');
    if (!button) return;
    button.innerHTML = icon(on ? 'pause' : 'play');
    button.setAttribute('aria-label', on ? 'Pause' : 'Play');
    this.classList.toggle('rp-playing', on);
  }

  say(text) {
    const line = this.find('.rp-line');
    line.textContent = text;
    line.hidden = !text;
  }

  /** Keep the screen on while it plays, where the browser can. */
  async awake() {
    try { this.lock = await /** @type {any} */ (navigator).wakeLock?.request('screen'); } catch { this.lock = null; }
    if (playing !== this) this.lock?.release?.().catch(() => {});
  }
}

/** Where a piece that ends with a stroke on sam begins again: at that sam. */
function landing(piece) {
  return Math.abs((piece.length % piece.cycle) - 1) < 1e-6 && piece.kind === 'bols' && piece.length > 1 ? piece.length - 1 : piece.length;
}

let scrolled = -Infinity;
if (!customElements.get('riyaz-player')) {
  customElements.define('riyaz-player', RiyazPlayer);
  for (const name of ['wheel', 'touchmove']) addEventListener(name, () => { scrolled = performance.now(); }, {passive: true});
  addEventListener('keydown', event => {
    const target = /** @type {Element} */ (event.target);
    if (event.ctrlKey || event.metaKey || event.altKey || !chosen?.isConnected || target.closest('.jp-Notebook')) return;
    if (target.closest('input:not([type=checkbox]), select, textarea, [contenteditable]')) return;
    if (event.key === ' ' && target.closest('button, a, summary, input')) return; // space presses what has the focus
    if (chosen.key(event)) event.preventDefault();
  });
  addEventListener('play', event => { if (event.target instanceof HTMLMediaElement) playing?.pause(); }, true);
  document.addEventListener('visibilitychange', () => {
    if (!playing) return;
    playing.ahead();
    if (!document.hidden) playing.awake();
  });
}
