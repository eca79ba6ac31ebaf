/**
 * Sound: the page's samples on the audio clock.
 *
 * All players of a page share one engine, and only one of them plays. What sounds goes through the buses of a run; to
 * stop, the run is faded and thrown away, with all that was scheduled ahead.
 */

import {EVEN} from './timeline.js';

const FADE = 0.006; // seconds in which a drum that is struck again falls silent
const RELEASE = 0.12; // seconds in which a released string falls silent
const PAN = {dayan: 0.24, bayan: -0.2};
const ROOT = 293.66; // Hz: the Sa of the lehra, that of the dayan's samples
const CLICK = [[2200, 0.3], [1650, 0.22], [1100, 0.22], [1650, 0.1]]; // Hz and level, by the rank of the matra

/** @param {string} text @returns {ArrayBuffer} */
function bytes(text) {
  const raw = atob(text), result = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) result[i] = raw.charCodeAt(i);
  return result.buffer;
}

/**
 * @typedef {{source: AudioBufferSourceNode, gain: GainNode}} Sample
 * @typedef {{out: GainNode, buses: Record<string, GainNode>, struck: Record<string, Sample>, sources: Set<AudioScheduledSourceNode>}} Run
 */

export class Engine {
  /** @param {any} banks as `riyaz.practice.sounds.page` makes them */
  constructor(banks) {
    this.banks = banks;
    /** @type {Record<string, AudioBuffer>} */
    this.buffers = {};
    /** @type {AudioContext|null} */
    this.context = null;
    this.pitch = 0; // semitones by which dayan, lehra and drone are higher than D
    this.seed = 2022;
    /** @type {Promise<void>|null} */
    this.decoding = null;
    /** @type {Run|null} what sounds, and its buses */
    this.run = null;
  }

  /** Decode the samples that the first sound needs, then the drone's; begun before the first touch. */
  decode() {
    this.decoding = this.decoding || (async () => {
      const Offline = window.OfflineAudioContext || /** @type {any} */ (window).webkitOfflineAudioContext;
      if (!Offline) throw new Error('no Web Audio');
      const offline = new Offline(1, 1, 44100), read = async name => {
        const bank = this.banks[name];
        if (!bank?.flac) return;
        this.buffers[name] = await offline.decodeAudioData(bytes(bank.flac));
        bank.flac = '';
      };
      await Promise.all(Object.keys(this.banks).filter(name => name !== 'tanpura').map(read));
      read('tanpura');
    })();
    return this.decoding;
  }

  /**
   * Open the sound; called from a touch or a key, as browsers ask for.
   * @throws {Error} whose message says what the player can do
   */
  async open() {
    const Context = window.AudioContext || /** @type {any} */ (window).webkitAudioContext;
    if (!Context) throw new Error('This browser cannot play the page’s sound (no Web Audio). The MP3 can be downloaded.');
    const decoded = this.decode();
    decoded.catch(() => {});
    try {
      if (!this.context) {
        try { this.context = new Context({sampleRate: 44100, latencyHint: 'interactive'}); }
        catch { this.context = new Context(); }
        if ('audioSession' in navigator) /** @type {any} */ (navigator).audioSession.type = 'playback'; // past a phone's mute switch
        this.limiter = this.context.createDynamicsCompressor();
        this.limiter.threshold.value = -8;
        this.limiter.ratio.value = 8;
        this.limiter.connect(this.context.destination);
      }
      await Promise.race([this.context.resume(), new Promise(done => setTimeout(done, 1500))]);
    } catch { /* the state says it */ }
    if (!this.context || this.context.state !== 'running') {
      throw new Error('The browser keeps this page silent. Touch Play once more, or permit sound for this page.');
    }
    try { await decoded; }
    catch { throw new Error('The sounds of this page cannot be decoded by this browser. The MP3 can be downloaded.'); }
  }

  /** The moment that is heard now. */
  heard() {
    const context = /** @type {AudioContext} */ (this.context);
    return context.currentTime - (context.outputLatency || 0);
  }

  /** Begin a run with these buses. @param {Record<string, number>} volumes */
  begin(volumes) {
    this.stop();
    const context = /** @type {AudioContext} */ (this.context);
    const out = context.createGain();
    out.connect(/** @type {AudioNode} */ (this.limiter));
    /** @type {Record<string, GainNode>} */
    const buses = {};
    for (const [name, volume] of Object.entries(volumes)) {
      buses[name] = context.createGain();
      buses[name].gain.value = volume;
      buses[name].connect(out);
    }
    this.run = {out, buses, struck: {}, sources: new Set()};
  }

  /** Set the volume of a bus while it sounds. */
  volume(name, value) {
    if (this.run && this.run.buses[name]) {
      this.run.buses[name].gain.setTargetAtTime(value, /** @type {AudioContext} */ (this.context).currentTime, 0.02);
    }
  }

  /** End the run within 30 ms, with all that was scheduled. */
  stop() {
    const run = this.run, context = this.context;
    if (!run || !context) return;
    this.run = null;
    run.out.gain.setTargetAtTime(0, context.currentTime, 0.008);
    setTimeout(() => {
      run.out.disconnect();
      for (const source of run.sources) try { source.stop(); } catch { /* it has not begun */ }
    }, 60);
  }

  random() { // the same small differences each time the page is opened
    this.seed = (this.seed * 1664525 + 1013904223) % 4294967296;
    return this.seed / 4294967296;
  }

  /** The run, while something plays. @returns {{context: AudioContext, run: Run}} */
  playing() { return /** @type {any} */ (this); }

  /**
   * One sample.
   * @param {string} bank @param {[number, number]} place start and length, in seconds @param {number} time @param {number} level
   * @param {number} rate @param {string} bus @param {number} pan @returns {Sample}
   */
  sample(bank, place, time, level, rate, bus, pan) {
    const {context, run} = this.playing();
    const source = context.createBufferSource(), gain = context.createGain();
    source.buffer = this.buffers[bank];
    source.playbackRate.value = rate;
    gain.gain.value = level * this.banks[bank].gain;
    source.connect(gain);
    if (pan && context.createStereoPanner) {
      const side = context.createStereoPanner();
      side.pan.value = pan;
      gain.connect(side);
      side.connect(run.buses[bus]);
    } else gain.connect(run.buses[bus]);
    source.start(Math.max(time, context.currentTime), place[0], place[1]);
    this.keep(source);
    return {source, gain};
  }

  /** @param {AudioScheduledSourceNode} source */
  keep(source) {
    const {sources} = this.playing().run;
    sources.add(source);
    source.onended = () => sources.delete(source);
  }

  /** Strike a bol: each of its strokes, on its drum, which then no longer sounds as it was struck before. */
  strike(strokes, time, level, bus) {
    const {places, drums} = this.banks.strokes;
    for (const [stroke, delay] of strokes) {
      const variants = places[stroke], drum = drums[stroke], at = time + delay;
      const place = variants[Math.floor(this.random() * variants.length)];
      const lower = bus === 'theka' ? 0.75 : 1; // a second, lower tabla keeps the theka
      const rate = (drum === 'dayan' ? 2 ** (this.pitch / 12) : 1) * lower;
      const human = 10 ** ((this.random() - 0.5) * 0.1);
      const {struck} = this.playing().run, before = struck[bus + drum];
      if (before) {
        before.gain.gain.setValueAtTime(before.gain.gain.value, at);
        before.gain.gain.linearRampToValueAtTime(0, at + FADE);
        before.source.stop(at + 2 * FADE);
      }
      struck[bus + drum] = this.sample('strokes', place, at, 3 * level * human, rate, bus, PAN[drum]);
    }
  }

  /**
   * Play a note; its amplitude grows with the square of the velocity.
   * @param {string} [instrument] the bank of a piece; any instrument of the page where that has none
   */
  note(pitch, time, length, bus, velocity = EVEN, instrument = 'piano') {
    const bank = this.banks[instrument] ? instrument : Object.keys(this.banks).find(name => /^(piano|program)/.test(name));
    const {places} = this.banks[bank], pitches = Object.keys(places).map(Number);
    const near = pitches.reduce((a, b) => (Math.abs(b - pitch) < Math.abs(a - pitch) ? b : a));
    const {source, gain} = this.sample(bank, places[near][0], time, 1.4 * (velocity / EVEN) ** 2, 2 ** ((pitch - near) / 12), bus, 0.3 * (pitch - 64) / 64);
    gain.gain.setValueAtTime(gain.gain.value, time + length);
    gain.gain.linearRampToValueAtTime(0, time + length + RELEASE);
    source.stop(time + length + RELEASE + 0.01);
  }

  /** Play a note of the lehra on a reed: two tongues a little out of tune. */
  tone(step, time, length) {
    const {context, run} = this.playing();
    const amplitudes = new Float32Array([0, ...this.banks.reed]);
    this.wave = this.wave || context.createPeriodicWave(new Float32Array(amplitudes.length), amplitudes);
    const gain = context.createGain(), end = time + length;
    gain.gain.setValueAtTime(0, time);
    gain.gain.linearRampToValueAtTime(0.09, time + 0.03);
    gain.gain.setValueAtTime(0.09, Math.max(end - 0.02, time + 0.03));
    gain.gain.linearRampToValueAtTime(0, Math.max(end + 0.05, time + 0.06));
    gain.connect(run.buses.lehra);
    for (const detune of [-3, 4]) {
      const tongue = context.createOscillator();
      tongue.setPeriodicWave(this.wave);
      tongue.frequency.value = ROOT * 2 ** ((step + this.pitch) / 12);
      tongue.detune.value = detune;
      tongue.connect(gain);
      tongue.start(Math.max(time, context.currentTime));
      tongue.stop(end + 0.1);
      this.keep(tongue);
    }
  }

  /** Pluck a string of the tanpura: so many semitones over Sa. */
  pluck(step, time) {
    if (!this.buffers.tanpura) return; // it is still decoded
    const {places} = this.banks.tanpura, steps = Object.keys(places).map(Number);
    const near = steps.reduce((a, b) => (Math.abs(b - step) < Math.abs(a - step) ? b : a));
    this.sample('tanpura', places[near][0], time, 1, 2 ** ((step - near + this.pitch) / 12), 'drone', 0);
  }

  /** Click a matra of this rank: 0 sam, 1 tali, 2 khali, 3 any other. */
  click(rank, time, bus) {
    const {context, run} = this.playing(), [hertz, level] = CLICK[rank];
    const tick = context.createOscillator(), gain = context.createGain();
    tick.frequency.value = hertz;
    gain.gain.setValueAtTime(2 * level, time);
    gain.gain.exponentialRampToValueAtTime(0.0005, time + 0.05);
    tick.connect(gain);
    gain.connect(run.buses[bus]);
    tick.start(Math.max(time, context.currentTime));
    tick.stop(time + 0.06);
    this.keep(tick);
  }
}
