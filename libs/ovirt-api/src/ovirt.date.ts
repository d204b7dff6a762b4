/** A date as oVirt writes it: ISO 8601 with milliseconds and an offset, here always `Z`. Throws RangeError for an invalid date. */
export function ovirtDate(date: Date): string {
  return date.toISOString();
}
