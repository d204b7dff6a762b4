/** The two forms of a document. */
export type DocumentKind = 'xml' | 'json';

interface MediaRange {
  type: string;
  quality: number;
}

interface Preference {
  kind: DocumentKind;
  quality: number;
  specificity: number;
  position: number;
}

const NAMES: Readonly<Record<DocumentKind, readonly string[]>> = {
  xml: ['application/xml', 'text/xml'],
  json: ['application/json'],
};
const WILDCARDS: Readonly<Record<DocumentKind, readonly string[]>> = { xml: ['application/*', 'text/*'], json: ['application/*'] };
const QUALITY = /^q=(0(\.\d{0,3})?|1(\.0{0,3})?)$/;

function mediaRange(text: string): MediaRange | undefined {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  if (weight === undefined) return { type, quality: 1 };
  const match = QUALITY.exec(weight);
  return match ? { type, quality: Number(match[1]) } : undefined;
}

function specificity(kind: DocumentKind, type: string): number {
  if (NAMES[kind].includes(type)) return 3;
  if (WILDCARDS[kind].includes(type)) return 2;
  return type === '*/*' ? 1 : 0;
}

/** The most specific range decides the quality of a type (RFC 9110, 12.5.1). */
function preference(kind: DocumentKind, ranges: readonly (MediaRange | undefined)[]): Preference {
  const best: Preference = { kind, quality: 0, specificity: 0, position: ranges.length };
  ranges.forEach((range, position) => {
    const found = range ? specificity(kind, range.type) : 0;
    if (range && found > best.specificity) Object.assign(best, { quality: range.quality, specificity: found, position });
  });
  return best;
}

function compare(a: Preference, b: Preference): number {
  return b.quality - a.quality || b.specificity - a.specificity || a.position - b.position;
}

/**
 * Chooses the form of the answer from the `Accept` header. Without a header, and for wildcards, it is XML, as in oVirt.
 * Undefined when the client accepts neither: the answer is 406.
 */
export function negotiate(accept: string | undefined): DocumentKind | undefined {
  if (accept === undefined || accept.trim() === '') return 'xml';
  const ranges = accept.split(',').map(mediaRange);
  const [best] = [preference('xml', ranges), preference('json', ranges)].sort(compare);
  return best && best.quality > 0 ? best.kind : undefined;
}

/** The form that a `Content-Type` header announces; undefined when there is none or it is another: the answer is 415. */
export function contentKind(contentType: string | undefined): DocumentKind | undefined {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (NAMES.xml.includes(type)) return 'xml';
  return NAMES.json.includes(type) ? 'json' : undefined;
}
