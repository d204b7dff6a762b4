import fc from 'fast-check';
import { MAX_DOCUMENT_LENGTH, MalformedDocument, fromXml } from './index';

/** A bound against quadratic work, which takes minutes; not a measurement. */
const QUICKLY_MS = 10_000;

function refusal(text: string): { message: string; milliseconds: number } {
  const start = performance.now();
  try {
    fromXml(text);
  } catch (error) {
    if (error instanceof MalformedDocument) return { message: error.detail, milliseconds: performance.now() - start };
    throw error;
  }
  throw new Error('the document was accepted');
}

describe('fromXml', () => {
  it('reads attributes, text, CDATA, entities, repeated and empty elements', () => {
    const text =
      '\ufeff<?xml version="1.0"?><!-- c --><disk id="1" xmlns:xsi="u" xsi:type="t"><name>a &amp; <![CDATA[<b>]]>&#233;</name>' +
      '<description/><storage_domains><storage_domain><name>x</name></storage_domain>\n<storage_domain id="2"/></storage_domains></disk>';
    expect(fromXml(text)).toEqual({
      element: 'disk',
      body: { id: '1', name: 'a & <b>é', description: '', storage_domains: { storage_domain: [{ name: 'x' }, { id: '2' }] } },
    });
  });

  it('reads the empty action in each of its spellings', () => {
    for (const text of ['<action/>', '<action></action>', '<action>\n</action>']) {
      expect(fromXml(text)).toEqual({ element: 'action', body: {} });
    }
  });

  it('treats names that every JavaScript object has as ordinary ones, and refuses those that change prototypes', () => {
    expect(fromXml('<a><toString>1</toString><valueOf>2</valueOf></a>').body).toEqual({ toString: '1', valueOf: '2' });
    for (const name of ['__proto__', 'constructor', 'prototype']) {
      expect(refusal(`<a><${name}>1</${name}></a>`).message).toContain(name);
      expect(refusal(`<a ${name}="1"/>`).message).toContain(name);
    }
  });

  it.each([
    ['nothing', ''],
    ['no element', '   '],
    ['plain text', 'hello'],
    ['unclosed element', '<a><b></a>'],
    ['two roots', '<a/><b/>'],
    ['duplicate attribute', '<a x="1" x="2"/>'],
    ['unknown entity', '<a>&nbsp;</a>'],
    ['control character', '<a>\u0001</a>'],
    ['control character by number', '<a>&#0;</a>'],
    ['text in the root', '<a>x</a>'],
    ['text beside members', '<a>x<b/></a>'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text).message).not.toBe('');
  });

  it('refuses document types and so every entity bomb and external entity, at once', () => {
    const lol = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
    const bomb = refusal(`<!DOCTYPE lolz [<!ENTITY l0 "lol">${lol}]><lolz>&l10;</lolz>`);
    expect(bomb.message).toContain('document type');
    expect(bomb.milliseconds).toBeLessThan(QUICKLY_MS);
    expect(refusal('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>').message).toContain('document type');
  });

  it('refuses 100,000 attributes, 100,000 levels and 10 MB bodies quickly', () => {
    const attributes = Array.from({ length: 100_000 }, (_, i) => `a${i}=""`).join(' ');
    const bodies: [string, string][] = [
      [`<a ${attributes}/>`, 'attributes'],
      [`<a ${'b="c" '.repeat(100_000)}/>`, 'attribute'],
      [`${'<a>'.repeat(100_000)}${'</a>'.repeat(100_000)}`, 'nested'],
      [`<a><b>${'x'.repeat(10_000_000)}</b></a>`, 'longer'],
    ];
    for (const [body, word] of bodies) {
      const { message, milliseconds } = refusal(body);
      expect(message).toContain(word);
      expect(milliseconds).toBeLessThan(QUICKLY_MS);
    }
  });

  it('stays fast on the largest documents that it accepts', () => {
    const many = `<a>${'<b/>'.repeat(MAX_DOCUMENT_LENGTH / 4 - 2)}</a>`;
    const start = performance.now();
    expect(fromXml(many).body['b']).toHaveLength(MAX_DOCUMENT_LENGTH / 4 - 2);
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS);
  });

  it('ends in a document or the typed error for any bytes', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      'a',
      'b',
      '="',
      '"',
      "'",
      '&',
      ';',
      '&lt;',
      '<!DOCTYPE a',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.array(pieces, { maxLength: 60 }).map((parts) => `<a>${parts.join('')}</a>`),
    );
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(typeof fromXml(any).element).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedDocument);
        }
      }),
      { numRuns: 3000 },
    );
  });
});
