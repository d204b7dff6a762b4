import type { OpenApiDocument, OpenApiOperation } from './openapi.document';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? '');

const STYLE = `body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
nav a{margin-right:.8em}h2{margin-top:2em;border-bottom:1px solid #ccc}details{margin:.3em 0}summary{cursor:pointer}
code,pre{font:13px/1.4 ui-monospace,monospace}pre{background:#f5f5f5;padding:.8em;overflow:auto}b{display:inline-block;width:4.5em}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#1b1b1b}pre{background:#2a2a2a}a{color:#8bf}}`;

interface Entry {
  readonly path: string;
  readonly method: string;
  readonly operation: OpenApiOperation;
}

const entriesOf = ({ paths }: OpenApiDocument): Entry[] =>
  Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method, operation })));

function byTag(entries: readonly Entry[]): Map<string, Entry[]> {
  const tags = new Map<string, Entry[]>();
  for (const entry of entries) {
    const tag = entry.operation.tags[0] ?? '';
    tags.set(tag, [...(tags.get(tag) ?? []), entry]);
  }
  return tags;
}

function details({ path, method, operation }: Entry, { components }: OpenApiDocument): string {
  const reference = operation.requestBody?.content['application/json']?.schema['$ref'];
  const schema = typeof reference === 'string' ? components.schemas[reference.split('/').at(-1) ?? ''] : undefined;
  const body = schema ? `<p>Body:</p><pre>${escape(JSON.stringify(schema, null, 2))}</pre>` : '';
  return `<details><summary><b>${method.toUpperCase()}</b> <code>${escape(path)}</code></summary>
<p>${escape([operation.summary, operation.description].filter(Boolean).join('. '))}</p>${body}</details>`;
}

/** The document for people: one page that needs nothing from elsewhere. */
export function openApiPage(document: OpenApiDocument): string {
  const tags = [...byTag(entriesOf(document))];
  const menu = tags.map(([tag]) => `<a href="#${escape(tag)}">${escape(tag)}</a>`).join('\n');
  const sections = tags.map(
    ([tag, entries]) => `<h2 id="${escape(tag)}">${escape(tag)}</h2>\n${entries.map((entry) => details(entry, document)).join('\n')}`,
  );
  const { title, version, description } = document.info;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escape(title)} API ${escape(version)}</title><style>${STYLE}</style></head><body>
<h1>${escape(title)} API ${escape(version)}</h1><p>${escape(description)} <a href="/ovirt-engine/api/openapi.json">As OpenAPI</a>.</p>
<nav>${menu}</nav>
${sections.join('\n')}
</body></html>
`;
}
