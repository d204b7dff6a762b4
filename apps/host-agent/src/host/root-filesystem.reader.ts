import { basename } from 'node:path';
import { HostFiles } from './host.files';
import type { RunProgram } from './program';

const BY_UUID = 'dev/disk/by-uuid';

/**
 * The UUID of the root filesystem, which os-brick sends as the connector's `uuid`: of what is mounted on `/`, if that is a device.
 * udev's links tell it without a process; only where there are none `blkid` is asked, once.
 */
export class RootFilesystemReader {
  private found: Promise<string | null> | undefined;

  constructor(
    private readonly files: HostFiles,
    private readonly run: RunProgram,
  ) {}

  /** Does not change while the host is up, so it is found once. */
  uuid(): Promise<string | null> {
    return (this.found ??= this.find());
  }

  private async find(): Promise<string | null> {
    const device = rootSource((await this.files.text('proc/self/mountinfo')) ?? '');
    if (!device?.startsWith('/dev/')) return null;
    return (await this.byLink(device)) ?? firstLine(await this.run('blkid', [device, '-s', 'UUID', '-o', 'value']));
  }

  private async byLink(device: string): Promise<string | null> {
    for (const name of await this.files.names(BY_UUID)) {
      const target = await this.files.link(`${BY_UUID}/${name}`);
      if (target && basename(target) === basename(device)) return unescapeUdev(name);
    }
    return null;
  }
}

/** The source of the last mount on `/`: later mounts cover earlier ones. Fields as in proc(5), `mountinfo`. */
function rootSource(mountinfo: string): string | null {
  const sources = mountinfo.split('\n').flatMap((line) => {
    const [before, after] = line.split(' - ');
    return before?.split(' ')[4] === '/' ? [after?.split(' ')[1] ?? null] : [];
  });
  return sources.at(-1) ?? null;
}

const unescapeUdev = (name: string): string =>
  name.replace(/\\x([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));

const firstLine = (text: string | null): string | null => text?.split('\n')[0]?.trim() || null;
