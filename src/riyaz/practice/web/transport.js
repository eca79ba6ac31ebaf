/**
 * Transport: where the piece and the taal are at each moment of the audio clock.
 *
 * It goes ahead of the clock in short slices and says what begins in each. Two positions move on: `matra`, that of the
 * taal with its theka, lehra and click, and `beat`, that of the piece, which is `speed` times as fast.
 */
import {from} from './timeline.js';

const SLICE = 0.1; // seconds: a new tempo is heard within this and the look-ahead
const EPSILON = 1e-6; // beats

/**
 * @typedef {{from: number, to: number}} Range
 * @typedef {{from: number, to: number, by: number, every: number}} Ladder
 * @typedef {{tempo: number, speed: number, loop: Range|null, ladder: Ladder|null, countIn: string, lehra: number}} Wish
 * @typedef {{hit: Function, note: Function, theka: Function, tone: Function, beat: Function, matra: Function, count: Function,
 *   tempo: Function, round: Function, end: Function}} Sink
 */
export class Transport {
  /**
   * @param {import('./timeline.js').Piece} piece
   * @param {Wish} wish read at every slice, so that it may change while the piece plays
   * @param {Sink} sink
   */
  constructor(piece, wish, sink) {
    this.piece = piece;
    this.wish = wish;
    this.sink = sink;
    this.time = this.matra = this.entry = this.lead = this.rounds = 0;
    this.ended = true;
    this.beat = 0;
  }

  /** Begin at a moment of the audio clock with a beat of the piece. @param {boolean} counted whether with a count-in */
  start(time, beat, counted) {
    const {piece, wish} = this, {cycle} = piece, range = this.range();
    this.beat = beat < range.from - EPSILON || beat >= range.to - EPSILON ? range.from : beat;
    this.time = time;
    this.ended = piece.length <= 0;
    this.rounds = 0;
    if (wish.ladder) this.set(wish.ladder.from);
    const silent = !counted || !this.counted(), upbeat = piece.kind === 'notes' && !wish.loop && this.beat < EPSILON;
    if (silent && upbeat && piece.notes.length) this.beat = piece.notes[0].beat; // no rest before the first note
    this.entry = this.beat;
    this.matra = this.beat;
    if (wish.speed !== 1) {
      if (wish.loop) this.entry = range.from + (this.beat - range.from) / wish.speed;
      else { // so late that the end falls where it falls in thah
        const over = range.to % cycle, landing = Math.abs(over - 1) < EPSILON && range.to > 1 ? range.to - 1 : range.to;
        this.entry = landing % cycle - (landing - this.beat) / wish.speed;
      }
      this.matra = Math.floor(this.entry / cycle + EPSILON) * cycle;
    }
    this.lead = this.matra;
    if (counted) this.matra -= this.counted();
  }

  /** Matras of the count-in. */
  counted() {
    const {taal, cycle} = this.piece;
    if (this.wish.countIn === 'none') return 0;
    if (this.wish.countIn === 'vibhag' && taal) return taal.vibhags[taal.vibhags.length - 1];
    return cycle;
  }

  /** What is played: the loop, or the whole piece. @returns {Range} */
  range() {
    return this.wish.loop || {from: 0, to: this.piece.length};
  }

  set(tempo) {
    this.wish.tempo = tempo;
    this.sink.tempo(tempo);
  }

  /** Say all that begins before a moment of the audio clock. */
  advance(until) {
    while (!this.ended && this.time < until) this.slice();
  }

  slice() {
    const {wish, piece} = this, range = this.range(), seconds = 60 / wish.tempo;
    if (this.beat < range.from - EPSILON || this.beat >= range.to + EPSILON) this.beat = range.from; // a loop was set
    const a = this.matra;
    let b = Math.min(Math.floor(a + EPSILON) + 1, a + SLICE / seconds);
    const playing = a >= this.entry - EPSILON;
    if (!playing) b = Math.min(b, this.entry);
    if (a < this.lead - EPSILON) b = Math.min(b, this.lead);
    const until = playing ? this.beat + (b - a) * wish.speed : this.beat;
    const passed = playing && until >= range.to - EPSILON;
    if (passed) b = a + (range.to - this.beat) / wish.speed;
    const at = matra => this.time + Math.max(matra - a, 0) * seconds;
    this.accompany(a, b, at, seconds);
    if (playing) this.play(this.beat, passed ? range.to : until, beat => at(a + (beat - this.beat) / wish.speed), seconds);
    this.time += (b - a) * seconds;
    this.matra = b;
    if (playing) this.beat = passed ? range.to : until;
    const turned = b > this.lead + EPSILON && Math.abs(b / piece.cycle - Math.round(b / piece.cycle)) < EPSILON;
    if (passed) this.pass(range);
    if (passed ? wish.loop && (piece.kind === 'notes' || !this.whole(range) || turned) : turned && piece.kind === 'bols') {
      this.round();
    }
  }

  /** Whether a range is whole avartans, so that the taal goes on through its end. @param {Range} range */
  whole({from: start, to}) {
    const cycles = (to - start) / this.piece.cycle;
    return this.wish.speed !== 1 || Math.abs(cycles - Math.round(cycles)) < EPSILON;
  }

  /** The end of the range: from its beginning again, or the end. */
  pass(range) {
    this.sink.round(this.time, this.wish.tempo);
    if (!this.wish.loop) {
      this.ended = true;
      this.sink.end(this.time);
      return;
    }
    this.beat = range.from;
    if (!this.whole(range)) this.matra = this.lead = this.entry = range.from; // a fragment keeps its place in the taal
    else this.matra = Math.abs(this.matra - Math.round(this.matra)) < EPSILON ? Math.round(this.matra) : this.matra;
  }

  /** One avartan more, or for notes one pass more: the ladder's next step. */
  round() {
    const {wish} = this, {ladder} = wish;
    this.rounds += 1;
    if (!ladder || this.rounds % ladder.every) return;
    const up = ladder.to >= ladder.from, next = wish.tempo + (up ? 1 : -1) * Math.abs(ladder.by);
    if (wish.tempo !== ladder.to) this.set(up ? Math.min(next, ladder.to) : Math.max(next, ladder.to));
  }

  /** The piece between two beats. */
  play(a, b, at, seconds) {
    const {hits, notes} = this.piece, scale = seconds / this.wish.speed;
    for (let beat = Math.ceil(a - EPSILON); beat < b - EPSILON; beat++) this.sink.beat(beat, at(beat));
    const say = (list, tell) => {
      for (let i = from(list, a - EPSILON); i < list.length && list[i].beat < b - EPSILON; i++) tell(i, list[i], at(list[i].beat), list[i].length * scale);
    };
    say(hits, this.sink.hit);
    say(notes, this.sink.note);
  }

  /** Theka, lehra, click and light between two matras. */
  accompany(a, b, at, seconds) {
    const {cycle, taal} = this.piece, counting = a < this.lead - EPSILON;
    for (let matra = Math.ceil(a - EPSILON); matra < b - EPSILON; matra++) {
      const place = ((matra % cycle) + cycle) % cycle, rank = taal ? taal.ranks[Math.floor(place)] : place ? 3 : 0;
      if (counting) this.sink.count(Math.round(this.lead - matra), place, rank, at(matra));
      else this.sink.matra(place, rank, at(matra));
    }
    if (!taal) return;
    for (let turn = Math.floor(a / cycle + EPSILON); turn * cycle < b - EPSILON; turn++) {
      const start = turn * cycle, within = beat => start + beat >= a - EPSILON && start + beat < b - EPSILON;
      if (!counting) {
        for (const hit of taal.theka) if (within(hit.beat)) this.sink.theka(hit, at(start + hit.beat), hit.beat);
      }
      const lehra = taal.lehras[this.wish.lehra];
      if (!lehra) continue;
      for (const tone of lehra.tones) {
        if (within(tone.beat)) this.sink.tone(tone.step, at(start + tone.beat), tone.length * seconds);
      }
    }
  }
}
