/** Counts things by name. */
export class Tally {
  private readonly counts = new Map<string, Map<string, number>>();

  add(group: string, name: string): void {
    const names = this.counts.get(group) ?? new Map<string, number>();
    names.set(name, (names.get(name) ?? 0) + 1);
    this.counts.set(group, names);
  }

  /** How many of this name, in one group or in all. */
  of(name: string, group?: string): number {
    const groups = group === undefined ? [...this.counts.values()] : [this.counts.get(group)];
    return groups.reduce((sum, names) => sum + (names?.get(name) ?? 0), 0);
  }

  /** One line for each group. */
  lines(): string[] {
    const text = (names: ReadonlyMap<string, number>) => [...names].map(([name, count]) => `${count} ${name}`).join(', ');
    return [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, names]) => `${group.padEnd(24)} ${text(names)}`);
  }
}
