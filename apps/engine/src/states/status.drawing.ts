/** A machine as it is drawn. */
interface Drawable {
  readonly title: string;
  readonly table: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly ends: { readonly begins: Readonly<Record<string, string>>; readonly ends: Readonly<Record<string, string>> };
}

const arrow = (from: string, to: string, why: string): string => `  ${from} --> ${to}: ${why}`;

/** One machine, as a section with a mermaid diagram. */
function drawn({ title, table, ends }: Drawable): string {
  const arrows = [
    ...Object.entries(ends.begins).map(([to, why]) => arrow('[*]', to, why)),
    ...Object.entries(table).flatMap(([from, after]) => Object.entries(after).map(([to, why]) => arrow(from, to, why))),
    ...Object.entries(ends.ends).map(([from, why]) => arrow(from, '[*]', why)),
  ];
  return `## ${title}\n\n\`\`\`mermaid\nstateDiagram-v2\n${arrows.join('\n')}\n\`\`\`\n`;
}

const HEAD = `# What objects can be, and become

Drawn from the tables in the code (\`npm run states\`); a test fails as long as this page is not current. A change that is in no table does not compile: sagas change a status by
\`StatusMachine.move\`, which compares and sets. The status is the lock between operations.
`;

/** docs/states.md. */
export const drawingOf = (machines: readonly Drawable[]): string => [HEAD, ...machines.map(drawn)].join('\n');
