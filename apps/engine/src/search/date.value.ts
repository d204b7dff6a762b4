/** A span of time, the end not included: `2026-01-01` is a day, `10:30` a minute. */
export interface TimeSpan {
  readonly from: Date;
  readonly until: Date;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const ISO_DAY = '(?<year>\\d{4})-(?<month>\\d\\d?)-(?<day>\\d\\d?)';
const US_DAY = '(?<month>\\d\\d?)/(?<day>\\d\\d?)/(?<year>\\d{4})';
const TIME =
  '(?:[T ] *(?<hour>\\d\\d?):(?<minute>\\d\\d)(?::(?<second>\\d\\d)(?<fraction>\\.\\d{1,9})?)?(?: ?(?<half>[AP]M))?' +
  ' ?(?<zone>Z|[+-]\\d\\d:?\\d\\d)?)?';
const FORMS = [ISO_DAY, US_DAY].map((day) => new RegExp(`^${day}${TIME}$`, 'i'));

type Parts = Partial<Record<string, string>>;

const startOfDay = (time: number): number => Math.floor(time / DAY_MS) * DAY_MS;
const span = (from: number, length: number): TimeSpan => ({ from: new Date(from), until: new Date(from + length) });

/** The last such day, today included. */
function namedDay(text: string, now: number): TimeSpan | undefined {
  const today = startOfDay(now);
  if (text === 'today') return span(today, DAY_MS);
  if (text === 'yesterday') return span(today - DAY_MS, DAY_MS);
  const weekday = WEEKDAYS.indexOf(text);
  if (weekday < 0) return undefined;
  return span(today - ((new Date(today).getUTCDay() - weekday + 7) % 7) * DAY_MS, DAY_MS);
}

/** Hours of a 24 hour day; NaN if there is no such hour. */
function hourOf({ hour = '0', half }: Parts): number {
  const number = Number(hour);
  if (half === undefined) return number < 24 ? number : NaN;
  if (number < 1 || number > 12) return NaN;
  return (number % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}

/** Minutes east of Greenwich; NaN if there is no such zone. */
function zoneMinutes(zone: string | undefined): number {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 15 || minutes > 59) return NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/** Midnight in Greenwich, or NaN for a day that no calendar has. */
function midnight({ year = '', month = '', day = '' }: Parts): number {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const same = date.getUTCFullYear() === Number(year) && date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return same && Number(year) >= 1 ? date.getTime() : NaN;
}

const resolution = ({ hour, second, fraction }: Parts): number => {
  if (fraction !== undefined) return 1;
  if (second !== undefined) return SECOND_MS;
  return hour === undefined ? DAY_MS : MINUTE_MS;
};

function spanOf(parts: Parts): TimeSpan | undefined {
  const [minute, second] = [Number(parts['minute'] ?? 0), Number(parts['second'] ?? 0)];
  if (minute > 59 || second > 59) return undefined;
  const seconds = hourOf(parts) * 3600 + (minute - zoneMinutes(parts['zone'])) * 60 + second;
  const time = midnight(parts) + seconds * SECOND_MS + Math.floor(Number(parts['fraction'] ?? 0) * SECOND_MS);
  return Number.isNaN(time) || time < midnight({ year: '1', month: '1', day: '1' }) ? undefined : span(time, resolution(parts));
}

/**
 * Reads a point in time as people write it in a search: `2026-01-31`, `2026-01-31 10:00:00+01:00`, `1/31/2026 10:00 PM`, `today`,
 * `yesterday`, `monday`. Times without a zone are UTC. Undefined for anything else.
 */
export function parseTimeSpan(text: string, now = Date.now()): TimeSpan | undefined {
  const trimmed = text.trim();
  const named = namedDay(trimmed.toLowerCase(), now);
  if (named) return named;
  const parts = FORMS.map((form) => form.exec(trimmed)?.groups).find((groups) => groups !== undefined);
  return parts && spanOf(parts);
}
