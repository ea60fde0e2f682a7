import { MINUTE, SECOND, timeText } from "./clock.ts";
import { buildCluster, type Cluster } from "./cluster.ts";
import { Random } from "./random.ts";
import { blank, DROP, LOST, type Planned, TRACE, VERDICT } from "./record.ts";
import { Renderer } from "./render.ts";
import { allSources, type LossWindow, lossWindows, planAgentEvents } from "./story.ts";
import { Tally } from "./tally.ts";
import type { Truth } from "./truth.ts";
import { type Source, World } from "./world.ts";

interface Settings {
  readonly seed: number;
  readonly nodes: number;
  readonly minutes: number;
  /** Those of the shop where there is none. */
  readonly workloads?: number | undefined;
  /** Traffic against that of the sample, which has 1. */
  readonly rate: number;
  /** Stop early, or go on past the end, until this many records (or bytes) are written. */
  readonly records?: number;
  readonly bytes?: number;
}

/** Takes the lines. `ready` is awaited often; it is where a slow disk holds the generator back. */
export interface LineSink {
  write(node: number, line: string): void;
  ready(): Promise<void>;
}

/** Before the capture begins, so that connections are already open when it does. */
const WARM_UP = 30 * SECOND;
/** Records of one tick can lie this far before it: clocks of nodes differ. */
const SLACK = 12_000_000;

interface OpenLoss {
  readonly window: LossWindow;
  events: number;
}

/** Runs the story and hands out its records, one after the other, without writing them. */
class Story {
  readonly cluster: Cluster;
  readonly incidentAt: number;
  readonly lost: { node: number; first: number; last: number; events: number }[] = [];
  private readonly world: World;
  private readonly sources: readonly Source[];
  private readonly losses: OpenLoss[];
  /** Losing records is decided apart, so that it changes nothing else. */
  private readonly luck: Random;
  private now = -WARM_UP;

  constructor(private readonly settings: Settings) {
    const end = settings.minutes * MINUTE;
    this.incidentAt = end / 2;
    this.cluster = buildCluster(settings.seed, settings.nodes, settings.workloads);
    this.world = new World(this.cluster, new Random(settings.seed, 2), this.incidentAt, end);
    this.luck = new Random(settings.seed, 4);
    this.sources = allSources(this.world);
    this.losses = lossWindows(this.world).map((window) => ({ window, events: 0 }));
    planAgentEvents(this.world);
  }

  /** True once the planned span is over. A caller that wants more records may go on. */
  get over(): boolean {
    return this.now >= this.settings.minutes * MINUTE;
  }

  /** Plans one more second and gives the records that can no longer be overtaken. */
  tick(take: (record: Planned) => void): void {
    const to = this.now + SECOND;
    this.world.plan(this.sources, this.now, to, this.settings.rate);
    for (const loss of this.losses) this.report(loss, to);
    this.now = to;
    for (;;) {
      const record = this.world.queue.popBefore(to - SLACK);
      if (!record) return;
      if (record.time >= 0 && !this.loses(record)) take(record);
    }
  }

  private loses(record: Planned): boolean {
    const datapath = record.event === TRACE || record.event === VERDICT || record.event === DROP;
    // Twin packets of one DNS question share everything but the time: both stay, so that joining is certain.
    if (!datapath || (record.denial && record.protocol === "UDP")) return false;
    for (const loss of this.losses) {
      const { window } = loss;
      if (window.node !== record.node || record.time < window.from || record.time >= window.to) continue;
      if (!this.luck.chance(window.share)) continue;
      loss.events++;
      return true;
    }
    return false;
  }

  /** The agent tells about a loss when it is over. */
  private report(loss: OpenLoss, now: number): void {
    const { window } = loss;
    const at = window.to + 2 * SECOND;
    if (at < now - SECOND || at >= now || loss.events === 0) return;
    const first = Math.round(window.from);
    const last = Math.round(window.to);
    const source = window.cpu === null ? "OBSERVER_EVENTS_QUEUE" : "PERF_EVENT_RING_BUFFER";
    const cpu = window.cpu === null ? "" : `"cpu":${window.cpu},`;
    const record = blank(at, window.node, LOST);
    record.payload = `{"source":"${source}","num_events_lost":"${loss.events}",${cpu}"first":"${timeText(first)}","last":"${timeText(last)}"}`;
    this.lost.push({ node: window.node, first, last, events: loss.events });
    this.world.add(record, at);
  }
}

/** Writes a capture and says what is true about it. `files` is asked when all lines are written. */
export async function generate(
  settings: Settings,
  sink: LineSink,
  files: () => Truth["files"],
): Promise<Truth> {
  const story = new Story(settings);
  const tally = new Tally(story.cluster, story.incidentAt);
  const renderer = new Renderer(story.cluster, new Random(settings.seed, 3));
  const wanted = settings.records ?? Number.POSITIVE_INFINITY;
  const wantedBytes = settings.bytes ?? Number.POSITIVE_INFINITY;
  const bounded = settings.records !== undefined || settings.bytes !== undefined;
  let records = 0;
  let bytes = 0;
  const take = (record: Planned): void => {
    if (records >= wanted || bytes >= wantedBytes) return;
    const line = renderer.line(record);
    records++;
    bytes += line.length + 1;
    tally.add(record);
    sink.write(record.node, line);
  };
  while (bounded ? records < wanted && bytes < wantedBytes : !story.over) {
    story.tick(take);
    await sink.ready();
  }
  return tally.truth({
    seed: settings.seed,
    minutes: settings.minutes,
    rate: settings.rate,
    incidentAt: story.incidentAt,
    files: files(),
    lostWindows: story.lost,
  });
}

/** Average size of a record, for a wish in bytes. */
const AVERAGE_BYTES = 1500;
const SAMPLE_MINUTES = 21;

/**
 * The span and the rate that give about the wished number of records. Without a span, time and rate
 * both grow with the square root of the wish; with one, only the rate does.
 */
export function plan(wish: {
  seed: number;
  nodes: number;
  minutes: number | null;
  records: number | null;
  bytes: number | null;
  workloads?: number | null;
}): Settings {
  const records = wish.records ?? (wish.bytes === null ? null : wish.bytes / AVERAGE_BYTES);
  const base = { seed: wish.seed, nodes: wish.nodes, workloads: wish.workloads ?? undefined };
  if (records === null) return { ...base, minutes: wish.minutes ?? SAMPLE_MINUTES, rate: 1 };
  // Records are minutes times (steady + rate * shop).
  const { one, shop } = pace(base);
  const steady = Math.max(0, one - shop);
  const natural = records / one;
  const minutes =
    wish.minutes ??
    Math.max(1, Math.round(natural > SAMPLE_MINUTES ? Math.sqrt(natural * SAMPLE_MINUTES) : natural));
  const rate = Math.max(0.05, (records / minutes - steady) / shop);
  return { ...base, minutes, rate, records: wish.records ?? undefined, bytes: wish.bytes ?? undefined };
}

interface Pace {
  /** Records a minute at rate 1. */
  readonly one: number;
  /** Of these, what grows with the rate. */
  readonly shop: number;
}

const paces = new Map<string, Pace>();

/** Two short runs without writing tell it; who makes several logs of one seed waits for them once. */
function pace(of: Pick<Settings, "seed" | "nodes" | "workloads">): Pace {
  const key = `${of.seed} ${of.nodes} ${of.workloads ?? ""}`;
  const known = paces.get(key);
  if (known !== undefined) return known;
  const base = { ...of, minutes: SAMPLE_MINUTES };
  const one = recordsPerMinute({ ...base, rate: 1 });
  const found = { one, shop: (recordsPerMinute({ ...base, rate: 5 }) - one) / 4 };
  paces.set(key, found);
  return found;
}

function recordsPerMinute(settings: Settings): number {
  const story = new Story(settings);
  let records = 0;
  while (!story.over) story.tick(() => records++);
  return records / settings.minutes;
}
