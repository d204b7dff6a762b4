/** A number as XML Schema's integer or decimal wants it: never with an exponent. Throws RangeError for NaN and infinities. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no form in the API`);
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(20).replace(/\.?0+$/, '');
}
