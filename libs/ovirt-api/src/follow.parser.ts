import { MalformedDocument } from './wire.document';

/** Links to fetch inline: name of the link, lower case and without underscores, to what to follow below it. */
export type FollowTree = ReadonlyMap<string, FollowTree>;

type MutableFollowTree = Map<string, MutableFollowTree>;

const LINK_NAME = /^[a-z0-9]{1,64}$/;
const MAX_FOLLOW_DEPTH = 8;
const MAX_FOLLOW_PATHS = 64;

function linkName(text: string): string {
  const name = text.trim().replaceAll('_', '').toLowerCase();
  if (!LINK_NAME.test(name)) throw new MalformedDocument(`'${text.trim().slice(0, 64)}' is not the name of a link to follow.`);
  return name;
}

function addPath(tree: MutableFollowTree, path: string): void {
  const names = path.split('.', MAX_FOLLOW_DEPTH + 1);
  if (names.length > MAX_FOLLOW_DEPTH) throw new MalformedDocument(`At most ${MAX_FOLLOW_DEPTH} links can be followed in a row.`);
  let level = tree;
  for (const name of names.map(linkName)) {
    const next = level.get(name) ?? new Map<string, MutableFollowTree>();
    level.set(name, next);
    level = next;
  }
}

/**
 * Reads the `follow` parameter: `disk_attachments.disk,nics`. Undefined and blank give an empty tree.
 *
 * @throws MalformedDocument for anything that cannot name a link, and for more than 64 paths or 8 levels
 */
export function parseFollow(text: string | undefined): FollowTree {
  const tree: MutableFollowTree = new Map();
  if (text === undefined || text.trim() === '') return tree;
  const paths = text.split(',', MAX_FOLLOW_PATHS + 1);
  if (paths.length > MAX_FOLLOW_PATHS) throw new MalformedDocument(`At most ${MAX_FOLLOW_PATHS} links can be followed.`);
  for (const path of paths) addPath(tree, path);
  return tree;
}
