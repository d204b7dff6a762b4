import fc from 'fast-check';
import { parseTimeSpan } from './date.value';

/** A Wednesday. */
const NOW = Date.UTC(2026, 3, 15, 12, 34, 56);

const shown = (text: string): string | undefined => {
  const found = parseTimeSpan(text, NOW);
  return found && `${found.from.toISOString()} ${found.until.toISOString()}`;
};

describe('parseTimeSpan', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z 2026-02-01T00:00:00.000Z'],
    ['1/31/2026', '2026-01-31T00:00:00.000Z 2026-02-01T00:00:00.000Z'],
    ['2026-01-31 10:05', '2026-01-31T10:05:00.000Z 2026-01-31T10:06:00.000Z'],
    ['2026-01-31T10:05:06Z', '2026-01-31T10:05:06.000Z 2026-01-31T10:05:07.000Z'],
    ['2026-01-31T10:05:06.128+03:00', '2026-01-31T07:05:06.128Z 2026-01-31T07:05:06.129Z'],
    ['01/31/2026 12:30 AM', '2026-01-31T00:30:00.000Z 2026-01-31T00:31:00.000Z'],
    ['01/31/2026 12:30:00 pm', '2026-01-31T12:30:00.000Z 2026-01-31T12:30:01.000Z'],
    ['Today', '2026-04-15T00:00:00.000Z 2026-04-16T00:00:00.000Z'],
    ['yesterday', '2026-04-14T00:00:00.000Z 2026-04-15T00:00:00.000Z'],
    ['wednesday', '2026-04-15T00:00:00.000Z 2026-04-16T00:00:00.000Z'],
    ['Thursday', '2026-04-09T00:00:00.000Z 2026-04-10T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z 2024-03-01T00:00:00.000Z'],
  ])('understands %s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    '',
    'x',
    '2026-02-30',
    '2025-02-29',
    '13/01/2026',
    '0000-01-01',
    '2026-01-01 24:00',
    '2026-01-01 13:00 PM',
    '2026-01-01 10:60',
    '2026-1',
  ])('refuses %p', (text) => expect(shown(text)).toBeUndefined());

  it('reads back any instant that it is given', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          expect(parseTimeSpan(date.toISOString())?.from.getTime()).toBe(date.getTime());
        },
      ),
    );
  });
});
